"""Verdicts on single entries: a difference against its bar, and what widens the bar.

The bar has a numeric part, from the referee's method, and a claimed part, from how much
the claim itself scatters when the point moves by a rounding error. An entry that
exceeds it is tried again at several such points: the difference made by a wrong formula stays,
that made by rounding scatters.
"""

from collections.abc import Callable

import numpy as np

from gradcheck.array import Array
from gradcheck.numeric.estimate import EPS
from gradcheck.record import record
from gradcheck.referee.estimates import Numeric

RIGHT, WRONG, UNDECIDED, UNCHECKED = 1, 2, 3, 0

SAFETY = 8.0
"""Bars are this many times the scatter that was seen."""

FIRST, RETRIES = 2, 6
"""Points at which a suspicious difference is measured again: at first, and if still in doubt."""

CLEARLY = 1e3
"""A difference of so many bars is not rounding, however unlucky the first few points were."""

SUSPECTS = 256
"""Suspicious entries that are measured again at once, those nearest their bars first; the next
ones only if any of these turns out to be right."""

NUDGED = 1e-10
"""How precisely, in units of its width, the interval between the sides of a kink is known."""

BLIND = 1e-4
"""A bar above this fraction of the parameter's largest entry would hide real mistakes."""


@record
class Judged:
    """Entry by entry: verdict codes, differences, bars, and why an entry is undecided."""

    verdict: Array
    difference: Array
    bar: Array
    reason: str | None


@record
class Claim:
    """A parameter's claimed gradient at some entries, and how much rounding makes it scatter."""

    value: Array
    scatter: Array
    epsilon: float


Differences = Callable[[int, Array], Array]
"""Measures claimed minus numeric again at the k-th jittered point, for some of the entries."""


def judge(
    numeric: Numeric,
    claim: Claim,
    *,
    again: Differences,
    rtol: float | None,
    negligible: float,
    contradicted: bool,
) -> Judged:
    """Judge every entry; `negligible` is a gradient too small to be told from zero.

    With `contradicted`, the numeric side is refuted and decides nothing.
    """
    low, high = _range(numeric)
    scale = float(np.max(np.maximum(np.abs(low), np.abs(high)), initial=0.0))
    # Across a kink even a rounding error changes sides, and no claim scatters by as much.
    scatter = np.where(low == high, claim.scatter, NUDGED * (high - low))
    bar = numeric.bar + SAFETY * (scatter + claim.epsilon * np.abs(claim.value))
    gap = np.maximum(np.maximum(low - claim.value, claim.value - high), 0.0)
    gap = np.where(np.isfinite(claim.value), gap, np.inf)
    if rtol is not None:
        bar = np.maximum(bar, rtol * scale)
    # A sum that cancels may round the same way wherever it is tried: nothing would scatter.
    zero = (np.abs(numeric.value) <= numeric.bar) & (np.abs(claim.value) <= negligible)
    bar = np.where(zero, np.maximum(bar, negligible), bar)
    bar = _retried(claim.value - numeric.value, gap, bar, again, untouched=low == high)
    verdict = np.where(gap <= bar, RIGHT, WRONG)
    if contradicted:
        nothing = np.full(gap.shape, UNDECIDED)
        return Judged(verdict=nothing, difference=gap, bar=bar, reason="unreachable")
    reason = None
    if numeric.interval is not None and (numeric.interval.open_ended & (verdict == WRONG)).any():
        verdict = np.where(numeric.interval.open_ended & (verdict == WRONG), UNDECIDED, verdict)
        reason = "kink"
    blind = (verdict == RIGHT) & (bar > max(BLIND, rtol or 0) * scale)
    blind &= ~((np.abs(numeric.value) <= bar) & (bar <= negligible))
    if blind.any():
        verdict = np.where(blind, UNDECIDED, verdict)
        reason = _blindness(numeric, bar, blind)
    return Judged(verdict=verdict, difference=gap, bar=bar, reason=reason)


def _range(numeric: Numeric) -> tuple[Array, Array]:
    if numeric.interval is None:
        return numeric.value, numeric.value
    return numeric.interval.low, numeric.interval.high


def _retried(
    difference: Array, gap: Array, bar: Array, again: Differences, untouched: Array
) -> Array:
    """Widen the bars of suspicious entries by how much their `difference` scatters.

    Not where a kink touches: there even a rounding error changes sides, which is no scatter.
    """
    suspects = np.flatnonzero((gap > bar) & np.isfinite(gap) & untouched)
    suspects = suspects[np.argsort(gap[suspects] / np.maximum(bar[suspects], 1e-300))]
    wider = bar.copy()
    for first in range(0, len(suspects), SUSPECTS):
        some = suspects[first : first + SUSPECTS]
        wider[some] = np.maximum(bar[some], SAFETY * _scatter(difference, gap, bar, again, some))
        if (gap[some] > wider[some]).all():
            break
    return wider


def _scatter(
    difference: Array, gap: Array, bar: Array, again: Differences, suspects: Array
) -> Array:
    measured = [difference[suspects], *(again(k, suspects) for k in range(FIRST))]
    if (gap[suspects] <= CLEARLY * np.maximum(bar[suspects], SAFETY * _spread(measured))).any():
        measured += [again(k, suspects) for k in range(FIRST, RETRIES)]
    return _spread(measured)


def _spread(measured: list[Array]) -> Array:
    return np.asarray(np.max(measured, axis=0) - np.min(measured, axis=0))


def _blindness(numeric: Numeric, bar: Array, blind: Array) -> str:
    """Say whether the numeric or the claimed side is to blame for bars that hide too much."""
    share = numeric.bar[blind] / bar[blind]
    return "noise" if float(np.median(share)) > 0.5 else "precision"


def zero_below(magnitude: float, value: Array) -> float:
    """Return a gradient so small that doubling the parameter changes the loss by its rounding."""
    size = float(np.max(np.abs(value), initial=0.0)) or 1.0
    return 100 * EPS * magnitude / size
