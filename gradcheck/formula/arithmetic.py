"""Operators on the values of formulas.

A value is an array, a number, or the shape of an array. Whole numbers stay Python's as
long as float64 holds them exactly, so that they can serve as indices, axes and shapes;
everything else is computed in float64 (or complex128), so that nothing grows into
a huge integer. Arrays of another type that take part in NumPy's dispatch are left as they are.
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.formula import shapes
from gradcheck.formula.errors import MisfitError

Number: TypeAlias = Array | int | float
Value: TypeAlias = Number | Shape

EXACT = 2**53
"""The largest whole number up to which float64 holds all of them."""

EXPONENT = 100
"""The largest exponent: no formula of a gradient needs more, and hostile ones do."""


def _power(left: Array, right: Any) -> Array:
    if np.ndim(right) == 0 and abs(right) > EXPONENT:
        raise MisfitError(
            f"an exponent must lie between -{EXPONENT} and {EXPONENT}, found {right:.6g}"
        )
    shapes.broadcast(left.shape, np.shape(right))
    return left**right  # type: ignore[no-any-return]


def _matmul(left: Array, right: Any) -> Array:
    shapes.matmul(left.shape, np.shape(right))
    return left @ right  # type: ignore[no-any-return]


def _elementwise(ufunc: np.ufunc) -> Callable[[Array, Any], Array]:
    def apply(left: Array, right: Any) -> Array:
        try:
            shapes.broadcast(left.shape, np.shape(right))
        except MisfitError as misfit:
            raise MisfitError(misfit.message, misfit.turned, _labels(left, right)) from None
        return ufunc(left, right)  # type: ignore[no-any-return]

    return apply


def _labels(left: Array, right: Array) -> tuple[int, int] | None:
    """Return which operand holds labels of the other one's columns as classes, and their number."""
    for at, own, other in ((0, left, right), (1, right, left)):
        if own.shape == other.shape[:-1] and own.ndim:
            count = other.shape[-1]
            if np.isin(own, np.arange(count)).all():
                return at, count
    return None


BINARY: Mapping[type[ast.operator], Callable[[Array, Any], Array]] = {
    ast.Add: _elementwise(np.add),
    ast.Sub: _elementwise(np.subtract),
    ast.Mult: _elementwise(np.multiply),
    ast.Div: _elementwise(np.divide),
    ast.Pow: _power,
    ast.MatMult: _matmul,
}
COMPARISONS: Mapping[type[ast.cmpop], Callable[[Array, Any], Array]] = {
    ast.Lt: _elementwise(np.less),
    ast.LtE: _elementwise(np.less_equal),
    ast.Gt: _elementwise(np.greater),
    ast.GtE: _elementwise(np.greater_equal),
    ast.Eq: _elementwise(np.equal),
    ast.NotEq: _elementwise(np.not_equal),
}
_EXACT: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: int.__add__,
    ast.Sub: int.__sub__,
    ast.Mult: int.__mul__,
}


def foreign(value: Any) -> bool:
    """Tell whether a value is an array of another type than NumPy's own."""
    return hasattr(value, "__array_ufunc__") and not isinstance(value, np.ndarray | np.generic)


def array(value: Any) -> Array:
    """Return the value as an array of float64, or of complex128 where it is complex."""
    if foreign(value):
        return value  # type: ignore[no-any-return]
    found = np.asarray(value)
    return found.astype(np.complex128 if np.iscomplexobj(found) else np.float64, copy=False)


def whole(value: int) -> int | float:
    """Return a whole number as one while float64 holds it exactly, and as a float beyond."""
    return value if abs(value) <= EXACT else float(value)


def combine(operator: ast.operator, left: Number, right: Number) -> Number:
    """Return `left operator right`."""
    exact = _EXACT.get(type(operator))
    if exact and isinstance(left, int) and isinstance(right, int):
        return whole(exact(left, right))
    if isinstance(right, int):
        right = float(right)
    return array(BINARY[type(operator)](array(left), right))


def negate(value: Number) -> Number:
    return -value if isinstance(value, int) else array(np.negative(value))


def compare(operator: ast.cmpop, left: Number, right: Number) -> Array:
    """Return 1 where the comparison holds, and 0 elsewhere."""
    return array(COMPARISONS[type(operator)](array(left), array(right)))
