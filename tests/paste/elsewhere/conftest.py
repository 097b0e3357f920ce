"""Programs whose gradients are right, and what else is said about them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gradcheck.paste.elsewhere.look import elsewhere
from gradcheck.paste.running.prepare import prepare
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.understand import understood

Remarks = Callable[[str], "list[dict[str, Any]]"]

NETWORK = """\
import numpy as np
rng = np.random.RandomState(5)
X = rng.randn(41, 3)
Y = 0.5 + 0.3 * np.sin(X[:, :1] + 0.4 * X[:, 1:2])
W1 = rng.randn(3, 7) * 0.6
b1 = np.zeros((1, 7))
W2 = rng.randn(7, 1) * 0.6
b2 = np.zeros((1, 1))
lr = 0.5
for epoch in range(3000):
    Z1 = X @ W1 + b1
    A1 = 1 / (1 + np.exp(-Z1))
    Z2 = A1 @ W2 + b2
    A2 = 1 / (1 + np.exp(-Z2))
    loss = 0.5 * np.sum((A2 - Y) ** 2) / len(X)
    dZ2 = (A2 - Y) * A2 * (1 - A2) / len(X)
    dW2 = A1.T @ dZ2
    db2 = dZ2.sum(axis=0, keepdims=True)
    dZ1 = (dZ2 @ W2.T) * A1 * (1 - A1)
    dW1 = X.T @ dZ1
    db1 = dZ1.sum(axis=0, keepdims=True)
    W1 -= lr * dW1
    b1 -= lr * db1
    W2 -= lr * dW2
    b2 -= lr * db2
"""

LINE = """\
import numpy as np

def fit(x, y, speed=0.1):
    w = np.zeros((1, 2))
    c = 0.0
    for step in range(700):
        guess = w @ x + c
        miss = guess - y
        J = np.sum(miss ** 2) / x.shape[1]
        gw = 2 * miss @ x.T / x.shape[1]
        gc = 2 * np.sum(miss) / x.shape[1]
        w = w - speed * gw
        c = c - speed * gc
    return w, c

gen = np.random.RandomState(3)
x = gen.rand(2, 53)
y = 2 * x[:1] - x[1:] + 0.7 + 0.01 * gen.randn(1, 53)
fit(x, y)
"""

SOFTMAX = """\
import numpy as np
rng = np.random.RandomState(5)
X = rng.randn(41, 5)
labels = np.argmax(X[:, :3] + 0.1, axis=1)
Y = np.eye(3)[labels]
W = rng.randn(5, 3) * 0.3
b = np.zeros(3)

def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=1, keepdims=True)

for i in range(500):
    P = softmax(X @ W + b)
    loss = -np.mean(np.sum(Y * np.log(P), axis=1))
    d = (P - Y) / len(X)
    W -= 0.5 * X.T @ d
    b -= 0.5 * d.sum(axis=0)
"""

MOMENTUM = """\
import numpy as np
rng = np.random.RandomState(1)
X = rng.randn(23, 3)
t = X @ np.array([[1.0], [-2.0], [0.5]]) + 0.3
w = rng.randn(3, 1)
b = np.zeros((1, 1))
vw = np.zeros_like(w)
vb = np.zeros_like(b)
for i in range(200):
    r = X @ w + b - t
    loss = np.mean(r ** 2)
    dw = 2 * X.T @ r / len(X)
    db = 2 * r.mean(axis=0, keepdims=True)
    vw = 0.9 * vw + dw
    vb = 0.9 * vb + db
    w = w - 0.01 * vw
    b = b - 0.01 * vb
"""

RELU = NETWORK.replace("1 / (1 + np.exp(-Z1))", "np.maximum(0, Z1)").replace(
    "* A1 * (1 - A1)", "* (Z1 > 0)"
)

FLOWERS = """\
import numpy as np
from sklearn.datasets import load_iris
flowers = load_iris()
X = (flowers.data - flowers.data.mean(0)) / flowers.data.std(0)
kind = (flowers.target > 0).reshape(-1, 1) * 1.0
rng = np.random.RandomState(12)
W1 = rng.randn(4, 5) * 0.5
W2 = rng.randn(5, 1) * 0.5
b1 = np.zeros((1, 5))
b2 = np.zeros((1, 1))
for epoch in range(300):
    H = np.tanh(X @ W1 + b1)
    P = 1 / (1 + np.exp(-(H @ W2 + b2)))
    cost = 0.5 * np.sum((P - kind) ** 2) / len(X)
    d = (P - kind) * P * (1 - P) / len(X)
    back = d @ W2.T * (1 - H ** 2)
    W2 -= 0.3 * H.T @ d
    b2 -= 0.3 * d.sum(axis=0, keepdims=True)
    W1 -= 0.3 * X.T @ back
    b1 -= 0.3 * back.sum(axis=0, keepdims=True)
"""

CHECKED = """\
import numpy as np
np.random.seed(4)
X = np.random.randn(23, 3)
y = 0.8 * np.tanh(np.random.randn(23, 1))
W = np.random.randn(3, 1)
b = np.zeros((1, 1))

def cost(W, b):
    return np.mean((np.tanh(X @ W) + b - y) ** 2)

def grads(W, b):
    a = np.tanh(X @ W)
    d = 2 * (a + b - y) / len(X)
    return X.T @ (d * (1 - a ** 2)), d.sum(axis=0, keepdims=True)

eps = 1e-5
dW, db = grads(W, b)
numerical = np.zeros_like(W)
for i in range(3):
    W[i, 0] += eps
    up = cost(W, b)
    W[i, 0] -= 2 * eps
    down = cost(W, b)
    W[i, 0] += eps
    numerical[i, 0] = (up - down) / (2 * eps)
print("difference", np.linalg.norm(dW - numerical) / np.linalg.norm(dW + numerical))
for i in range(100):
    c = cost(W, b)
    dW, db = grads(W, b)
    W -= 0.1 * dW
    b -= 0.1 * db
"""

LISTS = """\
import numpy as np

class Net:
    def __init__(self, sizes, r):
        self.W = [r.randn(a, b) / np.sqrt(a) for a, b in zip(sizes[:-1], sizes[1:])]
        self.b = [np.zeros(b) for b in sizes[1:]]

    def learn(self, x, y, rate):
        a = [x]
        for W, b in zip(self.W, self.b):
            a.append(np.tanh(a[-1] @ W + b))
        miss = a[-1] - y
        loss = 0.5 * np.mean(np.sum(miss ** 2, axis=1))
        d = miss * (1 - a[-1] ** 2) / len(x)
        for l in reversed(range(len(self.W))):
            gW, gb = a[l].T @ d, d.sum(axis=0)
            d = d @ self.W[l].T * (1 - a[l] ** 2)
            self.W[l] -= rate * gW
            self.b[l] -= rate * gb
        return loss

r = np.random.RandomState(2)
x = r.randn(37, 3)
y = np.tanh(x[:, :1] * x[:, 1:2])
net = Net([3, 5, 1], r)
for step in range(2000):
    loss = net.learn(x, y, 0.3)
"""

PROGRAMS: Mapping[str, str] = {
    "network": NETWORK,
    "line": LINE,
    "softmax": SOFTMAX,
    "momentum": MOMENTUM,
    "relu": RELU,
    "checked": CHECKED,
    "lists": LISTS,
    "flowers": FLOWERS,
}


@pytest.fixture
def program() -> Callable[..., str]:
    """Return a program by its name, with replacements made in its text."""

    def changed(name: str, *changes: tuple[str, str]) -> str:
        text = PROGRAMS[name]
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return text

    return changed


@pytest.fixture
def remarks() -> Remarks:
    """Look elsewhere in each step of a program, in this process, and pass it through the pipe."""

    def look(source: str) -> list[dict[str, Any]]:
        prepared = prepare(source)
        found: list[dict[str, Any]] = []

        def then(
            inquiry: Inquiry, choice: Choice | None, told: dict[str, Any]
        ) -> Mapping[str, Any]:
            assert choice is not None
            found.extend(elsewhere(inquiry, choice, told, prepared))
            return {}

        understood(prepared, then)
        return list(json.loads(json.dumps(found)))

    return look
