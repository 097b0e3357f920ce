"""Reports read back: what was written comes back as it was, and nonsense is refused."""

import json
from math import isnan
from pathlib import Path

import pytest

from gradcheck.report import ProblemReport, Sweep
from gradcheck.session import Request, Target, run
from gradcheck.stored import restored

CONFIGS = Path(__file__).parents[1] / "configs"


@pytest.mark.parametrize(
    "name", ["sine.yaml", "regularized.yaml", "dumped.yaml", "posts/sine_question.yaml"]
)
def test_a_real_report_comes_back_as_it_was(name: str) -> None:
    report = run(Request(targets=[Target(path=CONFIGS / name, name=name)], mode="quick"))
    for problem in report.problems:
        written = json.dumps(problem, default=vars)
        assert restored(ProblemReport, json.loads(written)) == problem


def test_a_null_number_was_not_finite() -> None:
    sweep = restored(
        Sweep,
        {"probe": "given", "index": [2], "law": "noise", "steps": [0.1], "gaps": [None],
         "sides": [3]},
    )  # fmt: skip
    assert isnan(sweep.gaps[0])
    assert (sweep.index, sweep.sides) == ((2,), (3.0,))


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "good"},
        {"name": 3},
        {"seed": "0"},
        {"checks": [3]},
        {"unknown": 1},
        {"findings": [{"code": "SGN01"}]},
    ],
)
def test_what_is_no_report_is_refused(change: dict[str, object]) -> None:
    whole: dict[str, object] = {"name": "net", "target": "net.yaml", "verdict": "right"}
    assert restored(ProblemReport, whole).name == "net"
    with pytest.raises((KeyError, TypeError, ValueError)):
        restored(ProblemReport, {**whole, **change})
