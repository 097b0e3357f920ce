"""Edits of derivatives that are written out, as a whole: for another function, or another value.

What an activation's derivative is taken at shows: `a * (1 - a)`, `1 - a**2`, `z > 0`. That of a
power, `3 * x**2`, is one by x, and by what x**3 is multiplied by it is x**3.
"""

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, TypeAlias

from gradcheck.edits.place import Place, Proposal, factor, factors, squared
from gradcheck.edits.slopes import operands, taken
from gradcheck.record import record

Form: TypeAlias = Literal["shares", "square", "mask"]
"""How a derivative is written: `a * (1 - a)`, `1 - a**2`, or `z > 0`."""

_CALLED = 0.4


@record
class Written:
    """A derivative that is written out, what it is taken at, and what it is multiplied by."""

    form: Form
    value: ast.expr
    rest: ast.expr | None = None


def other_derivative(place: Place) -> Iterator[Proposal]:
    """Write another derivative for one that is written out, be it the end of a longer product.

    Of the same form it would be that at another value, which is another edit.
    """
    found = _written(place.node)
    if found is None:
        return
    own, named = place.read(place.node), operands(found.value)
    for slope in place.material.slopes:
        if _form(slope) != found.form:
            bare, at = taken(slope)
            new = bare if found.rest is None else f"{factor(place, found.rest)} * {slope}"
            # Who writes derivatives out has hardly meant to call a function for this one.
            cost = (2.1 if named & at else 2.4) + _CALLED * (_form(slope) is None)
            yield new, cost, f"write {bare} for the derivative in {own}"


@lru_cache(maxsize=256)
def _form(slope: str) -> Form | None:
    found = _written(ast.parse(slope, mode="eval").body)
    return None if found is None else found.form


def _written(node: ast.expr) -> Written | None:
    match node:
        case ast.BinOp(
            left=ast.BinOp(left=rest, op=ast.Mult(), right=one), op=ast.Mult(), right=other
        ) if _are_shares(one, other):
            return Written(form="shares", value=_value(one), rest=rest)
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=power):
            value = squared(power)
            return None if value is None else Written(form="square", value=value)
        case ast.Compare(left=value, ops=[ast.Gt() | ast.GtE()], comparators=[ast.Constant()]):
            return Written(form="mask", value=value)
    pair = factors(node)
    return Written(form="shares", value=_value(pair[0])) if pair and _are_shares(*pair) else None


def _are_shares(one: ast.expr, other: ast.expr) -> bool:
    """Tell a and 1 - a, in either order."""
    rests = [_rest(one), _rest(other)]
    pairs = zip((other, one), rests, strict=True)
    return any(rest is not None and ast.dump(rest) == ast.dump(value) for value, rest in pairs)


def _rest(node: ast.expr) -> ast.expr | None:
    """Return the a of 1 - a."""
    match node:
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=right):
            return right
    return None


def _value(share: ast.expr) -> ast.expr:
    return _rest(share) or share


def by_coefficient(place: Place) -> Iterator[Proposal]:
    """Write the power itself for its derivative by what is raised."""
    match place.node:
        case ast.BinOp(
            left=ast.BinOp(left=rest, op=ast.Mult(), right=ast.Constant(value=int() as exponent)),
            op=ast.Mult(),
            right=power,
        ):
            start = f"{factor(place, rest)} * "
        case ast.BinOp(left=ast.Constant(value=int() as exponent), op=ast.Mult(), right=power):
            start = ""
        case _:
            return
    base = _lowered(power, exponent - 1)
    if base is not None and exponent > 1:
        own = f"{place.closed(base)}**{exponent}"
        yield f"{start}{own}", 1.9, f"write {own}, not its derivative"


def _lowered(node: ast.expr, exponent: int) -> ast.expr | None:
    """Return what is raised to a power, if to that one."""
    match node:
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=found)):
            return base if found == exponent else None
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return node if exponent == 1 else None
    return None
