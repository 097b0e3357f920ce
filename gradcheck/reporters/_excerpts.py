"""Lines of the user's text with marks under what a finding is about."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from gradcheck.record import record
from gradcheck.report import Excerpt
from gradcheck.reporters._layout import Line, Span, columns
from gradcheck.reporters._wording import inline

TAB = "    "
CUT = "…"
MARGIN = " | "
LINES = 8
"""More marked lines than this are counted and not shown."""


@record
class Row:
    """One line: what its margin says, what is printable of it, and the marks below that."""

    label: str
    text: str
    marks: str


def excerpted(excerpts: Sequence[Excerpt], width: int, indent: str) -> Iterator[Line]:
    """Yield the marked lines with their numbers, each in one line of the terminal."""
    shown = rows(excerpts, width - columns(indent))
    gutter = max((columns(row.label) for row in shown), default=0)
    for row in shown[:LINES]:
        margin = MARGIN if row.text else MARGIN.rstrip()
        yield Span(f"{indent}{row.label:>{gutter}}{margin}", "quiet"), Span(row.text)
        yield Span(f"{indent}{'':{gutter}}{MARGIN}", "quiet"), Span(row.marks, "error")
    if len(shown) > LINES:
        left = f"and {len(shown) - LINES} more lines"
        yield (Span(f"{indent}{'':{gutter}}{MARGIN}{left}"[:width], "quiet"),)


def rows(excerpts: Sequence[Excerpt], width: int) -> list[Row]:
    """Return the lines in order, and of each as many columns as there is room for."""
    gutter = max((columns(_label(excerpt)) for excerpt in excerpts), default=0)
    room = max(width - gutter - len(MARGIN), 8)
    return [_row(list(own), room) for _, own in groupby(sorted(excerpts, key=_where), _where)]


def _where(excerpt: Excerpt) -> tuple[int, int, str]:
    return -1 if excerpt.cell is None else excerpt.cell, excerpt.line, excerpt.text


def _label(excerpt: Excerpt) -> str:
    return str(excerpt.line) if excerpt.cell is None else f"{excerpt.cell}:{excerpt.line}"


def _row(own: Sequence[Excerpt], room: int) -> Row:
    pieces = [TAB if c == "\t" else inline(c) for c in own[0].text.rstrip()]
    marked = {k for excerpt in own for k in _marked(excerpt, len(pieces))}
    pieces += [" "] * (max(marked) + 1 - len(pieces))
    start, stop = _window([columns(piece) for piece in pieces], marked, room)
    shown = range(start, stop)
    text = "".join(pieces[k] for k in shown)
    marks = "".join(("^" if k in marked else " ") * columns(pieces[k]) for k in shown)
    lead, tail = CUT * (start > 0), CUT * (stop < len(pieces))
    return Row(
        label=_label(own[0]),
        text=f"{lead}{text}{tail}".rstrip(),
        marks=f"{' ' * len(lead)}{marks}".rstrip(),
    )


def _marked(excerpt: Excerpt, length: int) -> range:
    """Return the characters that are marked: at least one, if only that behind the last."""
    start = min(max(excerpt.column - 1, 0), length)
    return range(start, max(min(excerpt.end_column - 1, length), start + 1))


def _window(widths: Sequence[int], marked: set[int], room: int) -> tuple[int, int]:
    """Return which characters to show where there is no room for all: the marked ones first."""
    if sum(widths) <= room:
        return 0, len(widths)
    room -= 2 * len(CUT)
    first, last = min(marked), max(marked)
    start = 0
    if sum(widths[: last + 1]) > room:
        start = first
        while start and sum(widths[start - 1 : first]) <= room // 3:
            start -= 1
    stop = start
    while stop < len(widths) and sum(widths[start : stop + 1]) <= room:
        stop += 1
    return start, max(stop, start + 1)
