"""Lines sorted into statements, comments, prose, outputs and the marks between them.

Sorting goes statement by statement, never by looks alone: what Python can't read is no code.
What it can read may still be prose; `judging` decides on that.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from gradcheck.paste.reading import python2
from gradcheck.paste.reading.cleaning import plain
from gradcheck.paste.reading.lexing import end
from gradcheck.paste.reading.lines import Edit, edited, indentation, replaced, stripped
from gradcheck.paste.reading.post import Place
from gradcheck.paste.reading.syntax import COMPOUND, Reading, statement
from gradcheck.record import record

Kind: TypeAlias = Literal[
    "code", "blank", "comment", "prose", "fence", "output", "prompt", "noise", "broken"
]

_FENCE = re.compile(r"\s*(```+|~~~+)\s*\{?\.?([\w+#-]*)[^`]*$")
_OURS = {"", "python", "python3", "python2", "py", "py3", "ipython", "ipython3", "pycon", "diff"}
_PROMPT = re.compile(r"\s*>>>(?: |$)")
_PROMPT_MORE = re.compile(r"\s*(?:\.\.\.|>>>)(?: |$)")
_IN = re.compile(r"\s*In ?\[[\d* ]*\]:? ?")
_IN_MORE = re.compile(r"\s*\.{3,}:(?: |$)")
_OUT = re.compile(r"\s*Out ?\[\d*\]:?")
_TRACEBACK = re.compile(r"\s*(?:\w+Error\s+)?Traceback \(most recent call last\)")
_ERROR = re.compile(r"(?:[\w.]+\.)?\w*(?:Error|Exception|Interrupt|Warning|Exit)\b(?::|\s*$)")
_WARNING = re.compile(r"\S.*:\d+: \w*Warning:")
_FILE = re.compile(r'\s*File ".*", line \d+')
_MAGIC = re.compile(
    r"\s*(?:%{1,2}(?:matplotlib|pylab|load_ext|reload_ext|autoreload|config|timeit|capture|cd|run|"
    r"reset|env|pip|conda|bash|sh|html|javascript|latex|cython|writefile|who|whos|tensorboard|"
    r"tensorflow_version|precision|notebook|prun|memit|lprun|debug|pdb)\b"
    r"|!\s*(?:pip|pip3|conda|wget|curl|ls|cd|git|apt|apt-get|unzip|tar|mkdir|nvidia-smi|python)\b)"
)
_TIMED = re.compile(r"\s*%{1,2}time(?:\s+|$)")
_ANY_MAGIC = re.compile(r"\s*(?:%{1,2}[a-zA-Z]\w*|!\s*\w|\?\w|[\w.]+\?{1,2}\s*$)")
_CELL_MAGIC = re.compile(
    r"\s*%%(?:bash|sh|html|javascript|js|latex|svg|markdown|perl|ruby|cython)\b"
)
_ASSIGNED_MAGIC = re.compile(r"\s*[\w.]+\s*=\s*([%!][a-zA-Z].*)$")
_DATED = re.compile(r"\b(?:print|exec|except|raise)\b|<>|`|\b0\d|\d[lL]\b|\b[uU][rR]['\"]")
_CODELIKE = re.compile(
    r"[\w\])]\s*[-+*/]?=\s*\S|\w\(.*\)|\w\[.*\]|^\s*(?:def|class|for|if|while)\b"
)
_LONGEST_TRACEBACK = 80


@record
class Item:
    """Some lines, from `start` to before `stop`, that belong together."""

    kind: Kind
    start: int
    stop: int
    reading: Reading | None = None
    python2: bool = False


class Sorter:
    """The lines on the way from the given text to items; prompts and magics go on the way."""

    def __init__(self, places: Sequence[Place], *, notebook: bool) -> None:
        self.places = list(places)
        self.notes: list[tuple[int, str]] = []
        self.retyped: set[int] = set()
        self._texts = [place.text for place in places]
        self._plain = {k: plain(p) for k, p in enumerate(places) if not p.text.isascii()}
        self._plain_texts = [
            self._plain[k].text if k in self._plain else text for k, text in enumerate(self._texts)
        ]
        self._notebook = notebook
        self._fenced = ""

    def items(self) -> Iterator[Item]:
        """Return the items of all lines, in order and without gaps."""
        at = 0
        while at < len(self.places):
            for item in self._next(at):
                yield item
                at = item.stop

    def _next(self, at: int) -> Iterator[Item]:
        text = self._texts[at]
        if fence := _FENCE.match(text):
            yield self._fence(at, fence)
        elif _TRACEBACK.match(text) or _FILE.match(text) or _WARNING.match(text):
            yield Item(kind="output", start=at, stop=self._past_traceback(at))
        elif _PROMPT.match(text):
            yield from self._prompted(at, _PROMPT, _PROMPT_MORE)
        elif _IN.match(text):
            yield from self._prompted(at, _IN, _IN_MORE)
        elif _OUT.match(text):
            yield Item(kind="output", start=at, stop=self._next_blank(at))
        elif _CELL_MAGIC.match(text):
            self.notes.append((at, f"`{text.strip()}` is another language's, left out"))
            stop = len(self.places) if self._notebook else self._next_blank(at)
            yield Item(kind="output", start=at, stop=stop)
        else:
            yield self._written(at)

    def _written(self, at: int) -> Item:
        """Return what a line begins that is no mark of a page, a prompt or an output."""
        text = self._texts[at].strip()
        if not text or text.startswith("#"):
            return Item(kind="comment" if text else "blank", start=at, stop=at + 1)
        self._neutralise(at)
        return self._statement(at)

    def _fence(self, at: int, fence: re.Match[str]) -> Item:
        """Pass a fence, with all up to its end where it holds another language."""
        closing = bool(self._fenced)
        self._fenced = "" if closing else fence[1]
        language = fence[2].lower()
        stop = at + 1
        if not closing and language not in _OURS:
            ends = (k for k in range(stop, len(self.places)) if _FENCE.match(self._texts[k]))
            found = next(ends, None)
            if found is not None:
                self.notes.append((at, f"{language} block, left out"))
                self._fenced, stop = "", found + 1
        return Item(kind="fence", start=at, stop=stop)

    def _past_traceback(self, at: int) -> int:
        """Return the line after an error message: the one that names the error, and all before."""
        if _WARNING.match(self._texts[at]):
            following = self._texts[at + 1 : at + 2]
            return at + 1 + bool(following and following[0][:1].isspace())
        stop = min(len(self.places), at + _LONGEST_TRACEBACK)
        named = (k for k in range(at + 1, stop) if _ERROR.match(self._texts[k]))
        return next(named, self._next_blank(at) - 1) + 1

    def _next_blank(self, at: int) -> int:
        blank = (k for k in range(at + 1, len(self._texts)) if not self._texts[k].strip())
        return next(blank, len(self._texts))

    def _prompted(self, at: int, first: re.Pattern[str], more: re.Pattern[str]) -> Iterator[Item]:
        """Take the prompts off the lines that follow, and what they printed out of the way."""
        stop = at
        while found := (first if stop == at else more).match(self._text(stop)):
            self._change(stop, stripped(self.places[stop], found.end()))
            stop += 1
        yield Item(kind="prompt", start=at, stop=at)
        yield from self._between(at, stop)
        silent = stop if first is _IN else self._past_output(stop)
        if silent > stop:
            yield Item(kind="output", start=stop, stop=silent)

    def _between(self, at: int, stop: int) -> Iterator[Item]:
        while at < stop:
            item = self._written(at)
            yield item
            at = item.stop

    def _past_output(self, at: int) -> int:
        while self._text(at).strip() and not _PROMPT.match(self._text(at)):
            at += 1
        return at

    def _text(self, at: int) -> str:
        return self._texts[at] if at < len(self._texts) else ""

    def _change(self, at: int, place: Place) -> None:
        self.places[at] = place
        self._texts[at] = self._plain_texts[at] = place.text
        if not place.text.isascii():
            self._plain[at] = plain(place)
            self._plain_texts[at] = self._plain[at].text

    def _neutralise(self, at: int) -> None:
        """Replace a line that only a notebook can run by one that does nothing."""
        place = self.places[at]
        text = place.text
        body = len(text) - len(text.lstrip())
        if timed := _TIMED.match(text):
            self._change(
                at, replaced(place, body, timed.end(), "" if text[timed.end() :] else "pass")
            )
        elif assigned := _ASSIGNED_MAGIC.match(text):
            self._change(at, replaced(place, assigned.start(1), len(text), "None"))
        elif (_ANY_MAGIC if self._notebook else _MAGIC).match(text) and statement(text) is None:
            self._change(at, replaced(place, body, len(text), "pass"))
        if self.places[at] is not place:
            self.notes.append((at, f"`{text.strip()}` is the notebook's business, left out"))

    def _statement(self, at: int) -> Item:
        """Return the statement that begins on a line, as given or as it must be meant."""
        for texts in (self._texts, self._plain_texts) if self._plain else (self._texts,):
            stop = end(texts, at)
            for last in sorted({stop or at + 1, at + 1}, reverse=True):
                item = self._read(texts, at, last)
                if item:
                    return item
        kind: Kind = "broken" if _CODELIKE.search(self._texts[at]) else "prose"
        return Item(kind=kind, start=at, stop=at + 1)

    def _read(self, texts: list[str], at: int, stop: int) -> Item | None:
        source = "\n".join(texts[at:stop])
        reading = statement(source)
        edits: list[Edit] = []
        dated = False
        if _DATED.search(source) and (reading is None or _misread(reading)):
            edits = python2.syntax_edits(source)
            reading = statement(applied(source, edits)) if edits else reading
            dated = bool(edits) and reading is not None
        if reading is None and self._headless(at, stop):
            last = python2.tokens(source)[-1].stop
            edits = [(last, last, ":")]
            reading = statement(applied(source, edits))
        if reading is None:
            return None
        if texts is not self._texts:
            self._make_plain(at, stop)
        self._apply(at, stop, edits)
        return Item(kind="code", start=at, stop=stop, reading=reading, python2=dated)

    def _headless(self, at: int, stop: int) -> bool:
        """Tell whether a line looks like a header but for its colon: a body stands below it."""
        below = self._text(stop)
        deeper = indentation(self.places[at]) < len(below) - len(below.lstrip())
        return deeper and COMPOUND.match(self._texts[at]) is not None and bool(below.strip())

    def _make_plain(self, at: int, stop: int) -> None:
        for k in range(at, stop):
            if k in self._plain and self._plain[k] is not self.places[k]:
                self.places[k] = self._plain[k]
                self._texts[k] = self._plain_texts[k]
                self.retyped.add(k)

    def _apply(self, at: int, stop: int, edits: list[Edit]) -> None:
        for k, place in enumerate(spread(self.places[at:stop], edits), at):
            if place is not self.places[k]:
                self._change(k, place)


def _misread(reading: Reading) -> bool:
    """Tell whether Python 3 takes a print for something else: `print >>f, x` for a shift."""
    match reading.node:
        case ast.Expr(value=ast.Tuple(elts=[ast.BinOp(left=first), *_])):
            pass
        case ast.Expr(value=ast.Tuple(elts=[first, *_]) | ast.BinOp(left=first)):
            pass
        case _:
            return False
    called = first.func if isinstance(first, ast.Call) else first
    return isinstance(called, ast.Name) and called.id == "print"


def applied(source: str, edits: Sequence[Edit]) -> str:
    """Return a text with edits made."""
    for start, stop, new in reversed(edits):
        source = source[:start] + new + source[stop:]
    return source


def spread(places: Sequence[Place], edits: Sequence[Edit]) -> list[Place]:
    """Return lines with edits made that count in the lines' joined text."""
    result, begin = [], 0
    for place in places:
        stop = begin + len(place.text)
        own = [(a - begin, b - begin, new) for a, b, new in edits if begin <= a and b <= stop]
        result.append(edited(place, own))
        begin = stop + 1
    return result
