"""Python 2 written as Python 3: statements that were syntax, names that were renamed."""

import re
from collections.abc import Iterator, Sequence

from gradcheck.paste.reading.lines import Edit
from gradcheck.record import record

_TOKEN = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r"|(?P<string>(?<!\w)[uUbBrRfF]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'))"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<space>[^\S\n]+|\\\n)"
    r"|(?P<sign>\n|<>|>>|[-+*/%<>=!]=|.)",
    re.DOTALL,
)
_RENAMED = {
    "xrange": "range", "raw_input": "input", "unicode": "str", "unichr": "chr", "basestring": "str",
    "long": "int", "izip": "zip", "imap": "map",
}  # fmt: skip
_METHODS = {
    "iteritems": "items", "iterkeys": "keys", "itervalues": "values", "next": "__next__",
}  # fmt: skip
_LISTS = ("range", "zip", "map", "filter")
_EATERS = {"list", "dict", "set", "sorted", "sum", "min", "max", "enumerate", "tuple", "reversed"}
_MODERN = re.compile(
    r"\bf['\"]|\bnonlocal\b|\bprint\s*\(.*\b(?:end|sep|flush)\s*=|\)\s*->|[\w)\]] @ [\w(\[]"
)


@record
class Token:
    """A piece of source; `depth` counts the brackets around it."""

    kind: str
    text: str
    start: int
    stop: int
    depth: int


def tokens(source: str) -> list[Token]:
    """Return the pieces of a statement, without white space and comments."""
    found, depth = [], 0
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup or ""
        if kind in ("space", "comment"):
            continue
        depth -= match[0] in ")]}"
        found.append(
            Token(kind=kind, text=match[0], start=match.start(), stop=match.end(), depth=depth)
        )
        depth += match[0] in "([{"
    return found


def modern(source: str) -> bool:
    """Tell whether a program holds what Python 2 can't read."""
    return _MODERN.search(source) is not None


def dated(source: str) -> bool:
    """Tell whether a program that Python 3 reads uses names of Python 2."""
    return re.search(r"\b(?:xrange|raw_input|iteritems|itervalues|has_key)\b", source) is not None


def syntax_edits(source: str) -> list[Edit]:
    """Return what makes a statement of Python 2 one that Python 3 reads."""
    found = tokens(source)
    return sorted({*_statements(found), *_exceptions(found), *_signs(found)})


def name_edits(source: str) -> list[Edit]:
    """Return what makes the names of Python 2 in a statement mean the same in Python 3."""
    found = tokens(source)
    return sorted({*_renamed(found), *_listed(found)})


def _statements(found: Sequence[Token]) -> Iterator[Edit]:
    """`print a, b` and `exec code`, wherever a statement may begin."""
    for at, token in enumerate(found):
        begins = at == 0 or (found[at - 1].text in (";", ":", "\n") and not token.depth)
        if begins and token.text in ("print", "exec") and at + 1 < len(found):
            stop = _stop(found, at)
            inside = found[at + 1 : stop]
            if inside and not (inside[0].text in "=.)," or _called(inside)):
                yield from _call(token, inside)


def _stop(found: Sequence[Token], at: int) -> int:
    ends = (k for k in range(at + 1, len(found)) if found[k].text in ";\n" and not found[k].depth)
    return next(ends, len(found))


def _called(inside: Sequence[Token]) -> bool:
    """Tell whether what follows `print` is one pair of brackets and nothing else."""
    return inside[0].text == "(" and all(t.depth > inside[0].depth for t in inside[1:-1])


def _call(token: Token, inside: Sequence[Token]) -> Iterator[Edit]:
    yield token.stop, inside[0].start, "("
    last = inside[-1].stop
    if inside[0].text == ">>":
        comma = next((t for t in inside if t.text == "," and not t.depth), None)
        stream = inside[1].text if len(inside) > 1 else "None"
        yield inside[0].start, comma.stop if comma else last, ""
        yield last, last, f", file={stream})" if comma else f"file={stream})"
    elif inside[-1].text == ",":
        yield inside[-1].start, last, ', end=" ")'
    elif token.text == "exec" and (place := next((t for t in inside if t.text == "in"), None)):
        yield place.start, place.stop, ","
        yield last, last, ")"
    else:
        yield last, last, ")"


def _exceptions(found: Sequence[Token]) -> Iterator[Edit]:
    """`except E, e:` and `raise E, "why"`."""
    if not found or found[0].text not in ("except", "raise"):
        return
    comma = next((t for t in found if t.text == "," and not t.depth), None)
    if comma and found[0].text == "except":
        yield comma.start, comma.stop, " as"
    elif comma:
        last = found[-1].stop
        yield comma.start, comma.stop, "("
        yield last, last, ")"


def _signs(found: Sequence[Token]) -> Iterator[Edit]:
    """`<>`, octal and long numbers, `ur` strings, and backticks for `repr`."""
    opened = True
    for token in found:
        if token.text == "<>":
            yield token.start, token.stop, "!="
        elif token.text == "`":
            yield token.start, token.stop, "repr(" if opened else ")"
            opened = not opened
        elif token.kind == "number" and re.fullmatch(r"0[0-7]+[lL]?", token.text):
            yield token.start, token.start + 1, "0o"
        elif token.kind == "number" and re.fullmatch(r"\d+[lL]", token.text):
            yield token.stop - 1, token.stop, ""
        elif token.kind == "string" and token.text[:2].lower() == "ur":
            yield token.start, token.start + 1, ""


def _renamed(found: Sequence[Token]) -> Iterator[Edit]:
    for before, token in zip([None, *found], found, strict=False):
        attribute = before is not None and before.text == "."
        new = (_METHODS if attribute else _RENAMED).get(token.text)
        if token.kind == "name" and new:
            yield token.start, token.stop, new
        if token.text == "cPickle" and before is not None and before.text in ("import", "from"):
            yield (
                token.start,
                token.stop,
                "pickle as cPickle" if before.text == "import" else "pickle",
            )


def _listed(found: Sequence[Token]) -> Iterator[Edit]:
    """`zip(...)` and the like made lists again, where it may matter."""
    for at, token in enumerate(found[:-1]):
        if token.text not in _LISTS or found[at + 1].text != "(" or _consumed(found, at):
            continue
        close = next((t for t in found[at + 2 :] if t.text == ")" and t.depth == token.depth), None)
        if close:
            yield token.start, token.start, "list("
            yield close.stop, close.stop, ")"


def _consumed(found: Sequence[Token], at: int) -> bool:
    before = [t.text for t in found[max(0, at - 2) : at]]
    if not before:
        return True
    eaten = before[-1] == "(" and before[0] in _EATERS
    return eaten or before[-1] in ("in", ".", "def", "*", "class", "import", ",", "from")
