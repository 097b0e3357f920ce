"""Marks that a page put in front of every line: numbers, signs of a diff, quotation marks."""

import re
from collections.abc import Callable, Iterator, Sequence

from gradcheck.paste.reading.lines import emptied, indentation, stripped
from gradcheck.paste.reading.post import Place

_NUMBER = re.compile(r"\s*(\d{1,5})[:.|)\]]?(?=\s|$)")
_QUOTE = re.compile(r"> ?(?!>)")
_DIFF = re.compile(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@|--- \S|\+\+\+ \S|```diff\s*$")
_LEAST_NUMBERED = 3


def unprefixed(places: Sequence[Place]) -> list[Place]:
    """Return the lines without marks in front of them; of a diff, the new side."""
    return _unnumbered(_undiffed(_unquoted(places)))


def _unquoted(places: Sequence[Place]) -> list[Place]:
    result = list(places)
    for start, stop in _runs(places, lambda k: bool(_QUOTE.match(places[k].text))):
        if stop - start > 1:
            for k in range(start, stop):
                found = _QUOTE.match(places[k].text)
                assert found is not None
                result[k] = stripped(places[k], found.end())
    return result


def _undiffed(places: Sequence[Place]) -> list[Place]:
    result = list(places)
    inside = False
    for k, place in enumerate(places):
        sign = place.text[:1]
        if _DIFF.match(place.text):
            inside = True
            if sign != "`":
                result[k] = emptied(place)
        elif inside and sign == "-":
            result[k] = emptied(place)
        elif inside and sign in ("+", " "):
            result[k] = stripped(place, 1)
        elif sign:
            inside = False
    return result


def _unnumbered(places: Sequence[Place]) -> list[Place]:
    result = list(places)
    numbers = [int(m[1]) if (m := _NUMBER.match(place.text)) else None for place in places]

    def follows(k: int) -> bool:
        before = numbers[k - 1] if k else None
        return before is not None and numbers[k] == before + 1

    for start, stop in _runs(places, follows):
        if stop - start + 1 >= _LEAST_NUMBERED:
            result[start - 1 : stop] = _numbers_off(places[start - 1 : stop])
    return result


def _numbers_off(places: Sequence[Place]) -> list[Place]:
    bare = []
    for place in places:
        found = _NUMBER.match(place.text)
        assert found is not None
        bare.append(stripped(place, found.end()))
    common = min((indentation(place) for place in bare if place.text.strip()), default=0)
    return [stripped(place, min(common, len(place.text))) for place in bare]


def _runs(places: Sequence[Place], holds: Callable[[int], bool]) -> Iterator[tuple[int, int]]:
    """Return the longest stretches of lines for which something holds."""
    start = None
    for k in range(len(places) + 1):
        held = k < len(places) and holds(k)
        if held and start is None:
            start = k
        elif not held and start is not None:
            yield start, k
            start = None
