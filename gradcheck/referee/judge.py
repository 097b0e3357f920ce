"""Verdicts on single entries: a difference against its bar, and what widens the bar.

The bar has a numeric part, from the referee's method, and a claimed part, from how much
the claim itself scatters when the point moves by a rounding error. An entry that exceeds it
gets a second look.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.numeric.estimate import EPS
from gradcheck.record import record
from gradcheck.referee.doubt import SAFETY, Differences, Doubt, widened
from gradcheck.referee.estimates import Numeric

RIGHT, WRONG, UNDECIDED, UNCHECKED = 1, 2, 3, 0

NUDGED = 1e-10
"""How precisely, in units of its width, the interval between the sides of a kink is known."""

AMPLIFIED = 1e4
"""How much larger than the loss's own rounding a difference may be and still get a look further
away: a norm of samples that are all alike, say, multiplies rounding by 1/sqrt(eps)."""

BLIND = 1e-4
"""A bar above this fraction of the parameter's largest entry would hide real mistakes."""


@record
class Judged:
    """Entry by entry: verdict codes, differences, bars, and why an entry is undecided.

    `scale` is the size of the parameter's largest entry, as far as it is known.
    """

    verdict: Array
    difference: Array
    bar: Array
    scale: float
    reason: str | None


@record
class Claim:
    """A parameter's claimed gradient at some entries, and how much rounding makes it scatter.

    A `fixed` one can't be asked for at another point.
    """

    value: Array
    scatter: Array
    epsilon: float
    fixed: bool


def judge(
    numeric: Numeric,
    claim: Claim,
    *,
    again: Differences,
    rtol: float | None,
    negligible: float,
    contradicted: bool,
    at_once: int,
) -> Judged:
    """Judge every entry; `negligible` is a gradient too small to be told from zero.

    With `contradicted`, the numeric side is refuted and decides nothing. Of suspicious entries,
    `at_once` are looked at again together.
    """
    low, high = _range(numeric)
    scale = _scale(numeric, low, high)
    # Across a kink even a rounding error changes sides, and no claim scatters by as much.
    scatter = np.where(low == high, claim.scatter, NUDGED * (high - low))
    finite = np.isfinite(claim.value)
    bar = numeric.bar + SAFETY * (scatter + claim.epsilon * np.where(finite, abs(claim.value), 0))
    gap = np.maximum(np.maximum(low - claim.value, claim.value - high), 0.0)
    gap = np.where(finite, gap, np.inf)
    if rtol is not None:
        bar = np.maximum(bar, rtol * scale)
    # A sum that cancels may round the same way wherever it is tried: nothing would scatter.
    rounding = negligible * claim.epsilon / EPS
    zero = (np.abs(numeric.value) <= numeric.bar) & (np.abs(claim.value) <= rounding)
    bar = np.where(zero, np.maximum(bar, rounding), bar)
    doubt = Doubt(
        difference=claim.value - numeric.value,
        size=np.abs(numeric.value),
        gap=gap,
        bar=bar,
        rounding=rounding if claim.fixed else AMPLIFIED * rounding,
        again=again,
        fixed=claim.fixed,
        at_once=at_once,
    )
    bar = widened(doubt, untouched=low == high)
    visible = max(BLIND, rtol or 0) * scale
    verdict, reason = _decided(numeric, claim.value, gap, bar, visible=visible, rounding=rounding)
    if contradicted:
        verdict, reason = np.full(gap.shape, UNDECIDED), "unreachable"
    return Judged(verdict=verdict, difference=gap, bar=bar, scale=scale, reason=reason)


def _decided(
    numeric: Numeric,
    claimed: Array,
    gap: Array,
    bar: Array,
    *,
    visible: float,
    rounding: float,
) -> tuple[Array, str | None]:
    """Return verdicts, and why some are open: kinks, or bars above what must be `visible`."""
    verdict, reason = np.where(gap <= bar, RIGHT, WRONG), None
    if numeric.interval is not None and (numeric.interval.open_ended & (verdict == WRONG)).any():
        verdict = np.where(numeric.interval.open_ended & (verdict == WRONG), UNDECIDED, verdict)
        reason = "kink"
    blind = (verdict == RIGHT) & (bar > visible)
    blind &= ~((np.abs(numeric.value) <= bar) & (bar <= rounding))
    # A loss that did not change at all leaves no noise to hide in.
    blind &= ~((numeric.value == 0) & (claimed == 0))
    if blind.any():
        verdict = np.where(blind, UNDECIDED, verdict)
        reason = _blindness(numeric, bar, blind)
    return verdict, reason


def _scale(numeric: Numeric, low: Array, high: Array) -> float:
    """Return the largest entry's size, of which the derivative along a direction knows as well."""
    seen = float(np.max(np.maximum(np.abs(low), np.abs(high)), initial=0.0))
    if numeric.along is None:
        return seen
    return max(seen, abs(numeric.along.value) / float(np.abs(numeric.along.direction).sum()))


def _range(numeric: Numeric) -> tuple[Array, Array]:
    if numeric.interval is None:
        return numeric.value, numeric.value
    return numeric.interval.low, numeric.interval.high


def _blindness(numeric: Numeric, bar: Array, blind: Array) -> str:
    """Say whether the numeric or the claimed side is to blame for bars that hide too much."""
    share = numeric.bar[blind] / bar[blind]
    return "noise" if float(np.median(share)) > 0.5 else "precision"


def zero_below(magnitude: float, value: Array) -> float:
    """Return a gradient so small that doubling the parameter changes the loss by its rounding."""
    size = float(np.max(np.abs(value), initial=0.0)) or 1.0
    return 100 * EPS * magnitude / size
