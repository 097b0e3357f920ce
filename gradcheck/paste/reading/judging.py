"""Prose that Python could read, told from code.

`Views: 548` is an annotation, `Answers (1)` a call, `Introduction` a name and `[[0]` with the
next line's `[0]]` a list. None of them does anything, so none is needed as code, unless it is
all that a function or loop has for a body.
"""

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gradcheck.paste.reading.lines import indentation
from gradcheck.paste.reading.post import Place
from gradcheck.paste.reading.sorting import Item
from gradcheck.paste.reading.syntax import Reading, names, walk

_BUILTINS = frozenset(dir(builtins))
_BREAKS = ("prose", "fence", "output", "prompt")


def judged(items: Sequence[Item], places: Sequence[Place]) -> list[Item]:
    """Return the items with code that is none called noise."""
    known = _BUILTINS | {
        name for item in items if item.reading for name in bound(item.reading.node)
    }
    certain = [item.reading is not None and _certain(item.reading, known) for item in items]
    held = list(_held(items, places, certain))
    kept = [sure or near for sure, near in zip(certain, held, strict=True)]
    return [
        replace(item, kind="noise") if item.kind == "code" and not keep else item
        for item, keep in zip(items, _with_bodies(items, kept), strict=True)
    ]


def bound(node: ast.AST) -> Iterator[str]:
    """Return the names that a statement binds, inside of it too."""
    for part in walk(node):
        match part:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield (other or name).partition(".")[0]


def _certain(reading: Reading, known: frozenset[str]) -> bool:
    """Tell whether a statement is nothing that one would write in a sentence."""
    node = reading.node
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name)) as call):
            return name in known or any(n.id in known for a in call.args for n in names(a))
        case ast.Expr(value=ast.Call() | ast.Await() | ast.Yield() | ast.YieldFrom()):
            return True
        case ast.Expr() | ast.Pass() | ast.Break() | ast.Continue() | ast.Global() | ast.Nonlocal():
            return False
        case ast.AnnAssign(value=None) | ast.Return(value=None) | ast.Delete() | ast.Assert():
            return False
        case ast.Raise(exc=ast.Name() | None):
            return False
        case ast.Return(value=ast.Name(id=name)):
            return name in known
        case ast.With(items=[ast.withitem(context_expr=ast.Name())]):
            return False
        case ast.If() if reading.keyword != "if":
            return True
        case ast.If(test=ast.Name(id=name)) | ast.While(test=ast.Name(id=name)):
            return name in known
    return True


def _held(
    items: Sequence[Item], places: Sequence[Place], certain: Sequence[bool]
) -> Iterator[bool]:
    """Tell of each item whether the code before it holds it as its own."""
    opened, code, width, gap = False, False, 0, True
    for item, sure in zip(items, certain, strict=True):
        held = False
        if item.kind in _BREAKS:
            opened = code = False
        elif item.kind == "blank":
            gap = True
        elif item.reading:
            own = indentation(places[item.start])
            held = code and (opened or _belongs(item.reading, own, width, gap))
            if sure or held:
                opened, code, width = _expects(item.reading, opened and not sure), True, own
            gap = False
        yield held


def _belongs(reading: Reading, own: int, width: int, gap: bool) -> bool:
    """Tell whether a doubtful statement stands as code stands: indented, or a bare keyword."""
    if isinstance(reading.node, ast.Expr | ast.AnnAssign):
        return own > 0 and own == width and not isinstance(reading.node, ast.Expr)
    return own > 0 or not gap


def _expects(reading: Reading, fields: bool) -> bool:
    """Tell whether anything may follow a statement as its body: also more fields of a class."""
    return reading.opens or (fields and isinstance(reading.node, ast.AnnAssign | ast.Expr))


def _with_bodies(items: Sequence[Item], kept: Sequence[bool]) -> list[bool]:
    """Drop what opens a body that never comes, at the end of the text or before prose."""
    result = list(kept)
    follows = False
    for k in range(len(items) - 1, -1, -1):
        item = items[k]
        if item.kind in _BREAKS:
            follows = False
        elif item.reading and result[k]:
            if (item.reading.opens or item.reading.keyword == "@") and not follows:
                result[k] = False
            follows = follows or result[k]
    return result


def lost(items: Sequence[Item]) -> Iterator[Item]:
    """Return what looks like code right next to code, and could not be kept."""
    for k, item in enumerate(items):
        near = {each.kind for each in (*items[max(0, k - 1) : k], *items[k + 1 : k + 2])}
        header = item.kind == "noise" and item.reading is not None and item.reading.opens
        if (header and "code" in near) or (item.kind == "broken" and near & {"code", "broken"}):
            yield item
