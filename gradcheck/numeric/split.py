r"""Split complex arrays: many complex arrays that share their real part.

A complex step is so small that it never changes a real part: of P moved evaluations of one
function, all have the real parts of the unmoved one, and only imaginary parts differ. So real
parts are computed once, and P imaginary parts beside them, in real arithmetic: sums and products
by the rules of complex numbers without the terms of order $h^2$, which underflow, and any other
function by calling it once, on the shared real part plus $ih$, since to first order
$\operatorname{Im} f(a + ihb) = b \operatorname{Im} f(a + ih)$.

What is done element by element only multiplies imaginary parts by numbers that all P share. So
these factors are gathered, and the P parts are touched no sooner than elements are mixed.

`Split` takes part in NumPy's dispatch (NEP 13 and NEP 18), so that code written for arrays
runs on it unchanged; what it can't do raises TypeError. Comparisons are decided by real
parts alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from gradcheck.array import Array, Shape
from gradcheck.numeric.complex_step import STEP
from gradcheck.numeric.shared import once
from gradcheck.numeric.strip import Strip, kept_axis, spread, strip_of_reshaped, taken

Operand: TypeAlias = Any
"""A Split, an array or a number."""

_REAL_ONLY = {np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal,
              np.isfinite, np.isnan, np.isinf}  # fmt: skip


class Split(NDArrayOperatorsMixin):
    """P complex arrays of one shape, with shared real parts.

    `real` has that shape. Imaginary parts are in units of h: `root` (P, *shape) times `slope`,
    which P share and which is broadcast to the shape (None for 1). With a `strip`, all but some
    places along one axis are zero, and `root` has only those.
    """

    __slots__ = ("real", "root", "slope", "strip")
    __array_priority__ = 1000

    def __init__(
        self, real: Array, root: Array, slope: Any = None, strip: Strip | None = None
    ) -> None:
        self.real = real
        self.root = root
        self.slope = slope
        self.strip = strip

    @property
    def raw(self) -> Array:
        """The imaginary parts, those of the strip if there is one."""
        if self.slope is None:
            return self.root
        if self.strip is None or np.ndim(self.slope) == 0:
            return np.asarray(self.root * self.slope)
        return np.asarray(self.root * taken(np.broadcast_to(self.slope, self.shape), self.strip))

    @property
    def imag(self) -> Array:
        """All imaginary parts, (P, *shape)."""
        return self.raw if self.strip is None else spread(self.raw, self.strip, self.shape)

    @property
    def full(self) -> "Split":
        """The same without a strip."""
        return self if self.strip is None else Split(self.real, self.imag)

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

    def __getitem__(self, key: Any) -> Any:
        """Return a part; one element of an axis is a plain array if nothing in it is imaginary."""
        keys = key if isinstance(key, tuple) else (key,)
        if not all(
            k is None or k is Ellipsis or isinstance(k, int | np.integer | slice) for k in keys
        ):
            return self._picked(keys)
        axis = None if self.strip is None else kept_axis(keys, self.ndim, self.strip.axis)
        if self.strip is not None and axis is None:
            return self.full[key]
        real, root = self.real[key], self.root[(slice(None), *keys)]
        if any(isinstance(k, int | np.integer) for k in keys) and not root.any():
            return real
        slope = None if self.slope is None else np.broadcast_to(self.slope, self.shape)[key]
        return Split(real, root, slope, self.strip and self.strip.at(axis or 0))

    def _picked(self, keys: tuple[Any, ...]) -> "Split":
        # With index arrays NumPy may put their axes first, so ours is kept last meanwhile.
        last = np.moveaxis(self.imag, 0, -1)
        tail = (slice(None),) if any(k is Ellipsis for k in keys) else ()
        return Split(self.real[keys], np.moveaxis(last[(*keys, *tail)], -1, 0))

    def reshape(self, *shape: Any) -> "Split":
        wanted = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        real = self.real.reshape(wanted)
        raw, strip = self.raw, None
        if self.strip is not None:
            strip = strip_of_reshaped(self.strip, self.shape, real.shape)
            raw = self.imag if strip is None else raw
        inner = real.shape if strip is None else strip.inner(real.shape)
        return Split(real, raw.reshape(len(raw), *inner), None, strip)

    def transpose(self, *axes: Any) -> "Split":
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        order = tuple(a % self.ndim for a in order) if order else tuple(range(self.ndim))[::-1]
        raw = self.raw.transpose(0, *(a + 1 for a in order))
        strip = self.strip and self.strip.at(order.index(self.strip.axis))
        return Split(self.real.transpose(order), raw, None, strip)

    def swapaxes(self, a: int, b: int) -> "Split":
        order = list(range(self.ndim))
        order[a], order[b] = order[b], order[a]
        return self.transpose(*order)

    def ravel(self) -> "Split":
        return self.reshape(-1)

    def sum(self, axis: Any = None, keepdims: bool = False) -> "Split":
        real = np.asarray(self.real.sum(axis=axis, keepdims=keepdims))
        gone = range(self.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        over = {a % self.ndim for a in gone}
        strip = self.strip
        if strip is not None:
            before = 0 if keepdims else sum(a < strip.axis for a in over)
            strip = None if strip.axis in over else strip.at(strip.axis - before)
        return Split(real, summed(self.raw, over, keepdims=keepdims), None, strip)

    def mean(self, axis: Any = None, keepdims: bool = False) -> "Split":
        total = self.sum(axis=axis, keepdims=keepdims)
        count = self.size / max(total.size, 1)
        # Not as a slope: 1 / count is rounded, and all results would be off alike.
        return Split(total.real / count, total.raw / count, None, total.strip)

    def argmax(self, axis: int | None = None) -> Array:
        return np.asarray(self.real.argmax(axis=axis))

    def argmin(self, axis: int | None = None) -> Array:
        return np.asarray(self.real.argmin(axis=axis))

    def max(self, axis: Any = None, keepdims: bool = False) -> "Split":
        return _extreme(self, np.argmax, axis, keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> "Split":
        return _extreme(self, np.argmin, axis, keepdims)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        # Arithmetic is made of split arrays, so it can only be imported once those are there.
        from gradcheck.numeric.split_arithmetic import BINARY

        if method != "__call__" or kwargs:
            return NotImplemented
        if ufunc in _REAL_ONLY:
            return ufunc(*(real_part(x) for x in inputs))
        if ufunc in BINARY:
            return BINARY[ufunc](*inputs)
        if len(inputs) == 1:
            return _unary(ufunc, inputs[0])
        return NotImplemented

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any
    ) -> Any:
        from gradcheck.numeric.split_functions import FUNCTIONS

        handler = FUNCTIONS.get(func)
        return NotImplemented if handler is None else handler(*args, **kwargs)


def real_part(x: Operand) -> Any:
    return x.real if isinstance(x, Split) else x


_signless: ContextVar[bool] = ContextVar("signless", default=False)


@contextmanager
def signless() -> Iterator[None]:
    """Have imaginary parts multiplied by sizes alone, so that where they add up nothing cancels.

    What comes out is the sum, over all paths from what was moved, of the absolute products of the
    derivatives along them: rounding leaves its mark on each of these (Higham, *Accuracy and
    Stability of Numerical Algorithms* (2002), section 3.3, on running error analysis).
    """
    token = _signless.set(True)
    try:
        yield
    finally:
        _signless.reset(token)


def signed(factor: Any) -> Any:
    """Return a factor of imaginary parts, or its size where signs don't count."""
    return np.abs(factor) if factor is not None and _signless.get() else factor


def times(slope: Any, factor: Any) -> Any:
    """Return the product of two slopes, None being 1."""
    factor = signed(factor)
    return factor if slope is None else slope if factor is None else slope * factor


def summed(raw: Array, axes: set[int], *, keepdims: bool) -> Array:
    """Sum imaginary parts over some axes of the real part.

    Short last axes are summed as products with ones, which is many times faster.
    """
    last = raw.ndim - 2
    if axes == {last} and raw.shape[-1] <= SHORT and raw.flags.c_contiguous:
        found = (raw.reshape(-1, raw.shape[-1]) @ np.ones(raw.shape[-1])).reshape(raw.shape[:-1])
        return found[..., None] if keepdims else found
    return np.asarray(raw.sum(axis=tuple(a + 1 for a in axes), keepdims=keepdims))


SHORT = 64
"""Axes up to this length are summed by products."""


def _unary(ufunc: np.ufunc, x: Split) -> Split:
    slope = times(x.slope, once(steepness, ufunc, x.real))
    return Split(once(ufunc, x.real), x.root, slope, x.strip)


def steepness(function: Callable[..., Any], x: Array, *others: Any) -> Array:
    """Return the derivative of a function by its first operand, element by element."""
    return np.asarray(function(x + 1j * STEP, *others).imag / STEP)


def _extreme(x: Split, choose: Callable[..., Any], axis: int | None, keepdims: bool) -> Split:
    if axis is None:
        return _extreme(x.ravel(), choose, 0, keepdims=False)
    axis %= x.ndim
    index = np.expand_dims(choose(x.real, axis=axis), axis)
    found = along_axis(x, index, axis)
    if keepdims:
        return found
    strip = found.strip
    if strip is not None and strip.axis > axis:
        strip = strip.at(strip.axis - 1)
    return Split(found.real.squeeze(axis), found.raw.squeeze(axis + 1), None, strip)


def along_axis(x: Split, index: Array, axis: int) -> Split:
    """Take elements along an axis, as `np.take_along_axis` does."""
    axis %= x.ndim
    if x.strip is not None and x.strip.axis == axis:
        x = x.full
    inner = index[None] if x.strip is None else taken(index, x.strip)
    imag = np.take_along_axis(x.raw, inner, axis + 1)
    return Split(np.take_along_axis(x.real, index, axis), imag, None, x.strip)
