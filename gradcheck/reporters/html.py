"""One self-contained page for a browser: tables, findings with their source and fixes, pictures.

It needs no network and runs no script; it is light or dark as the reader's system is. The pictures
show which entries are off, claimed against numeric values, the gap to differences of every step
size, and the loss on its way down the claimed and the numeric gradient.
"""

from collections.abc import Iterable, Iterator
from html import escape

from gradcheck.report import Check, Context, Finding, Fix, Location, ProblemReport, Report, settled
from gradcheck.reporter import Reporter, Style
from gradcheck.reporters import _figures as figures
from gradcheck.reporters import _wording as wording
from gradcheck.reporters._outline import FIXES
from gradcheck.reporters._page import CSS, PAGE
from gradcheck.reporters._pictures import pictures

ROWS = {"+": "added", "-": "removed", "@": "quiet"}
EMPTY = {"", figures.NOTHING}


def render(report: Report, style: Style) -> str:  # noqa: ARG001
    totals = _text(wording.totals(report.problems))
    parts = [f"<h1>gradcheck: {totals}</h1>"]
    if len(report.problems) > 1:
        parts.append(_contents(report))
    parts += [_problem(number, problem) for number, problem in enumerate(report.problems)]
    parts += [f"<p>Remark: {_text(remark)}</p>" for remark in report.remarks]
    parts.append(f'<p class="quiet">gradcheck {_text(report.tool_version)}</p>')
    return PAGE.format(title=f"gradcheck: {totals}", css=CSS, body="\n".join(parts))


def _text(text: str) -> str:
    """Write the user's text, with its own line breaks."""
    return escape(wording.visible(text)).replace("\n", "<br>")


def _code(text: str) -> str:
    return f"<code>{escape(wording.inline(text))}</code>"


def _verdict(word: str, text: str) -> str:
    return f'<span class="verdict {word}">{_text(text)}</span>'


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table of cells that are HTML already."""
    titles = "".join(f"<th>{title}</th>" for title in head)
    body = "".join(f"<tr>{''.join(cells)}</tr>\n" for cells in rows)
    return f'<div class="wide"><table><tr>{titles}</tr>\n{body}</table></div>'


def _cell(content: str, kind: str = "") -> str:
    return f'<td class="{kind}">{content}</td>' if kind else f"<td>{content}</td>"


def _contents(report: Report) -> str:
    rows = (
        (
            _cell(f'<a href="#problem-{number}">{_text(problem.name)}</a>'),
            _cell(_verdict(wording.colour(problem), wording.verdict(problem))),
            _cell(_code(problem.target)),
            _cell(_text(wording.score(problem))),
            _cell(_text(wording.codes(problem))),
        )
        for number, problem in enumerate(report.problems)
    )
    return _table(("problem", "verdict", "target", "parameters", "findings"), rows)


def _problem(number: int, problem: ProblemReport) -> str:
    verdict = _verdict(wording.colour(problem), wording.verdict(problem))
    name = "" if wording.is_part(problem) else f"{_text(problem.name)} "
    target = problem.name if wording.is_part(problem) else problem.target
    parts = [f"<h2>{verdict}: {name}{_code(target)}</h2>"]
    parts += [f"<p>Unexpected: {_text(text)}</p>" for text in problem.unexpected]
    parts += [f"<p>Regression: {_text(text)}</p>" for text in problem.regressions]
    if problem.message is not None:
        parts.append(f"<p>{_text(problem.message)}</p>")
    parts += [_place(problem.location)] if problem.location else []
    parts += [_reading(problem)] if problem.reading else []
    parts += [_parameters(problem)] if problem.checks else []
    parts += [_finding(finding) for finding in problem.findings]
    parts += [f'<div class="pictures">{drawn}</div>' for drawn in pictures(problem)]
    parts += [f"<p>{_text(line)}</p>" for line in _closing(problem)]
    return f'<section id="problem-{number}">{"".join(parts)}</section>'


def _closing(problem: ProblemReport) -> Iterator[str]:
    if problem.verdict != "error":
        yield f"Checked: {wording.effort(problem)}."
    for remark in problem.remarks:
        yield f"Remark: {remark}"
    understood = {} if problem.reading else problem.understood or {}
    for key, value in understood.items():
        yield f"Understood: {key}: {value}"


def _place(location: Location) -> str:
    return f'<p class="quiet">at {_code(wording.place(location))}</p>'


def _reading(problem: ProblemReport) -> str:
    rows = ((_cell(_text(k)), _cell(_text(v))) for k, v in problem.reading.items())
    return _table(("understood", "as"), rows)


def _parameters(problem: ProblemReport) -> str:
    checks = wording.ranked(problem.checks)
    difference = "off by" if figures.whole(checks) else "difference"
    columns = (
        ("parameter", "", [_code(check.parameter) for check in checks]),
        ("shape", "", [_text(str(check.shape)) for check in checks]),
        ("verdict", "", [*map(_judged, checks)]),
        (difference, "number", [*map(figures.distance, checks)]),
        ("factor", "number", [*map(wording.factor, checks)]),
        ("wrong / checked / all", "number", [figures.tally(c, complete=False) for c in checks]),
        ("worst", "worst", [*map(_worst, checks)]),
    )
    shown = [column for column in columns if not set(column[2]) <= EMPTY]
    cells = ([_cell(content, kind) for content in contents] for _, kind, contents in shown)
    return _table((title for title, _, _ in shown), zip(*cells, strict=True))


def _judged(check: Check) -> str:
    state = wording.state(check)
    note = check.accepted if state == "accepted" else check.reason
    return _verdict(state, state) + (f": {_text(note)}" if note else "")


def _worst(check: Check) -> str:
    if check.worst is None:
        return ""
    claimed, numeric = figures.values(check.worst)
    where = _code(figures.entry(check, check.worst))
    return f"{where} claimed {claimed}, numeric {numeric}, {_text(check.worst.probe)}"


def _finding(finding: Finding) -> str:
    title = f"{_verdict(finding.level, f'{finding.level}[{finding.code}]')} {_text(finding.title)}"
    parts = [f"<h3>{title}</h3>", f"<p>{_text(finding.message)}</p>"]
    parts += [f"<p>{_text(why.capitalize())}</p>"] if (why := settled(finding)) else []
    parts += [_place(finding.location)] if finding.location else []
    if finding.context and finding.location:
        parts.append(_context(finding.context, finding.location))
    if finding.parameters:
        parts.append(f"<p>Parameters: {', '.join(map(_code, finding.parameters))}</p>")
    if finding.evidence:
        facts = "".join(f"<li>{_text(fact)}</li>" for fact in finding.evidence)
        parts.append(f"<ul>{facts}</ul>")
    if finding.alternatives:
        parts.append(f"<p>Alternatives: {_text(', '.join(finding.alternatives))}</p>")
    parts += [f"<p><strong>Help:</strong> {_text(finding.help)}</p>"] if finding.help else []
    parts += [_fix(finding.fix)] if finding.fix and finding.fix.diff else []
    if finding.derivation is not None:
        parts.append(f"<pre>{_text(finding.derivation)}</pre>")
    parts.append(f'<p class="quiet">{_code(f"gradcheck explain {finding.code}")}</p>')
    return f'<article class="{finding.level}">{"".join(parts)}</article>'


def _context(context: Context, location: Location) -> str:
    last = context.first + len(context.lines) - 1
    rows = []
    for number, line in enumerate(context.lines, context.first):
        marked = ' class="marked"' if location.line <= number <= location.end_line else ""
        count = f"<i>{number:>{len(str(last))}}</i>"
        rows.append(f"<span{marked}>{count}  {_line(number, line, location)}</span>")
    return f"<pre>{''.join(rows)}</pre>"


def _line(number: int, line: str, location: Location) -> str:
    """Write a line of the user's, underlined where a place is within it."""
    first, last = location.column - 1, location.end_column - 1
    if not location.line == number == location.end_line or not 0 <= first < last:
        return escape(wording.inline(line))
    before, inside, behind = (
        escape(wording.inline(text)) for text in (line[:first], line[first:last], line[last:])
    )
    return f"{before}<u>{inside}</u>{behind}"


def _fix(fix: Fix) -> str:
    rows = wording.visible(fix.diff).rstrip("\n").split("\n")
    shown = (f'<span class="{_kind(row)}">{escape(row)}</span>' for row in rows)
    label = FIXES[fix.applicability].capitalize()
    return f"<p><strong>{label}</strong></p><pre>{''.join(shown)}</pre>"


def _kind(row: str) -> str:
    """Return the look of a diff's row; its heads are neither added nor removed."""
    return "quiet" if row.startswith(("--- ", "+++ ")) else ROWS.get(row[:1], "")


REPORTER = Reporter(
    name="html", suffix=".html", doc=__doc__, render=render, needs=frozenset({"pictures"})
)
