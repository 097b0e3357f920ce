"""The scale of right gradients: that of the loss as it is written, where that shows."""

import pytest

from gradcheck.paste.session import Request, run
from gradcheck.report import ProblemReport

MEAN = """\
data = [([0.3, -0.8], 0.4), ([1.1, 0.2], 1.9), ([-0.6, 0.5], -0.9), ([0.9, 0.7], 1.2)]
slope, shift = [0.2, -0.1], 0.3
for epoch in range(40):
    g_slope, g_shift, cost = [0.0, 0.0], 0.0, 0.0
    for x, want in data:
        off = sum(s * v for s, v in zip(slope, x)) + shift - want
        cost += off ** 2
        for k in range(2):
            g_slope[k] += 2 * off * x[k]
        g_shift += 2 * off
    cost /= len(data)
    slope = [s - 0.1 * g / len(data) for s, g in zip(slope, g_slope)]
    shift -= 0.1 * g_shift / len(data)
"""

WINDOWS = """\
import numpy as np

gen = np.random.default_rng(41)
signals = gen.normal(size=(20, 9))
wanted = gen.normal(size=(20, 6))
taps, level = gen.normal(size=4), 0.2
for epoch in range(30):
    off = 0.0
    for x, want in zip(signals, wanted):
        out = np.array([x[i:i + 4] @ taps for i in range(6)]) + level
        off += 0.5 * np.sum((out - want) ** 2)
        back = out - want
        g_taps = np.zeros(4)
        for i in range(6):
            g_taps += back[i] * x[i:i + 4]
        g_level = np.sum(back)
        taps -= 0.01 * g_taps
        level -= 0.01 * g_level
"""


SINGLE = """\
import math
import random

random.seed(44)
a, b, c = (random.uniform(-1, 1) for _ in range(3))
rows = [(0.4, 1.0, 1), (1.3, -0.5, 0), (-0.7, 0.6, 0), (0.2, -1.1, 1)]
for epoch in range(50):
    for x1, x2, want in rows:
        got = 1 / (1 + math.exp(-(a * x1 + b * x2 + c)))
        q = 0.5 * (want - got) ** 2
        back = (got - want) * got * (1 - got)
        a -= 0.3 * back * x1
        b -= 0.3 * back * x2
        c -= 0.3 * back
"""


def only(text: str) -> ProblemReport:
    (problem,) = run(Request(text=text, name="pasted.py")).problems
    return problem


@pytest.mark.parametrize(
    ("text", "edits", "wrong", "lines"),
    [
        (MEAN, [("g_shift += 2 * off", "g_shift += off")], {"shift"}, {10}),
        (MEAN, [("        g_shift += 2 * off", "        g_shift += 4 * off")], {"shift"}, {10}),
        (
            WINDOWS,
            [("g_taps += ", "g_taps = "), ("np.sum(back)", "np.mean(back)")],
            {"taps", "level"},
            {15, 16},
        ),
    ],
)
def test_gradients_are_held_against_the_loss_as_it_is_in_the_end(
    text: str, edits: list[tuple[str, str]], wrong: set[str], lines: set[int]
) -> None:
    for right, planted in edits:
        assert text.count(right) == 1
        text = text.replace(right, planted)
    problem = only(text)
    assert {check.parameter for check in problem.checks if check.verdict == "wrong"} == wrong
    errors = [finding for finding in problem.findings if finding.level == "error"]
    assert {e.location.line for e in errors if e.location is not None} == lines
    assert all(error.fix is not None for error in errors)


def test_half_a_squared_error_is_a_loss_under_any_name() -> None:
    slope = " * got * (1 - got)"
    assert only(SINGLE).verdict == "right"
    problem = only(SINGLE.replace(slope, ""))
    assert {check.verdict for check in problem.checks} == {"wrong"}
    (error,) = [finding for finding in problem.findings if finding.level == "error"]
    assert error.code == "ACT22"
    assert error.fix is not None
    assert slope in error.fix.diff


@pytest.mark.parametrize(
    "metric", ["", "        q = (want - got) ** 2\n", "        q = want - got\n"]
)
def test_other_numbers_are_no_loss_that_is_written(metric: str) -> None:
    """Of a single output the gradients of the cross-entropy are those of some loss at least."""
    text = SINGLE.replace(" * got * (1 - got)", "")
    text = text.replace("        q = 0.5 * (want - got) ** 2\n", metric)
    assert only(text).verdict == "right"


@pytest.mark.parametrize("text", [MEAN, WINDOWS])
def test_what_is_right_is_right(text: str) -> None:
    problem = only(text)
    assert problem.verdict == "right"
    assert not problem.findings


def test_a_scale_of_all_gradients_is_no_mistake() -> None:
    text = MEAN.replace("    cost /= len(data)\n", "")
    assert only(text).verdict == "right"
