"""Samples and labels in different orders: told where they part, and nowhere else."""

from collections.abc import Callable
from typing import Any

import pytest

Remarks = Callable[[str], "list[dict[str, Any]]"]

KINDS = """\
import numpy as np
rng = np.random.RandomState(7)
kinds = rng.randint(0, 3, 40)
X = rng.randn(40, 2) + kinds[:, None]
Y = np.eye(3)[kinds]
# here
W, b = 0.1 * rng.randn(2, 3), np.zeros(3)

def guess(X):
    e = np.exp(X @ W + b)
    return e / e.sum(axis=1, keepdims=True)

for epoch in range(30):
    # there
    for i in range(0, 40, 10):
        x, y = X[i:i + 10], Y[i:i + 10]
        p = guess(x)
        loss = -np.sum(y * np.log(p)) / len(x)
        d = (p - y) / len(x)
        W -= 0.2 * x.T @ d
        b -= 0.2 * d.sum(axis=0)
"""

MANY = KINDS.replace(
    "    for i in range(0, 40, 10):\n        x, y = X[i:i + 10], Y[i:i + 10]\n",
    "    right = np.mean(guess(X).argmax(axis=1) == kinds)\n    if True:\n        x, y = X, Y\n",
)

CURVE = """\
import numpy as np
rng = np.random.RandomState(7)
x = rng.rand(1, 30)
y = 0.5 + x ** 2
# here
w, c = 0.3, 0.1

def fit(x, y):
    global w, c
    # there
    for step in range(50):
        r = w * x + c - y
        loss = np.mean(r ** 2)
        w -= 0.1 * np.mean(2 * r * x)
        c -= 0.1 * np.mean(2 * r)

fit(x, y)
"""

ONE = "order = rng.permutation(len(X))"
TWO = "X = X[rng.permutation(40)]\n    Y = Y[rng.permutation(40)]"
SEEDED = "np.random.seed(3)\n    np.random.shuffle(X)"

PARTED = {
    "two permutations in every epoch": (KINDS, "# there", TWO, "Y = Y["),
    "two permutations before": (KINDS, "# here", TWO.replace("    ", ""), "Y = Y["),
    "two shuffles": (
        KINDS,
        "# there",
        "rng.shuffle(X)\n    rng.shuffle(Y)",
        "rng.shuffle(Y)",
    ),
    "labels alone": (KINDS, "# here", "Y = rng.permutation(Y)", "Y = "),
    "the other labels stay": (MANY, "# here", f"{ONE}\nX, Y = X[order], Y[order]", "X, Y = X["),
    "columns, in a function": (
        CURVE,
        "# there",
        "x = x[:, rng.permutation(30)]\n    y = y[:, rng.permutation(30)]",
        "y = y[",
    ),
}

TOGETHER = {
    "one permutation": (KINDS, "# there", f"{ONE}\n    X = X[order]\n    Y = Y[order]"),
    "all labels": (MANY, "# here", f"{ONE}\nX, Y, kinds = X[order], Y[order], kinds[order]"),
    "one seed": (KINDS, "# there", f"{SEEDED}\n    {SEEDED.replace('X', 'Y')}"),
    "one table": (
        KINDS,
        "# here",
        "both = np.hstack([X, Y])\nrng.shuffle(both)\nX, Y = both[:, :2], both[:, 2:]",
    ),
    "labels that catch up": (
        KINDS,
        "# here",
        f"{ONE}\nX = (X[order] - X.mean(axis=0)) / X.std(axis=0)\nY = Y[order]",
    ),
    "samples that catch up": (
        KINDS,
        "# here",
        f"{ONE}\nY = 0.9 * Y[order] + 0.1 / 3\nX = X[order]",
    ),
    "labels the other way round": (
        KINDS,
        "# here",
        f"{ONE}\nX, Y = X[order], Y[order]\nY = Y[:, [2, 0, 1]]",
    ),
    "sorted by one of them": (
        CURVE,
        "# here",
        "way = np.argsort(x[0])\nx = x[:, way]\ny = y[:, way]",
    ),
    "the next one": (CURVE, "# here", "x = x[:, rng.permutation(30)]\ny = np.roll(x, -1)"),
}


@pytest.mark.parametrize("name", PARTED)
def test_rows_that_part_are_told_where_they_do(name: str, remarks: Remarks) -> None:
    text, old, new, expected = PARTED[name]
    source = text.replace(old, new)
    (found,) = [one for one in remarks(source) if one["code"] == "TRN15"]
    assert source.split("\n")[found["place"]["line"] - 1].strip().startswith(expected)


@pytest.mark.parametrize("name", TOGETHER)
def test_nothing_is_said_of_rows_that_stay_together(name: str, remarks: Remarks) -> None:
    text, old, new = TOGETHER[name]
    assert [one for one in remarks(text.replace(old, new)) if one["code"] == "TRN15"] == []
