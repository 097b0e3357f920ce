"""How much likelier evidence makes an edit: kinds of edits that what is wrong suggests."""

from collections.abc import Iterable

from gradcheck.paste.repair.terms import is_strength

DECAY = frozenset(
    [
        "add-term",
        "multiply",
        "divide",
        "other-divisor",
        "drop-factor",
        "change-number",
        "negate",
        "square",
        "drop-square",
        "drop-sum",
        "drop-call",
        "replace-name",
        "spare-first",
    ]
)
"""The kinds of edits that a wrong share of a penalty suggests."""

SHARE = DECAY - {"add-term"}
"""Those of them that do not add the share: it is there."""

DECAYED = 1.5
"""By so much an edit of a penalty's share is likelier, where that is wrong."""


def leaning(likely: frozenset[str], kind: str, texts: Iterable[str]) -> float:
    """Return how much likelier an edit of some statements is; that of penalties, in their own."""
    if not likely >= SHARE:
        return float(kind in likely)
    fits = kind == "add-term" or any(is_strength(text) for text in texts)
    return DECAYED * (kind in likely and fits)
