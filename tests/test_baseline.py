"""Baselines: what is known passes, what is new, worse or gone fails, pruning only removes."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.baseline import Baseline, compared, decade, pruned, read, taken, written
from gradcheck.errors import BaselineError
from gradcheck.report import Check, Finding, ProblemReport, Report, Verdict

HERE = Path("configs")


def check(name: str, verdict: Verdict = "right", bars: float = 0.01) -> Check:
    return Check(parameter=name, shape=(3,), verdict=verdict, difference=bars * 2e-9, bar=2e-9)


def finding(mark: str, *names: str) -> Finding:
    return Finding(
        code="SGN01", family="signs", level="error", title=f"mistake {mark}", message="m",
        parameters=names, fingerprint=mark * 32,
    )  # fmt: skip


WRONG = ProblemReport(
    name="net",
    target="configs/net.yaml",
    verdict="wrong",
    checks=(check("w", "wrong", 3e6), check("b")),
    findings=(finding("a", "w"),),
)


def whole(*problems: ProblemReport) -> Report:
    return Report(problems=problems, tool_version="1")


@pytest.fixture
def baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Baseline:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "net.yaml").touch()
    return taken(whole(WRONG), HERE)


def only(report: Report) -> ProblemReport:
    (problem,) = report.problems
    return problem


def test_what_is_known_is_held_and_marked(baseline: Baseline) -> None:
    problem = only(compared(whole(WRONG), baseline))
    assert problem.held is True
    assert problem.regressions == ()
    assert [f.known for f in problem.findings] == [True]


def test_a_new_finding_is_not_held(baseline: Baseline) -> None:
    worse = replace(
        WRONG,
        checks=(check("w", "wrong", 3e6), check("b", "wrong", 7e5)),
        findings=(finding("a", "w"), finding("c", "b")),
    )
    problem = only(compared(whole(worse), baseline))
    assert problem.held is False
    assert [f.known for f in problem.findings] == [True, False]
    assert problem.regressions == ()


def test_a_known_finding_that_spoils_more_is_a_regression(baseline: Baseline) -> None:
    more = replace(WRONG, checks=(check("w", "wrong", 3e6), check("b", "wrong", 7e5)))
    (told,) = only(compared(whole(more), baseline)).regressions
    assert told == "b is wrong; in the baseline it is right"


def test_a_finding_that_is_gone_is_stale(baseline: Baseline) -> None:
    fixed = replace(WRONG, verdict="right", checks=(check("w"), check("b")), findings=())
    (told,) = only(compared(whole(fixed), baseline)).regressions
    assert "not found any more" in told
    assert "mistake a: w" in told
    assert only(compared(whole(fixed), baseline, partly=True)).regressions == ()


def test_a_problem_whose_file_is_gone_is_stale(baseline: Baseline, tmp_path: Path) -> None:
    assert compared(whole(), baseline).problems == ()
    (tmp_path / "configs" / "net.yaml").unlink()
    problem = only(compared(whole(), baseline))
    assert (problem.target, problem.held) == ("configs/net.yaml", False)
    assert pruned(baseline, whole()).problems == {}


def test_a_problem_that_left_its_file_is_stale(baseline: Baseline) -> None:
    renamed = replace(WRONG, name="renamed")
    found = compared(whole(renamed), baseline).problems
    assert [(p.name, p.held) for p in found] == [("renamed", None), ("net", False)]


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        (0.0001, 0.09, False),
        (0.0001, 0.9, False),
        (0.05, 7.0, False),
        (0.05, 13.0, True),
        (3e6, 9e7, False),
        (3e6, 2e8, True),
        (3e6, float("inf"), True),
    ],
)
def test_quality_may_get_worse_by_a_decade(
    baseline: Baseline, before: float, after: float, worse: bool
) -> None:
    known = taken(whole(replace(WRONG, checks=(check("w", "wrong", before),))), HERE)
    now = replace(WRONG, checks=(check("w", "wrong", after),))
    assert bool(only(compared(whole(now), known)).regressions) == worse


def test_an_undecided_parameter_is_held_only_where_it_was_no_better(baseline: Baseline) -> None:
    open_ = replace(WRONG, verdict="undecided", checks=(check("w", "undecided"),), findings=())
    known = taken(whole(open_), HERE)
    assert only(compared(whole(open_), known)).held is True
    right = taken(whole(replace(open_, checks=(check("w"),))), HERE)
    assert only(compared(whole(open_), right)).held is False


def test_what_can_t_be_compared_has_the_least_decade() -> None:
    assert decade(replace(check("w"), difference=None)) == -1
    assert decade(replace(check("w"), bar=0.0, difference=0.0)) == -1
    assert decade(replace(check("w"), bar=0.0)) == 999


marks = st.sets(st.sampled_from("abcdefg"))


@given(marks, marks)
def test_pruning_only_removes(known: set[str], found: set[str]) -> None:
    def problem(names: set[str]) -> ProblemReport:
        return replace(WRONG, findings=tuple(finding(n, n) for n in sorted(names)), target="-")

    before = taken(whole(problem(known)), HERE)
    (after,) = pruned(before, whole(problem(found))).problems.values()
    assert {f[0] for f in after.findings} == known & found


def test_a_baseline_survives_its_file(baseline: Baseline, tmp_path: Path) -> None:
    path = tmp_path / "configs" / "known.json"
    path.write_text(written(baseline))
    again = read(path)
    assert again.problems == baseline.problems
    assert written(again) == written(baseline)
    assert ("net.yaml", "net") in again.problems


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2, "problems": []}', '{"version": 1}'])
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "known.json"
    path.write_text(text)
    with pytest.raises(BaselineError, match="expected a baseline of version 1"):
        read(path)
