"""The array aliases that everything shares, and nothing more."""

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]
    """A NumPy array of any shape; float64 unless the function says otherwise."""
else:
    # Only what computes is to import NumPy: a result that was kept is shown without it.
    Array = Any

Shape: TypeAlias = tuple[int, ...]
