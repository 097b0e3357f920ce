"""Edits of several layers' statements that are the same but for the layers' numbers."""

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from gradcheck.edits import Draft
from gradcheck.edits.rewrite import span

_NUMBERED = re.compile(r"(?<=[^\W\d])\d+")

_Any = TypeVar("_Any")


def kin(draft: Draft, text: str) -> Iterator[object]:
    """Yield what the same edit of another layer's statement has in common with one of this."""
    start, end = span(text, draft.node)
    yield from (draft.kind, len(unnumbered(text[:start])), unnumbered(text[start:end]))
    yield from (unnumbered(draft.new), unnumbered(text))


def unnumbered(text: str) -> str:
    """Return a text with the numbers that names end with left out: `dW1` and `dW2` are alike."""
    return _NUMBERED.sub("", text)


def different(groups: Iterable[list[_Any]]) -> Iterator[list[_Any]]:
    seen = set()
    for parts in groups:
        key = frozenset(id(part) for part in parts)
        if key not in seen:
            seen.add(key)
            yield parts
