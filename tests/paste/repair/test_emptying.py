"""Repairs of sums that an object keeps, and that no step empties."""

from collections.abc import Callable
from typing import Any

import pytest

Repaired = Callable[[str], "dict[str, Any] | None"]

PILES = """\
import numpy as np

gen = np.random.RandomState(6)


class Layer:
    def __init__(self, n_in, n_out):
        self.w, self.b = 0.5 * gen.randn(n_out, n_in), 0.1 * gen.randn(n_out)
        self.dw, self.db = np.zeros((n_out, n_in)), np.zeros(n_out)

    def ahead(self, x):
        self.x, self.a = x, np.tanh(self.w @ x + self.b)
        return self.a

    def back(self, g):
        g = g * (1 - self.a ** 2)
        self.dw += np.outer(g, self.x)
        self.db += g
        return self.w.T @ g

    def learn(self, rate):
        self.w -= rate * self.dw
        self.b -= rate * self.db
        self.dw[:] = 0
        self.db[:] = 0


one, two = Layer(3, 4), Layer(4, 2)
for turn in range(40):
    for x, y in [(gen.randn(3), gen.randn(2)) for _ in range(5)]:
        miss = two.ahead(one.ahead(x)) - y
        loss = 0.5 * np.sum(miss ** 2)
        one.back(two.back(miss))
    one.learn(0.05)
    two.learn(0.05)
"""
EMPTIED = "        self.dw[:] = 0\n        self.db[:] = 0\n"
LISTED = PILES.replace(
    "        self.w -= rate * self.dw\n        self.b -= rate * self.db\n",
    "        for p, d in zip((self.w, self.b), (self.dw, self.db)):\n            p -= rate * d\n",
)


@pytest.mark.parametrize(
    ("program", "new"),
    [(PILES, "self.dw[:] = 0; self.db[:] = 0"), (LISTED, "d[:] = 0")],
    ids=["one by one", "in a loop"],
)
def test_sums_are_emptied_behind_their_updates(repaired: Repaired, program: str, new: str) -> None:
    assert repaired(program) is None
    found = repaired(program.replace(EMPTIED, ""))
    assert found is not None
    (edit,) = found["done"][0]["edits"]
    assert edit["new"] == new
