"""Lines of styled text: breaking of paragraphs and tables that fit a width."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from gradcheck.record import record
from gradcheck.reporters._wording import visible

INDENT = "  "
GAP = "  "
NAME = 24
"""Columns of a table are given up before its names get less room than this."""


class Span(NamedTuple):
    """A piece of a line, and the name of its style."""

    text: str
    style: str = ""


Line: TypeAlias = tuple[Span, ...]

UNLABELLED = Span("")


@record
class Column:
    """A column of a table; where there is no room, `spare` ones go, the most spare first."""

    title: str
    cells: tuple[Span, ...]
    right: bool = False
    spare: int = 0

    @property
    def width(self) -> int:
        return max(columns(text) for text in (self.title, *(cell.text for cell in self.cells)))


def columns(text: str) -> int:
    """Return how many columns of a terminal `text` takes up."""
    return len(text) if text.isascii() else sum(map(_character_columns, text))


def _character_columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def paragraph(
    text: str, width: int, *, label: Span = UNLABELLED, style: str = "", indent: str = ""
) -> list[Line]:
    """Lay out `text` after a label, its further lines below its first."""
    lead = indent + (f"{label.text} " if label.text else "")
    pieces = broken(text, width - columns(lead))
    gap = Span(" " if label.text else "")
    margin = Span(" " * columns(lead))
    first = _trimmed([Span(indent), label, gap, Span(pieces[0], style)])
    return [first, *(_trimmed([margin, Span(piece, style)]) for piece in pieces[1:])]


def _trimmed(spans: list[Span]) -> Line:
    """Take off the blanks at the end of a line."""
    while spans and not spans[-1].text.strip(" "):
        spans = spans[:-1]
    return (*spans[:-1], Span(spans[-1].text.rstrip(" "), spans[-1].style)) if spans else ()


def broken(text: str, width: int) -> list[str]:
    """Break `text` at its own line breaks, then between words, then anywhere."""
    lines = visible(text).expandtabs(4).split("\n")
    return [piece for line in lines for piece in _broken(line.rstrip(), max(width, 2))]


def _broken(line: str, width: int) -> Iterator[str]:
    """Break a line; all of it stays as far to the right as it begins, if there is room for that."""
    if columns(line) <= width:
        yield line
        return
    bare = line.lstrip(" ")
    margin = line.removesuffix(bare)
    margin = margin if 2 * columns(margin) < width else ""
    for piece in _wrapped(bare, width - columns(margin)):
        yield margin + piece


def _wrapped(line: str, width: int) -> Iterator[str]:
    current = ""
    for word in line.split(" "):
        longer = f"{current} {word}" if current else word
        if columns(longer) <= width:
            current = longer
            continue
        if current:
            yield current
        *full, current = _chopped(word, width)
        yield from full
    yield current


def _chopped(word: str, width: int) -> list[str]:
    pieces = [""]
    for character in word:
        if columns(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def shortened(text: str, width: int) -> str:
    """Take out the middle of `text` where it is too wide: both ends of a name tell names apart."""
    if columns(text) <= width:
        return text
    half = (width - 1) // 2
    return f"{_chopped(text, half)[0]}…{_chopped(text[::-1], half)[0][::-1]}"


def table(fields: Sequence[Column], width: int) -> list[Line]:
    """Lay out a table without its empty columns.

    The first column holds names; one that is too long for its column gets a line of its own.
    """
    name, *others = fields
    shown = [column for column in others if any(cell.text for cell in column.cells)]
    room = width - len(INDENT)
    while _taken(shown) + min(name.width, NAME) > room and any(c.spare for c in shown):
        shown.remove(max(shown, key=lambda column: column.spare))
    limit = min(name.width, max(room - _taken(shown), NAME))
    lines = [_row(Span(name.title, "quiet"), limit, [Span(c.title, "quiet") for c in shown], shown)]
    for cell, *row in zip(name.cells, *(column.cells for column in shown), strict=True):
        if columns(cell.text) > limit:
            lines.append(_trimmed([Span(INDENT), Span(shortened(cell.text, room), cell.style)]))
            cell = Span("")
        lines.append(_row(cell, limit, row, shown))
    return lines


def _taken(shown: list[Column]) -> int:
    return sum(len(GAP) + column.width for column in shown)


def _row(name: Span, limit: int, cells: list[Span], shown: list[Column]) -> Line:
    spans = [Span(INDENT), name, Span(" " * (limit - columns(name.text)))]
    for cell, column in zip(cells, shown, strict=True):
        blank = Span(" " * (column.width - columns(cell.text)))
        spans += [Span(GAP), blank, cell] if column.right else [Span(GAP), cell, blank]
    return _trimmed(spans)
