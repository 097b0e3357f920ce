"""The wire between parent and child: one JSON header and raw numeric arrays per frame.

A frame is a mark of four bytes, the length of the header as four bytes, the header as JSON,
and the bytes of each array that the header announces, in its order; all little-endian. Sizes are
held against a bound before anything is allocated, and nothing is ever unpickled.
"""

import json
import math
import struct
from collections.abc import Callable, Mapping, Sequence
from io import RawIOBase
from typing import Any, NoReturn, TypeAlias

import numpy as np

from gradcheck.array import Array, Shape

Header: TypeAlias = dict[str, Any]
Arrays: TypeAlias = dict[str, Array]
Message: TypeAlias = tuple[Header, Arrays]
Fill: TypeAlias = Callable[[memoryview], None]
"""Fills the whole view with the next bytes of a stream, or raises."""

LIMIT = 2 << 30
HEADER_LIMIT = 16 << 20

_PREFIX = struct.Struct("<4sI")
_MARK = b"gck1"
_AXES = 32  # NumPy 1 allows no more.
_DTYPES = frozenset(np.dtype(code).newbyteorder("<").str for code in "?bBhHiIqQefdFD")


class WireError(Exception):
    """A frame that keeps no promise of this module; its other end is broken."""


def pack(
    header: Mapping[str, Any], arrays: Mapping[str, Array], limit: int = LIMIT
) -> list[memoryview]:
    """Return the frame as pieces to be written one after the other; arrays are not copied."""
    plain = {name: _little_endian(name, array) for name, array in arrays.items()}
    size = sum(array.nbytes for array in plain.values())
    if size > limit:
        raise WireError(f"the arrays take {size} bytes, more than the {limit} that may cross")
    listed = [
        {"name": name, "dtype": array.dtype.str, "shape": array.shape}
        for name, array in plain.items()
    ]
    text = json.dumps({"header": header, "arrays": listed}, allow_nan=False).encode("ascii")
    if len(text) > HEADER_LIMIT:
        raise WireError(f"the header takes {len(text)} bytes, more than {HEADER_LIMIT}")
    head = memoryview(_PREFIX.pack(_MARK, len(text)) + text)
    return [head, *(_raw(array) for array in plain.values())]


def read(fill: Fill, limit: int = LIMIT) -> Message:
    """Return the next frame's header and arrays; the arrays are writable and new."""
    mark, size = _PREFIX.unpack(_take(fill, _PREFIX.size))
    if mark != _MARK:
        raise WireError(f"a frame starts with {_MARK!r}, but {mark!r} came")
    if size > HEADER_LIMIT:
        raise WireError(f"the header is said to take {size} bytes, more than {HEADER_LIMIT}")
    header, listed = _parse(bytes(_take(fill, size)))
    _hold_to_limit(listed, limit)
    return header, {name: _array(fill, dtype, shape) for name, dtype, shape in listed}


def fill_from(stream: RawIOBase) -> Fill:
    """Return a filler that reads a blocking stream."""

    def fill(view: memoryview) -> None:
        while view:
            count = stream.readinto(view)
            if not count:
                raise WireError(f"the stream ends {len(view)} bytes before it should")
            view = view[count:]

    return fill


def _little_endian(name: str, array: Array) -> Array:
    plain = np.asarray(array)
    plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
    if plain.dtype.str not in _DTYPES:
        raise WireError(f"only plain numeric arrays cross, but {name!r} is of {plain.dtype}")
    return plain


def _raw(array: Array) -> memoryview:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def _take(fill: Fill, size: int) -> bytearray:
    taken = bytearray(size)
    fill(memoryview(taken))
    return taken


def _array(fill: Fill, dtype: str, shape: Shape) -> Array:
    raw = _take(fill, math.prod(shape) * np.dtype(dtype).itemsize)
    return np.frombuffer(raw, dtype).reshape(shape)


def _parse(text: bytes) -> tuple[Header, list[tuple[str, str, Shape]]]:
    try:
        tree = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise WireError(f"the header is not JSON: {error}") from None
    match tree:
        case {"header": dict(header), "arrays": list(entries)} if len(tree) == 2:
            return header, _listed(entries)
        case _:
            raise WireError("the header must be an object with 'header' and 'arrays'")


def _refuse(token: str) -> NoReturn:
    raise ValueError(f"{token} is no JSON number")


def _listed(entries: Sequence[object]) -> list[tuple[str, str, Shape]]:
    listed = [_announced(entry) for entry in entries]
    if len({name for name, _, _ in listed}) < len(listed):
        raise WireError("the header announces two arrays of one name")
    return listed


def _announced(entry: object) -> tuple[str, str, Shape]:
    match entry:
        case {"name": str(name), "dtype": str(dtype), "shape": list(shape)} if (
            dtype in _DTYPES
            and len(shape) <= _AXES
            and all(type(size) is int and size >= 0 for size in shape)
        ):
            return name, dtype, tuple(shape)
        case _:
            raise WireError(f"an array needs a name, a numeric dtype and a shape, not {entry!r}")


def _hold_to_limit(listed: Sequence[tuple[str, str, Shape]], limit: int) -> None:
    # An axis of size 0 counts as 1: NumPy refuses (0, 10**30) though it holds nothing.
    sizes = [
        np.dtype(dtype).itemsize * math.prod(max(size, 1) for size in shape)
        for _, dtype, shape in listed
    ]
    if sum(sizes) > limit:
        raise WireError(f"arrays of {sum(sizes)} bytes are announced, more than {limit}")
