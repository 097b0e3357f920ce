"""Hints: as much of a report as a student is to be told, and no more.

Level 1 names the parameters whose gradients are wrong, 2 shows the line as well, 3 names the
mistake, and 4 is the whole report, with the patch.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gradcheck.catalogues import FAULTS
from gradcheck.report import Check, Excerpt, Finding, Location, ProblemReport, Report

PARAMETERS, LINE, NAME, PATCH = 1, 2, 3, 4

_NEXT = {PARAMETERS: "the line", LINE: "what the mistake is", NAME: "how to mend it"}


def hinted(report: Report, level: int) -> Report:
    """Return the report with what is above the level left out."""
    if level >= PATCH:
        return report
    return replace(report, problems=tuple(_problem(p, level) for p in report.problems))


def _problem(problem: ProblemReport, level: int) -> ProblemReport:
    # What else there is to note may give the mistake away, as another loss that fits does.
    noted = problem.verdict != "wrong" or level >= NAME
    told = [one for one in problem.findings if noted or one.level == "error"]
    return replace(
        problem,
        checks=tuple(_check(check, level) for check in problem.checks),
        findings=tuple(_once(_finding(finding, level) for finding in told)),
    )


def _check(check: Check, level: int) -> Check:
    """Leave out the figures that give a mistake away, such as a factor of -1."""
    if check.verdict != "wrong" or level >= NAME:
        return check
    return replace(check, reason=None, ratio=None, cosine=None, relative=None)


def _finding(finding: Finding, level: int) -> Finding:
    if finding.level != "error":
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
        location=_whole(finding.location, finding.excerpts) if level >= LINE else None,
        excerpts=tuple(_unmarked(e) for e in finding.excerpts[:1]) if level >= LINE else (),
    )


def _more(level: int) -> str:
    return f"--hint {level + 1} tells {_NEXT[level]}"


def _whole(location: Location | None, excerpts: tuple[Excerpt, ...]) -> Location | None:
    """Return the place of the line as a whole."""
    if location is None or not excerpts:
        return None
    line = _unmarked(excerpts[0])
    return replace(location, column=line.column, end_line=location.line, end_column=line.end_column)


def _unmarked(excerpt: Excerpt) -> Excerpt:
    """Mark the line as a whole."""
    text = excerpt.text
    start = len(text) - len(text.lstrip())
    return replace(excerpt, column=start + 1, end_column=len(text.rstrip()) + 1)


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    seen: list[Finding] = []
    for finding in findings:
        if finding not in seen:
            seen.append(finding)
            yield finding
