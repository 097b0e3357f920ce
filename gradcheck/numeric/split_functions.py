"""NumPy's functions of split complex arrays: those that choose, join and move elements about."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.numeric.split import (
    Operand,
    Split,
    imaginary,
    imaginary_axes,
    made,
    real_part,
    where,
)


def _joined(function: Callable[..., Any]) -> Callable[..., Split]:
    """Make `concatenate` and `stack` of arrays, some of them split."""

    def joined(arrays: Sequence[Operand], axis: int = 0) -> Split:
        count = next(len(x.imag) for x in arrays if isinstance(x, Split))
        real = function([np.asarray(real_part(x)) for x in arrays], axis=axis)
        imag = function(
            [
                x.imag if isinstance(x, Split) else np.broadcast_to(0.0, (count, *np.shape(x)))
                for x in arrays
            ],
            axis=axis % real.ndim + 1,
        )
        return Split(real, imag)

    return joined


def _moveaxis(x: Split, source: Any, destination: Any) -> Split:
    pairs = [(s,) if isinstance(s, int) else tuple(s) for s in (source, destination)]
    imag = np.moveaxis(x.imag, *(imaginary_axes(x.real, pair) for pair in pairs))
    return Split(np.moveaxis(x.real, source, destination), imag)


def _expand_dims(x: Split, axis: Any) -> Split:
    real = np.expand_dims(x.real, axis)
    return Split(real, x.imag.reshape(len(x.imag), *real.shape))


def _broadcast_to(x: Split, shape: Any) -> Split:
    real = np.broadcast_to(x.real, shape)
    imag = imaginary(x, real.ndim)
    assert imag is not None
    return made(real, imag)


def _take(x: Split, indices: Any, axis: int) -> Split:
    return Split(np.take(x.real, indices, axis), np.take(x.imag, indices, axis % x.ndim + 1))


def _take_along_axis(x: Split, indices: Array, axis: int) -> Split:
    return Split(
        np.take_along_axis(x.real, indices, axis),
        np.take_along_axis(x.imag, indices[None], axis % x.ndim + 1),
    )


def _pad(x: Split, width: Any, constant_values: float = 0.0) -> Split:
    pairs = np.broadcast_to(width, (x.ndim, 2))
    return Split(
        np.pad(x.real, pairs, constant_values=constant_values),
        np.pad(x.imag, [(0, 0), *(tuple(p) for p in pairs)]),
    )


def _method(name: str) -> Callable[..., Any]:
    return lambda x, *args, **kwargs: getattr(x, name)(*args, **kwargs)


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.where: where,
    np.concatenate: _joined(np.concatenate),
    np.stack: _joined(np.stack),
    np.moveaxis: _moveaxis,
    np.expand_dims: _expand_dims,
    np.broadcast_to: _broadcast_to,
    np.take: _take,
    np.take_along_axis: _take_along_axis,
    np.pad: _pad,
    np.shape: lambda x: x.shape,
    np.ndim: lambda x: x.ndim,
    np.size: lambda x: x.size,
    np.zeros_like: lambda x, **kwargs: np.zeros(x.shape),
    np.ones_like: lambda x, **kwargs: np.ones(x.shape),
    **{
        getattr(np, name): _method(name)
        for name in (
            "sum",
            "mean",
            "max",
            "min",
            "reshape",
            "transpose",
            "swapaxes",
            "ravel",
            "argmax",
            "argmin",
        )
    },
}
