"""Brackets and quotes: where a statement that begins on some line ends."""

import re
from collections.abc import Sequence
from functools import lru_cache

from gradcheck.record import record

LONGEST = 250
"""The most lines that one statement may have, so that no bracket swallows a whole text."""

_TOKEN = re.compile(
    r"(?P<comment>\#.*)"
    r'|(?P<triple>"""|\'\'\')'
    r"|(?P<string>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<loose>[\"'])"
    r"|(?P<bracket>[()\[\]{}])"
    r"|(?P<continued>\\\s*$)"
)
_OPENED = {")": "(", "]": "[", "}": "{"}
_STARTS = re.compile(r"\s*(?:def|class|import|return|while|with|try|del|assert|raise)\b(?!\s*=)")


@record
class Marks:
    """What a line does to the brackets: `brackets` as they stand, and the quotes left open."""

    brackets: str = ""
    triple: str = ""
    continued: bool = False
    broken: bool = False


def end(texts: Sequence[str], start: int) -> int | None:
    """Return the line after the statement that begins on a line; None if it never ends."""
    open_brackets: list[str] = []
    triple = ""
    for at in range(start, min(len(texts), start + LONGEST)):
        text = texts[at]
        if triple:
            close = _closing(text, triple)
            if close < 0:
                continue
            text, triple = " " * close + text[close:], ""
        elif open_brackets and _STARTS.match(text):
            return None
        marks = scan(text)
        if marks.broken or not _nested(marks.brackets, open_brackets):
            return None
        triple = marks.triple
        if not (triple or open_brackets or marks.continued):
            return at + 1
    return None


@lru_cache(maxsize=20_000)
def scan(text: str) -> Marks:
    """Return what a line does to brackets and strings, if it begins outside of strings."""
    brackets: list[str] = []
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        match found.lastgroup:
            case "comment":
                break
            case "bracket":
                brackets.append(found[0])
            case "triple":
                at = _closing(text, found[0], at)
                if at < 0:
                    return Marks(brackets="".join(brackets), triple=found[0])
            case "loose":
                if not text.endswith("\\"):
                    return Marks(broken=True)
                return Marks(brackets="".join(brackets), triple=found[0])
            case "continued":
                return Marks(brackets="".join(brackets), continued=True)
    return Marks(brackets="".join(brackets))


def _closing(text: str, quotes: str, at: int = 0) -> int:
    """Return the place after the quotes that close a long string, or -1."""
    while (close := text.find(quotes, at)) > 0 and _escaped(text, close):
        at = close + 1
    return close + len(quotes) if close >= 0 else -1


def _escaped(text: str, at: int) -> bool:
    before = text[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _nested(brackets: str, opened: list[str]) -> bool:
    """Add a line's brackets to those that are open; tell whether they match."""
    for bracket in brackets:
        if bracket not in _OPENED:
            opened.append(bracket)
        elif not opened or opened.pop() != _OPENED[bracket]:
            return False
    return True


def within_strings(texts: Sequence[str]) -> list[bool]:
    """Tell of each line of a statement whether it begins inside a string of several lines."""
    result, triple = [], ""
    for text in texts:
        result.append(bool(triple))
        if triple:
            close = _closing(text, triple)
            if close < 0:
                continue
            text = " " * close + text[close:]
        triple = scan(text).triple
    return result
