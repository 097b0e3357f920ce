"""How many steps a program means to make, from the loops around them."""

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.values import is_number


def planned(stage: Stage) -> int | None:
    """Return the number of steps in all; None where a loop does not say how often it turns."""
    turns = stage.inquiry.found.turns
    names = {path.root: thing for path, thing in stage.base.before.things.items() if not path.keys}
    count = 1
    for loop in (*turns.outer, turns.loop):
        times = _times(stage.inquiry.machine.nodes.get(loop), names)
        if times is None:
            return None
        count *= times
    return count


def _times(loop: ast.AST | None, names: Mapping[str, Any]) -> int | None:
    match loop:
        case ast.For(iter=ast.Call(func=ast.Name(id="range"), args=args)):
            numbers = [_number(arg, names) for arg in args]
            known = [number for number in numbers if number is not None]
            return len(range(*known)) if len(known) == len(numbers) else None
        case ast.For(iter=ast.Call(func=ast.Name(id="zip" | "enumerate"), args=[first, *_])):
            return _length(first, names)
        case ast.For(iter=iterated):
            return _length(iterated, names)
    return None


def _number(node: ast.expr, names: Mapping[str, Any]) -> int | None:
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.Name(id=name) if is_number(names.get(name)):
            return int(names[name])
        case ast.Call(func=ast.Name(id="len"), args=[inner]):
            return _length(inner, names)
        case ast.Call(func=ast.Name(id="int"), args=[inner]):
            return _number(inner, names)
        case ast.Subscript(
            value=ast.Attribute(attr="shape", value=inner), slice=ast.Constant(value=0)
        ):
            return _length(inner, names)
    return None


def _length(node: ast.expr, names: Mapping[str, Any]) -> int | None:
    thing = names.get(node.id) if isinstance(node, ast.Name) else None
    return len(thing) if isinstance(thing, np.ndarray | list) else None
