"""Repairs of backward loops that hand no gradient on to the step before."""

from collections.abc import Callable
from typing import Any

import pytest

Repaired = Callable[[str], "dict[str, Any] | None"]

RECURRENT = """\
import numpy as np

gen = np.random.RandomState(3)
U, R, V = gen.randn(4, 2), 0.5 * gen.randn(4, 4), gen.randn(1, 4)
xs = [gen.randn(2, 1) for _ in range(5)]
ys = [gen.randn(1, 1) for _ in range(5)]

def step(U, R, V):
    hs, outs, loss = {-1: np.zeros((4, 1))}, {}, 0.0
    for t, x in enumerate(xs):
        hs[t] = np.tanh(U @ x + R @ hs[t - 1])
        outs[t] = V @ hs[t]
        loss += 0.5 * np.sum((outs[t] - ys[t]) ** 2)
    dU, dR, dV = np.zeros_like(U), np.zeros_like(R), np.zeros_like(V)
    later = np.zeros((4, 1))
    for t in reversed(range(len(xs))):
        gap = outs[t] - ys[t]
        dV += gap @ hs[t].T
        inner = (V.T @ gap + later) * (1 - hs[t] ** 2)
        dU += inner @ xs[t].T
        dR += inner @ hs[t - 1].T
        later = R.T @ inner
    return loss, dU, dR, dV

for turn in range(30):
    loss, dU, dR, dV = step(U, R, V)
    U, R, V = U - 0.1 * dU, R - 0.1 * dR, V - 0.1 * dV
"""
DELTAS = RECURRENT.replace("+ later)", "+ R.T @ later)").replace("R.T @ inner", "inner")


@pytest.mark.parametrize(
    ("program", "line"),
    [(RECURRENT, "later = R.T @ inner"), (DELTAS, "later = inner")],
    ids=["product", "delta"],
)
def test_what_the_step_before_is_to_get_is_handed_on(
    repaired: Repaired, program: str, line: str
) -> None:
    assert repaired(program) is None
    found = repaired(program.replace(f"        {line}\n", ""))
    assert found is not None
    best = found["done"][0]
    assert [edit["kind"] for edit in best["edits"]] == ["hand-on"]
    (change,) = best["changes"]
    assert list(change["after"]) == [line]


CELLS = """\
import numpy as np

gen = np.random.RandomState(8)
W, V = 0.7 * gen.randn(12, 5), gen.randn(1, 3)
xs, y = gen.randn(6, 2, 4), gen.randn(1, 4)


def squash(z):
    return 1 / (1 + np.exp(-z))


def learn(W, V):
    h = c = np.zeros((3, 4))
    kept = []
    for x in xs:
        z = np.vstack([x, h])
        a = W @ z
        u, k, o = np.tanh(a[:3]), squash(a[3:6]), squash(a[6:9])
        i = squash(a[9:])
        old, c = c, k * c + i * u
        h = o * np.tanh(c)
        kept.append((z, u, k, o, i, old, c))
    gap = V @ h - y
    loss = 0.5 * np.sum(gap ** 2)
    gW, gV = np.zeros_like(W), gap @ h.T
    gh = V.T @ gap
    gc = np.zeros_like(gh)
    for z, u, k, o, i, old, c in reversed(kept):
        go = gh * np.tanh(c)
        gc += gh * o * (1 - np.tanh(c) ** 2)
        gates = [gc * old * k * (1 - k), go * o * (1 - o), gc * u * i * (1 - i)]
        ga = np.vstack([gc * i * (1 - u ** 2), *gates])
        gW += ga @ z.T
        gh = (W.T @ ga)[2:]
        gc *= k
    return loss, gW, gV


for turn in range(30):
    loss, gW, gV = learn(W, V)
    W -= 0.05 * gW
    V -= 0.05 * gV
"""


@pytest.mark.parametrize(
    "output", ["gh * np.tanh(c)", "gh * c"], ids=["alone", "behind another mistake"]
)
def test_a_factor_of_what_goes_on_to_the_next_turn_is_put_back(
    repaired: Repaired, output: str
) -> None:
    assert repaired(CELLS) is None
    wrong = CELLS.replace("        gc *= k\n", "").replace("gh * np.tanh(c)", output)
    found = repaired(wrong)
    assert found is not None
    edits = found["done"][0]["edits"]
    assert [edit["new"] for edit in edits if edit["kind"] == "hand-on"] == ["gc = gc * k"]
    assert len(edits) == 1 + (output == "gh * c")
