"""Edits of a line that keep track of where each of its characters was given."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from gradcheck.paste.reading.post import Place

Edit: TypeAlias = tuple[int, int, str]

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def split(text: str) -> list[str]:
    """Return the lines with their ends; only CR, LF and CRLF end a line, as for editors."""
    lines = _LINE.findall(text)
    return lines[:-1] if lines and not lines[-1] else lines


def placed(text: str, cell: int | None = None) -> list[Place]:
    """Return the lines of a text, unchanged, without their ends."""
    bare = [line.rstrip("\r\n") for line in split(text)]
    return [
        Place(text=line, given=line, line=number, cell=cell, columns=range(len(line) + 1))
        for number, line in enumerate(bare, 1)
    ]


def edited(place: Place, edits: Iterable[Edit]) -> Place:
    """Return the line with parts replaced, given in order; new text stands where they began."""
    text, columns, at = [], [], 0
    for start, stop, new in edits:
        text += [place.text[at:start], new]
        columns += [*place.columns[at:start], *[place.columns[start]] * len(new)]
        at = stop
    if not text:
        return place
    whole = "".join([*text, place.text[at:]])
    return replace(place, text=whole, columns=(*columns, *place.columns[at:]))


def replaced(place: Place, start: int, stop: int, new: str) -> Place:
    """Return the line with `text[start:stop]` replaced."""
    return edited(place, [(start, stop, new)])


def stripped(place: Place, width: int) -> Place:
    """Return the line without its first characters, which become part of its prefix."""
    columns = place.columns[width:]
    return replace(place, text=place.text[width:], columns=columns, prefix=columns[0])


def emptied(place: Place) -> Place:
    """Return the line with nothing on it."""
    return replace(place, text="", columns=place.columns[:1])


def indented(place: Place, width: int) -> Place:
    """Return the line indented by that many spaces, whatever its indentation was."""
    body = place.text.lstrip()
    at = len(place.text) - len(body)
    if place.text[:at] == " " * width:
        return place
    return replaced(place, 0, at, " " * width)


def indentation(place: Place) -> int:
    """Return how far the line is indented."""
    return len(place.text) - len(place.text.lstrip())
