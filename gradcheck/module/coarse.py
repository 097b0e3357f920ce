"""Claims that are computed in less than double precision, told by the type of their numbers.

Code may round to single precision anywhere on its way and hand out doubles. How its claims follow
small moves of the parameters shows that; they are then handed on in the type that they are worth,
as if the code had done so, for what follows knows how far such claims may be off.
"""

from collections.abc import Callable, Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import ClaimError
from gradcheck.numeric.precision import coarsest
from gradcheck.problem import Claims

Values = Mapping[str, Array]

TYPES = {float(np.finfo(kind).eps): np.dtype(kind) for kind in (np.float16, np.float32)}
"""Types of numbers by their unit of rounding."""


def units(results: Callable[[Values], Claims], own: Values) -> dict[str, float]:
    """Return the unit of rounding of each result; nothing where they can't be had nearby."""
    asked: dict[bytes, Claims] = {}

    def found(values: Values) -> Claims:
        key = b"".join(value.tobytes() for value in values.values())
        if key not in asked:
            asked[key] = results(values)
        return asked[key]

    def part(name: str) -> Callable[[Values], Array]:
        return lambda values: np.asarray(found(values)[name], dtype=float)

    try:
        return {name: coarsest(part(name), own)[0] for name in found(own)}
    except (ClaimError, KeyError):
        return {}


def narrowed(claims: Claims, found: Mapping[str, float]) -> Claims:
    """Return claims in the types that their units of rounding are those of."""
    return {
        name: value.astype(TYPES[found[name]]) if found.get(name) in TYPES else value
        for name, value in ((name, np.asarray(value)) for name, value in claims.items())
    }
