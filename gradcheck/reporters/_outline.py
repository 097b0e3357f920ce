"""The content of the terminal report, as lines of styled text."""

from collections.abc import Iterator

from gradcheck.report import Finding, Fix, ProblemReport, Report, settled
from gradcheck.reporter import Style
from gradcheck.reporters import _wording as wording
from gradcheck.reporters._excerpts import excerpted
from gradcheck.reporters._layout import INDENT, Line, Span, columns, paragraph
from gradcheck.reporters._tables import parameters, worst_entries

FIXES = {
    "verified": "fix (verified):",
    "ambiguous": "fix (one of several):",
    "maybe": "fix (maybe):",
}


def outline(report: Report, style: Style) -> Iterator[Line]:
    """Yield the lines of the whole report."""
    if style.verbosity < 0:
        yield from map(_brief, report.problems)
        yield (Span(wording.totals(report.problems), "strong"),)
        return
    for index, section in enumerate(section for section in _sections(report, style) if section):
        yield from [()] if index else []
        yield from section


def _sections(report: Report, style: Style) -> Iterator[list[Line]]:
    for problem in report.problems:
        yield from _problem(problem, style)
    tail: list[Line] = []
    for remark in report.remarks:
        tail += paragraph(remark, style.width, label=Span("remark:", "quiet"))
    if len(report.problems) != 1:
        tail += paragraph(wording.totals(report.problems), style.width, style="strong")
    yield tail


def _problem(problem: ProblemReport, style: Style) -> Iterator[list[Line]]:
    yield _headline(problem, style.width)
    yield _reading(problem, style.width)
    yield parameters(problem.checks, style)
    yield worst_entries(problem.checks, style.width) if style.verbosity > 0 else []
    for finding in problem.findings:
        yield _finding(finding, style.width)
    yield _closing(problem, style)


def _brief(problem: ProblemReport) -> Line:
    facts = [wording.score(problem), wording.codes(problem)]
    if problem.message is not None:
        facts = [problem.message.partition("\n")[0]]
    rest = "; ".join(wording.inline(fact) for fact in facts if fact)
    return _verdict(problem), Span(f" {_name(problem)}: {rest}")


def _verdict(problem: ProblemReport) -> Span:
    return Span(f"{wording.verdict(problem)}:", wording.colour(problem))


def _name(problem: ProblemReport) -> str:
    name, target = wording.inline(problem.name), wording.inline(problem.target)
    return name if wording.is_part(problem) else f"{name} ({target})"


def _headline(problem: ProblemReport, width: int) -> list[Line]:
    verdict = _verdict(problem)
    name = _name(problem)
    if columns(f"{verdict.text} {name}") <= width:
        lines = paragraph(name, width, label=verdict, style="strong")
    else:
        lines = paragraph(wording.inline(problem.name), width, label=verdict, style="strong")
        if not wording.is_part(problem):
            lines.append(_arrow(wording.inline(problem.target)))
    for text in problem.unexpected:
        lines += paragraph(text, width, label=Span("unexpected:", "wrong"), indent=INDENT)
    for text in problem.regressions:
        lines += paragraph(text, width, label=Span("regression:", "wrong"), indent=INDENT)
    if problem.message is not None:
        lines += paragraph(problem.message, width, indent=INDENT)
    if problem.location:
        lines.append(_arrow(wording.place(problem.location)))
    return lines


def _reading(problem: ProblemReport, width: int) -> list[Line]:
    """Lay out what was understood, the labels below one another."""
    gutter = max(map(columns, problem.reading), default=0)
    return [
        line
        for label, text in problem.reading.items()
        for line in paragraph(
            text, width, label=Span(f"{wording.inline(label):{gutter}} ", "quiet"), indent=INDENT
        )
    ]


def _arrow(place: str) -> Line:
    return Span(f"{INDENT}--> ", "quiet"), Span(place, "place")


def _finding(finding: Finding, width: int) -> list[Line]:
    if why := settled(finding):
        return _settled(finding, why, width)
    title = Span(f"{finding.level}[{wording.inline(finding.code)}]:", finding.level)
    lines = paragraph(finding.title, width, label=title, style="strong")
    lines += paragraph(finding.message, width, indent=INDENT)
    if finding.location:
        lines.append(_arrow(wording.place(finding.location)))
    lines += excerpted(finding.excerpts, width, INDENT * 2)
    for label, text in _facts(finding):
        lines += paragraph(text, width, label=Span(label, "quiet"), indent=INDENT)
    if finding.help is not None:
        lines += paragraph(finding.help, width, label=Span("help:", "help"), indent=INDENT)
    lines += _fix(finding.fix) if finding.fix else []
    if finding.derivation is not None:
        lines.append((Span(INDENT), Span("derivation:", "help")))
        lines += paragraph(finding.derivation, width, indent=INDENT * 2)
    explain = f"gradcheck explain {finding.code}"
    return lines + paragraph(explain, width, label=Span("explain:", "quiet"), indent=INDENT)


def _settled(finding: Finding, why: str, width: int) -> list[Line]:
    """Show what does not count in short: what it is, why it does not count, and where it is."""
    word, _, reason = why.partition(": ")
    label = Span(f"{word} {finding.level}[{wording.inline(finding.code)}]:", "accepted")
    lines = paragraph(finding.title, width, label=label)
    lines += paragraph(reason, width, label=Span("reason:", "quiet"), indent=INDENT)
    return [*lines, _arrow(wording.place(finding.location))] if finding.location else lines


def _facts(finding: Finding) -> Iterator[tuple[str, str]]:
    if any(parameter not in finding.message for parameter in finding.parameters):
        yield "= parameters:", ", ".join(map(wording.inline, finding.parameters))
    for fact in finding.evidence:
        yield "= evidence:", fact
    if finding.alternatives:
        yield "= alternatives:", ", ".join(finding.alternatives)


def _fix(fix: Fix) -> list[Line]:
    """Show the diff as it is, unbroken, so that it can be applied from the terminal."""
    if not fix.diff:
        return []
    rows = wording.visible(fix.diff).rstrip("\n").split("\n")
    return [
        (Span(INDENT), Span(FIXES[fix.applicability], "help")),
        *((Span(INDENT * 2), Span(row, _diff_style(row))) for row in rows),
    ]


def _diff_style(row: str) -> str:
    return {"+": "added", "-": "removed", "@": "quiet"}.get(row[:1], "")


def _closing(problem: ProblemReport, style: Style) -> list[Line]:
    """Say what was done; where the check could not be made there is nothing to say."""
    rows = [] if problem.verdict == "error" else [("checked:", wording.effort(problem))]
    rows += [("remark:", remark) for remark in problem.remarks]
    if style.verbosity > 0:
        # What has been said in words needs no data.
        understood = {} if problem.reading else problem.understood or {}
        rows += [("probe:", probe) for probe in problem.probes]
        rows += [("understood:", f"{key}: {value}") for key, value in understood.items()]
    return [
        line
        for label, text in rows
        for line in paragraph(text, style.width, label=Span(label, "quiet"))
    ]
