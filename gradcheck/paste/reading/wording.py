"""Places in the given text, in words."""

from collections.abc import Sequence

from gradcheck.paste.reading.post import Place

_MOST_LISTED = 12


def stretch(first: Place, last: Place) -> str:
    """Return `line 3`, `lines 3 to 5` or `cell 2, lines 3 to 5`."""
    return _in_cell(first) + between("line", first.line, last.line)


def listed(places: Sequence[Place]) -> str:
    """Return `line 3` or `lines 3, 5, 7`, with `...` where there are too many."""
    lines = [str(place.line) for place in places]
    if len(lines) > _MOST_LISTED:
        lines[_MOST_LISTED:] = ["..."]
    return _in_cell(places[0]) + (f"lines {', '.join(lines)}" if lines[1:] else f"line {lines[0]}")


def between(what: str, first: int, last: int) -> str:
    """Return `cell 3` or `cells 3 to 5`."""
    low, high = sorted((first, last))
    return f"{what} {low}" if low == high else f"{what}s {low} to {high}"


def _in_cell(place: Place) -> str:
    return "" if place.cell is None else f"cell {place.cell}, "
