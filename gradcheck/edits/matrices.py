"""Edits of matrix products and transposes."""

import ast
from collections.abc import Callable, Iterator

from gradcheck.edits.place import Place, Proposal, factor, is_product_call, multiplied


def transpose(place: Place) -> Iterator[Proposal]:
    node = place.node
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield place.read(node.value), 1.5, "do not transpose"
    elif isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
        yield f"{place.read(node)}.T", 1.5, "transpose"
    operands = product(node)
    if operands:
        left, right = map(place.closed, operands)
        yield f"{_turned(right)} @ {_turned(left)}", 1.6, "transpose the product"


def dot_to_product(place: Place) -> Iterator[Proposal]:
    operands = product(place.node)
    if operands:
        left, right = map(place.closed, operands)
        yield f"{left} * {right}", 1.5, "multiply entry by entry"
        yield f"{left} * {_turned(right)}", 1.7, "multiply entry by entry"
        yield f"{_turned(left)} * {right}", 1.7, "multiply entry by entry"
    match place.node, place.material.entrywise:
        case ast.BinOp(left=one, op=ast.Mult(), right=other), str() as entrywise:
            new = f"{entrywise}({place.read(one)}, {place.read(other)})"
            yield new, 1.5, "multiply entry by entry"


def _turned(operand: str) -> str:
    return operand.removesuffix(".T") if operand.endswith(".T") else f"{operand}.T"


def product_to_dot(place: Place) -> Iterator[Proposal]:
    node, factors = place.node, multiplied(place.node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        factors = node.left, node.right
    if factors:
        left, right = map(place.closed, factors)
        for one, other in ((left, right), (f"{left}.T", right), (left, f"{right}.T")):
            yield f"{one} @ {other}", 2.0, "take the matrix product"


def multiply_matrix(place: Place) -> Iterator[Proposal]:
    """Multiply a matrix by another that fits: a weight that the way back has lost."""
    own, shape = place.read(place.node), _shape(place)
    for name in place.material.names if len(shape) == 2 else ():
        other = place.material.shapes.get(name, ())
        if name == own or len(other) != 2:
            continue
        (rows, columns), (first, last) = shape, other
        if columns == last:
            yield f"{own} @ {name}.T", 2.7, f"multiply by {name}.T"
        if columns == first:
            yield f"{own} @ {name}", 2.8, f"multiply by {name}"
        if rows == first:
            yield f"{name}.T @ {own}", 2.9, f"multiply by {name}.T"
        if rows == last:
            yield f"{name} @ {own}", 2.9, f"multiply by {name}"


def reverse(place: Place) -> Iterator[Proposal]:
    """Turn a kernel round along the axes that it moves along.

    They come last, behind the channels, or first.
    """
    own, shape = place.read(place.node), _shape(place)
    moving = len(shape) - 2
    if moving not in (1, 2) or not own.replace(".", "").isidentifier():
        return
    for sizes, lead, cost in ((shape[2:], ":, :, ", 2.4), (shape[:moving], "", 2.6)):
        if len({*sizes}) == 1 and sizes[0] > 1:
            turned = lead + ", ".join(["::-1"] * moving)
            yield f"{own}[{turned}]", cost, f"turn {own} round"


def _shape(place: Place) -> tuple[int, ...]:
    """Return the shape of a named value, or of one transposed; () of anything else."""
    match place.node:
        case ast.Attribute(value=inner, attr="T"):
            return place.material.shapes.get(place.read(inner), ())[::-1]
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return place.material.shapes.get(place.read(place.node), ())
    return ()


def spare_first(place: Place) -> Iterator[Proposal]:
    """Spare the first entry, row or column, where a bias is kept, of what a number multiplies."""
    node, numpy = place.node, place.numpy
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return
    for weight, strength in ((node.right, node.left), (node.left, node.right)):
        own = place.read(weight)
        shape = place.material.shapes.get(own, ())
        if not shape or place.material.numpy is None or not _is_number(place, strength):
            continue
        for spared, cost in _spared(own, shape, numpy):
            yield f"{factor(place, strength)} * {spared}", cost, f"spare the bias in {own}"


def _is_number(place: Place, node: ast.expr) -> bool:
    """Tell what is made of numbers alone, such as `reg / len(x)`."""
    match node:
        case ast.BinOp(left=left, right=right):
            return _is_number(place, left) and _is_number(place, right)
        case ast.Call(func=ast.Name(id="len" | "float")) | ast.Constant():
            return True
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return place.read(node) not in place.material.shapes
    return False


def _spared(
    own: str, shape: tuple[int, ...], numpy: Callable[[str], str | None]
) -> Iterator[tuple[str, float]]:
    """Yield an array with zeros for its first entry, row or column."""
    if len(shape) == 1:
        yield f"{numpy('append')}(0, {own}[1:])", 2.0
    elif shape[0] == 1:
        yield f"{numpy('hstack')}(([[0]], {own}[:, 1:]))", 2.0
    elif shape[1:] == (1,):
        yield f"{numpy('vstack')}((0, {own}[1:]))", 2.0
    elif len(shape) == 2:
        yield f"{numpy('insert')}({own}[:, 1:], 0, 0, axis=1)", 2.1
        yield f"{numpy('insert')}({own}[1:], 0, 0, axis=0)", 2.1


def product(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """Return the operands of a matrix product, however it is written."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return node.left, node.right
    if is_product_call(node):
        if len(node.args) == 2:
            return node.args[0], node.args[1]
        if len(node.args) == 1 and isinstance(node.func, ast.Attribute):
            return node.func.value, node.args[0]
    return None
