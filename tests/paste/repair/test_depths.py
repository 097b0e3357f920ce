"""Repairs of statements that stand at another depth than meant."""

from collections.abc import Callable
from typing import Any

import pytest

Repaired = Callable[[str], "dict[str, Any] | None"]

SAMPLES = """\
import numpy as np

gen = np.random.RandomState(5)
X = gen.randn(7, 3)
T = gen.randint(0, 4, 7)
W = 0.4 * gen.randn(3, 4)

for turn in range(30):
    G, loss = np.zeros_like(W), 0.0
    for k in range(len(X)):
        s = X[k] @ W
        for j in range(4):
            if j != T[k]:
                over = s[j] - s[T[k]] + 0.5
                if over > 0:
                    loss += over
                    G[:, j] += X[k]
                    G[:, T[k]] -= X[k]
    G /= len(X)
    loss = loss / len(X) + 0.1 * np.sum(W ** 2)
    G += 0.2 * W
    W -= 0.1 * G
"""
LOWER = "                    G[:, T[k]] -= X[k]\n"


@pytest.mark.parametrize(
    ("line", "wrong", "kind"),
    [(LOWER, LOWER[8:], "indent"), ("    G /= len(X)\n", "        G /= len(X)\n", "dedent")],
    ids=["too little", "too much"],
)
def test_a_line_is_put_where_it_belongs(
    repaired: Repaired, line: str, wrong: str, kind: str
) -> None:
    assert repaired(SAMPLES) is None
    found = repaired(SAMPLES.replace(line, wrong))
    assert found is not None
    best = found["done"][0]
    assert [edit["kind"] for edit in best["edits"]] == [kind]
    assert line.strip() in {text for change in best["changes"] for text in change["after"]}
