"""What is tried early on: the repairs that the program itself points at, within few trials."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FrameType, SimpleNamespace
from typing import Any

import pytest

from gradcheck.paste.repair import service
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit
from gradcheck.paste.repair.foresight import Foresight, Outlook
from gradcheck.paste.repair.statements import Changes
from gradcheck.paste.repair.states import Late
from gradcheck.paste.repair.visits import Visits
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.runtime import Runtime

Repaired = Callable[[str], "dict[str, Any] | None"]

COPIED = """\
import numpy as np

gen = np.random.default_rng(21)
samples = [(gen.normal(size=(3, 1)), gen.normal(size=(2, 1))) for _ in range(8)]
layers = [gen.normal(size=(4, 3)), gen.normal(size=(2, 4))]
shifts = [gen.normal(size=(4, 1)), gen.normal(size=(2, 1))]


def slopes(x, y):
    h = np.tanh(layers[0] @ x + shifts[0])
    d = layers[1] @ h + shifts[1] - y
    e = layers[1].T @ d * (1 - h ** 2)
    return 0.5 * np.sum(d ** 2), [e @ x.T, d @ h.T], [e, d]


for epoch in range(30):
    loss = 0.0
    for_layers = [np.zeros(w.shape) for w in layers]
    for_shifts = [np.zeros(b.shape) for b in shifts]
    for x, y in samples:
        own, more_layers, more_shifts = slopes(x, y)
        loss += own
        for_layers = [s + m for s, m in zip(for_layers, more_layers)]
        for_shifts = [s + m for s, m in zip(for_shifts, more_shifts)]
    layers = [w - 0.01 * s for w, s in zip(layers, for_layers)]
    shifts = [b - 0.01 * s for b, s in zip(shifts, for_shifts)]
"""

CELL = """\
import numpy as np

gen = np.random.default_rng(22)
X, y = gen.normal(size=(9, 4)), gen.normal(size=(9, 1))
A, B, out = gen.normal(size=(4, 5)), gen.normal(size=(4, 5)), gen.normal(size=(5, 1))
for epoch in range(30):
    gate = 1 / (1 + np.exp(-X @ A))
    c = X @ B
    h = gate * np.sin(c)
    off = h @ out - y
    loss = 0.5 * np.sum(off ** 2)
    dh = off @ out.T
    dgate = dh * np.sin(c)
    dc = dh * gate * np.cos(c)
    da = dgate * gate * (1 - gate)
    out -= 0.01 * h.T @ off
    A -= 0.01 * X.T @ da
    B -= 0.01 * X.T @ dc
"""

BENT = """\
import numpy as np

gen = np.random.default_rng(23)
X, y = gen.normal(size=(9, 4)), gen.normal(size=(9, 1))
A, B = gen.normal(size=(4, 5)), gen.normal(size=(5, 1))
BEND = 0.2


def bent(z):
    return np.where(z > 0, z, BEND * z)


def steepness(z):
    return np.where(z > 0, 1, BEND)


for epoch in range(30):
    z = X @ A
    h = bent(z)
    off = h @ B - y
    loss = 0.5 * np.sum(off ** 2)
    dz = off @ B.T * steepness(z)
    B -= 0.01 * h.T @ off
    A -= 0.01 * X.T @ dz
"""

LOOPS = """\
import numpy as np

gen = np.random.default_rng(24)
X, Y = gen.normal(size=(7, 3)), gen.normal(size=(7, 2))
V, W = gen.normal(size=(3, 4)), gen.normal(size=(4, 2))
for epoch in range(30):
    dV, dW = np.zeros((3, 4)), np.zeros((4, 2))
    loss = 0.0
    for n in range(7):
        back = np.zeros(4)
        h = np.tanh(X[n] @ V)
        off = h @ W - Y[n]
        loss += 0.5 * np.sum(off ** 2)
        for j in range(4):
            for k in range(2):
                back[j] += off[k] * W[j, k] * (1 - h[j] ** 2)
                dW[j, k] += off[k] * h[j]
        dV += np.outer(X[n], back)
    V -= 0.01 * dV
    W -= 0.01 * dW
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong", "most"),
    [
        (COPIED, "[s + m for s, m in zip(for_shifts", "[m for s, m in zip(for_shifts", 100),
        (CELL, "dgate = dh * np.sin(c)", "dgate = dh * c", 200),
        (BENT, "np.where(z > 0, 1, BEND)", "np.where(z > 0, 1, 0)", 400),
    ],
)
def test_what_the_program_does_elsewhere_is_found_in_few_trials(
    repaired: Repaired, text: str, right: str, wrong: str, most: int
) -> None:
    assert right in text
    found = repaired(text.replace(right, wrong))
    assert found is not None
    assert found["done"]
    new = found["done"][0]["changes"][0]["new"]
    line = next(line for line in text.splitlines() if right in line)
    assert line.strip() == new
    assert found["tried"] < most


def test_an_accumulator_is_emptied_in_the_loop_in_which_another_one_fills_it(
    repaired: Repaired,
) -> None:
    empty = "        back = np.zeros(4)\n"
    wrong = LOOPS.replace(empty, "").replace("    loss = 0.0\n", f"{empty[4:]}    loss = 0.0\n")
    found = repaired(wrong)
    assert found is not None
    ((change,),) = [state["changes"] for state in found["done"]]
    assert (change["line"], change["before"]) == (11, ("back = np.zeros(4)",))
    assert found["tried"] < 20


BATCHES = """\
import numpy as np

gen = np.random.default_rng(25)
u = gen.normal(size=24)
v = 1.5 * u - 0.3
slope, shift = 0.2, 0.1
for epoch in range(20):
    g_slope = 0.0
    g_shift = 0.0
    for first in range(0, 24, 6):
        cost = 0.0
        for n in range(first, first + 6):
            off = slope * u[n] + shift - v[n]
            cost += off ** 2 / 6
            g_slope += 2 * off * u[n] / 6
            g_shift += 2 * off / 6
        slope -= 0.1 * g_slope
        shift -= 0.1 * g_shift
"""


def test_several_accumulators_are_emptied_together(repaired: Repaired) -> None:
    found = repaired(BATCHES)
    assert found is not None
    ((change,),) = [state["changes"] for state in found["done"]]
    assert (change["line"], change["before"]) == (11, ("g_slope = 0.0", "g_shift = 0.0"))
    empty = "    g_slope = 0.0\n    g_shift = 0.0\n"
    later = "        cost = 0.0\n"
    deeper = empty.replace("    g", "        g")
    assert repaired(BATCHES.replace(empty, "").replace(later, later + deeper)) is None


@pytest.mark.parametrize("text", [COPIED, CELL, BENT, LOOPS])
def test_nothing_is_repaired_in_what_is_right(repaired: Repaired, text: str) -> None:
    assert repaired(text) is None


def test_what_a_look_executes_itself_is_not_looked_at() -> None:
    runtime, seen = Runtime(), []

    def look(number: int, execution: int, _: FrameType) -> None:
        seen.append((number, execution))
        assert runtime.visit is None

    runtime.visit = visits = Visits(look, runtime)
    for number in (3, 3, 5):
        visits(number, sys._getframe())
    assert seen == [(3, 0), (3, 1), (5, 0)]
    assert runtime.visit is visits


def test_of_what_is_less_likely_than_a_repair_no_promise_is_looked_at(
    repaired: Repaired, network: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlook, seen = Foresight.outlook, []

    def looked(self: Foresight, changes: Changes, edits: Sequence[Edit], late: Late) -> Outlook:
        seen.append(len(edits))
        return outlook(self, changes, edits, late)

    monkeypatch.setattr(Foresight, "outlook", looked)
    found = repaired(network.replace("(1 - H ** 2)", "(H ** 2 - 1)"))
    assert found is not None
    assert found["done"]
    assert sum(seen) < 200, "of more than two thousand"


@pytest.mark.parametrize(
    ("processor", "wall", "over", "late"),
    [(0.9, 1.8, 0.0, False), (1.1, 1.1, 0.0, True), (0.1, 2.1, 0.0, True), (0.1, 0.1, 1.0, True)],
)
def test_a_search_ends_by_the_processor_s_time_unless_the_machine_is_very_busy(
    monkeypatch: pytest.MonkeyPatch, processor: float, wall: float, over: float, late: bool
) -> None:
    now = {"processor": 5.0, "wall": 7.0}
    clock = SimpleNamespace(process_time=lambda: now["processor"], perf_counter=lambda: now["wall"])
    monkeypatch.setattr(service, "time", clock)
    is_late = service._lateness(1.0, lambda: over > 0)
    now["processor"] += processor
    now["wall"] += wall
    assert is_late() is late


def test_what_makes_a_derivative_where_there_first_is_none_comes_first(
    repaired: Repaired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gradcheck.paste.repair.growth.OTHERS", 0)
    monkeypatch.setattr("gradcheck.paste.repair.growth.PASSED", 0)
    found = repaired(CELL.replace("dgate = dh * np.sin(c)", "dgate = dh * c"))
    assert found is not None
    assert found["done"][0]["changes"][0]["new"] == "dgate = dh * np.sin(c)"
    assert found["tried"] < 12


def test_a_step_that_was_held_up_once_is_not_slow(
    repaired: Repaired, network: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    begin = Bench.__init__

    def held_up(self: Bench, inquiry: Inquiry, *given: Any) -> None:
        inquiry.base = replace(inquiry.base, seconds=9.0)
        begin(self, inquiry, *given)
        seen.append(self.slow)

    monkeypatch.setattr(Bench, "__init__", held_up)
    monkeypatch.setattr("gradcheck.paste.repair.bench._SLOW", 5.0)
    assert repaired(network.replace("(1 - H ** 2)", "(1 - H)"))
    assert seen == [False]
