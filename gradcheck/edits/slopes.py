"""Edits of derivatives written out."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from gradcheck.edits.place import Place, Proposal, factor, times
from gradcheck.edits.rewrite import source
from gradcheck.record import record

_LEAK = 1.9


def append_derivative(place: Place) -> Iterator[Proposal]:
    if isinstance(place.node, ast.Constant):
        return
    for position, slope in enumerate(place.material.slopes):
        cost = 2.5 + min(0.3, 0.02 * position)
        yield times(place, slope), cost, f"multiply by {slope}"


def replace_by_derivative(place: Place) -> Iterator[Proposal]:
    """Write a derivative in the place of a value, the likelier if it is taken at that value."""
    node = place.node
    if isinstance(node, ast.Name | ast.Subscript | ast.Call) or _is_member(node):
        own, named = place.read(node), _operands(node)
        for slope in place.material.slopes:
            bare, taken = _taken(slope)
            yield bare, 2.1 if named & taken else 2.3, f"write {bare} for {own}"


def other_derivative(place: Place) -> Iterator[Proposal]:
    """Write another derivative in the place of one that is written out, within a product or not."""
    rule = _rule(place.node)
    if rule is None:
        return
    for slope in place.material.slopes:
        bare, taken = _taken(slope)
        other = _rule(ast.parse(slope, mode="eval").body)
        if other is not None and other.name == rule.name:
            continue  # That is the same one, at another value.
        new = bare if rule.rest is None else f"{factor(place, rule.rest)} * {slope}"
        yield new, 2.1 if rule.taken & taken else 2.3, f"write the derivative {bare}"


@record
class _Rule:
    """A derivative that is written out: what it multiplies, and the values it is taken at."""

    name: str
    rest: ast.expr | None
    taken: frozenset[str]


def _rule(node: ast.expr) -> _Rule | None:
    match node:
        case ast.BinOp(
            left=ast.BinOp(left=rest, op=ast.Mult(), right=one), op=ast.Mult(), right=other
        ) if _is_pair(one, other):
            return _Rule(name="a * (1 - a)", rest=rest, taken=_operands(one))
        case ast.BinOp(left=one, op=ast.Mult(), right=other) if _is_pair(one, other):
            return _Rule(name="a * (1 - a)", rest=None, taken=_operands(one))
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=ast.BinOp(op=ast.Pow())):
            return _Rule(name="1 - a**2", rest=None, taken=_operands(node))
        case ast.Compare(left=left, comparators=[ast.Constant(value=0)]):
            return _Rule(name="z > 0", rest=None, taken=_operands(left))
    return None


def _is_pair(one: ast.expr, other: ast.expr) -> bool:
    return any(
        _is_taken(less, ast.unparse(value)) and isinstance(less, ast.BinOp)
        for value, less in ((one, other), (other, one))
    )


@lru_cache(maxsize=256)
def _taken(slope: str) -> tuple[str, frozenset[str]]:
    """Return a derivative without parentheses around it, and the values that it is taken at."""
    derivative = ast.parse(slope, mode="eval").body
    return source(slope, derivative), _operands(derivative)


def _is_member(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr != "T"


def _operands(node: ast.expr) -> frozenset[str]:
    """Return the values that an expression is made of, but no names of functions."""
    called = {id(n.func) for n in ast.walk(node) if isinstance(n, ast.Call)}
    whole = ast.Name | ast.Attribute | ast.Subscript
    read = (n for n in ast.walk(node) if isinstance(n, whole) and id(n) not in called)
    return frozenset(map(ast.unparse, read))


def leak(place: Place) -> Iterator[Proposal]:
    """Write the slope that a unit keeps where it is off, in the place of zero."""
    if not place.material.leaks:
        return
    node, where = place.node, place.numpy("where")
    for slope in place.material.leaks:
        what = f"{slope} where the unit is off"
        match node:
            case ast.Call(args=[test, on, ast.Constant(value=0)], keywords=[]):
                on_text = f"{place.read(test)}, {place.read(on)}"
                yield f"{place.read(node.func)}({on_text}, {slope})", _LEAK, what
            case ast.IfExp(test=test, body=on, orelse=ast.Constant(value=0)):
                yield f"{place.read(on)} if {place.read(test)} else {slope}", _LEAK, what
            case (
                ast.Compare()
                | ast.Call(func=ast.Attribute(value=ast.Compare(), attr="astype"))
                | ast.BinOp(op=ast.Mult(), left=ast.Compare(), right=ast.Constant(value=1))
            ) if where is not None:
                mask = next(n for n in ast.walk(node) if isinstance(n, ast.Compare))
                yield f"{where}({place.read(mask)}, 1.0, {slope})", _LEAK, what


def square(place: Place) -> Iterator[Proposal]:
    node = place.node
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
        yield f"{place.read(node)}**2", 1.8, "square"
    match node:
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int() as exponent)):
            yield f"{place.closed(left)}**{exponent + 1}", 2.0, f"raise to the power {exponent + 1}"
    match node:
        case ast.BinOp(
            left=ast.BinOp(op=ast.Add() | ast.Sub()) as total, op=ast.Pow(), right=power
        ):
            raised = f"{place.closed(total.right)}**{place.closed(power)}"
        case ast.Call(args=[ast.BinOp(op=ast.Add() | ast.Sub()) as total, *rest], keywords=[]) if (
            place.read(node.func).rpartition(".")[2] in ("square", "power")
        ):
            inside = ", ".join([place.read(total.right), *map(place.read, rest)])
            raised = f"{place.read(node.func)}({inside})"
        case _:
            return
    sign = "+" if isinstance(total.op, ast.Add) else "-"
    yield f"{place.read(total.left)} {sign} {raised}", 1.8, f"raise {place.read(total.right)} only"


def drop_square(place: Place) -> Iterator[Proposal]:
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        yield place.read(node.left), 1.8, "drop the power"


def complement(place: Place) -> Iterator[Proposal]:
    """Write a, 1 - a, a * (1 - a), or 1 - a**2, where one of them stands for another."""
    node = place.node
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
        own = place.read(node)
        yield f"1 - {own}", 2.2, f"1 - {own}"
        yield f"{own} * (1 - {own})", 2.2, "write the whole derivative"
        yield f"1 - {own}**2", 2.4, "write the whole derivative"
    if isinstance(node, ast.Call) and place.read(node.func).rpartition(".")[2] == "exp":
        yield f"1 + {place.read(node)}", 2.2, "add the 1 of the logistic function"
    if (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Sub)
        and isinstance(node.left, ast.Constant)
        and node.left.value == 1
    ):
        inner = node.right
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Pow):
            inner = inner.left
        own = place.closed(inner)
        yield place.read(inner), 2.0, f"write {place.read(inner)}, not 1 less that"
        yield f"{own} * (1 - {own})", 2.2, "write the whole derivative"
        yield f"1 - {own}**2", 1.8, "write the whole derivative"


def softmax(place: Place) -> Iterator[Proposal]:
    """Carry a derivative back through a softmax with what the entries do to each other.

    It stands in a product with the softmax's output, or a slope of that, or alone.
    """
    total = place.numpy("sum")
    if total is None:
        return
    for chance, axis in place.material.chances.items():
        along = "" if axis is None else f", axis={axis}, keepdims=True"
        for upstream, cost in _upstreams(place, chance):
            own = place.closed(upstream)
            new = f"{chance} * ({place.read(upstream)} - {total}({own} * {chance}{along}))"
            yield new, cost, "let the entries of the softmax share"


def _upstreams(place: Place, chance: str) -> Iterator[tuple[ast.expr, float]]:
    """Yield what may be the derivative by a softmax's output, and how unlikely that is."""
    parts = [*_factors(place.node)]
    rest = [part for part in parts if not _is_taken(part, chance)]
    if len(rest) < len(parts):
        yield from ((part, 2.2) for part in rest[:1] if len(rest) == 1)
    elif len(parts) == 2:
        yield from ((part, 2.6) for part in parts)
    elif place.whole:
        yield place.node, 2.8


def _factors(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield from _factors(left)
            yield from _factors(right)
        case _:
            yield node


def _is_taken(node: ast.expr, chance: str) -> bool:
    """Tell a value, and 1 - that value."""
    match node:
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=right):
            return ast.unparse(right) == chance
    return ast.unparse(node) == chance
