"""Hints: as much of a report as a student is to be told, and no more.

Level 1 names the parameters whose gradients are wrong, 2 shows the line as well, 3 names the
mistake, and 4 is the whole report, with the patch.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from gradcheck.catalogues import FAULTS
from gradcheck.report import (
    Check,
    Excerpt,
    Finding,
    Location,
    ProblemReport,
    Report,
    settled,
)

PARAMETERS, LINE, NAME, PATCH = 1, 2, 3, 4

_GIVEAWAYS = ("other", "factor")

_NEXT = {PARAMETERS: "the line", LINE: "what the mistake is", NAME: "how to mend it"}


def hinted(report: Report, level: int) -> Report:
    """Return the report with what is above the level left out."""
    if level >= PATCH:
        return report
    return replace(report, problems=tuple(_problem(p, level) for p in report.problems))


def _problem(problem: ProblemReport, level: int) -> ProblemReport:
    if problem.verdict != "wrong":
        return problem
    # What else there is to note may give the mistake away, as another loss that fits does.
    told = [f for f in problem.findings if f.level == "error" or level >= NAME]
    return replace(
        problem,
        checks=tuple(_check(check, level) for check in problem.checks),
        findings=tuple(_once(_finding(finding, level) for finding in told)),
        reading=problem.reading if level >= NAME else _without(problem.reading, "instead"),
        understood=_data(problem, level),
        pictures=problem.pictures if level >= NAME else None,
    )


def _data(problem: ProblemReport, level: int) -> Mapping[str, Any] | None:
    """Return what was understood, without which other loss the gradients belong to, and how."""
    data = problem.understood
    if data is None or level >= NAME:
        return data
    return {key: None if key in _GIVEAWAYS else value for key, value in data.items()}


def _without(reading: Mapping[str, str], label: str) -> dict[str, str]:
    return {key: text for key, text in reading.items() if key != label}


def _check(check: Check, level: int) -> Check:
    """Leave out the figures that give a mistake away, such as a factor of -1."""
    if check.verdict != "wrong" or level >= NAME:
        return check
    return replace(check, reason=None, ratio=None, cosine=None, relative=None)


def _finding(finding: Finding, level: int) -> Finding:
    if finding.level != "error" or settled(finding):
        return finding
    if level >= NAME:
        return replace(finding, evidence=(), fix=None, help=_more(level), derivation=None)
    fault = FAULTS.all()["GRD01"]
    names = ", ".join(finding.parameters)
    return Finding(
        code=fault.code,
        family=fault.family,
        level="error",
        title="the claimed gradient is not the gradient of the loss",
        message=f"the gradient of {names} is wrong",
        parameters=finding.parameters,
        help=_more(level),
        location=_whole(finding) if level >= LINE else None,
        excerpts=tuple(_unmarked(e) for e in finding.excerpts[:1]) if level >= LINE else (),
    )


def _more(level: int) -> str:
    return f"--hint {level + 1} tells {_NEXT[level]}"


def _whole(finding: Finding) -> Location | None:
    """Return the place of the line as a whole."""
    place = finding.location
    text = _line(finding)
    if place is None or text is None:
        return None
    start, end = _bounds(text)
    return replace(place, column=start, end_line=place.line, end_column=end)


def _line(finding: Finding) -> str | None:
    """Return the line that a finding is about, as far as it is known."""
    if finding.excerpts:
        return finding.excerpts[0].text
    if finding.context is None or finding.location is None:
        return None
    return finding.context.lines[finding.location.line - finding.context.first]


def _bounds(text: str) -> tuple[int, int]:
    """Return the columns, from 1, between which a line has its text."""
    return len(text) - len(text.lstrip()) + 1, len(text.rstrip()) + 1


def _unmarked(excerpt: Excerpt) -> Excerpt:
    """Mark the line as a whole."""
    start, end = _bounds(excerpt.text)
    return replace(excerpt, column=start, end_column=end)


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    seen: list[Finding] = []
    for finding in findings:
        if finding not in seen:
            seen.append(finding)
            yield finding
