"""The rewrite of one subexpression in a text, exact to the character."""

import ast
import re
from collections.abc import Iterable
from functools import lru_cache

from gradcheck.record import record

_PLAIN = re.compile(r"[\w.]+(\[[^\[\]]*\])?")
"""Names, numbers, attributes and subscripts: never in need of parentheses."""


@record
class Rewrite:
    """Characters `start` to `end` of a text become `new`.

    `kind` is one of the names that faults give in their `repairs`; `cost` says how unlikely a
    person is to mean it; `what` is the edit in words.
    """

    start: int
    end: int
    new: str
    kind: str
    cost: float
    what: str


def apply(text: str, changes: Iterable[Rewrite]) -> str:
    """Return the text with changes made that do not overlap."""
    for change in sorted(changes, key=lambda change: -change.start):
        text = text[: change.start] + change.new + text[change.end :]
    return text


def overlap(one: Rewrite, other: Rewrite) -> bool:
    """Tell whether two changes touch the same characters."""
    return one.start < other.end and other.start < one.end


@lru_cache(maxsize=256)
def _starts(text: str) -> tuple[int, ...]:
    """Return the offset of each line's first character."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return tuple(starts)


def span(text: str, node: ast.expr | ast.stmt) -> tuple[int, int]:
    """Return the characters of a node; `ast` counts lines from 1 and columns in UTF-8 bytes."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (
        _offset(text, node.lineno, node.col_offset),
        _offset(text, node.end_lineno, node.end_col_offset),
    )


def _offset(text: str, line: int, column: int) -> int:
    start, end = _starts(text)[line - 1 : line + 1]
    if text.isascii():
        return start + column
    return start + len(text[start : end - 1].encode()[:column].decode())


def source(text: str, node: ast.expr | ast.stmt) -> str:
    """Return the text of a node, without the parentheses around it."""
    start, end = span(text, node)
    return text[start:end]


def parsed(text: str) -> ast.expr:
    """Parse an expression that may go over several lines, as within parentheses it does.

    Raises SyntaxError where it is none.
    """
    return ast.parse(f"(\n{text}\n)" if "\n" in text else text, mode="eval").body


def spliced(text: str, node: ast.expr, new: str) -> tuple[int, int, str] | None:
    """Return what may be written over which characters for a node to mean `new`.

    It is in parentheses if it has to; those that are around the node already are not put around
    twice, and go where a mere name is left in them. None where it can't be: `new` is no expression,
    or its place allows none.
    """
    try:
        wanted = ast.dump(parsed(new))
    except SyntaxError:
        return None
    start, end = span(text, node)
    places = [(start, end, new), (start, end, f"({new})")]
    idle = _PLAIN.fullmatch(new) or f"({text[start:end]})" in new
    if idle and text[start - 1 : start] + text[end : end + 1] == "()":
        places = [(start - 1, end + 1, new), *places]
    return next((place for place in places if _means(text, place, new, wanted)), None)


def _means(text: str, place: tuple[int, int, str], new: str, wanted: str) -> bool:
    """Tell whether some characters can be written over so that a whole operand is as wanted."""
    start, end, written = place
    changed = text[:start] + written + text[end:]
    try:
        tree = ast.parse(changed)
    except SyntaxError:
        return False
    inner = start + written.index(new), start + written.index(new) + len(new)
    return any(
        span(changed, found) == inner and ast.dump(found) == wanted
        for found in ast.walk(tree)
        if isinstance(found, ast.expr)
    )
