"""Programs with planted mistakes, and what is found to repair them."""

from collections.abc import Callable
from typing import Any

import pytest

from gradcheck.paste.repair import service

Repaired = Callable[[str], "dict[str, Any] | None"]

NETWORK = """\
import numpy as np

gen = np.random.default_rng(11)
X = gen.normal(size=(13, 3))
Y = gen.normal(size=(13, 2))
W1 = 0.6 * gen.normal(size=(3, 5))
b1 = 0.1 * gen.normal(size=(5,))
W2 = 0.6 * gen.normal(size=(5, 2))
b2 = 0.1 * gen.normal(size=(2,))
lr = 0.3
reg = 0.2
n = len(X)

for epoch in range(40):
    Z = X @ W1 + b1
    H = np.tanh(Z)
    P = H @ W2 + b2
    loss = 0.5 * np.sum((P - Y) ** 2) / n + 0.5 * reg * np.sum(W1 ** 2)
    dP = (P - Y) / n
    dW2 = H.T @ dP
    db2 = dP.sum(axis=0)
    dH = dP @ W2.T
    dZ = dH * (1 - H ** 2)
    dW1 = X.T @ dZ + reg * W1
    db1 = dZ.sum(axis=0)
    W1 -= lr * dW1
    b1 -= lr * db1
    W2 -= lr * dW2
    b2 -= lr * db2
"""

LAYERS = """\
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Net:
    def __init__(self, sizes):
        gen = np.random.RandomState(3)
        self.weights = [gen.randn(a, b) for a, b in zip(sizes, sizes[1:])]
        self.biases = [0.1 * gen.randn(1, b) for b in sizes[1:]]

    def forward(self, x):
        self.outputs = [x]
        for w, b in zip(self.weights, self.biases):
            x = sigmoid(x @ w + b)
            self.outputs.append(x)
        return x

    def learn(self, x, y, rate):
        out = self.forward(x)
        error = np.mean(np.sum((out - y) ** 2, axis=1))
        delta = 2 * (out - y) / len(x) * out * (1 - out)
        for l in range(len(self.weights) - 1, -1, -1):
            grad_w = self.outputs[l].T @ delta
            grad_b = delta.sum(axis=0, keepdims=True)
            here = self.outputs[l]
            back = delta @ self.weights[l].T
            delta = back * here * (1 - here)
            self.weights[l] -= rate * grad_w
            self.biases[l] -= rate * grad_b
        return error


gen = np.random.RandomState(7)
x = gen.randn(11, 5)
y = gen.rand(11, 5)
net = Net([5, 5, 5, 5])
for step in range(30):
    error = net.learn(x, y, 0.5)
"""


@pytest.fixture
def network() -> str:
    """A right program: one hidden layer, a flat script."""
    return NETWORK


@pytest.fixture
def layers() -> str:
    """A right program: a class with lists of weights."""
    return LAYERS


@pytest.fixture
def repaired() -> Repaired:
    """Look for repairs of a program's only step, in this process."""

    def answer(source: str) -> dict[str, Any] | None:
        (step,) = service.answer({"source": source, "seconds": 60.0}, lambda _: None)["steps"]
        found: dict[str, Any] | None = step["repair"]
        return found

    return answer
