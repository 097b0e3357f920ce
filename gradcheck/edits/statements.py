"""Edits of what a statement does with its value, and of what it sets single entries to."""

import ast
from collections.abc import Iterator

from gradcheck.edits.arithmetic import OTHER
from gradcheck.edits.material import Material
from gradcheck.edits.rewrite import Rewrite, source, span

_AUGMENTED = {ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/="}
_INSTEAD: dict[str, tuple[tuple[str, str, float], ...]] = {
    "+=": (("-=", "flip-update", 1.5), ("=", "accumulate-to-assign", 2.4)),
    "-=": (("+=", "flip-update", 1.5),),
    "*=": (("/=", "divide", 2.2),),
    "/=": (("*=", "multiply", 2.4),),
    "=": (("+=", "assign-to-accumulate", 1.7), ("-=", "assign-to-update", 2.0)),
}


def statement_rewrites(text: str, node: ast.stmt, material: Material) -> Iterator[Rewrite]:
    """Yield the edits of an assignment as such, a statement of `text`."""
    yield from _operator(text, node)
    yield from _divided(text, node, material)
    yield from _balanced(text, node)
    yield from _leaking(text, node, material)
    yield from _scattered(text, node)


def _operator(text: str, node: ast.stmt) -> Iterator[Rewrite]:
    match node:
        case ast.AugAssign(target=target, op=op) if type(op) in _AUGMENTED:
            sign = _AUGMENTED[type(op)]
        case ast.Assign(targets=[ast.Name() | ast.Attribute() | ast.Subscript() as target]):
            sign = "="
        case _:
            return
    _, behind = span(text, target)
    start = text.index(sign, behind)
    for new, kind, cost in _INSTEAD[sign]:
        yield Rewrite(
            start=start,
            end=start + len(sign),
            new=new,
            kind=kind,
            cost=cost,
            what=f"write {new} for {sign}",
        )


def _divided(text: str, node: ast.stmt, material: Material) -> Iterator[Rewrite]:
    """Yield a division in place by another number of samples."""
    match node:
        case ast.AugAssign(op=ast.Div(), value=value):
            start, end = span(text, value)
        case _:
            return
    own = source(text, value)
    for size in material.divisors:
        if size != own:
            yield Rewrite(
                start=start,
                end=end,
                new=size,
                kind="other-divisor",
                cost=OTHER,
                what=f"divide by {size}, not {own}",
            )


def _leaking(text: str, node: ast.stmt, material: Material) -> Iterator[Rewrite]:
    """Yield an assignment to the units that are off that lets them keep a share of what they had.

    They were given nothing, or that share itself.
    """
    match node:
        case ast.Assign(
            targets=[ast.Subscript(slice=ast.Compare()) as target],
            value=ast.Constant() | ast.Name() | ast.Attribute() as value,
        ):
            start = text.index("=", span(text, target)[1])
        case _:
            return
    own = source(text, value)
    is_zero = isinstance(value, ast.Constant) and not value.value
    for slope in material.leaks:
        if is_zero or slope == own:
            yield Rewrite(
                start=start,
                end=span(text, value)[1],
                new=f"*= {slope}",
                kind="leak",
                cost=1.9,
                what=f"multiply by {slope} where the unit is off",
            )


def _balanced(text: str, node: ast.stmt) -> Iterator[Rewrite]:
    """Yield an assignment that has one entry of each row, or of one, take back all its others."""
    match node:
        case ast.Assign(
            targets=[ast.Subscript(value=table, slice=ast.Tuple(elts=[row, column]))], value=value
        ):
            sign = "-"
        case ast.AugAssign(
            target=ast.Subscript(value=table, slice=ast.Tuple(elts=[row, column])),
            op=ast.Sub(),
            value=value,
        ):
            sign = ""
        case _:
            return
    if isinstance(row, ast.Slice) or isinstance(column, ast.Slice):
        return
    start, end = span(text, value)
    whole = source(text, table)
    for total in (f"{whole}.sum(axis=1)", f"{whole}[{source(text, row)}].sum()"):
        yield Rewrite(
            start=start,
            end=end,
            new=f"{sign}{total}",
            kind="balance",
            cost=2.4,
            what=f"take back the sum of the others, {total}",
        )


def _scattered(text: str, node: ast.stmt) -> Iterator[Rewrite]:
    """Yield an assignment to the rows of an index that adds to repeated rows as often as they are.

    `table[ids] += rows` keeps the last addition to each of equal ids.
    """
    match node:
        case ast.AugAssign(
            target=ast.Subscript(value=table, slice=index), op=ast.Add() | ast.Sub() as op
        ):
            name = "add" if isinstance(op, ast.Add) else "subtract"
        case ast.Assign(targets=[ast.Subscript(value=table, slice=index)]):
            name = "add"
        case _:
            return
    if not isinstance(index, ast.Name | ast.Attribute | ast.Subscript | ast.Tuple):
        return
    if any(isinstance(part, ast.Slice | ast.Constant) for part in ast.walk(index)):
        return
    parts = (table, index, node.value)
    yield Rewrite(
        start=0,
        end=len(text),
        new=f"np.{name}.at({', '.join(_argument(text, part) for part in parts)})",
        kind="scatter-add",
        cost=1.9,
        what=f"add with np.{name}.at, to repeated rows, too",
    )


def _argument(text: str, node: ast.expr) -> str:
    """Return an argument's text; a tuple without parentheses would be several."""
    found = source(text, node)
    bare = isinstance(node, ast.Tuple) and not found.startswith("(")
    return f"({found})" if bare else found
