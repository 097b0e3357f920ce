"""Posts for the tests of whole reports."""

import pytest

POST = """\
My network has stopped learning, what is wrong?

import numpy as np

gen = np.random.default_rng(11)
X = gen.normal(size=(13, 3))
Y = gen.normal(size=(13, 2))
W1 = 0.6 * gen.normal(size=(3, 5))
W2 = 0.6 * gen.normal(size=(5, 2))
lr = 0.03

for epoch in range(40):
    H = np.tanh(X @ W1)
    P = H @ W2
    loss = 0.5 * np.sum((P - Y) ** 2)
    dP = P - Y
    dW2 = H.T @ dP
    dW1 = X.T @ (dP @ W2.T * (1 - H ** 2))
    W1 -= lr * dW1
    W2 -= lr * dW2
"""


@pytest.fixture(scope="session")
def right_post() -> str:
    """A post with prose and one right program."""
    return POST


@pytest.fixture(scope="session")
def wrong_post() -> str:
    """The same with a reversed residual in line 16."""
    return POST.replace("dP = P - Y", "dP = Y - P")
