"""Programs that loop over units or layers: weights that are stale there, and wrong indices."""

from collections.abc import Callable
from typing import Any

import pytest

Repaired = Callable[[str], "dict[str, Any] | None"]

UNITS = """\
import random
from math import exp

random.seed(3)
net = {
    "hidden": [{"w": [random.gauss(0, 1) for _ in range(3)], "b": 0.1} for _ in range(4)],
    "output": [{"w": [random.gauss(0, 1) for _ in range(4)], "b": 0.0} for _ in range(2)],
}
rows = [([random.gauss(0, 1) for _ in range(3)], [0.2, 0.7]) for _ in range(3)]


def fire(unit, x):
    return 1 / (1 + exp(-(sum(w * v for w, v in zip(unit["w"], x)) + unit["b"])))


def learn(x, y, rate):
    hidden = [fire(unit, x) for unit in net["hidden"]]
    out = [fire(unit, hidden) for unit in net["output"]]
    loss = sum((o - t) ** 2 for o, t in zip(out, y)) / 2
    deltas = [0.0, 0.0]
    for k, unit in enumerate(net["output"]):
        deltas[k] = (out[k] - y[k]) * out[k] * (1 - out[k])
        for j in range(4):
            unit["w"][j] -= rate * deltas[k] * hidden[j]
        unit["b"] -= rate * deltas[k]
    back = [0.0] * 4
    for j in range(4):
        for k in range(2):
            back[j] += deltas[k] * net["output"][k]["w"][j]
        back[j] *= hidden[j] * (1 - hidden[j])
    for j, unit in enumerate(net["hidden"]):
        for i in range(3):
            unit["w"][i] -= rate * back[j] * x[i]
        unit["b"] -= rate * back[j]
    return loss


for epoch in range(9):
    total = 0.0
    for x, y in rows:
        total += learn(x, y, 0.5)
"""

LAYERED = """\
import numpy as np

gen = np.random.default_rng(1)
sizes = [4, 6, 5, 2]
W = [gen.normal(size=(b, a)) * 0.5 for a, b in zip(sizes, sizes[1:])]
B = [np.zeros((b, 1)) for b in sizes[1:]]
X, Y = gen.normal(size=(4, 9)), gen.normal(size=(2, 9))
for epoch in range(9):
    acts = [X]
    for w, b in zip(W, B):
        acts.append(np.tanh(w @ acts[-1] + b))
    cost = np.sum((acts[-1] - Y) ** 2) / 2
    delta = (acts[-1] - Y) * (1 - acts[-1] ** 2)
    for l in reversed(range(3)):
        if l < 2:
            delta = W[l + 1].T @ delta * (1 - acts[l + 1] ** 2)
        W[l] -= 0.02 * delta @ acts[l].T
        B[l] -= 0.02 * delta.sum(axis=1, keepdims=True)
"""

FACTORS = """\
import numpy as np

gen = np.random.default_rng(4)
marks = [(u, i, gen.normal()) for u in range(4) for i in range(5) if gen.random() < 0.7]
U, V = gen.normal(size=(4, 3)), gen.normal(size=(5, 3))
lr, lam = 0.01, 0.1
for epoch in range(9):
    for u, i, mark in marks:
        miss = mark - U[u] @ V[i]
        U[u] += lr * (miss * V[i] - lam * U[u])
        V[i] += lr * (miss * U[u] - lam * V[i])
"""

COMPREHENSION = """\
import math
import random

random.seed(0)
w1 = [[random.uniform(-1, 1) for _ in range(3)] for _ in range(4)]
w2 = [[random.uniform(-1, 1) for _ in range(4)] for _ in range(2)]
data = [([random.random() for _ in range(3)], [0.1, 0.8]) for _ in range(3)]
for epoch in range(9):
    for x, t in data:
        h = [math.tanh(sum(w1[j][i] * x[i] for i in range(3))) for j in range(4)]
        o = [sum(w2[k][j] * h[j] for j in range(4)) for k in range(2)]
        err = 0.5 * sum((o[k] - t[k]) ** 2 for k in range(2))
        do = [o[k] - t[k] for k in range(2)]
        dh = [(1 - h[j] ** 2) * sum(do[k] * w2[k][j] for k in range(2)) for j in range(4)]
        for k in range(2):
            for j in range(4):
                w2[k][j] -= 0.3 * do[k] * h[j]
        for j in range(4):
            for i in range(3):
                w1[j][i] -= 0.3 * dh[j] * x[i]
"""


@pytest.mark.parametrize("source", [COMPREHENSION])
def test_right_loops_need_no_repair(source: str, repaired: Repaired) -> None:
    assert repaired(source) is None


@pytest.mark.parametrize(
    ("source", "what", "old"),
    [
        (UNITS, "change the weights of", 'unit["w"][j] -= rate * deltas[k] * hidden[j]'),
        (LAYERED, "read W as it was before", "W[l] -= 0.02 * delta @ acts[l].T"),
        (FACTORS, "compute", "U[u] += lr * (miss * V[i] - lam * U[u])"),
    ],
    ids=["loop", "copy", "decayed"],
)
def test_weights_that_a_loop_changes_too_early_are_read_before(
    source: str, what: str, old: str, repaired: Repaired
) -> None:
    found = repaired(source)
    assert found is not None
    (edit,) = found["done"][0]["edits"]
    assert edit["kind"] == "move-statement"
    assert edit["what"].startswith(what)
    assert edit["old"] == old


def test_an_update_is_moved_with_the_loops_around_it_and_nothing_else(repaired: Repaired) -> None:
    found = repaired(UNITS)
    assert found is not None
    changes = found["done"][0]["changes"]
    assert [change["old"].split("\n")[0] for change in changes if change["new"] is None] == [
        "for j in range(4):"
    ]
    (moved,) = [text for change in changes for text in (*change["before"], *change["after"])]
    assert moved.split("\n") == [
        'for k, unit in enumerate(net["output"]):',
        "    for j in range(4):",
        '        unit["w"][j] -= rate * deltas[k] * hidden[j]',
    ]


def test_a_formula_is_mended_in_a_loop_that_reads_stale_weights(repaired: Repaired) -> None:
    wrong = UNITS.replace('unit["b"] -= rate * back[j]', 'unit["b"] -= rate * deltas[k]')
    found = repaired(wrong)
    assert found is not None
    assert {edit["kind"] for edit in found["done"][0]["edits"]} == {
        "move-statement",
        "replace-name",
    }


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("sum(do[k] * w2[k][j] for", "sum(do[k] * w2[k][k] for"),
        ("0.3 * dh[j] * x[i]", "0.3 * dh[i] * x[i]"),
        ("0.3 * dh[j] * x[i]", "0.3 * dh[j] * x[j % 3]"),
    ],
)
def test_an_index_of_another_loop_is_found(right: str, wrong: str, repaired: Repaired) -> None:
    found = repaired(COMPREHENSION.replace(right, wrong))
    assert found is not None
    (edit,) = found["done"][0]["edits"]
    assert edit["old"] in wrong
    assert edit["new"] in right


VIEWED = """\
import numpy as np

gen = np.random.RandomState(5)
X, y = gen.randn(12, 3), gen.randn(12, 2)
V, W = 0.7 * gen.randn(3, 4), 0.7 * gen.randn(4, 2)
for epoch in range(40):
    h = np.tanh(X @ V)
    off = h @ W - y
    loss = 0.5 * np.sum(off ** 2)
    was = W.copy()
    W -= 0.01 * h.T @ off
    V -= 0.01 * X.T @ (off @ was.T * (1 - h ** 2))
"""

UNITS_OF_THEIR_OWN = """\
import math
import random


class Unit:
    def __init__(self, size):
        self.ties = [random.uniform(-1, 1) for _ in range(size)]

    def answer(self, given):
        self.given = given
        self.value = math.tanh(sum(t * g for t, g in zip(self.ties, given)))
        return self.value

    def learn(self, blame, pace):
        self.blame = blame * (1 - self.value ** 2)
        for k in range(len(self.ties)):
            self.ties[k] -= pace * self.blame * self.given[k]


random.seed(4)
below, above = [Unit(2) for _ in range(3)], [Unit(3) for _ in range(2)]


def train(x, goal, pace):
    seen = [unit.answer(x) for unit in below]
    out = [unit.answer(seen) for unit in above]
    loss = 0.5 * sum((o - g) ** 2 for o, g in zip(out, goal))
    for k, unit in enumerate(above):
        unit.learn(out[k] - goal[k], pace)
    for k, unit in enumerate(below):
        unit.learn(sum(up.ties[k] * up.blame for up in above), pace)
    return loss


for turn in range(200):
    train([random.random(), random.random()], [0.3, -0.2], 0.4)
"""


def test_what_only_names_the_weights_is_made_a_copy(repaired: Repaired) -> None:
    assert repaired(VIEWED) is None
    found = repaired(VIEWED.replace("W.copy()", "W"))
    assert found is not None
    (change,) = found["done"][0]["changes"]
    assert change["new"] == "was = W.copy()"


def test_units_keep_what_others_read_after_they_have_learnt(repaired: Repaired) -> None:
    found = repaired(UNITS_OF_THEIR_OWN)
    assert found is not None
    best = found["done"][0]
    assert not best["wrong"]
    texts = [text for change in best["changes"] for text in (*change["before"], change["new"])]
    assert "self.ties_before = self.ties.copy()" in texts
    assert any("up.ties_before[k] * up.blame" in text for text in texts)
