"""Places in a scalar's value as places in the file.

YAML takes indentation, line breaks, doubled quotes and escapes out of what is written. What it
never moves is the order of the visible characters, so the k-th of the value is the k-th
of the text.
"""

import re

from gradcheck.config.text import Node, Source
from gradcheck.report import Location

_TOKEN = re.compile(
    r"\\(?:x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})"
    r"|\r\n|(?P<letter>[\s\S]))|[\s\S]"
)
_INVISIBLE = "ntrvf N_LP\t\n\r\x85\u2028\u2029"
"""What stands for a space or a line break, or for nothing, behind a backslash."""


def location(source: Source, node: Node, start: tuple[int, int], end: tuple[int, int]) -> Location:
    """Return where a stretch of a scalar's value, between two lines and columns, stands."""
    spots = _spots(source.text[node.start : node.end], node.style)
    first = _offset(node, spots, *start)
    return source.span(first, max(first, _offset(node, spots, *end)))


def _offset(node: Node, spots: list[int], line: int, column: int) -> int:
    """Return the offset in the file of a place in a scalar's value."""
    lines = node.text.split("\n")
    index = sum(len(text) + 1 for text in lines[: line - 1]) + column - 1
    before = sum(not letter.isspace() for letter in node.text[:index])
    visible = index < len(node.text) and not node.text[index].isspace()
    if visible and before < len(spots):
        return node.start + spots[before]
    last = min(before, len(spots))
    return node.start + (spots[last - 1] + 1 if last else 0)


def _spots(raw: str, style: str) -> list[int]:
    """Return the offsets of the visible characters in a scalar as it is written."""
    if style == '"':
        return [match.start() for match in _TOKEN.finditer(raw, 1, len(raw) - 1) if _shown(match)]
    first, last = 0, len(raw)
    if style in ("|", ">"):
        # The line of the indicator may hold a comment.
        first = len(re.split(r"[\n\r]", raw, maxsplit=1)[0])
    elif style == "'":
        first, last = 1, len(raw) - 1
    spots = [k for k in range(first, last) if not raw[k].isspace()]
    if style == "'":
        doubled = {m.start() for m in re.finditer("''", raw[1:last])}
        spots = [k for k in spots if k - 1 not in doubled]
    return spots


def _shown(match: re.Match[str]) -> bool:
    if not match[0].startswith("\\"):
        return not match[0].isspace()
    code = match["x"] or match["u"] or match["U"]
    if code:
        return not chr(int(code, 16)).isspace()
    return match["letter"] is not None and match["letter"] not in _INVISIBLE
