"""Gradients that are left over at the end of a program that moves nothing."""

from collections.abc import Callable
from typing import Any

import pytest

STILL = """
import numpy as np
np.random.seed(6)
X, y = np.random.randn(32, 2), np.repeat([0.0, 1.0], 16).reshape(32, 1)
W1, b1 = np.zeros((2, 5)), np.zeros(5)
W2, b2 = np.zeros((5, 1)), np.zeros(1)
rate = 0.2
for turn in range(400):
    h = np.maximum(X @ W1 + b1, 0)
    p = 1 / (1 + np.exp(-(h @ W2 + b2)))
    loss = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
    dz = (p - y) / len(y)
    dW2, db2 = h.T @ dz, dz.sum(axis=0)
    dh = (dz @ W2.T) * (h > 0)
    dW1, db1 = X.T @ dh, dh.sum(axis=0)
    W1 -= rate * dW1
    b1 -= rate * db1
    W2 -= rate * dW2
    b2 -= rate * db2
"""


def test_they_have_no_learning_rate_in_them(understand: Callable[[str], Any]) -> None:
    result = understand(STILL)
    assert result.names("right") == {"W1", "b1", "W2", "b2"}
    assert result.steps[0]["rate"] is None
    assert result.judged[0].scale == pytest.approx(1)
