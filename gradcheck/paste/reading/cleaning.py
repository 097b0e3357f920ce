"""Characters that Python does not read: invisible ones, and look-alikes of those it does."""

import re
from collections.abc import Callable, Iterator

from gradcheck.paste.reading.lines import Edit, edited
from gradcheck.paste.reading.post import Place

_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&#39;": "'", "&nbsp;": " "}
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_INVISIBLE = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
)
_CONTROL = "\x00-\x08\x0b\x0e-\x1f\x7f\x85"
_UNREADABLE = re.compile(
    rf"(?P<space>[{_SPACES}])|(?P<invisible>[{_INVISIBLE}{_CONTROL}])|(?P<surrogate>[\ud800-\udfff])"
)
_ENTITY = re.compile(
    r"(?P<comment>\#(?!\d+;).*)|(?P<string>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    rf"|(?P<entity>{'|'.join(_ENTITIES)})"
)
_CURLY_DOUBLE = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"
_CURLY_SINGLE = "\u2018\u2019\u201a\u201b\u2032\uff07\u00b4"
_LOOKALIKES = {
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2010": "-", "\u2011": "-",
    "\u00d7": "*", "\u22c5": "*", "\u2217": "*", "\u00f7": "/", "\u2044": "/",
    "\u2264": "<=", "\u2265": ">=", "\u2260": "!=", "\u2026": "...", "\u3001": ",", "\u3002": ".",
    "\u00b2": "**2", "\u00b3": "**3",
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
}  # fmt: skip
_CODE = re.compile(
    r"(?P<comment>\#.*)"
    r'|(?P<triple>""".*?(?:"""|$)|\'\'\'.*?(?:\'\'\'|$))'
    r"|(?P<string>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    rf"|(?P<double>[{_CURLY_DOUBLE}][^{_CURLY_DOUBLE}\"]*[{_CURLY_DOUBLE}\"]|\"[^\"]*?[{_CURLY_DOUBLE}])"
    rf"|(?P<single>[{_CURLY_SINGLE}][^{_CURLY_SINGLE}']*[{_CURLY_SINGLE}']|'[^']*?[{_CURLY_SINGLE}])"
    rf"|(?P<alike>[{re.escape(''.join(_LOOKALIKES))}])"
)


def readable(place: Place) -> Place:
    """Return the line without characters that mean nothing in any language."""
    seen = _substituted(place, _UNREADABLE, _readable)
    return _substituted(seen, _ENTITY, _readable) if "&" in seen.text else seen


def plain(place: Place) -> Place:
    """Return the line with curly quotes, long dashes and the like as Python writes them.

    Strings and comments keep theirs.
    """
    return place if place.text.isascii() else _substituted(place, _CODE, _plain)


def _readable(found: re.Match[str]) -> Iterator[Edit]:
    start, stop = found.span()
    match found.lastgroup:
        case "space":
            yield start, stop, " "
        case "invisible":
            yield start, stop, ""
        case "surrogate":
            yield start, stop, "\ufffd"
        case "entity":
            yield start, stop, _ENTITIES[found[0]]


def _plain(found: re.Match[str]) -> Iterator[Edit]:
    start, stop = found.span()
    match found.lastgroup:
        case "double":
            yield start, start + 1, '"'
            yield stop - 1, stop, '"'
        case "single":
            yield start, start + 1, "'"
            yield stop - 1, stop, "'"
        case "alike":
            yield start, stop, _LOOKALIKES[found[0]]


def _substituted(
    place: Place,
    pattern: re.Pattern[str],
    edits: Callable[[re.Match[str]], Iterator[Edit]],
) -> Place:
    return edited(place, [e for match in pattern.finditer(place.text) for e in edits(match)])
