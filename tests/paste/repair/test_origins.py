"""Repairs are made where the way back first goes wrong, not where it could be made good."""

from collections.abc import Callable
from typing import Any

import pytest

Repaired = Callable[[str], "dict[str, Any] | None"]

AVERAGES = """\
import numpy as np

K = 3

class Scale:
    def __init__(self, shape):
        self.w = np.random.RandomState(1).randn(*shape)

    def forward(self, x):
        self.x = x
        return self.w * x

    def backward(self, grad, rate):
        self.w -= rate * grad * self.x

class Squash:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad, rate):
        return grad * (1 - self.y ** 2)

class Average:
    def forward(self, x):
        self.size = x.shape
        rows, cols = x.shape[0] // K, x.shape[1] // K
        y = np.zeros((rows, cols))
        for i in range(rows):
            for j in range(cols):
                y[i, j] = x[i * K:i * K + K, j * K:j * K + K].mean()
        return y

    def backward(self, grad, rate):
        down = np.zeros(self.size)
        for i in range(grad.shape[0]):
            for j in range(grad.shape[1]):
                down[i * K:i * K + K, j * K:j * K + K] = grad[i, j] / (K * K)
        return down

class Last:
    def __init__(self, shape):
        self.v = np.random.RandomState(2).randn(*shape)

    def forward(self, x):
        self.x = x
        return np.sum(self.v * x)

    def backward(self, grad, rate):
        down = grad * self.v
        self.v = self.v - rate * grad * self.x
        return down

x = np.random.RandomState(3).randn(6, 12)
net = [Scale((6, 12)), Squash(), Average(), Last((2, 4))]
for turn in range(20):
    y = x
    for layer in net:
        y = layer.forward(y)
    loss = 0.5 * (y - 0.3) ** 2
    grad = y - 0.3
    for layer in reversed(net):
        grad = layer.backward(grad, 0.1)
"""

STAGES = """\
import numpy as np

def forward(x, stretch, shift):
    rows = len(x)
    centre = x.sum(axis=0) / rows
    away = x - centre
    square = away ** 2
    spread = square.sum(axis=0) / rows
    root = np.sqrt(spread + 1e-3)
    inverse = 1 / root
    normed = away * inverse
    return stretch * normed + shift, (stretch, away, spread, root, inverse, normed)

def backward(d_out, kept):
    stretch, away, spread, root, inverse, normed = kept
    rows = len(d_out)
    d_normed = d_out * stretch
    d_inverse = (d_normed * away).sum(axis=0)
    d_away_1 = d_normed * inverse
    d_root = -d_inverse / root ** 2
    d_spread = 0.5 / root * d_root
    d_square = np.ones_like(d_out) * d_spread / rows
    d_away_2 = 2 * away * d_square
    d_x_1 = d_away_1 + d_away_2
    d_centre = -(d_away_1 + d_away_2).sum(axis=0)
    d_x_2 = np.ones_like(d_out) * d_centre / rows
    return d_x_1 + d_x_2, (d_out * normed).sum(axis=0), d_out.sum(axis=0)

gen = np.random.RandomState(4)
data = gen.randn(14, 3) * np.array([0.2, 1.0, 7.0])
truth = gen.randn(14, 1)
u, c = gen.randn(3, 4), np.zeros(4)
stretch, shift, v = np.ones(4), np.zeros(4), gen.randn(4, 1)
for turn in range(30):
    y, kept = forward(data @ u + c, stretch, shift)
    h = np.tanh(y)
    gap = h @ v - truth
    loss = np.mean(gap ** 2)
    d_gap = 2 * gap / len(gap)
    d_y = d_gap @ v.T * (1 - h ** 2)
    d_s, d_stretch, d_shift = backward(d_y, kept)
    v -= 0.1 * h.T @ d_gap
    stretch -= 0.1 * d_stretch
    shift -= 0.1 * d_shift
    u -= 0.1 * data.T @ d_s
    c -= 0.1 * d_s.sum(axis=0)
"""


@pytest.mark.parametrize(
    ("program", "right", "wrong", "made"),
    [
        (AVERAGES, "grad[i, j] / (K * K)", "grad[i, j]", "grad[i, j] / (K * K)"),
        (STAGES, "2 * away * d_square", "away * d_square", "2 * (away * d_square)"),
    ],
)
def test_a_factor_is_put_where_it_is_missing(
    repaired: Repaired, program: str, right: str, wrong: str, made: str
) -> None:
    assert repaired(program) is None
    found = repaired(program.replace(right, wrong))
    assert found is not None
    (change,) = found["done"][0]["changes"]
    assert change["old"].endswith(wrong)
    assert change["new"].endswith(made)


def test_a_minus_is_put_where_a_derivative_loses_it(repaired: Repaired) -> None:
    right = "d_root = -d_inverse / root ** 2"
    found = repaired(STAGES.replace(right, "d_root = d_inverse / root ** 2"))
    assert found is not None
    (change,) = found["done"][0]["changes"]
    assert change["old"] == "d_root = d_inverse / root ** 2"
    assert "-" in change["new"]
