"""The tables of the terminal report: the parameters, and their worst entries."""

from collections.abc import Callable, Sequence

from gradcheck.report import Check, Worst
from gradcheck.reporter import Style
from gradcheck.reporters import _figures as figures
from gradcheck.reporters import _wording as wording
from gradcheck.reporters._layout import INDENT, Column, Line, Span, paragraph, table

MANY = 12
"""More right parameters than this are counted and not listed."""


def parameters(checks: Sequence[Check], style: Style) -> list[Line]:
    """Lay out how each parameter fared, the worst first."""
    ranked = wording.ranked(checks)
    right = sum(wording.state(check) == "right" for check in ranked)
    collapsed = right > MANY and style.verbosity < 1
    shown = ranked[: len(ranked) - right] if collapsed else ranked
    lines = table(_parameter_columns(shown), style.width) if shown else []
    if collapsed:
        noun = "more parameter" if shown else "parameter"
        lines.append((Span(f"{INDENT}{wording.counted(right, noun)}: "), Span("right", "right")))
    for check in shown:
        lines += _notes(check, style)
    return lines


def _parameter_columns(checks: Sequence[Check]) -> list[Column]:
    complete = all(check.entries_checked == check.entries for check in checks)
    whole = figures.whole(checks)

    def cells(text: Callable[[Check], str]) -> tuple[Span, ...]:
        return tuple(Span(text(check)) for check in checks)

    states = tuple(Span(wording.state(check), wording.state(check)) for check in checks)
    tallies = cells(lambda check: figures.tally(check, complete=complete))
    difference = (
        Column(title="off by", cells=cells(figures.share), right=True)
        if whole
        else Column(title="difference", cells=cells(figures.bars), right=True)
    )
    tally = Column(
        title="wrong/all" if complete else "wrong/checked/all", cells=tallies, right=True
    )
    return [
        Column(title="parameter", cells=cells(lambda check: wording.inline(check.parameter))),
        Column(title="shape", cells=cells(lambda check: str(check.shape)), spare=3),
        Column(title="verdict", cells=states),
        difference,
        Column(title="factor", cells=cells(wording.factor), right=True, spare=1),
        *([] if whole else [tally]),
        Column(title="where", cells=cells(lambda check: figures.strip(check.heat)), spare=2),
    ]


def _notes(check: Check, style: Style) -> list[Line]:
    name, state = wording.inline(check.parameter), wording.state(check)
    note = check.accepted if state == "accepted" else check.reason
    notes = [f"{name} is {state}: {note}"] if note else []
    if check.pattern and style.verbosity > 0:
        notes.append(f"{name} has a pattern: {check.pattern}")
    return [line for text in notes for line in paragraph(text, style.width, indent=INDENT)]


def worst_entries(checks: Sequence[Check], width: int) -> list[Line]:
    """Lay out the worst entry of every parameter, with both values and the bar."""
    pairs = [(check, check.worst) for check in wording.ranked(checks) if check.worst]
    return table(_entry_columns(pairs), width) if pairs else []


def _entry_columns(pairs: Sequence[tuple[Check, Worst]]) -> list[Column]:
    def column(
        title: str, text: Callable[[Check, Worst], str], *, right: bool = True, spare: int = 0
    ) -> Column:
        cells = tuple(Span(text(check, worst)) for check, worst in pairs)
        return Column(title=title, cells=cells, right=right, spare=spare)

    return [
        column("worst entry", lambda check, worst: wording.inline(figures.entry(check, worst))),
        column("claimed", lambda _, worst: figures.values(worst)[0]),
        column("numeric", lambda _, worst: figures.values(worst)[1]),
        column("bar", lambda _, worst: figures.figure(worst.bar, 2)),
        column("relative", lambda check, _: figures.figure(check.relative), spare=3),
        column("cosine", lambda check, _: figures.figure(check.cosine), spare=4),
        column("method", lambda check, _: wording.inline(check.method), right=False, spare=2),
        column("probe", lambda _, worst: wording.inline(worst.probe), right=False, spare=1),
    ]
