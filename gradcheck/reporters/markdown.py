"""The report in Markdown, for the summary of a workflow run.

It is kept far below the megabyte that GitHub takes, and says what was left out for that.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gradcheck.report import Check, Finding, ProblemReport, Report, settled
from gradcheck.reporter import Reporter, Style
from gradcheck.reporters import _figures as figures
from gradcheck.reporters import _wording as wording
from gradcheck.reporters._excerpts import excerpted

BUDGET = 256 * 1024
"""Bytes for the table of problems, and as many again for all that is said of them.

A job's summaries share one page, so half of what a step may write is enough.
"""

COLUMNS = 100
"""Lines of code are cut at this width."""

HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
SPECIAL = re.compile(r"[\\`*_\[\]#|~$]|^[-+]")


class Block(NamedTuple):
    """A piece that stands or falls as a whole, and what it counts as when it is left out."""

    text: str
    noun: str


def render(report: Report, style: Style) -> str:  # noqa: ARG001
    left_out: Counter[str] = Counter()
    parts = [f"## gradcheck: {wording.totals(report.problems)}\n"]
    if report.problems:
        parts.append(
            "\n| problem | target | verdict | parameters | findings | checked |\n"
            "|---|---|---|---|---|---|\n"
        )
    parts += _within(map(_problem_row, report.problems), left_out)
    parts += _within(_details(report), left_out)
    parts += [f"\nRemark: {_text(remark)}\n" for remark in report.remarks]
    if left_out:
        counts = (wording.counted(number, noun) for noun, number in left_out.items())
        parts.append(f"\nLeft out to keep this summary short: {', '.join(counts)}.\n")
    return "".join(parts)


def _within(blocks: Iterable[Block], left_out: Counter[str]) -> Iterator[str]:
    """Yield the blocks for which there is room, and count the others."""
    room = BUDGET
    for block in blocks:
        size = len(block.text.encode())
        if size > room:
            left_out[block.noun] += 1
            continue
        room -= size
        yield block.text


def _problem_row(problem: ProblemReport) -> Block:
    cells = [
        _cell(problem.name),
        _cell(problem.target),
        wording.verdict(problem),
        wording.score(problem),
        _cell(wording.codes(problem)),
        "" if problem.verdict == "error" else wording.effort(problem),
    ]
    return Block(_row(cells), "problem")


def _details(report: Report) -> Iterator[Block]:
    for problem in report.problems:
        told = problem.verdict != "right" or wording.failing(problem)
        if told or wording.incomplete(problem):
            yield from _problem(problem)


def _problem(problem: ProblemReport) -> Iterator[Block]:
    yield Block(f"\n### {_cell(problem.name)}: {wording.verdict(problem)}\n", "heading")
    for text in problem.unexpected:
        yield Block(f"\nUnexpected: {_text(text)}\n", "remark")
    for text in problem.regressions:
        yield Block(f"\nRegression: {_text(text)}\n", "remark")
    if problem.message is not None:
        place = f"\n\nat {_code(wording.place(problem.location))}" if problem.location else ""
        yield Block(f"\n{_text(problem.message)}{place}\n", "message")
    yield from _reading(problem)
    yield from _parameters(problem)
    for finding in problem.findings:
        yield Block(_finding(finding), "finding")
    if problem.verdict != "error":
        yield Block(f"\nChecked: {wording.effort(problem)}.\n", "remark")
    for remark in problem.remarks:
        yield Block(f"\nRemark: {_text(remark)}\n", "remark")


def _reading(problem: ProblemReport) -> Iterator[Block]:
    """Say what was understood, in a list that is folded away."""
    if problem.reading:
        rows = "\n".join(f"- {_cell(k)}: {_text(v)}" for k, v in problem.reading.items())
        whole = f"<details><summary>What was understood</summary>\n\n{rows}\n\n</details>"
        yield Block(f"\n{whole}\n", "remark")


def _parameters(problem: ProblemReport) -> Iterator[Block]:
    checks = [c for c in wording.ranked(problem.checks) if wording.state(c) != "right"]
    if checks:
        head = "| parameter | shape | verdict | difference | factor | wrong/checked/all |"
        yield Block(f"\n{head}\n|---|---|---|--:|--:|--:|\n", "table")
    for check in checks:
        yield Block(_parameter_row(check), "parameter")


def _parameter_row(check: Check) -> str:
    state = wording.state(check)
    note = check.accepted if state == "accepted" else check.reason
    cells = [
        _code(check.parameter),
        str(check.shape),
        f"{state}: {_cell(note)}" if note else state,
        figures.distance(check),
        wording.factor(check),
        figures.tally(check, complete=False),
    ]
    return _row(cells)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _finding(finding: Finding) -> str:
    place = f" at {_code(wording.place(finding.location))}" if finding.location else ""
    parts = [
        f"**{finding.level} {_cell(finding.code)}: {_cell(finding.title)}**{place}",
        _text(finding.message),
    ]
    if why := settled(finding):
        parts.append(_text(why.capitalize()))
    if finding.parameters:
        parts.append(f"Parameters: {', '.join(map(_code, finding.parameters))}")
    if finding.excerpts:
        parts.append(_fenced("\n".join(_marked(finding)), "text"))
    if finding.help is not None:
        parts.append(f"Help: {_text(finding.help)}")
    if finding.fix and finding.fix.diff:
        parts.append(_fenced(finding.fix.diff, "diff"))
    if finding.evidence or finding.alternatives:
        parts.append(_evidence(finding))
    if finding.derivation is not None:
        parts.append(_fenced(finding.derivation, "text"))
    parts.append(f"Explain: <code>gradcheck explain {_cell(finding.code)}</code>")
    return "".join(f"\n{part}\n" for part in parts)


def _evidence(finding: Finding) -> str:
    facts = [f"- {_text(fact)}" for fact in finding.evidence]
    if finding.alternatives:
        facts.append(f"- Alternatives: {_cell(', '.join(finding.alternatives))}")
    lines = "\n".join(facts)
    return f"<details><summary>Evidence</summary>\n\n{lines}\n\n</details>"


def _marked(finding: Finding) -> Iterator[str]:
    for line in excerpted(finding.excerpts, COLUMNS, ""):
        yield "".join(span.text for span in line)


def _fenced(text: str, language: str) -> str:
    """Fence a text with more backticks than it has in a row itself."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{wording.visible(text).rstrip()}\n{fence}"


def _cell(text: str) -> str:
    """Write the user's text so that Markdown and HTML leave it as it is, on one line."""
    return SPECIAL.sub(r"\\\g<0>", wording.inline(text)).translate(HTML)


def _text(text: str) -> str:
    """As `_cell`, with the text's own line breaks."""
    return "<br>".join(map(_cell, wording.visible(text).strip().split("\n")))


def _code(text: str) -> str:
    return f"<code>{_cell(text)}</code>"


REPORTER = Reporter(name="markdown", suffix=".md", doc=__doc__, render=render)
