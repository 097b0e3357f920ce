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
