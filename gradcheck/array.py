"""The array aliases that everything shares, and nothing more."""

from typing import Any, TypeAlias

from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
"""A NumPy array of any shape; float64 unless the function says otherwise."""

Shape: TypeAlias = tuple[int, ...]
