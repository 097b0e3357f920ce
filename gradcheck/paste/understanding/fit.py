"""How well claimed gradients fit numeric ones: one scale over all points, and what is left."""

from collections.abc import Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.record import record

_OBJECTION = 100.0
"""Lines that are not sharp object to a fit when they are off by so many bars."""

_BLUNT = 0.01
"""Where the bars are more than this share of the claims, these are rounding and fit anything."""

_TINY = float(np.finfo(float).tiny)

_FAR_OFF = 0.1
"""A residual of one point that leaves no room for an exact fit of all of them."""


_SHARP = 1e-4
"""Lines whose numeric bar is above this share of the largest slope are left out."""


@record
class Rows:
    """What one point shows of one parameter: claims and slopes along K lines, with their bars."""

    point: int
    claim: Array
    claim_bar: Array
    slope: Array
    slope_bar: Array


@record
class Fit:
    """The best claim = scale * slope over all points; `residual` and `bar` are relative.

    `lines` is how many were sharp enough to be used, `points` at how many points.
    """

    scale: float
    residual: float
    bar: float
    cosine: float
    lines: int
    points: int

    @property
    def exact(self) -> bool:
        """Whether nothing is left that the bars do not explain."""
        return self.tells and self.scale != 0 and self.residual <= self.bar

    @property
    def factored(self) -> bool:
        """Whether it shows that one factor is all that is wrong: any fits a single line."""
        return self.exact and self.lines > 1

    @property
    def tells(self) -> bool:
        """Whether the claims are more than rounding, on lines that are sharp."""
        return self.lines > 0 and self.bar < _BLUNT


NOTHING = Fit(scale=0.0, residual=float("inf"), bar=0.0, cosine=0.0, lines=0, points=0)


def fit(rows: Sequence[Rows]) -> Fit:
    """Fit one scale to the sharp lines, every point counting the same; the others may object."""
    sharp = [s for row in rows if (s := _normed(row)) is not None]
    if not sharp:
        return NOTHING
    claim, slope, claim_bar, slope_bar = (np.concatenate(part) for part in zip(*sharp, strict=True))
    scale = float(claim @ slope / (slope @ slope)) if np.any(slope) else 0.0
    left = claim - scale * slope
    size = max(float(np.linalg.norm(claim)), abs(scale) * float(np.linalg.norm(slope)))
    if not size:
        return NOTHING
    norms = float(np.linalg.norm(claim) * np.linalg.norm(slope))
    residual = float(np.linalg.norm(left)) / size
    bar = float(np.linalg.norm(claim_bar + abs(scale) * slope_bar)) / size
    if residual <= bar and any(excess(row, scale, bar) > _OBJECTION for row in rows):
        residual = 1.0
    return Fit(
        scale=scale,
        residual=residual,
        bar=bar,
        cosine=float(claim @ slope) / norms if norms else 0.0,
        lines=len(claim),
        points=len(sharp),
    )


def is_far_off(row: Rows) -> bool:
    """Tell whether one point's claim is no multiple of the slope by far, so that no fit is exact.

    Much cheaper than a fit of all points, for those who look for one among many.
    """
    one = fit([row])
    return one.tells and one.residual > _FAR_OFF


def excess(row: Rows, scale: float, unsure: float = 0.0) -> float:
    """Return how many bars a claim is off the slope at most, on lines where there is a slope.

    `unsure` is how far the scale itself may be off, as a share of it: one that blunt lines gave may
    be off by far more than the bars of the sharpest.
    """
    known = np.isfinite(row.slope_bar) & np.isfinite(row.claim)
    bar = (row.claim_bar + abs(scale) * (row.slope_bar + unsure * np.abs(row.slope)))[known]
    left = np.abs(row.claim - scale * row.slope)[known]
    return float(np.max(np.where(left > 0, left / np.maximum(bar, _TINY), 0.0), initial=0.0))


def _normed(row: Rows) -> tuple[Array, Array, Array, Array] | None:
    """Return a point's sharp lines, in units of its largest slope."""
    known = np.isfinite(row.slope_bar) & np.isfinite(row.claim)
    size = float(np.max(np.abs(row.slope[known]), initial=0.0))
    known &= row.slope_bar <= _SHARP * size
    if not np.any(known) or not size:
        return None
    return (
        row.claim[known] / size,
        row.slope[known] / size,
        row.claim_bar[known] / size,
        row.slope_bar[known] / size,
    )
