"""Repairs of derivatives that are written out: for another function, or by another value."""

from collections.abc import Callable
from typing import Any

import pytest

Repaired = Callable[[str], "dict[str, Any] | None"]

HIDDEN = """\
import numpy as np

gen = np.random.default_rng(31)
X, Y = gen.normal(size=(3, 17)), gen.normal(size=(2, 17))
V, c = 0.7 * gen.normal(size=(4, 3)), 0.1 * gen.normal(size=(4, 1))
W = 0.7 * gen.normal(size=(2, 4))
for epoch in range(30):
    H = 1 / (1 + np.exp(-(V @ X + c)))
    off = W @ H - Y
    loss = 0.5 * np.sum(off ** 2)
    gW = off @ H.T
    back = np.dot(W.T, off) * H * (1 - H)
    gV = back @ X.T
    gc = np.sum(back, axis=1, keepdims=True)
    V, c, W = V - 0.01 * gV, c - 0.01 * gc, W - 0.01 * gW
"""

CURVE = """\
import numpy as np

u = np.linspace(-1.5, 1.5, 40)
v = np.cos(2 * u)
p, q, r = 0.3, -0.2, 0.1
for epoch in range(50):
    off = p + q * u ** 2 + r * u ** 4 - v
    loss = (off ** 2).sum()
    g = 2 * off
    p -= 1e-3 * g.sum()
    q -= 1e-3 * (g * u ** 2).sum()
    r -= 1e-3 * (g * u ** 4).sum()
"""

STATES = """\
import numpy as np

gen = np.random.default_rng(32)
x = gen.normal(size=(9, 5))
want = x.sum(axis=1)
a, b = 0.6, 0.8
for epoch in range(30):
    s = np.zeros((9, 6))
    for k in range(5):
        s[:, k + 1] = a * x[:, k] + b * s[:, k]
    loss = np.mean((s[:, -1] - want) ** 2)
    back = 2 * (s[:, -1] - want) / len(want)
    ga = gb = 0.0
    for k in range(5, 0, -1):
        ga += np.sum(back * x[:, k - 1])
        gb += np.sum(back * s[:, k - 1])
        back = back * b
    a -= 0.01 * ga
    b -= 0.01 * gb
"""

RIGHT = "np.dot(W.T, off) * H * (1 - H)"


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (HIDDEN, RIGHT, "np.dot(W.T, off) * (1 - np.power(H, 2))"),
        (HIDDEN, RIGHT, "np.dot(W.T, off) * (1 - np.square(H))"),
        (HIDDEN, RIGHT, "np.dot(W.T, off) * (H > 0)"),
        (HIDDEN.replace("1 / (1 + np.exp(-(V @ X + c)))", "np.tanh(V @ X + c)"), "tanh", "tanh"),
        (CURVE, "g * u ** 4", "g * 4 * u ** 3"),
        (CURVE, "g * u ** 2", "g * 2 * u"),
        (STATES, "back * s[:, k - 1]", "back * s[:, k]"),
    ],
)
def test_a_derivative_of_something_else_is_found_on_its_line(
    repaired: Repaired, text: str, right: str, wrong: str
) -> None:
    assert right in text
    found = repaired(text.replace(right, wrong))
    assert found is not None
    assert found["done"]
    (change,) = found["done"][0]["changes"]
    spoilt = wrong if wrong != right else RIGHT
    assert spoilt in change["old"]


@pytest.mark.parametrize("text", [HIDDEN, CURVE, STATES])
def test_what_is_right_is_left_alone(repaired: Repaired, text: str) -> None:
    assert repaired(text) is None
