"""Arithmetic of split complex arrays: each result is linear in the operands' imaginary parts."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.numeric.shared import once
from gradcheck.numeric.split import Operand, Split, real_part, signed, steepness, times
from gradcheck.numeric.strip import taken


def linear(real: Array, a: Operand, by_a: Any, b: Operand = None, by_b: Any = None) -> Split:
    """Return `real` with the operands' imaginary parts times factors, None being 1.

    An operand without imaginary parts does not count.
    """
    if not isinstance(b, Split):
        return _scaled(a, by_a, real)
    if not isinstance(a, Split):
        return _scaled(b, by_b, real)
    first, second = _scaled(a, by_a, real), _scaled(b, by_b, real)
    if first.root is second.root and first.strip is second.strip:
        slope = _one(first.slope) + _one(second.slope)
        return Split(real, first.root, slope, first.strip)
    if first.strip is not second.strip:
        first, second = first.full, second.full
    return Split(real, first.raw + second.raw, None, first.strip)


def _real(function: Callable[..., Any], a: Operand, b: Operand) -> Array:
    return np.asarray(once(function, real_part(a), real_part(b)))


def _one(slope: Any) -> Any:
    return 1.0 if slope is None else slope


def _scaled(x: Split, factor: Any, real: Array) -> Split:
    """Return an operand's imaginary parts, broadcast to the shape of the result and scaled."""
    if x.real.shape != real.shape:
        x = broadcast(x, real.shape)
    return Split(real, x.root, times(x.slope, factor), x.strip)


def broadcast(x: Split, shape: Shape) -> Split:
    """Repeat a split array along axes, as `np.broadcast_to` does."""
    more = len(shape) - x.ndim
    if x.strip is not None and shape[x.strip.axis + more] != x.shape[x.strip.axis]:
        x = x.full
    strip = x.strip and x.strip.at(x.strip.axis + more)
    inner = shape if strip is None else strip.inner(shape)
    root = x.root.reshape(len(x.root), *[1] * more, *x.root.shape[1:])
    root = np.broadcast_to(root, (len(root), *inner))
    return Split(np.broadcast_to(x.real, shape), root, x.slope, strip)


def _add(a: Operand, b: Operand) -> Split:
    return linear(_real(np.add, a, b), a, None, b, None)


def _subtract(a: Operand, b: Operand) -> Split:
    return linear(_real(np.subtract, a, b), a, None, b, -1.0)


def _multiply(a: Operand, b: Operand) -> Split:
    return linear(_real(np.multiply, a, b), a, real_part(b), b, real_part(a))


def _divide(a: Operand, b: Operand) -> Split:
    below = real_part(b)
    real = _real(np.divide, a, b)
    return linear(real, a, 1 / below, b, -real / below if isinstance(b, Split) else None)


def _power(a: Operand, b: Operand) -> Split:
    if isinstance(b, Split):
        raise TypeError("a split complex exponent is not supported")
    # The operator is exact, and fast, where NumPy's function is not.
    return linear(_real(pow, a, b), a, once(steepness, pow, a.real, b))


def _negative(x: Split) -> Split:
    return linear(-x.real, x, -1.0)


def _maximum(a: Operand, b: Operand) -> Split:
    return where(real_part(a) >= real_part(b), a, b)


def _minimum(a: Operand, b: Operand) -> Split:
    return where(real_part(a) <= real_part(b), a, b)


def where(condition: Array, a: Operand, b: Operand) -> Split:
    """Choose between operands; slopes are chosen too, for those passed over may be infinite."""
    real = np.where(condition, real_part(a), real_part(b))
    return linear(real, *_chosen(a, condition, real), *_chosen(b, np.logical_not(condition), real))


def _chosen(x: Operand, chosen: Array, real: Array) -> tuple[Operand, Any]:
    """Return an operand and its factor where only some elements are chosen."""
    if not isinstance(x, Split):
        return None, None
    if x.shape != real.shape:
        return x, np.where(chosen, 1.0, 0.0)
    return Split(x.real, x.root, np.where(chosen, _one(x.slope), 0.0), x.strip), None


def _matmul(a: Operand, b: Operand) -> Split:
    first, second = real_part(a), real_part(b)
    if first.ndim < 2 or second.ndim < 2:
        raise TypeError("split complex products are of matrices")
    real = _real(np.matmul, a, b)
    left = _left(a, signed(second), real) if isinstance(a, Split) else None
    right = Split(real, _right(signed(first), b)) if isinstance(b, Split) else None
    return linear(real, left, None, right, None)


def _left(a: Split, matrix: Array, real: Array) -> Split:
    """Return `real` with imaginary parts multiplied by a matrix, or by a stack of them."""
    if a.strip is not None and (a.strip.axis != a.ndim - 1 or matrix.ndim > 2):
        a = a.full
    if a.strip is not None and a.strip.places.size == matrix.shape[1] == 1:
        # One column makes one column, and nothing is mixed.
        slope = taken(np.broadcast_to(_one(a.slope), a.shape), a.strip)[0]
        return Split(real, a.root, slope * matrix[a.strip.places[0]])
    return Split(real, _multiplied(a, matrix))


def _multiplied(a: Split, matrix: Array) -> Array:
    if matrix.ndim > 2:
        return np.asarray(_raised(a.raw, a.ndim, matrix.ndim) @ matrix)
    if a.strip is None:
        return _product(a.raw, matrix)
    rows = matrix[a.strip.places]
    if len(rows) == 1:
        return _product(a.raw, rows[0])
    raw = a.raw
    between = raw.reshape(len(raw), -1, raw.shape[-1])
    product = between * rows if rows.shape[1] == 1 else between @ rows
    return np.asarray(product.reshape(*raw.shape[:-1], matrix.shape[-1]))


def _product(stack: Array, matrix: Array) -> Array:
    """Multiply a stack by one matrix, as one large product."""
    rows = stack.reshape(-1, stack.shape[-1])
    found = rows * matrix if len(matrix) == 1 else rows @ matrix
    return np.asarray(found.reshape(*stack.shape[:-1], matrix.shape[-1]))


def _right(matrix: Array, b: Split) -> Array:
    """Multiply a matrix, or a stack of them, by imaginary parts."""
    rows = b.strip
    if rows is not None and (rows.axis != b.ndim - 2 or len(rows.places) > 1):
        b, rows = b.full, None
    raw = _raised(b.raw, b.ndim, matrix.ndim)
    return np.asarray((matrix if rows is None else matrix[..., rows.places[0]]) @ raw)


def _raised(raw: Array, ndim: int, wanted: int) -> Array:
    """Give imaginary parts as many axes as the other factor has."""
    return raw.reshape(len(raw), *[1] * (wanted - ndim), *raw.shape[1:])


BINARY: dict[Any, Callable[..., Split]] = {
    np.add: _add,
    np.subtract: _subtract,
    np.multiply: _multiply,
    np.divide: _divide,
    np.power: _power,
    np.matmul: _matmul,
    np.negative: _negative,
    np.maximum: _maximum,
    np.minimum: _minimum,
}
