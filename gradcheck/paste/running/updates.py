"""An update function that a program calls but does not show: plain gradient descent.

What its arguments are is told by their values when it is called: gradients are as many as the
parameters and shaped alike, and a number is the learning rate.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_RATE = 0.1


def descend(*positional: Any, **named: Any) -> Any:
    """Return the parameters after `p - rate * gradient`; containers are changed in place, too.

    Raises TypeError where the arguments have no such roles.
    """
    values = [*positional, *named.values()]
    rates = [float(value) for value in values if _is_number(value)]
    rate = rates[0] if rates else _RATE
    groups = [value for value in values if isinstance(value, Mapping | Sequence)]
    if len(groups) >= 2:
        return _in_containers(groups[0], groups[1], rate)
    arrays = [np.asarray(value) for value in values if not _is_number(value) and value is not None]
    return _in_arrays(arrays, rate)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _in_containers(first: Any, second: Any, rate: float) -> Any:
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return _in_mappings(first, second, rate)
    if isinstance(first, Sequence) and isinstance(second, Sequence) and len(first) == len(second):
        moved = [p - rate * np.asarray(g) for p, g in zip(first, second, strict=True)]
        if isinstance(first, list):
            first[:] = moved
        return first if isinstance(first, list) else moved
    raise TypeError("no parameters and gradients can be told apart in an update that is not shown")


def _in_mappings(first: Any, second: Any, rate: float) -> Any:
    parameters, gradients = (second, first) if _derived(first, second) else (first, second)
    for key in parameters:
        gradient = next(
            (gradients[name] for name in _gradient_names(key) if name in gradients), None
        )
        if gradient is not None:
            parameters[key] = parameters[key] - rate * np.asarray(gradient)
    return parameters


def _derived(gradients: Mapping[Any, Any], parameters: Mapping[Any, Any]) -> bool:
    """Whether the first mapping's keys are those of the second, marked as gradients."""
    return any(
        name in gradients for key in parameters for name in _gradient_names(key) if name != key
    )


def _gradient_names(key: object) -> list[object]:
    return [f"d{key}", f"d_{key}", f"grad_{key}", f"grad{key}", f"{key}_grad", f"delta_{key}", key]


def _in_arrays(arrays: list[Any], rate: float) -> Any:
    half = len(arrays) // 2
    if not arrays or len(arrays) % 2:
        raise TypeError("an update that is not shown needs as many gradients as parameters")
    pairs = list(zip(arrays[:half], arrays[half:], strict=True))
    if any(p.shape != g.shape for p, g in pairs):
        pairs = list(zip(arrays[::2], arrays[1::2], strict=True))
    moved = [p - rate * g for p, g in pairs]
    return moved[0] if half == 1 else tuple(moved)
