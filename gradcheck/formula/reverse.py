"""Reverse mode: the gradient of an expression by the names in it, along its own tree.

Every expression hands the gradient that arrives at its value on to its operands, down to the
names. `rules` has what each function makes of it.
"""

import ast
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.formula import names, rules
from gradcheck.formula.names import dotted
from gradcheck.formula.tape import SETTINGS, Call, Tape

Pulls = Mapping[str, Callable[[Array, Array], Array]]
"""For each function of the caller's: from the upstream gradient and the argument to the gradient
of the argument."""

Parts = Iterator[tuple[ast.expr, Array]]
"""Operands, each with the gradient that arrives there."""


def pull(tape: Tape, seeds: Mapping[ast.expr, Array], pulls: Pulls) -> dict[str, Array]:
    """Return the gradient by every name that is reached from the `seeds`.

    A seed is an expression of the tape and the gradient that arrives at its value, of its shape.
    """
    totals: dict[str, Array] = {}
    with np.errstate(all="ignore"):
        for node, upstream in seeds.items():
            _descend(tape, node, upstream, pulls, totals)
    return totals


def _descend(
    tape: Tape, node: ast.expr, upstream: Array, pulls: Pulls, totals: dict[str, Array]
) -> None:
    name = dotted(node) if isinstance(node, ast.Name | ast.Attribute) else None
    if name is not None and not _is_member(tape, node):
        totals[name] = totals[name] + upstream if name in totals else upstream
        return
    for operand, gradient in _parts(tape, node, upstream, pulls):
        if operand in tape.values and any(names.reads(operand)):
            _descend(tape, operand, gradient, pulls, totals)


def _is_member(tape: Tape, node: ast.expr) -> bool:
    """Tell `z.T` of a name `z` from a dotted name, whose parts have no values."""
    return isinstance(node, ast.Attribute) and node.value in tape.values


def _parts(tape: Tape, node: ast.expr, dy: Array, pulls: Pulls) -> Parts:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield operand, -dy
        case ast.UnaryOp(operand=operand):
            yield operand, dy
        case ast.BinOp(left=left, op=operator, right=right):
            rule = rules.OPERATORS[type(operator)]
            both = rule(dy, tape.array(left), tape.array(right))
            yield from zip((left, right), both, strict=True)
        case ast.Attribute(value=value, attr="T"):
            yield value, dy.T
        case ast.Subscript(value=value):
            yield from _subscript(tape, node, value, dy)
        case ast.Call():
            yield from _call(tape, node, dy, pulls)


def _subscript(tape: Tape, node: ast.expr, value: ast.expr, dy: Array) -> Parts:
    if isinstance(tape.values[value], tuple):
        return
    whole = np.zeros(tape.array(value).shape)
    # Slices and whole numbers only, so that no element is named twice.
    whole[tape.indices[node]] = dy
    yield value, whole


def _call(tape: Tape, node: ast.Call, dy: Array, pulls: Pulls) -> Parts:
    call = tape.calls[node]
    if call.given:
        assert isinstance(node.func, ast.Name)
        yield node.args[0], pulls[node.func.id](dy, tape.array(node.args[0]))
        return
    rule = rules.FUNCTIONS.get(call.function)
    if rule is None:
        return
    operands = arrays(call)
    given = [tape.array(operand) for operand in operands]
    yield from zip(operands, rule(dy, tape.array(node), call.settings, *given), strict=True)


def arrays(call: Call) -> list[ast.expr]:
    """Return the operands of a call that are arrays, not an axis or a shape."""
    return [operand for name, operand in call.operands.items() if name not in SETTINGS]
