"""Programs whose loops take long: a few turns and a part of the data show what they do."""

import ast
from collections.abc import Callable
from typing import Any

import pytest

from gradcheck.paste.running.prepare import prepare
from gradcheck.paste.understanding import rehearsal, understand
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.discovery import Discovery, discover
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.iterations import Found
from gradcheck.paste.understanding.machine import Machine, Scene
from gradcheck.paste.understanding.seen import computed

LONG = """\
import numpy as np

gen = np.random.default_rng(3)
X, Y = gen.normal(size=(13, 3)), gen.normal(size=(13, 2))
W1, W2 = gen.normal(size=(3, 5)), gen.normal(size=(5, 2))
for it in range(500000):
    H = np.tanh(X @ W1)
    P = H @ W2
    loss = 0.5 * np.sum((P - Y) ** 2)
    dP = P - Y
    dW2 = H.T @ dP
    dW1 = X.T @ (dP @ W2.T * (1 - H ** 2))
    if it % 100 == 0:
        print(it, loss)
"""

SLOW = """\
import numpy as np

gen = np.random.default_rng(4)
X, y = gen.normal(size=(43, 3)), gen.normal(size=43)
w, b = gen.normal(size=3), 0.1


def scores(X, w, b):
    out = np.zeros(len(X))
    for i in range(len(X)):
        for again in range(1500):
            out[i] = b
            for j in range(X.shape[1]):
                out[i] += X[i, j] * w[j]
    return out


for epoch in range(100):
    miss = scores(X, w, b) - y
    loss = 0.5 * np.mean(miss ** 2)
    w -= 0.1 * X.T @ miss / len(X)
    b -= 0.1 * miss.mean()
"""


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ([], set()),
        ([("(1 - H ** 2)", "(1 - H)")], {"W1"}),
    ],
)
def test_a_long_loop_that_has_lost_its_updates_turns_but_once(
    overhear: Callable[[str], Any], wrong: list[tuple[str, str]], names: set[str]
) -> None:
    source = LONG
    for old, new in wrong:
        source = source.replace(old, new)
    result = overhear(source)
    assert {check.parameter for one in result.judged for check in one.checks} == {"W1", "W2"}
    assert result.names("wrong") == names


def found(source: str) -> Discovery:
    program = prepare(source)
    machine = Machine(program.tree, program.namespace(0), program.flags, 0)
    last = len(machine.statements) - 1
    for index in range(last):
        assert machine.run(index, None, 5.0).error is None
    return discover(Scene(machine, last))


def test_a_slow_step_is_found_on_a_part_of_the_data_that_is_put_back() -> None:
    (step,) = found(SLOW).found
    assert {str(path) for path in step.parameters} == {"w", "b"}
    assert step.whole is not None
    assert step.step.scene is not step.whole
    step.whole.snapshot.restore()
    variables = step.whole.machine.variables
    assert (len(variables["X"]), len(variables["y"])) == (43, 43)


def test_what_a_part_of_the_data_shows_is_right_of_all_of_it(
    overhear: Callable[[str], Any],
) -> None:
    """Where the size is written as a number, only the whole data fit."""
    source = SLOW.replace("X.T @ miss / len(X)", "X.T @ miss / 43").replace("(1500)", "(60)")
    result = overhear(source)
    assert result.names("wrong") == set()
    assert result.names("right") == {"w", "b"}


def inquiry(source: str) -> Inquiry:
    found: list[Inquiry] = []

    def then(one: Inquiry, choice: Choice | None, told: dict[str, Any]) -> dict[str, Any]:
        found.append(one)
        return {}

    understand.understood(prepare(source), then)
    return found[0]


def test_where_a_step_begins_is_seen_without_a_run_of_it() -> None:
    body = "turns.append(it)\n    W1 -= 0.01 * dW1\n    W2 -= 0.01 * dW2"
    source = LONG.replace("if it % 100 == 0:\n        print(it, loss)", body)
    step = found("turns = []\n" + source).found[0].step
    whole = step.trial({}, step.plan(None))
    began = step.trial({}, step.plan(None), most=0)
    assert began.failed is None
    assert began.before.values.keys() == whole.before.values.keys()
    assert step.scene.machine.variables["turns"] == [*range(step.first)]


def test_what_a_step_computes_is_computed_once() -> None:
    one = inquiry(LONG)
    before = one.machine.runs
    assert computed(one) is computed(one)
    assert one.machine.runs <= before + len(one.points)


@pytest.mark.parametrize(("ending", "is_needed"), [("", False), ("print(loss)\n", True)])
def test_a_loop_that_ends_a_program_is_not_rehearsed_for_what_comes_after_it(
    ending: str, is_needed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rehearsed: list[type] = []

    def rehearse(machine: Machine, statement: int, found: Found | None) -> str | None:
        rehearsed.append(type(machine.statements[statement]))
        return rehearsal.rehearse(machine, statement, found)

    monkeypatch.setattr(understand, "rehearse", rehearse)
    body = "W1 -= 0.01 * dW1\n    W2 -= 0.01 * dW2\n"
    inquiry(LONG.replace("if it % 100 == 0:\n        print(it, loss)\n", body) + ending)
    assert (ast.For in rehearsed) is is_needed


MANY = """\
import numpy as np

gen = np.random.default_rng(6)
pairs = []
for k in range(40):
    v = gen.normal(size=14)
    pairs.append(([np.array([[x]]) for x in v[:-1]], [np.array([[x]]) for x in v[1:]]))
a, b, c = (0.5 * gen.normal(size=(4, 4)) for _ in range(3))
a, c, e = a[:, :1], c[:1], np.zeros((1, 1))
for ins, goals in pairs:
    h, loss, states = np.zeros((4, 1)), 0, []
    for x, t in zip(ins, goals):
        before, h = h, np.tanh(a @ x + b @ h)
        states.append((before, h))
        loss += 0.5 * float(((c @ h + e - t) ** 2).sum())
    grads, later = [np.zeros_like(a), np.zeros_like(b), np.zeros_like(c), 0 * e], 0
    for x, t, (before, h) in zip(ins[::-1], goals[::-1], states[::-1]):
        miss = c @ h + e - t
        d = (c.T @ miss + later) * (1 - h ** 2)
        grads[0] += d @ x.T
        grads[1] += d @ before.T
        grads[2] += miss @ h.T
        grads[3] += miss
        later = b.T @ d
    for p, g in zip((a, b, c, e), grads):
        p -= 0.1 * g
"""


def test_samples_kept_one_by_one_are_not_asked_whether_they_are_parameters(
    overhear: Callable[[str], Any],
) -> None:
    result = overhear(MANY)
    assert result.names("right") == {"a", "b", "c", "e"}
    assert not result.steps[0]["neglected"]
    assert result.steps[0]["runs"] < 400
