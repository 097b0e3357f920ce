"""Edits that put one value or function in another's place."""

import ast
from collections.abc import Iterable, Iterator
from itertools import combinations

from gradcheck.edits.place import PRODUCTS, Place, Proposal, times
from gradcheck.edits.rewrite import span

KEPT = (*PRODUCTS, "sum", "mean", "max", "reshape")
"""Functions that are not applied by mistake."""

_MOST_AXES = 2


def replace_name(place: Place) -> Iterator[Proposal]:
    node, own, material = place.node, place.read(place.node), place.material
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        values = ast.Name | ast.Attribute | ast.Subscript
        if isinstance(node.left, values) and isinstance(node.right, values):
            for name in material.names:
                yield name, 2.8, f"write {name} for {own}"
    if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return
    # To put a value into a call is another edit, see `wrap_call`.
    calls = (call for call in material.calls if not call.endswith(f"({own})"))
    others = (*material.names, *calls)
    for name in material.strengths if own in material.strengths else others:
        if name != own:
            yield name, 2.0 + 0.5 * (not alike(own, name)), f"write {name} for {own}"


def alike(one: str, other: str) -> bool:
    """Tell whether two names differ by little: a number, a letter, a suffix."""
    return one[:1].lower() == other[:1].lower() or one.lower()[-2:] == other.lower()[-2:]


def replace_function(place: Place) -> Iterator[Proposal]:
    node = place.node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        for name in place.material.functions:
            if name != node.func.id:
                inner = place.read(node.args[0])
                yield f"{name}({inner})", 2.2, f"write {name} for {node.func.id}"


def drop_call(place: Place) -> Iterator[Proposal]:
    node = place.node
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        name = place.read(node.func)
        if not any(name.endswith(f".{known}") for known in KEPT):
            yield place.read(node.args[0]), 1.2, f"drop {name}()"


def wrap_call(place: Place) -> Iterator[Proposal]:
    node = place.node
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.BinOp | ast.Call):
        own = place.read(node)
        for name in (*place.material.applied.get(own, ()), *place.material.functions):
            yield f"{name}({own})", 2.6, f"apply {name}()"


def change_index(place: Place) -> Iterator[Proposal]:
    node = place.node
    if not isinstance(node, ast.Subscript):
        return
    yield from _other_indices(place, node)
    yield from _other_end(place, node)
    value = place.read(node.value)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    texts = [place.read(part) for part in parts]
    picking = [part for part in parts if not isinstance(part, ast.Slice)]
    # Of windows that move over pictures there is a neighbour in every direction.
    several = len(picking) > _MOST_AXES
    for position, part in () if several else enumerate(parts):
        for near, what in _neighbours(place, part):
            index = ", ".join([*texts[:position], near, *texts[position + 1 :]])
            yield f"{value}[{index}]", 2.0 + 0.2 * (len(parts) > 1), what


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
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    texts = [place.read(part) for part in parts]
    ends = {"1:": ":-1", ":-1": "1:"}
    for position, text in enumerate(texts):
        other = ends.get(text.replace(" ", ""))
        if other is not None:
            inside = ", ".join([*texts[:position], other, *texts[position + 1 :]])
            yield f"{place.read(node.value)}[{inside}]", 2.0, f"take {other} for {text}"


def _other_indices(place: Place, node: ast.Subscript) -> Iterator[Proposal]:
    """Yield a subscript with the variable of another loop in the place of one."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    texts = [place.read(part) for part in parts]
    for position, part in enumerate(parts):
        one = isinstance(part, ast.Name) or _is_number(part)
        for name in place.material.indices if one else ():
            if name != texts[position]:
                new = ", ".join([*texts[:position], name, *texts[position + 1 :]])
                what = f"write the index {name} for {texts[position]}"
                yield f"{place.read(node.value)}[{new}]", 2.1, what


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def swap_indices(place: Place) -> Iterator[Proposal]:
    """Exchange two indices of a subscript: rows for columns."""
    node = place.node
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
        return
    texts = [place.read(index) for index in node.slice.elts]
    for first, second in combinations(range(len(texts)), 2):
        if not {":", "..."}.isdisjoint((texts[first], texts[second])):
            continue
        new = [*texts]
        new[first], new[second] = texts[second], texts[first]
        what = f"exchange {texts[first]} and {texts[second]}"
        yield f"{place.read(node.value)}[{', '.join(new)}]", 2.0, what


def multiply_name(place: Place) -> Iterator[Proposal]:
    """Multiply by a value of the pass: what arrived from behind, forgotten."""
    for name in place.material.factors:
        yield times(place, name), 1.9, f"multiply by {name}"
    if isinstance(place.node, ast.Constant):
        return
    for name in place.material.names:
        yield times(place, name), 3.2, f"multiply by {name}"


def exchanged(text: str, parts: Iterable[ast.expr]) -> Iterator[tuple[str, str]]:
    """Yield a text with two of the values in it exchanged, and that in words."""
    named = [p for p in parts if isinstance(p, ast.Name | ast.Attribute | ast.Subscript)]
    whole = [p for p in named if not (isinstance(p, ast.Attribute) and p.attr == "T")]
    places = sorted({span(text, part) for part in whole})
    for (a, b), (c, d) in combinations(places, 2):
        one, other = text[a:b], text[c:d]
        if b <= c and one != other:
            new = text[:a] + other + text[b:c] + one + text[d:]
            yield new, f"exchange {one} and {other}"
