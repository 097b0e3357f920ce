"""Numbers that code of the user's returns, as arrays."""

import warnings
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.child.traces import statement
from gradcheck.errors import ClaimError


def real(subject: str, what: str, value: Any, kinds: str = "biuf") -> Array:
    """Return a real array of one of NumPy's kinds; raises ClaimError for anything else."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            array = np.asarray(value)
    except Exception as error:
        raise ClaimError(f"{subject} gave {what} that is no array: {statement(error)}") from None
    if array.dtype.kind not in kinds:
        hint = ". Is a `return` missing?" if value is None else ""
        raise ClaimError(
            f"{subject} gave {what} of type {_described(value, array)}; expected real numbers{hint}"
        )
    return array


def _described(value: Any, array: Array) -> str:
    name = type(value).__name__
    return name if array.dtype == object else f"{name} with elements of type {array.dtype}"
