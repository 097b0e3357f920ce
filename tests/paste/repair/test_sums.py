"""Derivatives that are added up in several statements: only the whole sum is one."""

import ast
from collections.abc import Callable
from textwrap import indent
from typing import Any

import pytest

from gradcheck.paste.repair.statements import Statement, statements
from gradcheck.paste.repair.sums import completing
from gradcheck.paste.understanding.sites import number

Repaired = Callable[[str], "dict[str, Any] | None"]

GATED = """\
import numpy as np

gen = np.random.default_rng(31)
n_in, n_h = 2, 5
Wu, Wr, Wc = (0.4 * gen.normal(size=(n_h, n_in + n_h)) for _ in range(3))
Wo = 0.4 * gen.normal(size=(1, n_h))
xs = [gen.normal(size=(n_in, 1)) for _ in range(4)]
ts = [gen.normal(size=(1, 1)) for _ in range(4)]


def squash(v):
    return 1 / (1 + np.exp(-v))


for epoch in range(40):
    h, states, kept, loss = np.zeros((n_h, 1)), [], [], 0.0
    for x, t in zip(xs, ts):
        both = np.vstack((x, h))
        u, r = squash(Wu @ both), squash(Wr @ both)
        seen = np.vstack((x, r * h))
        c = np.tanh(Wc @ seen)
        kept.append((h, both, u, r, seen, c))
        h = (1 - u) * h + u * c
        states.append(h)
    outs = [Wo @ s for s in states]
    loss = sum(0.5 * np.sum((o - t) ** 2) for o, t in zip(outs, ts))
    dWu, dWr, dWc, dWo = (np.zeros_like(w) for w in (Wu, Wr, Wc, Wo))
    later = np.zeros((n_h, 1))
    for k in reversed(range(len(xs))):
        h0, both, u, r, seen, c = kept[k]
        off = outs[k] - ts[k]
        dWo += off @ states[k].T
        dh = Wo.T @ off + later
        dc = dh * u * (1 - c ** 2)
        du = dh * (c - h0) * u * (1 - u)
        back = dh * (1 - u)
        dWc += dc @ seen.T
        dgated = (Wc.T @ dc)[n_in:]
        dr = dgated * h0 * r * (1 - r)
        back += dgated * r
        dWu += du @ both.T
        dWr += dr @ both.T
        back += (Wu.T @ du + Wr.T @ dr)[n_in:]
        later = back
    for w, g in ((Wu, dWu), (Wr, dWr), (Wc, dWc), (Wo, dWo)):
        w -= 0.02 * g
"""


def texts(source: str) -> dict[str, str]:
    """Return the statements that make parts of sums, with those that complete them."""
    source = "for k in range(3):\n" + indent(source, "    ")
    tree = ast.parse(source)
    number(tree)
    known: list[Statement] = list(statements(tree, source))
    named = {one.number: one.text for one in known}
    return {named[part]: last.text for part, last in completing(known).items()}


def test_a_sum_is_complete_with_its_last_part() -> None:
    source = "d = a\ne = b\nd += b\nd = d - c\nf = d\n"
    assert texts(source) == {"d = a": "d = d - c", "d += b": "d = d - c"}


@pytest.mark.parametrize(
    "source",
    [
        "d = a\ne = d * b\nd += b\n",
        "d = a\nd = b\n",
        "d = a\nd *= b\n",
        "d = a\nif c:\n    d += b\n",
        "d = a\nprint(d)\nd += b\n",
        "d = a\ne += b\n",
    ],
)
def test_what_is_used_or_set_before_is_no_part(source: str) -> None:
    assert texts(source) == {}


def test_a_wrong_part_is_found_by_what_the_sum_should_be(repaired: Repaired) -> None:
    right, wrong = "back += dgated * r\n", "back += dgated\n"
    assert right in GATED
    found = repaired(GATED.replace(right, wrong))
    assert found is not None
    assert (
        found["first"]["line"]
        == GATED.splitlines().index("        back += (Wu.T @ du + Wr.T @ dr)[n_in:]") + 1
    ), "the whole is no derivative; none of what it is made from is blamed"
    ((change,),) = [state["changes"] for state in found["done"][:1]]
    line = next(line for line in GATED.splitlines(keepends=True) if right in f"{line}")
    assert change["new"] == line.strip()
    assert found["tried"] < 300


def test_a_right_sum_is_left_alone(repaired: Repaired) -> None:
    assert repaired(GATED) is None
