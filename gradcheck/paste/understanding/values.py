"""Numbers in the values of a program: scalars, arrays, lists of numbers."""

from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.words import GRADIENTS, says

MOST = 2_000_000
"""Arrays with more elements than this are looked at, but not copied into records."""

_ROUNDING = 1e-14
_NUMBERS = (float, int, np.floating, np.integer)


def frozen(value: Any) -> Any:
    """Return a copy of what is numeric, as a float or a float array; None for all else."""
    kind = type(value)
    if kind is float:
        return value
    if kind is bool or value is None:
        return None
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "fiu" or value.size > MOST or not value.size:
            return None
        return np.array(value, dtype=float, subok=False)
    if isinstance(value, _NUMBERS):
        return float(value)
    return table(value) if kind is list else None


def fills(own: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Tell a shape that is another, or that NumPy makes it repeating no number: `(4,)`, `(1, 4)`.

    Of what is a single number by itself there is too much to count that as well.
    """
    return own == shape or (bool(own) and shape == (1,) * (len(shape) - len(own)) + own)


def operand(value: Any) -> Any:
    """Return a frozen copy, of truth values too: to arithmetic they are zeros and ones."""
    if isinstance(value, bool | np.bool_):
        return float(value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "b":
        return frozen(np.asarray(value, dtype=float))
    return meant(value)


def meant(value: Any) -> Any:
    """Return a frozen copy; of a node that records arithmetic, of the number that it stands for.

    Such a node has arithmetic of its own, the number first, and an attribute for its gradient.
    """
    found = frozen(value)
    if found is not None or not hasattr(type(value), "__add__"):
        return found
    attributes = getattr(value, "__dict__", None) or {}
    if not any(says(name, GRADIENTS) for name in attributes):
        return None
    numbers = (frozen(inner) for inner in attributes.values())
    return next((inner for inner in numbers if inner is not None), None)


def table(value: list[Any]) -> Array | None:
    """Return a list of numbers, or of equally long lists of numbers, as an array."""
    if not value or len(value) > 4096:
        return None
    if all(type(item) is list for item in value):
        rows = [table(item) for item in value]
        if (
            any(row is None or row.ndim > 1 for row in rows)
            or len({len(r) for r in rows if r is not None}) > 1
        ):
            return None
        return np.array(rows)
    if all(isinstance(item, _NUMBERS) and not isinstance(item, bool) for item in value):
        return np.array(value, dtype=float)
    return None


def is_number(value: Any) -> bool:
    return isinstance(value, _NUMBERS) and not isinstance(value, bool)


def number(value: Any) -> float | None:
    """Return what has a single element as a float; None for all else."""
    if isinstance(value, float):
        return value
    if isinstance(value, np.ndarray) and value.size == 1:
        return float(value.reshape(-1)[0])
    return None


def same(one: Any, other: Any) -> bool:
    """Tell whether two frozen values are equal to the last bit; NaN equals NaN."""
    if one is None or other is None:
        return one is other
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (one != one and other != other)
    return np.shape(one) == np.shape(other) and bool(np.array_equal(one, other, equal_nan=True))


def is_part(whole: Any, part: Any) -> bool:
    """Tell whether a frozen value is a whole one, or a row or a number of it that is not zero."""
    whole, part = np.asarray(frozen(whole)), np.asarray(part)
    if part.dtype == object or (part.ndim == 0 and part == 0):
        return False
    if part.shape == whole.shape:
        return bool(np.array_equal(whole, part, equal_nan=True))
    if part.shape not in ((), whole.shape[1:]):
        return False
    return bool(
        np.any(np.all(whole == part, axis=tuple(range(whole.ndim - part.ndim, whole.ndim))))
    )


def is_there_and_back(old: Any, new: Any) -> bool:
    """Tell numbers that differ by rounding at most, as what a check of gradients has moved."""
    gap = float(np.linalg.norm(np.subtract(new, old)))
    return gap <= _ROUNDING * float(np.linalg.norm(old))
