r"""Split complex arrays: many complex arrays that share their real part.

A complex step is so small that it never changes a real part: of P moved evaluations of one
function, all have the real parts of the unmoved one, and only imaginary parts differ. So real
parts are computed once, and P imaginary parts beside them, in real arithmetic: sums and products
by the rules of complex numbers without the terms of order $h^2$, which underflow, and any other
function by calling it once, on the shared real part plus $ih$, since to first order
$\operatorname{Im} f(a + ihb) = b \operatorname{Im} f(a + ih)$.

`Split` takes part in NumPy's dispatch (NEP 13 and NEP 18), so that code written for arrays
runs on it unchanged; what it can't do raises TypeError. Comparisons are decided by real
parts alone.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from gradcheck.array import Array, Shape
from gradcheck.numeric.complex_step import STEP

Operand: TypeAlias = Any
"""A Split, an array or a number."""

_REAL_ONLY = {np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal,
              np.isfinite, np.isnan, np.isinf}  # fmt: skip


class Split(NDArrayOperatorsMixin):
    """P complex arrays of one shape: `real` of that shape, `imag` (P, *shape), in units of h."""

    __slots__ = ("imag", "real")
    __array_priority__ = 1000

    def __init__(self, real: Array, imag: Array) -> None:
        self.real = real
        self.imag = imag

    @property
    def shape(self) -> Shape:
        return self.real.shape

    @property
    def ndim(self) -> int:
        return self.real.ndim

    @property
    def size(self) -> int:
        return self.real.size

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.complex128)

    @property
    def T(self) -> "Split":  # noqa: N802
        return self.transpose()

    def __len__(self) -> int:
        return len(self.real)

    def __getitem__(self, key: Any) -> "Split":
        keys = key if isinstance(key, tuple) else (key,)
        if all(k is None or k is Ellipsis or isinstance(k, int | np.integer | slice) for k in keys):
            return Split(self.real[key], self.imag[(slice(None), *keys)])
        # With index arrays NumPy may put their axes first, so ours is kept last meanwhile.
        last = np.moveaxis(self.imag, 0, -1)
        tail = (slice(None),) if any(k is Ellipsis for k in keys) else ()
        return Split(self.real[key], np.moveaxis(last[(*keys, *tail)], -1, 0))

    def reshape(self, *shape: Any) -> "Split":
        wanted = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        real = self.real.reshape(wanted)
        return Split(real, self.imag.reshape(len(self.imag), *real.shape))

    def transpose(self, *axes: Any) -> "Split":
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        order = tuple(a % self.ndim for a in order) if order else tuple(range(self.ndim))[::-1]
        return Split(self.real.transpose(order), self.imag.transpose(0, *(a + 1 for a in order)))

    def swapaxes(self, a: int, b: int) -> "Split":
        return Split(
            self.real.swapaxes(a, b), self.imag.swapaxes(*imaginary_axes(self.real, (a, b)))
        )

    def ravel(self) -> "Split":
        return self.reshape(-1)

    def sum(self, axis: Any = None, keepdims: bool = False) -> "Split":
        return Split(
            np.asarray(self.real.sum(axis=axis, keepdims=keepdims)),
            self.imag.sum(axis=_axes(self.real, axis), keepdims=keepdims),
        )

    def mean(self, axis: Any = None, keepdims: bool = False) -> "Split":
        total = self.sum(axis=axis, keepdims=keepdims)
        count = self.size / max(total.size, 1)
        return Split(total.real / count, total.imag / count)

    def argmax(self, axis: int | None = None) -> Array:
        return np.asarray(self.real.argmax(axis=axis))

    def argmin(self, axis: int | None = None) -> Array:
        return np.asarray(self.real.argmin(axis=axis))

    def max(self, axis: Any = None, keepdims: bool = False) -> "Split":
        return _extreme(self, np.argmax, axis, keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> "Split":
        return _extreme(self, np.argmin, axis, keepdims)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs:
            return NotImplemented
        if ufunc in _REAL_ONLY:
            return ufunc(*(real_part(x) for x in inputs))
        if ufunc in _BINARY:
            return _BINARY[ufunc](*inputs)
        if len(inputs) == 1:
            return _unary(ufunc, inputs[0])
        return NotImplemented

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any
    ) -> Any:
        # They are made of split arrays, so they can only be imported once those are there.
        from gradcheck.numeric.split_functions import FUNCTIONS

        handler = FUNCTIONS.get(func)
        return NotImplemented if handler is None else handler(*args, **kwargs)


def real_part(x: Operand) -> Any:
    return x.real if isinstance(x, Split) else x


def imaginary(x: Operand, ndim: int) -> Array | None:
    """Return an operand's imaginary parts, ready to be broadcast to `ndim` axes; None for zero."""
    if not isinstance(x, Split):
        return None
    return x.imag.reshape(len(x.imag), *[1] * (ndim - x.ndim), *x.shape)


def made(real: Array, *parts: Array | None) -> Split:
    """Return the sum of some imaginary parts with the real part that belongs to them."""
    given = [part for part in parts if part is not None]
    total = given[0] if len(given) == 1 else given[0] + given[1]
    if total.shape[1:] != real.shape:
        total = np.broadcast_to(total, (len(total), *real.shape))
    return Split(real, total)


def _unary(ufunc: np.ufunc, x: Split) -> Split:
    slope = ufunc(x.real + 1j * STEP).imag / STEP
    return Split(ufunc(x.real), x.imag * slope)


def _add(a: Operand, b: Operand) -> Split:
    real = np.asarray(real_part(a) + real_part(b))
    return made(real, imaginary(a, real.ndim), imaginary(b, real.ndim))


def _subtract(a: Operand, b: Operand) -> Split:
    real = np.asarray(real_part(a) - real_part(b))
    second = imaginary(b, real.ndim)
    return made(real, imaginary(a, real.ndim), None if second is None else -second)


def _multiply(a: Operand, b: Operand) -> Split:
    real = np.asarray(real_part(a) * real_part(b))
    first, second = imaginary(a, real.ndim), imaginary(b, real.ndim)
    return made(
        real,
        None if first is None else first * real_part(b),
        None if second is None else real_part(a) * second,
    )


def _divide(a: Operand, b: Operand) -> Split:
    real = np.asarray(real_part(a) / real_part(b))
    first, second = imaginary(a, real.ndim), imaginary(b, real.ndim)
    return made(
        real,
        None if first is None else first / real_part(b),
        None if second is None else second * (-real / real_part(b)),
    )


def _power(a: Operand, b: Operand) -> Split:
    if isinstance(b, Split):
        raise TypeError("a split complex exponent is not supported")
    slope = ((a.real + 1j * STEP) ** b).imag / STEP
    return made(np.asarray(a.real**b), a.imag * slope)


def _matmul(a: Operand, b: Operand) -> Split:
    if real_part(a).ndim < 2 or real_part(b).ndim < 2:
        raise TypeError("split complex products are of matrices")
    real = real_part(a) @ real_part(b)
    first = second = None
    if isinstance(a, Split):
        first = _left_product(imaginary(a, real.ndim), real_part(b))
    if isinstance(b, Split):
        second = real_part(a) @ imaginary(b, real.ndim)
    return made(real, first, second)


def _left_product(stack: Any, matrix: Array) -> Array:
    """Multiply a stack by a matrix: with a single matrix, as one large product."""
    if matrix.ndim > 2:
        return np.asarray(stack @ matrix)
    rows = stack.reshape(-1, stack.shape[-1]) @ matrix
    return np.asarray(rows.reshape(*stack.shape[:-1], matrix.shape[-1]))


def _negative(x: Split) -> Split:
    return Split(-x.real, -x.imag)


def _maximum(a: Operand, b: Operand) -> Split:
    return where(real_part(a) >= real_part(b), a, b)


def _minimum(a: Operand, b: Operand) -> Split:
    return where(real_part(a) <= real_part(b), a, b)


def where(condition: Array, a: Operand, b: Operand) -> Split:
    real = np.where(condition, real_part(a), real_part(b))
    first, second = imaginary(a, real.ndim), imaginary(b, real.ndim)
    return made(
        real,
        None if first is None else np.where(condition, first, 0.0),
        None if second is None else np.where(condition, 0.0, second),
    )


def _extreme(x: Split, choose: Callable[..., Any], axis: int | None, keepdims: bool) -> Split:
    if axis is None:
        return _extreme(x.ravel(), choose, 0, keepdims=False)
    axis %= x.ndim
    index = np.expand_dims(choose(x.real, axis=axis), axis)
    real = np.take_along_axis(x.real, index, axis)
    imag = np.take_along_axis(x.imag, index[None], axis + 1)
    return Split(real, imag) if keepdims else Split(real.squeeze(axis), imag.squeeze(axis + 1))


def imaginary_axes(real: Array, axes: Sequence[int]) -> tuple[int, ...]:
    """Return the axes of an imaginary part that correspond to some of a real part."""
    return tuple(axis % real.ndim + 1 for axis in axes)


def _axes(real: Array, axis: Any) -> Any:
    if axis is None:
        return tuple(range(1, real.ndim + 1))
    return imaginary_axes(real, axis if isinstance(axis, tuple) else (axis,))


_BINARY: dict[Any, Callable[..., Split]] = {
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
