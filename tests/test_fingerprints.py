"""Fingerprints: what they are made of, and what has no part in them."""

from dataclasses import replace

import pytest

from gradcheck.fingerprints import normalised, scope, signed
from gradcheck.report import Finding, Location, ProblemReport

TEXT = """\
class Net:
    def forward(self):
        return 3

    def backward(self):
        for layer in self:

            d = d * 5   # back

z = 7
"""


def _place(line: int) -> Location:
    return Location(file="n.py", line=line, column=1, end_line=line, end_column=9)


def _problem(*findings: Finding) -> ProblemReport:
    return ProblemReport(name="net", target="n.py", verdict="wrong", findings=findings)


FINDING = Finding(
    code="SGN01", family="signs", level="error", title="t", message="m", location=_place(8)
)


def _prints(*findings: Finding, text: str | None = TEXT) -> list[str]:
    return [f.fingerprint for f in signed(_problem(*findings), lambda _: text).findings]


def test_the_scope_is_the_innermost_function_with_its_classes() -> None:
    lines = TEXT.splitlines()
    assert scope(lines, 8) == "Net.backward"
    assert scope(lines, 3) == "Net.forward"
    assert scope(lines, 10) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("  a =b  # c", "a = b"), ("f( x,\n   y)", "f(x, y)"), ("key:  [1,  # x", "key: [1,")],
)
def test_what_means_the_same_is_written_the_same(one: str, other: str) -> None:
    assert normalised(one) == normalised(other) == other


def test_moved_and_reformatted_statements_keep_their_fingerprint() -> None:
    moved = "# new\n\n" + TEXT.replace("d * 5   # back", "d*5")
    shifted = replace(FINDING, location=_place(10))
    assert _prints(FINDING) == _prints(shifted, text=moved)


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        (replace(FINDING, code="SGN02"), TEXT),
        (FINDING, TEXT.replace("d * 5", "d * 7")),
        (FINDING, TEXT.replace("def backward", "def grads")),
    ],
)
def test_another_code_statement_or_function_is_another_fingerprint(
    finding: Finding, text: str
) -> None:
    assert _prints(FINDING) != _prints(finding, text=text)


def test_equal_findings_of_a_problem_are_numbered() -> None:
    first, second = _prints(FINDING, FINDING)
    assert second == f"{first}:2"


def test_without_a_text_the_parameters_tell_findings_apart() -> None:
    bare = replace(FINDING, location=None, parameters=("w",))
    one, other = _prints(bare, replace(bare, parameters=("b",)))
    assert one != other
    assert _prints(replace(FINDING, parameters=("w",)), text=None) == [one]


def test_the_context_has_the_lines_around_the_place() -> None:
    (finding,) = signed(_problem(replace(FINDING, location=_place(2))), lambda _: TEXT).findings
    assert finding.context is not None
    assert finding.context.first == 1
    assert finding.context.lines == tuple(TEXT.splitlines()[:4])
