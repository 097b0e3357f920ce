"""Whether a program's samples are columns, as it is written: there, weights stand on the left."""

import ast
import re
from collections.abc import Iterator

_WEIGHT = re.compile(r"(?i)(?:^|[^a-z])(?:w|weights?|thetas?|kernels?)(?:[^a-z]|$)")
_PRODUCTS = ("dot", "matmul")


def handed_columns(tree: ast.Module, name: str) -> bool:
    """Tell whether all that a function is handed are products with weights on their left alone.

    What is handed on under a name is what the program gives to that name anywhere.
    """
    sides = [side for value in _handed(tree, name) for side in _weights(value)]
    return bool(sides) and all(sides)


def _handed(tree: ast.Module, name: str) -> Iterator[ast.expr]:
    """Yield the first argument of each call, and what the program gives to its name."""
    arguments = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=own) | ast.Attribute(attr=own), args=[first, *_]):
                if own == name:
                    arguments.append(first)
    yield from arguments
    texts = {ast.unparse(argument) for argument in arguments}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[target], value=value) if ast.unparse(target) in texts:
                yield value


def _weights(value: ast.expr) -> Iterator[bool]:
    """Yield of each product of weights and something else whether they are on the left."""
    for node in ast.walk(value):
        match node:
            case ast.BinOp(op=ast.MatMult(), left=left, right=right):
                pass
            case ast.Call(func=ast.Attribute(attr=attr), args=[left, right]) if attr in _PRODUCTS:
                pass
            case ast.Call(func=ast.Attribute(value=left, attr="dot"), args=[right]):
                pass
            case _:
                continue
        on = [bool(_WEIGHT.search(ast.unparse(side))) for side in (left, right)]
        if on[0] != on[1]:
            yield on[0]
