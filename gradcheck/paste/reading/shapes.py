"""What a text says of the shapes of things: in its prose, its comments and its docstrings.

`w: (h, n)`, `X -- data of shape (n_x, m)`, `W is H x D`, `b = start()  # (h, 1)`, `r is a float`.
Nothing depends on it but the order in which shapes are tried, so a misread one does no harm.
"""

import keyword
import re
from collections.abc import Iterator

from gradcheck.record import record

_SIZE = r"(?:[A-Za-z]\w*(?: [a-z]+){0,3}|\d+)(?:\s*[*+-]\s*\w+)*"
_GROUP = re.compile(
    rf"(?<![\w)\]])[(\[]\s*({_SIZE}(?:\s*,\s*{_SIZE})*\s*,?)\s*[)\]]"
    r"|(?<![\w.])(\d+|[A-Za-z]\w* (?=[x×] )) ?[x×] ?(\d+|(?<=[x×] )[A-Za-z]\w*)(?![\w.(\[])"
    r"|\b(float|scalar|(?:real )?number)\b(?! of| per| for|\()"
)
_SAYS_SHAPE = re.compile(r"(?i)\b(?:shape|dim\w*|size)\b")
_HEAD = re.compile(
    r"^[\W\d]*(?:self\.)?([A-Za-z]\w*)`?\s*(?::|--?|–|—|=|\.shape\b|(?:is|are|has|have|of|in)\b)"
)
_NAME = re.compile(r"(?:self\.)?\b([A-Za-z]\w*)")
_CODE = re.compile(r"(?:[(,]|(?<!shape)\s?(?<!=)=)\s*$")
"""What stands before a tuple in a call, or in an assignment of one."""

_CLAUSE = re.compile(r"[;,]|\.\s|\band\b")
_SIGNS = re.compile(
    r"\+\s?1\b['\"`]?\s?(?:/|or|and|vs\.?)\s?['\"`]?[-−–]\s?1\b"
    r"|[-−–]\s?1\b['\"`]?\s?(?:/|or|and|vs\.?)\s?['\"`]?\+?\s?1\b"
    r"|\{\s*[-+−]\s?1\s*,\s*[-+−]?\s?1\s*\}|±\s?1\b|\+-1\b"
)
_FARTHEST = 80
_LONGEST = 200_000
_MOST_LETTERS = 3


@record
class Told:
    """The shapes that are said of names, sizes being numbers or names; no size: a number.

    `signs` tells that something, likely the labels, is +1 or -1.
    """

    shapes: dict[str, list[list[str]]]
    signs: bool


def told(text: str) -> Told:
    """Return what a text says of shapes."""
    text = text[:_LONGEST]
    shapes: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        for name, shape in _said(line):
            known = shapes.setdefault(name, [])
            if shape not in known:
                known.append(shape)
    return Told(shapes=shapes, signs=bool(_SIGNS.search(text)))


def _said(line: str) -> Iterator[tuple[str, list[str]]]:
    begin = 0
    for group in _GROUP.finditer(line):
        before = line[max(begin, group.start() - _FARTHEST) : group.start()]
        shape = _shape(group, before)
        if shape is None or (shape and _CODE.search(before)):
            continue
        begin = group.end()
        for name in _subjects(before):
            yield name, shape


def _shape(group: re.Match[str], before: str) -> list[str] | None:
    listed, rows, columns, number = group.groups()
    if number:
        return []
    if rows:
        both = [rows.strip(), columns]
        return both if all(map(_is_size, both)) else None
    sizes = [size.strip() for size in listed.split(",") if size.strip()]
    if "," not in listed or group[0].startswith("["):
        return sizes if _SAYS_SHAPE.search(before) else None
    return sizes


def _is_size(text: str) -> bool:
    """Tell what stands for a size in `n x m` from the words of a sentence."""
    letters = len(text) <= _MOST_LETTERS and not keyword.iskeyword(text)
    return text.isdigit() or letters or any(c == "_" or c.isdigit() for c in text)


def _subjects(before: str) -> list[str]:
    """Return the names that a shape may be said of: that at the nearest clause's head, or all."""
    clauses = [part for part in reversed(_CLAUSE.split(before)) if part]
    head = next((found for part in clauses if (found := _HEAD.match(part))), None)
    if head is not None:
        return [head[1]]
    return list(dict.fromkeys(reversed(_NAME.findall(before))))
