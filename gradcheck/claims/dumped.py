"""Claimed gradients from arrays that a program in any language dumped into a file."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Literal

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.claims.array_files import read_arrays
from gradcheck.errors import ClaimError
from gradcheck.record import record

__all__ = ["Arranged", "arrange", "read_arrays"]


@record
class Arranged:
    """Dumped gradients by the parameters' names, as float64.

    `notes` says what was rearranged; `unknown` quotes the names in the file that no
    parameter has, each with the nearest one; `dtypes` tells what each gradient was before.
    """

    gradients: dict[str, Array]
    notes: tuple[str, ...]
    unknown: tuple[str, ...]
    dtypes: dict[str, str]


def arrange(
    gradients: Mapping[str, Array],
    shapes: Mapping[str, Shape],
    names: Mapping[str, str],
    layout: Literal["in_out", "out_in"],
) -> Arranged:
    """Give the dumped arrays the parameters' names and, where it is plainly meant, their shapes.

    `names` maps a name in the file to a parameter; one that it lacks stands for itself. Shapes
    that are wrong in any other way than the two of `notes` are left for the check to find.
    """
    _require_parameters(names, shapes)
    keys = _keys(gradients, shapes, names)
    notes: list[str] = []
    arrays = {
        parameter: _flattened(parameter, np.asarray(gradients[key]), shapes[parameter], notes)
        for parameter, key in keys.items()
    }
    matrices = [p for p, array in arrays.items() if array.ndim == len(shapes[p]) == 2]
    if layout == "in_out" and _all_transposed(arrays, shapes):
        notes.append("all weights transposed together: read as layout out_in")
        layout = "out_in"
    if layout == "out_in":
        arrays |= {parameter: arrays[parameter].T for parameter in matrices}
    return Arranged(
        gradients={parameter: array.astype(np.float64) for parameter, array in arrays.items()},
        notes=tuple(notes),
        unknown=_unknown(gradients, shapes, names),
        dtypes={parameter: array.dtype.name for parameter, array in arrays.items()},
    )


def _require_parameters(names: Mapping[str, str], shapes: Mapping[str, Shape]) -> None:
    for key, parameter in names.items():
        if parameter not in shapes:
            raise ClaimError(
                f"{key!r} is mapped to {parameter!r}, which is no parameter"
                f"{_hint(parameter, shapes)}"
            )


def _keys(
    gradients: Mapping[str, Array], shapes: Mapping[str, Shape], names: Mapping[str, str]
) -> dict[str, str]:
    """Return the name in the file of each parameter that has one."""
    keys: dict[str, str] = {}
    for key in gradients:
        parameter = names.get(key, key)
        if parameter in keys:
            raise ClaimError(
                f"{keys[parameter]!r} and {key!r} both stand for the parameter {parameter!r}; "
                "expected one gradient for each: map or dump only one of them"
            )
        if parameter in shapes:
            keys[parameter] = key
    return keys


def _unknown(
    gradients: Mapping[str, Array], shapes: Mapping[str, Shape], names: Mapping[str, str]
) -> tuple[str, ...]:
    return tuple(
        f"{key!r}{_hint(key, shapes)}" for key in gradients if names.get(key, key) not in shapes
    )


def _hint(wanted: str, shapes: Mapping[str, Shape]) -> str:
    near = get_close_matches(wanted, shapes, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _flattened(parameter: str, array: Array, shape: Shape, notes: list[str]) -> Array:
    if len(shape) != 1 or array.shape not in {(1, *shape), (*shape, 1)}:
        return array
    notes.append(f"{parameter}: dumped with shape {array.shape}, read as {shape}")
    return array.reshape(shape)


def _all_transposed(arrays: Mapping[str, Array], shapes: Mapping[str, Shape]) -> bool:
    # A square matrix does not tell, so it goes with the others.
    telling = [p for p in arrays if len(shapes[p]) == 2 and shapes[p][0] != shapes[p][1]]
    return bool(telling) and all(arrays[p].shape == shapes[p][::-1] for p in telling)
