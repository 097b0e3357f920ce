"""Findings that somebody has looked at and accepts, and codes that are not asked for.

A comment `# gradcheck: accept CODE: reason`, behind the statement that a finding is about or on a
line of its own above it, accepts the finding: it is still shown, with the reason, but does not
fail. So are the parameters for which nothing else is found. A comment that accepts nothing, or says
no reason, is a finding itself: what it excused once may come back unseen.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from gradcheck.record import altered, record
from gradcheck.report import Check, Finding, Location, ProblemReport

UNUSED = "CHK19"

_MARK = re.compile(r"#\s*gradcheck:\s*accept\b(?P<rest>.*)")
_REST = re.compile(
    r"\s+(?P<codes>[A-Z]{3}\d{2}(?:[\s,]+[A-Z]{3}\d{2})*)\s*:\s*(?P<reason>\S.*?)\s*$"
)


@record
class Passage:
    """A text that may hold such comments; `first` and `last` bound the lines that count."""

    file: str
    text: str
    cell: int | None = None
    first: int = 1
    last: int | None = None


@record
class Acceptance:
    """One comment: where it stands, the line that it is about, and what it says.

    Without codes and a reason it says nothing that can be understood.
    """

    place: Location
    line: int
    codes: frozenset[str] = frozenset()
    reason: str = ""

    def covers(self, finding: Finding) -> bool:
        at = finding.location
        if at is None or (at.file, at.cell) != (self.place.file, self.place.cell):
            return False
        named = not self.codes.isdisjoint({finding.code, *finding.alternatives})
        return named and at.line <= self.line <= max(at.line, at.end_line)


def acceptances(passage: Passage) -> Iterator[Acceptance]:
    """Yield the comments of a passage."""
    lines = passage.text.splitlines()
    for number, line in enumerate(lines[: passage.last], 1):
        mark = _MARK.search(line) if number >= passage.first and "gradcheck:" in line else None
        if mark is None:
            continue
        said = _REST.fullmatch(mark["rest"])
        yield Acceptance(
            place=Location(
                file=passage.file,
                line=number,
                column=mark.start() + 1,
                end_line=number,
                end_column=len(line) + 1,
                cell=passage.cell,
            ),
            line=number if line[: mark.start()].strip() else _next(lines, number),
            codes=frozenset(re.findall(r"\w+", said["codes"])) if said else frozenset(),
            reason=said["reason"] if said else "",
        )


def _next(lines: Sequence[str], number: int) -> int:
    """Return the next line after `number` that is neither blank nor a comment."""
    for later, line in enumerate(lines[number:], number + 1):
        if line.strip() and not line.lstrip().startswith("#"):
            return later
    return number


def accepted(report: ProblemReport, passages: Iterable[Passage], *, partly: bool) -> ProblemReport:
    """Mark what comments accept; tell of comments that accept nothing, unless `partly` checked."""
    said = [a for passage in passages for a in acceptances(passage)]
    if not said:
        return report
    reasons = {
        id(finding): acceptance.reason
        for finding in report.findings
        for acceptance in said
        if acceptance.covers(finding)
    }
    used = {id(a) for a in said if any(a.covers(finding) for finding in report.findings)}
    left = [a for a in said if id(a) not in used and not (partly and a.codes)]
    findings = tuple(
        altered(f, accepted=reasons[id(f)]) if id(f) in reasons else f for f in report.findings
    )
    return replace(
        report,
        checks=_excused(report.checks, report.findings, lambda f: reasons.get(id(f))),
        findings=(*findings, *map(_unused, left)),
    )


def chosen(report: ProblemReport, select: Sequence[str], ignore: Sequence[str]) -> ProblemReport:
    """Leave out the findings whose codes do not begin like a selected one, or like an ignored one.

    What is wrong for no other reason is accepted, and says so.
    """

    def left_out(finding: Finding) -> str | None:
        wanted = not select or finding.code.startswith(tuple(select))
        if wanted and not finding.code.startswith(tuple(ignore)):
            return None
        return f"{finding.code} is not asked for"

    return replace(
        report,
        checks=_excused(report.checks, report.findings, left_out),
        findings=tuple(finding for finding in report.findings if left_out(finding) is None),
    )


def _excused(
    checks: Iterable[Check], findings: Sequence[Finding], why: Callable[[Finding], str | None]
) -> tuple[Check, ...]:
    """Accept the checks for which there is a reason `why` not to count any of their findings."""
    return tuple(
        altered(check, accepted="; ".join(dict.fromkeys(reasons)))
        if (reasons := _reasons(check, findings, why))
        else check
        for check in checks
    )


def _reasons(
    check: Check, findings: Sequence[Finding], why: Callable[[Finding], str | None]
) -> list[str]:
    if check.verdict == "right" or check.accepted is not None:
        return []
    grave = ("error",) if check.verdict == "wrong" else ("error", "warning")
    about = [f for f in findings if f.level in grave and check.parameter in f.parameters]
    reasons = [reason for reason in map(why, about) if reason is not None]
    return reasons if len(reasons) == len(about) else []


def _unused(acceptance: Acceptance) -> Finding:
    codes = ", ".join(sorted(acceptance.codes))
    return Finding(
        code=UNUSED,
        family="precondition",
        level="warning",
        title="a comment accepts nothing",
        message=f"there is no finding {codes} here to accept"
        if codes
        else "the comment can't be understood",
        location=acceptance.place,
        help="take the comment out"
        if codes
        else "write # gradcheck: accept CODE: reason, with a code such as SGN01 and a reason",
    )
