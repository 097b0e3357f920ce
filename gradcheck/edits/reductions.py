"""Edits of sums and means over axes."""

import ast
from collections.abc import Iterator
from typing import TypeGuard

from gradcheck.edits.place import Place, Proposal, is_module

SUMS = {"sum": "mean", "mean": "sum"}

_TOGETHER = {3: ("(0, 1)",), 4: ("(0, 1, 2)", "(0, 2, 3)")}
"""By how many axes there are, those that a bias or a scale has none of."""


def change_axis(place: Place) -> Iterator[Proposal]:
    node = place.node
    if not is_reduction(node):
        return
    function = place.read(node.func)
    given = [place.read(argument) for argument in node.args]
    kept = [f"{k.arg}={place.read(k.value)}" for k in node.keywords if k.arg not in ("axis", None)]
    method = isinstance(node.func, ast.Attribute) and not is_module(node.func.value)
    leading = [] if method else given[:1]
    axes = [given[len(leading)]] if len(given) > len(leading) else []
    axes += [place.read(k.value) for k in node.keywords if k.arg == "axis"]
    for axis in (*_axes(place), None):
        if [axis] == axes or (axis is None and not axes):
            continue
        inside = [*leading, *([f"axis={axis}"] if axis else []), *kept]
        what = f"over axis {axis}" if axis else "over everything"
        yield f"{function}({', '.join(inside)})", 1.4, f"sum {what}"
        if axis and "keepdims=True" not in kept:
            yield f"{function}({', '.join(inside)}, keepdims=True)", 1.8, f"sum {what}, and keep it"
    if "keepdims=True" not in kept and axes:
        inside = [*leading, f"axis={axes[0]}", *kept, "keepdims=True"]
        yield f"{function}({', '.join(inside)})", 2.2, "keep the summed axis"


def _axes(place: Place) -> Iterator[str]:
    """Yield the axes that what is summed may have, those of a batch together, too.

    A sum along an axis of length 1 is none.
    """
    shapes = place.material.shapes
    nodes = (node for node in ast.walk(place.node) if isinstance(node, ast.expr))
    known = [shapes[text] for node in nodes if (text := ast.unparse(node)) in shapes]
    count = max(map(len, known), default=2)
    whole = [shape for shape in known if len(shape) == count]
    for axis in range(max(count, 2)):
        if not whole or any(shape[axis] > 1 for shape in whole if axis < count):
            yield str(axis)
    yield from _TOGETHER.get(count, ())


def sum_and_mean(place: Place) -> Iterator[Proposal]:
    node = place.node
    if is_reduction(node):
        assert isinstance(node.func, ast.Attribute)
        other = SUMS[node.func.attr]
        start = place.read(node.func.value)
        inside = place.read(node)[len(place.read(node.func)) :]
        yield f"{start}.{other}{inside}", 1.8, f"take the {other}"


def sum_up(place: Place) -> Iterator[Proposal]:
    """Sum what was not summed, over the samples or over all."""
    total = place.numpy("sum")
    if total is None or isinstance(place.node, ast.Constant) or is_reduction(place.node):
        return
    for axis in ("0", "1"):
        yield f"{total}({place.read(place.node)}, axis={axis})", 2.4, f"sum over axis {axis}"
        yield (
            f"{total}({place.read(place.node)}, axis={axis}, keepdims=True)",
            2.6,
            f"sum over axis {axis}",
        )


def drop_sum(place: Place) -> Iterator[Proposal]:
    node = place.node
    if is_reduction(node):
        assert isinstance(node.func, ast.Attribute)
        inner = node.args[0] if is_module(node.func.value) and node.args else node.func.value
        yield place.read(inner), 2.4, "do not sum"


def norm_statistics(place: Place) -> Iterator[Proposal]:
    """Add the paths through mean and variance to the backward pass of a normalisation."""
    node = place.node
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult | ast.Div):
        return
    upstream, scale = place.read(node.left), place.closed(node.right)
    if not isinstance(node.left, ast.Name | ast.Attribute | ast.Subscript):
        return
    sign = "*" if isinstance(node.op, ast.Mult) else "/"
    for output in place.material.normed:
        for axis in ("0", "-1"):
            mean = f"{upstream}.mean(axis={axis}, keepdims=True)"
            share = f"{output} * ({upstream} * {output}).mean(axis={axis}, keepdims=True)"
            new = f"({upstream} - {mean} - {share}) {sign} {scale}"
            yield new, 2.8, "add the paths through mean and variance"


def is_reduction(node: ast.expr) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in SUMS
    )
