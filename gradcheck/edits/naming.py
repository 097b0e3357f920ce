"""Edits that put one value or function in another's place."""

import ast
from collections.abc import Iterable, Iterator
from itertools import combinations

from gradcheck.edits.place import PRODUCTS, Place, Proposal, times
from gradcheck.edits.rewrite import span

KEPT = (*PRODUCTS, "sum", "mean", "max", "reshape")
"""Functions that are not applied by mistake."""


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
