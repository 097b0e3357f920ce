"""NumPy's functions of split complex arrays: those that choose, join and move elements about."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcheck.numeric.split import Operand, Split, along_axis, real_part
from gradcheck.numeric.split_arithmetic import broadcast, where
from gradcheck.numeric.strip import Strip


def _concatenate(arrays: Sequence[Operand], axis: int = 0) -> Split:
    axis %= np.ndim(arrays[0])
    splits = [x for x in arrays if isinstance(x, Split)]
    strip = splits[0].strip
    if len(splits) > 1 or (strip is not None and strip.axis == axis):
        arrays, strip = [x.full if isinstance(x, Split) else x for x in arrays], None
    return _joined(np.concatenate, arrays, axis, strip)


def _stack(arrays: Sequence[Operand], axis: int = 0) -> Split:
    return _joined(np.stack, [x.full if isinstance(x, Split) else x for x in arrays], axis, None)


def _joined(
    function: Callable[..., Any], arrays: Sequence[Operand], axis: int, strip: Strip | None
) -> Split:
    """Join arrays, some of them split; with a strip just one, the others being zero on it."""
    count = next(len(x.root) for x in arrays if isinstance(x, Split))
    real = function([np.asarray(real_part(x)) for x in arrays], axis=axis)
    shapes = (np.shape(x) if strip is None else strip.inner(np.shape(x)) for x in arrays)
    imag = [
        x.raw if isinstance(x, Split) else np.broadcast_to(0.0, (count, *shape))
        for x, shape in zip(arrays, shapes, strict=True)
    ]
    return Split(real, function(imag, axis=axis % real.ndim + 1), None, strip)


def _moveaxis(x: Split, source: Any, destination: Any) -> Split:
    pairs = [(s,) if isinstance(s, int) else tuple(s) for s in (source, destination)]
    sources, destinations = ([a % x.ndim for a in pair] for pair in pairs)
    order = [a for a in range(x.ndim) if a not in sources]
    for place, moved in sorted(zip(destinations, sources, strict=True)):
        order.insert(place, moved)
    return x.transpose(*order)


def _expand_dims(x: Split, axis: Any) -> Split:
    return x.reshape(np.expand_dims(x.real, axis).shape)


def _take(x: Split, indices: Any, axis: int) -> Split:
    axis %= x.ndim
    if x.strip is not None and (x.strip.axis == axis or np.ndim(indices) == 0):
        x = x.full
    strip = x.strip
    if strip is not None and strip.axis > axis:
        strip = strip.at(strip.axis + np.ndim(indices) - 1)
    return Split(np.take(x.real, indices, axis), np.take(x.raw, indices, axis + 1), None, strip)


def _pad(x: Split, width: Any, constant_values: float = 0.0) -> Split:
    pairs = np.broadcast_to(width, (x.ndim, 2))
    if x.strip is not None and pairs[x.strip.axis].any():
        x = x.full
    return Split(
        np.pad(x.real, pairs, constant_values=constant_values),
        np.pad(x.raw, [(0, 0), *(tuple(p) for p in pairs)]),
        None,
        x.strip,
    )


def _method(name: str) -> Callable[..., Any]:
    return lambda x, *args, **kwargs: getattr(x, name)(*args, **kwargs)


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.where: where,
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.moveaxis: _moveaxis,
    np.expand_dims: _expand_dims,
    np.broadcast_to: broadcast,
    np.take: _take,
    np.take_along_axis: along_axis,
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
