"""Repairs of derivatives that are those of another function than the way forward applies."""

import ast
from collections.abc import Callable
from typing import Any

import pytest

Repaired = Callable[[str], "dict[str, Any] | None"]

PROGRAM = """\
import numpy as np

class Fit:
    def __init__(self, units):
        gen = np.random.RandomState(2)
        self.w = gen.randn(3, units)
        self.c = gen.randn(1, units)
        self.v = gen.randn(units, 1)

    def forward(self, x):
        self.s = x.dot(self.w) + self.c
        self.h = FORWARD
        return self.h.dot(self.v)

    def train(self, x, y, rate):
        out = self.forward(x)
        loss = np.mean((out - y) ** 2)
        d_out = 2 * (out - y) / len(x)
        d_s = BACKWARD
        self.v -= rate * self.h.T.dot(d_out)
        self.w -= rate * x.T.dot(d_s)
        self.c -= rate * d_s.sum(axis=0, keepdims=True)
        return loss

gen = np.random.RandomState(9)
x, y = gen.randn(20, 3), gen.randn(20, 1)
fit = Fit(6)
for turn in range(50):
    fit.train(x, y, 0.05)
"""

SOFTPLUS = "np.log(1 + np.exp(self.s))"
BACK = "d_out.dot(self.v.T) * "


@pytest.mark.parametrize(
    ("forward", "wrong", "right"),
    [
        (SOFTPLUS, "self.h * (1 - self.h)", "(1 / (1 + np.exp(-self.s)))"),
        (SOFTPLUS, "(self.s > 0)", "(1 / (1 + np.exp(-self.s)))"),
        ("np.tanh(self.s)", "self.h * (1 - self.h)", "(1 - self.h**2)"),
        ("1 / (1 + np.exp(-self.s))", "(1 - self.h ** 2)", "(self.h * (1 - self.h))"),
        ("np.maximum(0, self.s)", "(1 - self.h ** 2)", "(self.h > 0)"),
    ],
)
def test_the_derivative_of_another_function_is_made_the_right_one(
    repaired: Repaired, forward: str, wrong: str, right: str
) -> None:
    found = repaired(PROGRAM.replace("FORWARD", forward).replace("BACKWARD", BACK + wrong))
    assert found is not None
    (change,) = found["done"][0]["changes"]
    assert change["old"] == f"d_s = {BACK}{wrong}"
    new = ast.unparse(ast.parse(change["new"]))
    options = (f"d_s = {BACK}{right}", f"d_s = {BACK}{right.replace('h', 's')}")
    assert new in [ast.unparse(ast.parse(option)) for option in options]


UNITS = """\
import math
import random

random.seed(5)

class Cell:
    def __init__(self, count):
        self.w = [random.uniform(-1, 1) for _ in range(count)]
        self.c = random.uniform(-1, 1)

    def run(self, given):
        self.given = given
        total = self.c + sum(w * g for w, g in zip(self.w, given))
        self.y = 1 / (1 + math.exp(-total))
        return self.y

    def adapt(self, rate):
        for k, g in enumerate(self.given):
            self.w[k] -= rate * self.blame * g
        self.c -= rate * self.blame

first = [Cell(2) for _ in range(3)]
last = [Cell(3) for _ in range(2)]
rows = [((0.3, 0.9), (1, 0)), ((0.8, 0.2), (0, 1)), ((0.5, 0.6), (1, 1))]
for turn in range(40):
    cost = 0
    for given, wanted in rows:
        middle = [cell.run(given) for cell in first]
        out = [cell.run(middle) for cell in last]
        cost += 0.5 * sum((o - t) ** 2 for o, t in zip(out, wanted))
        for cell, t in zip(last, wanted):
            cell.blame = (cell.y - t) * cell.y * (1 - cell.y)
        for k, cell in enumerate(first):
            total = 0
            for behind in last:
                total += behind.w[k] * behind.blame
            cell.blame = total * cell.y * (1 - cell.y)
        for cell in first + last:
            cell.adapt(0.4)
"""


def test_a_derivative_is_multiplied_by_once_a_sum_is_complete(repaired: Repaired) -> None:
    assert repaired(UNITS) is None
    found = repaired(UNITS.replace("blame = total * cell.y * (1 - cell.y)", "blame = total"))
    assert found is not None
    (change,) = found["done"][0]["changes"]
    assert change["new"] == "cell.blame = total * cell.y * (1 - cell.y)"
