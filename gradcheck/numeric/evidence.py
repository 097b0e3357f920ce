"""How two gradients differ, in figures that a reader can act on."""

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.record import record

STRIP = 16
"""Stretches into which a heat strip cuts the flattened gradient."""


@record
class Evidence:
    """`relative` is |claimed - numeric| / |numeric| in norms, `ratio` the factor that fits best.

    Each is None where it has no meaning (a numeric gradient of zero, say).
    """

    relative: float | None
    ratio: float | None
    cosine: float | None


def compare(claimed: Array, numeric: Array) -> Evidence:
    """Compare two gradients of one parameter, entry by entry in the same order."""
    # In units of the largest entry, whose square may be beyond float64.
    unit = float(np.max(np.abs(numeric), initial=0.0))
    if unit == 0:
        return Evidence(relative=None, ratio=None, cosine=None)
    with np.errstate(over="ignore", invalid="ignore"):
        return _compared(claimed / unit, numeric / unit)


def _compared(claimed: Array, numeric: Array) -> Evidence:
    length, other = float(np.linalg.norm(numeric)), float(np.linalg.norm(claimed))
    product = float(np.vdot(claimed, numeric)) / length**2
    return Evidence(
        relative=float(np.linalg.norm(claimed - numeric)) / length,
        ratio=_nice(claimed, numeric, product),
        cosine=max(-1.0, min(1.0, product * (length / other))) if other else None,
    )


def _nice(claimed: Array, numeric: Array, ratio: float) -> float:
    """Round a factor that holds for every entry to the number that it plainly is."""
    rounded = float(f"{ratio:.9g}")
    spread = float(np.max(np.abs(claimed - rounded * numeric)))
    return rounded if spread <= 1e-9 * float(np.max(np.abs(claimed))) else ratio


def heat(wrong: Array, checked: Array) -> tuple[float, ...]:
    """Return the share of wrong entries among those checked in each stretch of a gradient."""
    count = min(STRIP, wrong.size)
    pieces = zip(
        np.array_split(wrong.ravel(), count), np.array_split(checked.ravel(), count), strict=True
    )
    return tuple(float(bad.sum() / max(1, seen.sum())) for bad, seen in pieces)


def pattern(wrong: Array, shape: Shape) -> str:
    """Say in words which entries are wrong; `wrong` has the parameter's shape."""
    if wrong.all():
        return "every entry"
    if len(shape) == 2:
        rows, columns = wrong.any(axis=1), wrong.any(axis=0)
        for name, hit, whole in (
            ("row", rows, wrong[rows]),
            ("column", columns, wrong[:, columns]),
        ):
            if whole.all():
                return _some(name, np.flatnonzero(hit))
    return _some("entry", np.flatnonzero(wrong.ravel())) if len(shape) == 1 else "scattered entries"


def _some(name: str, indices: Array) -> str:
    plural = {"entry": "entries"}.get(name, f"{name}s")
    shown = ", ".join(str(int(i)) for i in indices[:4])
    if len(indices) == 1:
        return f"only {name} {shown}"
    return f"only {plural} {shown}" + (f" and {len(indices) - 4} more" if len(indices) > 4 else "")
