"""Accepting findings by comments, and leaving out what is not asked for."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gradcheck.acceptance import Passage, acceptances, accepted, chosen
from gradcheck.report import Check, Finding, Location, ProblemReport, Verdict
from gradcheck.session import Request, Target, run

TEXT = """\
# gradcheck: accept SGN01: on its own line

# more words
delta = y - yhat
b = 2 * delta  # gradcheck: accept AVG10, BIA02: in the rate
c = 3  # gradcheck: accept
"""


def check(name: str, verdict: Verdict) -> Check:
    return Check(parameter=name, shape=(3,), verdict=verdict)


def finding(code: str, line: int, *names: str) -> Finding:
    return Finding(
        code=code, family="f", level="error", title="t", message="m", parameters=names,
        location=Location(file="n.py", line=line, column=1, end_line=line, end_column=5),
    )  # fmt: skip


WRONG = ProblemReport(
    name="net",
    target="n.py",
    verdict="wrong",
    checks=(check("w", "wrong"), check("b", "wrong"), check("c", "right")),
    findings=(finding("SGN01", 4, "w", "b"), finding("AVG09", 5, "b")),
)
PASSAGE = Passage(file="n.py", text=TEXT)


def test_comments_are_read_with_their_codes_reasons_and_lines() -> None:
    found = [(a.line, sorted(a.codes), a.reason) for a in acceptances(PASSAGE)]
    assert found == [
        (4, ["SGN01"], "on its own line"),
        (5, ["AVG10", "BIA02"], "in the rate"),
        (6, [], ""),
    ]


def test_only_the_lines_of_the_passage_count() -> None:
    part = replace(PASSAGE, first=2, last=5)
    assert [a.line for a in acceptances(part)] == [5]


def test_a_parameter_is_accepted_when_all_its_findings_are() -> None:
    report = accepted(WRONG, [PASSAGE], partly=False)
    assert [c.accepted for c in report.checks] == ["on its own line", None, None]
    assert [f.accepted for f in report.findings[:2]] == ["on its own line", None]


def test_an_alternative_of_a_finding_may_be_named() -> None:
    either = replace(finding("AVG09", 5, "b"), alternatives=("AVG10",))
    report = accepted(replace(WRONG, findings=(either,)), [PASSAGE], partly=False)
    assert report.checks[1].accepted == "in the rate"


def test_comments_that_accept_nothing_are_findings_at_their_places() -> None:
    report = accepted(WRONG, [PASSAGE], partly=False)
    unused = [f for f in report.findings if f.code == "CHK19"]
    assert [f.location.line for f in unused if f.location] == [5, 6]
    assert all(f.level == "warning" for f in unused)
    assert "AVG10, BIA02" in unused[0].message
    partly = accepted(WRONG, [PASSAGE], partly=True)
    assert [f.location.line for f in partly.findings if f.code == "CHK19" and f.location] == [6]


def test_another_file_s_comments_accept_nothing() -> None:
    report = accepted(WRONG, [replace(PASSAGE, file="m.py")], partly=True)
    assert all(c.accepted is None for c in report.checks)


@pytest.mark.parametrize(
    ("select", "ignore", "left", "excused"),
    [
        ((), (), ["SGN01", "AVG09"], []),
        (("SGN",), (), ["SGN01"], []),
        ((), ("SGN01",), ["AVG09"], ["w"]),
        ((), ("SGN", "AVG"), [], ["w", "b"]),
        (("AVG", "SGN"), ("AVG0",), ["SGN01"], []),
    ],
)
def test_codes_are_chosen_by_how_they_begin(
    select: tuple[str, ...], ignore: tuple[str, ...], left: list[str], excused: list[str]
) -> None:
    report = chosen(WRONG, select, ignore)
    assert [f.code for f in report.findings] == left
    assert [c.parameter for c in report.checks if c.accepted] == excused


CONFIG = """\
name: line
network: {inputs: {x: [3]}, layers: [out: {dense: {units: 2}}]}
loss: {squared_error: {factor: 0.5, reduction: sum}}
data: {batch: 5, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
gradients:
  backward: |
    COMMENT
    delta = y - yhat
    grad.out.weight = x.T @ delta
    grad.out.bias = delta.sum(axis=0)
"""
ACCEPT = "# gradcheck: accept SGN01: the optimiser adds"
Checked = Callable[..., ProblemReport]


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    def checked(text: str, **settings: object) -> ProblemReport:
        path = tmp_path / "line.yaml"
        path.write_text(text)
        targets = [Target(path=path, name="line.yaml")]
        return run(Request(targets=targets, **settings)).problems[0]  # type: ignore[arg-type]

    return checked


def test_a_config_s_comment_makes_its_problem_right(checked: Checked) -> None:
    assert checked(CONFIG.replace("COMMENT", "# none")).verdict == "wrong"
    report = checked(CONFIG.replace("COMMENT", ACCEPT))
    assert report.verdict == "right"
    assert {c.accepted for c in report.checks} == {"the optimiser adds"}
    (told,) = [f for f in report.findings if f.code == "SGN01"]
    assert told.accepted == "the optimiser adds"


def test_a_comment_for_another_mistake_accepts_nothing(checked: Checked) -> None:
    report = checked(CONFIG.replace("COMMENT", ACCEPT.replace("SGN01", "AVG01")))
    assert report.verdict == "wrong"
    assert [f.code for f in report.findings] == ["SGN01", "CHK19"]


def test_a_comment_in_another_document_is_not_missed(checked: Checked) -> None:
    both = CONFIG.replace("COMMENT", ACCEPT) + "---\n" + CONFIG.replace("COMMENT", "# none")
    report = checked(both)
    assert report.verdict == "right"
    assert "CHK19" not in {f.code for f in report.findings}


def test_what_is_ignored_is_accepted_and_says_so(checked: Checked) -> None:
    report = checked(CONFIG.replace("COMMENT", "# none"), ignore=("SGN",))
    assert report.verdict == "right"
    assert {c.accepted for c in report.checks} == {"SGN01 is not asked for"}
