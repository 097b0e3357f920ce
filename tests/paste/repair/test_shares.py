"""Repairs of what has too much or too little a share: units that are off, biases, powers."""

from collections.abc import Callable
from typing import Any

import pytest

Repaired = Callable[[str], "dict[str, Any] | None"]

LEAKY = """\
import numpy as np

gen = np.random.default_rng(3)
X, t = gen.normal(size=(19, 3)), gen.integers(0, 4, 19)
V, c = 0.5 * gen.normal(size=(3, 7)), 0.1 * gen.normal(size=7)
U = 0.5 * gen.normal(size=(7, 4))
keep, ridge = 0.15, 0.05
for turn in range(200):
    pre = X @ V + c
    act = np.where(pre > 0, pre, keep * pre)
    odds = np.exp(act @ U)
    odds /= odds.sum(axis=1, keepdims=True)
    loss = -np.log(odds[np.arange(19), t]).mean() + 0.5 * ridge * (np.sum(V**2) + np.sum(U**2))
    g = odds
    g[np.arange(19), t] -= 1
    g /= 19
    dU = act.T @ g + ridge * U
    da = g @ U.T
    da[pre <= 0] *= keep
    dV = X.T @ da + ridge * V
    dc = da.sum(axis=0)
    V -= 0.3 * dV
    c -= 0.3 * dc
    U -= 0.3 * dU
"""

SPARED = """\
import numpy as np

gen = np.random.default_rng(4)
A = np.c_[np.ones(23), gen.normal(size=(23, 3))]
y = (gen.random((23, 1)) < 0.5) * 1.0
theta = 0.1 * gen.normal(size=(4, 1))

def cost(theta, lam):
    h = 1 / (1 + np.exp(-A @ theta))
    fit = -np.mean(y * np.log(h) + (1 - y) * np.log(1 - h))
    return fit + lam / (2 * len(y)) * np.sum(theta[1:] ** 2), h

lam = 2.0
for k in range(300):
    J, h = cost(theta, lam)
    grad = A.T @ (h - y) / len(y)
    grad[1:] += lam / len(y) * theta[1:]
    theta = theta - 0.1 * grad
"""


NUMBERS = """\
import numpy as np

gen = np.random.default_rng(5)
rows, wanted = gen.normal(size=(9, 3)), gen.normal(size=9)
V, u = gen.normal(size=(3, 4)), gen.normal(size=4)
for turn in range(200):
    for x, t in zip(rows, wanted):
        h = np.tanh(x @ V)
        o = h @ u
        loss = 0.5 * (t - o) ** 2
        do = t - o
        dh = do * u * (1 - h ** 2)
        u = u + 0.1 * do * h
        V = V + 0.1 * np.outer(x, dh)
"""


@pytest.mark.parametrize(
    ("source", "right", "wrong", "mended"),
    [
        (LEAKY, "da[pre <= 0] *= keep", "da[pre <= 0] = 0", "da[pre <= 0] *= keep"),
        (LEAKY, "da[pre <= 0] *= keep", "da[pre <= 0] = keep", "da[pre <= 0] *= keep"),
        (LEAKY, "da[pre <= 0] *= keep", "da[da <= 0] *= keep", "da[pre <= 0] *= keep"),
        (NUMBERS, "np.outer(x, dh)", "np.outer(x, do * h)", "V = V + 0.1 * np.outer(x, dh)"),
        (
            SPARED,
            "grad[1:] += lam / len(y) * theta[1:]",
            "grad += lam / len(y) * theta",
            "grad += lam / len(y) * np.vstack((0, theta[1:]))",
        ),
    ],
)
def test_a_share_is_given_or_taken(
    source: str, right: str, wrong: str, mended: str, repaired: Repaired
) -> None:
    assert right in source
    found = repaired(source.replace(right, wrong))
    assert found is not None
    assert found["done"], "nothing was found"
    (change,) = found["done"][0]["changes"]
    assert wrong in change["old"]
    assert change["new"] == mended


def test_a_power_of_a_difference_was_meant_for_a_part_of_it(
    network: str, repaired: Repaired
) -> None:
    found = repaired(network.replace("(1 - H ** 2)", "(1 - H) ** 2"))
    assert found is not None
    assert found["done"], "nothing was found"
    (change,) = found["done"][0]["changes"]
    assert change["new"] == "dZ = dH * (1 - H**2)"


def test_the_slope_of_an_activation_is_mended_where_it_is_computed(
    network: str, repaired: Repaired
) -> None:
    helpers = """
def gate(v):
    return 1 / (1 + np.exp(-v))

def soft(v):
    return v * gate(v)

def d_soft(v):
    g = gate(v)
    return g + g * (1 - soft(v))

"""
    text = network.replace("import numpy as np\n", "import numpy as np\n" + helpers)
    text = text.replace("np.tanh(Z)", "soft(Z)").replace("(1 - H ** 2)", "d_soft(Z)")
    found = repaired(text)
    assert found is not None
    assert found["done"], "nothing was found"
    (change,) = found["done"][0]["changes"]
    assert change["new"] == "return soft(v) + g * (1 - soft(v))"
    assert found["tried"] < 300
