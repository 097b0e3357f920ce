"""Edits of the indices of a subscript."""

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations

from gradcheck.edits.place import Place, Proposal

_MOST_AXES = 2
_ENDS = {"1:": ":-1", ":-1": "1:"}


def change_index(place: Place) -> Iterator[Proposal]:
    node = place.node
    if not isinstance(node, ast.Subscript):
        return
    yield from _other_indices(place, node)
    yield from _other_end(place, node)
    parts = _parts(node)
    picking = [part for part in parts if not isinstance(part, ast.Slice)]
    # Of windows that move over pictures there is a neighbour in every direction.
    several = len(picking) > _MOST_AXES
    for position, part in () if several else enumerate(parts):
        for near, what in _neighbours(place, part):
            yield _with(place, node, {position: near}), 2.0 + 0.2 * (len(parts) > 1), what


def swap_indices(place: Place) -> Iterator[Proposal]:
    """Exchange two indices of a subscript: rows for columns."""
    node = place.node
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
        return
    texts = [place.read(index) for index in node.slice.elts]
    for (first, one), (second, other) in combinations(enumerate(texts), 2):
        if {":", "..."}.isdisjoint((one, other)):
            new = _with(place, node, {first: other, second: one})
            yield new, 2.0, f"exchange {one} and {other}"


def _parts(node: ast.Subscript) -> Sequence[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _with(place: Place, node: ast.Subscript, new: dict[int, str]) -> str:
    """Return a subscript with other indices at some positions."""
    texts = [new.get(k) or place.read(part) for k, part in enumerate(_parts(node))]
    return f"{place.read(node.value)}[{', '.join(texts)}]"


def _neighbours(place: Place, index: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield the indices next to one, each with what it is in words."""
    match index:
        case ast.Constant(value=int() as number):
            yield from (
                (f"{number - 1}", "one index earlier"),
                (f"{number + 1}", "one index later"),
            )
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            yield place.read(left), "the same index"
            sign, own = ("-", "+") if isinstance(op, ast.Add) else ("+", "-")
            yield f"{place.read(left)} {sign} {place.read(right)}", "the other neighbour"
            if isinstance(right, ast.Constant) and isinstance(right.value, int):
                yield f"{place.read(left)} {own} {right.value + 1}", "one index further"
        case ast.Name() | ast.UnaryOp():
            own = place.read(index)
            yield from ((f"{own} - 1", "one index earlier"), (f"{own} + 1", "one index later"))


def _other_end(place: Place, node: ast.Subscript) -> Iterator[Proposal]:
    """Yield a subscript that leaves out the last entry, for one that does the first, or back."""
    for position, part in enumerate(_parts(node)):
        text = place.read(part)
        other = _ENDS.get(text.replace(" ", ""))
        if other is not None:
            yield _with(place, node, {position: other}), 2.0, f"take {other} for {text}"


def _other_indices(place: Place, node: ast.Subscript) -> Iterator[Proposal]:
    """Yield a subscript with the variable of another loop in the place of one."""
    for position, part in enumerate(_parts(node)):
        text = place.read(part)
        one = isinstance(part, ast.Name) or _is_number(part)
        for name in place.material.indices if one else ():
            if name != text:
                new = _with(place, node, {position: name})
                yield new, 2.1, f"write the index {name} for {text}"


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int
