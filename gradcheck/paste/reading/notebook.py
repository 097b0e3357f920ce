"""Notebooks: the code of their cells, and its place in the JSON text."""

import json
import re
from collections.abc import Sequence
from typing import Any

from gradcheck.paste.reading.lines import split
from gradcheck.record import record

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|NaN|-?Infinity")
_DEEPEST = 60


@record
class Literal:
    """A string of the JSON text, and where it stands there, quotes included."""

    value: str
    start: int
    stop: int


@record
class Cell:
    """A cell: its number among all cells from 0, its kind, and the strings of its source.

    `start` and `stop` enclose the whole source in the JSON text.
    """

    number: int
    kind: str
    parts: tuple[Literal, ...]
    start: int
    stop: int

    @property
    def source(self) -> str:
        """The text of the cell."""
        return "".join(part.value for part in self.parts)


def cells(text: str) -> list[Cell] | None:
    """Return the cells of a notebook's JSON, and None for any other text."""
    if not text.lstrip("\ufeff \t\r\n").startswith("{") or '"cells"' not in text:
        return None
    try:
        start = _SPACE.match(text, 1 if text.startswith("\ufeff") else 0)
        assert start is not None
        whole, _ = _value(text, start.end(), 0)
    except (ValueError, IndexError):
        return None
    found = _found(whole)
    return [cell for number, item in enumerate(found) if (cell := _cell(item, number))]


def rewritten(text: str, cell: Cell, old: Sequence[str], new: Sequence[str]) -> str:
    """Return the JSON text with the lines of a cell changed and all else as it was.

    `new` holds for each line of the cell, with its end, what stands in its place.
    """
    if text[cell.start] == "[" and [part.value for part in cell.parts] == list(old):
        for part, put in reversed(list(zip(cell.parts, new, strict=True))):
            if put != part.value:
                text = _spliced(text, cell, part, put)
        return text
    return text[: cell.start] + _encoded(text, "".join(new)) + text[cell.stop :]


def _spliced(text: str, cell: Cell, part: Literal, new: str) -> str:
    lines = split(new)
    if not lines and len(cell.parts) > 1:
        return _without(text, cell, part)
    between = _between(text, cell)
    written = between.join(_encoded(text, line) for line in lines) or '""'
    return text[: part.start] + written + text[part.stop :]


def _without(text: str, cell: Cell, part: Literal) -> str:
    at = cell.parts.index(part)
    if at + 1 < len(cell.parts):
        return text[: part.start] + text[cell.parts[at + 1].start :]
    return text[: cell.parts[at - 1].stop] + text[part.stop :]


def _between(text: str, cell: Cell) -> str:
    """Return what stands between two strings of the cell's source."""
    if len(cell.parts) > 1:
        return text[cell.parts[0].stop : cell.parts[1].start]
    return "," + text[cell.start + 1 : cell.parts[0].start]


def _encoded(text: str, value: str) -> str:
    return json.dumps(value, ensure_ascii=text.isascii())


def _found(whole: Any) -> list[Any]:
    """Return the cells of either version of the format."""
    value = whole[0]
    if not isinstance(value, dict):
        return []
    if "cells" not in value:
        sheets = value.get("worksheets", ([], 0, 0))[0]
        first = sheets[0][0] if isinstance(sheets, list) and sheets else {}
        value = first if isinstance(first, dict) else {}
    found = value.get("cells", ([], 0, 0))[0]
    return found if isinstance(found, list) else []


def _cell(item: Any, number: int) -> Cell | None:
    fields = item[0]
    if not isinstance(fields, dict):
        return None
    kind = fields.get("cell_type", ("raw", 0, 0))[0]
    source = fields.get("source") or fields.get("input")
    if not source or not isinstance(kind, str):
        return None
    value, start, stop = source
    items = value if isinstance(value, list) else [source]
    parts = tuple(Literal(value=v, start=a, stop=b) for v, a, b in items if isinstance(v, str))
    return Cell(number=number, kind=kind, parts=parts, start=start, stop=stop)


def _value(text: str, at: int, depth: int) -> tuple[tuple[Any, int, int], int]:
    """Return a JSON value with its start and stop, and the place after it and its space."""
    if depth > _DEEPEST:
        raise ValueError("nested too deeply for a notebook")
    value: Any
    if text[at] == '"':
        value, stop = json.decoder.scanstring(text, at + 1, False)  # type: ignore[attr-defined]
    elif text[at] in "{[":
        value, stop = _items(text, at, depth)
    elif number := _NUMBER.match(text, at):
        value, stop = number[0], number.end()
    else:
        raise ValueError("not JSON")
    return (value, at, stop), _past(text, stop)


def _items(text: str, at: int, depth: int) -> tuple[Any, int]:
    """Return the items of an object or a list, each with its place."""
    close = "}" if text[at] == "{" else "]"
    fields: dict[str, Any] = {}
    items: list[Any] = []
    stop = _past(text, at + 1)
    while text[stop] != close:
        item, stop = _value(text, stop, depth + 1)
        if close == "}":
            if text[stop] != ":" or not isinstance(item[0], str):
                raise ValueError("not JSON")
            fields[item[0]], stop = _value(text, _past(text, stop + 1), depth + 1)
        items.append(item)
        if text[stop] == ",":
            stop = _past(text, stop + 1)
        elif text[stop] != close:
            raise ValueError("not JSON")
    return (fields if close == "}" else items), stop + 1


def _past(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    assert space is not None
    return space.end()
