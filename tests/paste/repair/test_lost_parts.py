"""Repairs of statements that have lost a part: a factor, a term, a gradient, an operator."""

from collections.abc import Callable
from typing import Any

import pytest

Repaired = Callable[[str], "dict[str, Any] | None"]

RATINGS = """\
import numpy as np

gen = np.random.default_rng(8)
seen = [(u, r, gen.normal()) for u in range(1, 5) for r in (0, 2, 3) if gen.random() < 0.8]
taste, style = gen.normal(size=(5, 3)), gen.normal(size=(7, 3))
shrink = 0.02
for epoch in range(9):
    cost = 0.0
    for u, r, value in seen:
        off = taste[u] @ style[r] - value
        cost = 0.5 * off ** 2 + 0.5 * shrink * (taste[u] @ taste[u] + style[r] @ style[r])
        g_taste = off * style[r] + shrink * taste[u]
        g_style = off * taste[u] + shrink * style[r]
        taste[u] -= 0.03 * g_taste
        style[r] -= 0.03 * g_style
"""

RIDGE = """\
import numpy as np

gen = np.random.default_rng(6)
X, y = gen.normal(size=(17, 3)), gen.normal(size=17)
w, b = gen.normal(size=3), 0.1
ridge = 0.3
for epoch in range(30):
    miss = X @ w + b - y
    loss = 0.5 * np.mean(miss ** 2) + ridge * np.sum(w ** 2)
    dw = X.T @ miss / len(y) + 2 * ridge * w
    db = miss.mean()
    w -= 0.05 * dw
    b -= 0.05 * db
"""

DROPOUT = """\
import numpy as np

gen = np.random.default_rng(9)


def drop(h):
    mask = (gen.random(h.shape) < 0.7) / 0.7

    def back(g):
        return g * mask

    return h * mask, back


x, y = gen.normal(size=(19, 3)), gen.normal(size=(19, 2))
w1, w2 = gen.normal(size=(3, 5)), gen.normal(size=(5, 2))
for it in range(50):
    h, back = drop(np.tanh(x @ w1))
    hidden = np.tanh(x @ w1)
    out = h @ w2
    loss = 0.5 * np.sum((out - y) ** 2)
    g = out - y
    dw2 = h.T @ g
    dw1 = x.T @ (back(g @ w2.T) * (1 - hidden ** 2))
    w1 -= 0.01 * dw1
    w2 -= 0.01 * dw2
"""

LEAKY = """\
import numpy as np

gen = np.random.default_rng(12)


def leaky(z, slope=0.15):
    def back(g):
        return np.where(z > 0, g, slope * g)

    return np.where(z > 0, z, slope * z), back


x, y = gen.normal(size=(19, 3)), gen.normal(size=(19, 5))
w1, b1, w2 = gen.normal(size=(3, 5)), gen.normal(size=5), gen.normal(size=(5, 5))
for it in range(50):
    h, step = leaky(x @ w1 + b1)
    loss = 0.5 * np.sum((h @ w2 - y) ** 2)
    g = h @ w2 - y
    dw2 = h.T @ g
    g = step(g @ w2.T)
    w1 -= 0.02 * x.T @ g
    b1 -= 0.02 * g.sum(axis=0)
    w2 -= 0.02 * dw2
"""

APART = """\
import numpy as np

gen = np.random.default_rng(4)
x, y = gen.normal(size=(11, 3)), gen.random(size=(11, 2))
w1, w2 = gen.normal(size=(3, 5)), gen.normal(size=(5, 2))


def squash(v):
    return 1 / (1 + np.exp(-v))


def slope(s):
    return s * (1 - s)


def mse():
    return np.mean((y - squash(squash(x @ w1) @ w2)) ** 2)


for r in range(50):
    h = squash(x @ w1)
    out = squash(h @ w2)
    d_out = (y - out) * slope(out)
    d_h = d_out @ w2.T * slope(h)
    w2 += h.T @ d_out
    w1 += x.T @ d_h
    print("mse", mse())
"""

POLY = """\
import numpy as np

gen = np.random.default_rng(2)
powers, y = gen.normal(size=(13, 3)), gen.normal(size=13)
c = gen.normal(size=3)


def loss_of(c):
    return np.mean((powers @ c - y) ** 2)


def slope_of(c):
    return 2 * powers.T @ (powers @ c - y) / len(y)


for it in range(50):
    loss = loss_of(c)
    c = c - 0.1 * slope_of(c)
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (
            RATINGS,
            "g_style = off * taste[u] + shrink * style[r]",
            "g_style = off + shrink * style[r]",
        ),
        (
            RATINGS,
            "g_taste = off * style[r] + shrink * taste[u]",
            "g_taste = off * style[r] + taste[u]",
        ),
        (RIDGE, "dw = X.T @ miss / len(y) + 2 * ridge * w", "dw = X.T @ miss / len(y) + w"),
        (RIDGE, "dw = X.T @ miss / len(y) + 2 * ridge * w", "dw = X.T @ miss + 2 * ridge * w"),
        (RIDGE, "dw = X.T @ miss / len(y) + 2 * ridge * w", "dw = 2 * ridge * w"),
        (
            RATINGS,
            "g_style = off * taste[u] + shrink * style[r]",
            "g_style = off * taste[u]",
        ),
        (RIDGE, "w -= 0.05 * dw", "w -= dw"),
        (RIDGE, "b -= 0.05 * db", "b -= 0.05"),
        (RIDGE, "w -= 0.05 * dw", "w = -0.05 * dw"),
        (RIDGE, "w -= 0.05 * dw", "w = -(w - 0.05 * dw)"),
        (DROPOUT, "return g * mask", "return mask"),
        (LEAKY, "return np.where(z > 0, g, slope * g)", "return np.where(z > 0, g, g)"),
        (LEAKY, "g = step(g @ w2.T)", "g = step(g)"),
        (LEAKY, "b1 -= 0.02 * g.sum(axis=0)", "b1 -= 0.02"),
        (POLY, "c = c - 0.1 * slope_of(c)", "c = c - 0.1"),
        (APART, "d_out = (y - out) * slope(out)", "d_out = y - out"),
        (
            RATINGS,
            "g_taste = off * style[r] + shrink * taste[u]",
            "g_taste = off * style[u] + shrink * taste[r]",
        ),
    ],
)
def test_the_part_is_put_back_where_it_was_lost(
    repaired: Repaired, text: str, right: str, wrong: str
) -> None:
    assert text.count(right) == 1
    found = repaired(text.replace(right, wrong))
    assert found is not None
    assert found["done"], "nothing was found"
    best = found["done"][0]
    assert [change["old"] for change in best["changes"]] == [wrong]


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (RATINGS, "g_style = off * taste[u]", "g_style = off * style[r]"),
        (RIDGE, "X.T @ miss / len(y)", "X.T @ miss / len(y) ** 2"),
        (RIDGE, "db = miss.mean()", "db = miss.sum()"),
    ],
)
def test_no_repair_is_made_of_unrelated_numbers(
    repaired: Repaired, text: str, right: str, wrong: str
) -> None:
    found = repaired(text.replace(right, wrong))
    assert found is not None
    assert found["done"]
    for state in found["done"]:
        for change in state["changes"]:
            added = set(change["new"].split()) - set(change["old"].split())
            assert added.isdisjoint({"epoch", "gen", "0.05", "0.03", "seen"})


def test_of_a_factor_and_the_learning_rate_the_factor_is_dropped(repaired: Repaired) -> None:
    """Without a rate that is known, both give the gradient times something."""
    found = repaired("""\
import numpy as np

gen = np.random.default_rng(6)
X, y = gen.normal(size=(17, 3)), gen.normal(size=17)
p = {"w": gen.normal(size=3), "b": gen.normal(size=1)}
for epoch in range(30):
    miss = X @ p["w"] + p["b"] - y
    loss = 0.5 * np.mean(miss ** 2)
    g = {"w": X.T @ miss / len(y), "b": np.array([miss.mean()])}
    for k in p:
        p[k] -= 0.05 * g[k] * g[k]
""")
    assert found is not None
    assert found["done"]
    assert [change["new"] for change in found["done"][0]["changes"]] == ["p[k] -= 0.05 * g[k]"]


TIED = """\
import numpy as np

gen = np.random.default_rng(3)
X = gen.uniform(size=(11, 7))
W, b, c = gen.normal(size=(7, 5)), gen.normal(size=5), gen.normal(size=7)
for step in range(40):
    h = np.tanh(X @ W + b)
    r = np.tanh(h @ W.T + c)
    loss = 0.5 * np.sum((r - X) ** 2)
    dr = (r - X) * (1 - r**2)
    dh = dr @ W * (1 - h**2)
    dW = np.zeros_like(W)
    dW += np.sin(X.T @ dh) - np.exp(W) @ W.T @ W
    W -= 0.01 * dW
    b -= 0.01 * dh.sum(axis=0)
    c -= 0.01 * dr.sum(axis=0)
"""


def test_what_right_gradients_are_made_from_is_never_the_first_to_be_wrong(
    repaired: Repaired,
) -> None:
    found = repaired(TIED)
    assert found is not None
    assert not found["done"]
    assert TIED.splitlines()[found["first"]["line"] - 1].strip().startswith("dW += np.sin")


SLIDING = """\
import numpy as np

gen = np.random.default_rng(6)
signal, wanted = gen.normal(size=(6, 2, 9)), gen.normal(size=(6, 2, 5))
first, second = 0.5 * gen.normal(size=(3, 2, 3)), 0.5 * gen.normal(size=(2, 3, 3))


def slide(x, kernel):
    size = kernel.shape[2]
    places = range(x.shape[2] - size + 1)
    return np.stack([np.einsum('ncs,ocs->no', x[:, :, p:p + size], kernel) for p in places], axis=2)


def by_kernel(x, d, size):
    spots = range(d.shape[2])
    return sum(np.einsum('no,ncs->ocs', d[:, :, p], x[:, :, p:p + size]) for p in spots)


for turn in range(60):
    h = np.tanh(slide(signal, first))
    off = slide(h, second) - wanted
    loss = 0.5 * np.sum(off ** 2)
    wide = np.pad(off, ((0, 0), (0, 0), (2, 2)))
    back = slide(wide, second[:, :, ::-1].transpose(1, 0, 2))
    second -= 0.002 * by_kernel(h, off, 3)
    first -= 0.002 * by_kernel(signal, back * (1 - h ** 2), 3)
"""


def test_a_kernel_is_turned_round_on_the_way_back(repaired: Repaired) -> None:
    found = repaired(SLIDING.replace("second[:, :, ::-1].tr", "second.tr"))
    assert found is not None
    (edit,) = found["done"][0]["edits"]
    assert (edit["kind"], edit["new"]) == ("reverse", "second[:, :, ::-1]")
