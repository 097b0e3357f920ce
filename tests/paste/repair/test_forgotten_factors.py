"""Repairs in scripts that draw samples, keep lists, or have masks, and have lost a part."""

from collections.abc import Callable
from typing import Any

import pytest

Repaired = Callable[[str], "dict[str, Any] | None"]

DRAWN = """\
import random
import numpy as np

random.seed(4)
np.random.seed(4)
xs = [random.uniform(-2, 2) for _ in range(30)]
ys = [abs(x) for x in xs]
V, s, W = np.random.normal(size=5), 0.1 * np.ones(5), np.random.normal(size=5)
for turn in range(200):
    k = random.randrange(30)
    h = np.tanh(V * xs[k] + s)
    off = (W * h).sum() - ys[k]
    cost = 0.5 * off ** 2
    grad_V = off * W * (1 - h ** 2) * xs[k]
    grad_s = off * W * (1 - h ** 2)
    W -= 0.05 * off * h
    V -= 0.05 * grad_V
    s -= 0.05 * grad_s
"""

LISTS = """\
import math
import random

random.seed(6)
V = [[random.uniform(-1, 1) for i in range(2)] for j in range(3)]
W = [[random.uniform(-1, 1) for j in range(3)] for k in range(2)]
rows = [([0.3, -0.7], [0.9, 0.2]), ([-0.4, 0.8], [0.1, 0.6]), ([0.5, 0.6], [0.7, 0.3])]
for epoch in range(60):
    for x, want in rows:
        h = [1 / (1 + math.exp(-sum(V[j][i] * x[i] for i in range(2)))) for j in range(3)]
        o = [1 / (1 + math.exp(-sum(W[k][j] * h[j] for j in range(3)))) for k in range(2)]
        loss = sum(0.5 * (o[k] - want[k]) ** 2 for k in range(2))
        d_o = [(o[k] - want[k]) * o[k] * (1 - o[k]) for k in range(2)]
        d_h = []
        for j in range(3):
            back = 0.0
            for k in range(2):
                back += d_o[k] * W[k][j]
            d_h.append(back * h[j] * (1 - h[j]))
        for k in range(2):
            for j in range(3):
                W[k][j] -= 0.4 * d_o[k] * h[j]
        for j in range(3):
            for i in range(2):
                V[j][i] -= 0.4 * d_h[j] * x[i]
"""

KINDS = """\
import numpy as np

gen = np.random.default_rng(51)
X, kind = gen.normal(size=(21, 4)), gen.integers(0, 3, size=21)
V, W, c = gen.normal(size=(4, 6)), gen.normal(size=(6, 3)), np.zeros(3)
n_kinds = 3
keep = 0.7
for epoch in range(60):
    H = np.maximum(X @ V, 0)
    M = gen.random(H.shape) < keep
    H = H * M / keep
    P = np.exp(H @ W + c)
    P /= P.sum(axis=1, keepdims=True)
    if epoch % 7 == 0:
        loss = -np.mean(np.log(P[range(21), kind]))
        print(n_kinds, loss)
    D = P
    D[range(21), kind] -= 1
    D /= len(X)
    back = D @ W.T * (H > 0) / keep
    gW = H.T @ D
    gV = X.T @ back
    W -= 0.3 * gW
    c -= 0.3 * D.sum(axis=0)
    V -= 0.3 * gV
"""

STATES = """\
import numpy as np

gen = np.random.default_rng(52)
x = gen.normal(size=(6, 3))
want = gen.normal(size=(6, 2))
A, B, C = (0.5 * gen.normal(size=size) for size in ((3, 4), (4, 4), (4, 2)))
for epoch in range(40):
    hs, offs, loss = [np.zeros(4)], [], 0.0
    for t in range(6):
        hs.append(np.tanh(x[t] @ A + hs[-1] @ B))
        offs.append(hs[-1] @ C - want[t])
        loss += 0.5 * np.sum(offs[-1] ** 2)
    gA, gB, gC, after = np.zeros_like(A), np.zeros_like(B), np.zeros_like(C), np.zeros(4)
    for t in range(6):
        before = hs[-t - 2]
        here = hs[-t - 1]
        back = (offs[-t - 1] @ C.T + after @ B.T) * (1 - here ** 2)
        gC += np.outer(here, offs[-t - 1])
        gB += np.outer(before, back)
        gA += np.outer(x[-t - 1], back)
        after = back
    A -= 0.02 * gA
    B -= 0.02 * gB
    C -= 0.02 * gC
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (DRAWN, "grad_V = off * W * (1 - h ** 2) * xs[k]", "grad_V = off * W * (1 - h ** 2)"),
        (LISTS, "back += d_o[k] * W[k][j]", "back += d_o[k]"),
        (LISTS, "d_h.append(back * h[j] * (1 - h[j]))", "d_h.append(back)"),
        (LISTS, "[(o[k] - want[k]) * o[k] * (1 - o[k]) for", "[(o[k] - want[k]) for"),
        (KINDS, "D[range(21), kind] -= 1", "D[range(21), kind] = -1"),
        (KINDS, "D.sum(axis=0)", "D.sum()"),
        (STATES, "before = hs[-t - 2]", "before = hs[-t - 1]"),
    ],
)
def test_what_is_missing_is_put_where_it_was(
    repaired: Repaired, text: str, right: str, wrong: str
) -> None:
    assert text.count(right) == 1
    line = text[: text.index(right)].count("\n") + 1
    found = repaired(text.replace(right, wrong))
    assert found is not None
    assert found["done"]
    (change,) = found["done"][0]["changes"]
    assert change["line"] == line


def test_a_mask_of_the_way_forward_is_one_of_the_way_back(repaired: Repaired) -> None:
    text = KINDS.replace("(H > 0) / keep", "(X @ V > 0) * M / keep")
    found = repaired(text.replace("(X @ V > 0) * M", "(X @ V > 0)"))
    assert found is not None
    assert any("M" in state["changes"][0]["new"] for state in found["done"])


def test_a_mean_over_another_count_is_one_over_the_samples(repaired: Repaired) -> None:
    text = KINDS.replace("gV = X.T @ back", "gV = X.T @ back * len(X) / len(X)")
    found = repaired(text.replace("* len(X) / len(X)", "* len(X) / n_kinds"))
    assert found is not None
    assert found["done"]


@pytest.mark.parametrize("text", [DRAWN, LISTS, KINDS, STATES])
def test_what_is_right_is_left_alone(repaired: Repaired, text: str) -> None:
    assert repaired(text) is None
