"""Words that the errors of a config share."""

from collections.abc import Iterable, Sequence

LISTED = 12
"""How many known names a message lists."""

_SHOWN = 60
"""How many characters of a value a message quotes."""


def nearest(word: str, known: Iterable[str], more: str = "") -> str:
    """Return '; did you mean ...?' or, if nothing is near, what is known and how to see more."""
    from difflib import get_close_matches

    names = list(dict.fromkeys(known))
    folded = {name.lower(): name for name in names}
    close = get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {folded[close[0]]!r}?"
    return f"; known are {listed(sorted(names))}{more}" if names else ""


def listed(names: Sequence[str]) -> str:
    """Return names with commas between them, only the first ones where they are many."""
    return ", ".join(names[:LISTED]) + (", ..." if len(names) > LISTED else "")


def shortened(text: str) -> str:
    """Quote a text, only its start where it is long."""
    return repr(text) if len(text) <= _SHOWN else repr(text[: _SHOWN - 3] + "...")
