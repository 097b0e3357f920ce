"""Strips: the places along one axis outside of which many arrays are zero.

Moving one column of a layer's output leaves all others as they were, and so does what follows until
columns are mixed. There is no point in carrying zeros along.
"""

import math
from collections.abc import Sequence
from types import EllipsisType
from typing import Any, NamedTuple

import numpy as np

from gradcheck.array import Array, Shape


class Strip(NamedTuple):
    """The `places` (P or 1, m) along an `axis` at which each of P arrays is not zero."""

    axis: int
    places: Array

    def at(self, axis: int) -> "Strip":
        """Return the same places along another axis."""
        return self if axis == self.axis else Strip(axis, self.places)

    def inner(self, shape: Shape) -> Shape:
        """Return the shape of what is kept of an array of that shape."""
        return (*shape[: self.axis], self.places.shape[1], *shape[self.axis + 1 :])


def taken(array: Array, strip: Strip) -> Array:
    """Return what the strip has of one array: (P or 1, *inner)."""
    axis, places = strip
    if len(places) == 1:
        return np.asarray(np.take(array, places[0], axis)[None])
    return np.moveaxis(np.take(array, places, axis), axis, 0)


def spread(raw: Array, strip: Strip, shape: Shape) -> Array:
    """Return P arrays of the shape that have `raw` (P, *inner) on the strip, and are zero else."""
    axis, places = strip
    found = np.zeros((len(raw), *shape))
    last = np.moveaxis(found, axis + 1, 1)
    rows = np.arange(len(raw))[:, None]
    last[rows, np.broadcast_to(places, (len(raw), places.shape[1]))] = np.moveaxis(raw, axis + 1, 1)
    return found


def strip_of_reshaped(strip: Strip, old: Shape, new: Shape) -> Strip | None:
    """Return where a strip comes to be when an array is reshaped; None if it is torn apart."""
    axis, places = strip
    before, after = math.prod(old[:axis]), math.prod(old[axis + 1 :])
    for candidate in range(len(new)):
        rest = math.prod(new[candidate + 1 :])
        if math.prod(new[:candidate]) != before or rest == 0 or after % rest:
            continue
        if new[candidate] * rest != old[axis] * after:
            continue
        within = np.arange(after // rest)
        moved = (places[:, :, None] * (after // rest) + within).reshape(len(places), -1)
        return Strip(candidate, moved)
    return None


def kept_axis(keys: Sequence[Any], ndim: int, axis: int) -> int | None:
    """Return where an axis is after basic indexing; None unless it is kept as it is."""
    used = sum(k is not None and k is not Ellipsis for k in keys)
    rest = [slice(None)] * (ndim - used)
    expanded: list[Any] = []
    for k in keys:
        expanded += rest if isinstance(k, EllipsisType) else [k]
    if not any(k is Ellipsis for k in keys):
        expanded += rest
    old = new = 0
    for k in expanded:
        if k is None:
            new += 1
            continue
        if old == axis:
            return new if k == slice(None) else None
        old, new = old + 1, new + isinstance(k, slice)
    return None
