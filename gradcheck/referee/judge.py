"""Verdicts on single entries: a difference against its bar, and what widens the bar.

The bar has a numeric part, from the referee's method, and a claimed part, from how much
the claim itself scatters when the point moves by a rounding error. An entry that exceeds it
gets a second look.
"""

from collections.abc import Callable, Mapping
from dataclasses import field, replace

import numpy as np

from gradcheck.array import Array
from gradcheck.numeric import evidence
from gradcheck.numeric.estimate import EPS
from gradcheck.numeric.evidence import Evidence
from gradcheck.record import record
from gradcheck.referee.doubt import SAFETY, Differences, Doubt, widened
from gradcheck.referee.glance import BLIND, TINY, Worst, glance, narrowest, outside
from gradcheck.referee.gradients import Numeric
from gradcheck.referee.multiples import largest, multiples

RIGHT, WRONG, UNDECIDED, UNCHECKED = 1, 2, 3, 0

NUDGED = 1e-10
"""How precisely, in units of its width, the interval between the sides of a kink is known."""

AMPLIFIED = 1e4
"""How much larger than the loss's own rounding a difference may be and still get a look further
away: a norm of samples that are all alike, say, multiplies rounding by 1/sqrt(eps)."""


@record
class Judged:
    """A verdict code for each entry, the worst entry, and why some are undecided.

    `telling` has the worst entry of those that are wrong, and of those that are undecided, by their
    codes. `scale` is the size of the parameter's largest entry, as far as it is known; it is left
    out where every entry is right at once.
    """

    verdict: Array
    worst: Worst
    evidence: Evidence
    scale: float = 0.0
    telling: Mapping[int, Worst] = field(default_factory=dict)
    reason: str | None = None


@record
class Claim:
    """A parameter's claimed gradient at some entries.

    `scatter` tells by how much rounding makes some of them differ, `fixed` whether they can't be
    asked for at another point: which is found out by asking. Below `least`, numbers of its
    precision lose digits, or vanish.
    """

    value: Array
    scatter: Callable[[Array], Array]
    epsilon: float
    least: float
    fixed: Callable[[], bool]


@record
class _Bench:
    """What all entries of one parameter are judged by.

    `scale` is the size of the largest; a gradient below `rounding` may be what a sum that cancels
    leaves, and a difference below `doubtful` gets a look further away. `at_once` suspicious entries
    are looked at again together.
    """

    numeric: Numeric
    claim: Claim
    again: Differences
    terms: Callable[[Array], Array]
    paths: Callable[[Array], Array]
    scale: float
    rtol: float
    rounding: float
    at_once: int

    @property
    def blinding(self) -> float:
        """A bar that would hide real mistakes."""
        return max(BLIND, self.rtol) * self.scale

    @property
    def doubtful(self) -> float:
        return self.rounding if self.claim.fixed() else AMPLIFIED * self.rounding

    def beyond_doubt(self, gap: Array) -> bool:
        """Tell whether a difference is no doubtful one, without asking anew if that is plain."""
        if (gap > AMPLIFIED * self.rounding).any():
            return True
        return bool((gap > self.rounding).any() and (gap > self.doubtful).any())


def judge(
    numeric: Numeric,
    claim: Claim,
    *,
    again: Differences,
    terms: Callable[[Array], Array],
    paths: Callable[[Array], Array],
    rtol: float | None,
    negligible: Callable[[], float],
    contradicted: bool,
    proven: Callable[[Array, float], bool],
    at_once: int,
) -> Judged:
    """Judge every entry; `negligible` gives a gradient too small to be told from zero.

    With `contradicted`, the numeric side is refuted and decides nothing. `proven` tells whether
    another probe showed some entries, or such a multiple of the gradient, to be wrong, `terms` how
    much rounding may make of the terms of some, `paths` of all that they are made of. Of suspicious
    entries, `at_once` are looked at again together.
    """
    first = glance(numeric, claim.value, claim.epsilon, rtol or 0.0)
    found = Judged(verdict=first.right, worst=first.worst, evidence=first.evidence)
    if contradicted:
        nothing = np.full(len(first.right), UNDECIDED)
        telling = {UNDECIDED: first.worst} if len(nothing) else {}
        return replace(
            found, verdict=nothing, scale=_scale(numeric), telling=telling, reason="unreachable"
        )
    if first.right.min(initial=RIGHT) == RIGHT:
        return found
    bench = _Bench(
        numeric=numeric,
        claim=claim,
        again=again,
        terms=terms,
        paths=paths,
        scale=_scale(numeric),
        rtol=rtol or 0.0,
        # A sum that cancels may round the same way wherever it is tried: nothing would scatter.
        rounding=negligible(),
        at_once=at_once,
    )
    alike = multiples(first, numeric, claim.value, claim.epsilon)
    known = bool(len(alike)) and proven(alike, first.evidence.ratio or 0.0)
    found = _multiples(bench, replace(found, scale=bench.scale), alike, known)
    rest = np.flatnonzero(found.verdict == UNCHECKED)
    if not len(rest):
        return _worst_told(found)
    second = _closely(bench, found, rest)
    if (found.verdict[alike] == WRONG).any():
        worst = max(second.worst, found.worst, key=lambda one: one.excess)
        second = replace(second, worst=worst, reason=second.reason or found.reason)
    return _worst_told(second)


def _worst_told(found: Judged) -> Judged:
    """Have the worst entry of all tell of those that share its verdict."""
    code = int(found.verdict[found.worst.index])
    if code == RIGHT or not found.worst.excess:
        return found
    return replace(found, telling={**found.telling, code: found.worst})


def _scale(numeric: Numeric) -> float:
    """Return the largest entry's size, of which the derivative along a direction knows as well."""
    seen, along = evidence.size(*numeric.range), numeric.along
    if along is None:
        return seen
    return max(seen, abs(along.value) / float(np.abs(along.direction).sum()))


def _multiples(bench: _Bench, found: Judged, alike: Array, known: bool) -> Judged:
    """Judge entries that are the multiple that all others are by a few of them."""
    numeric, claim = bench.numeric, bench.claim
    few = largest(alike, numeric)
    gap = np.abs(claim.value[few] - numeric.value[few])
    if not bench.beyond_doubt(gap):
        return found
    if known:
        bar = np.maximum(narrowest(claim.value[few], numeric.bar[few], claim.epsilon), TINY)
        found = replace(found, telling={WRONG: Worst.of(gap, bar, gap / bar).among(few)})
    else:
        found = _closely(bench, found, few)
    if known or (found.verdict[few] == WRONG).all():
        found.verdict[alike] = WRONG
    return found


def _closely(bench: _Bench, known: Judged, some: Array) -> Judged:
    """Judge entries by bars that are as wide as the claim scatters, and look at some again.

    The worst entry is then one of these.
    """
    numeric, claim = bench.numeric.only(some), bench.claim.value[some]
    low, high = numeric.range
    gap = np.where(np.isfinite(claim), outside(claim, low, high), np.inf)
    doubt = Doubt(
        difference=claim - numeric.value[:],
        size=np.abs(numeric.value[:]),
        gap=gap,
        bar=_bars(bench, numeric, claim, bench.claim.scatter(some)),
        rounding=bench.doubtful,
        again=lambda k, suspects: bench.again(k, some[suspects]),
        terms=lambda suspects: bench.terms(some[suspects]),
        paths=lambda suspects: bench.paths(some[suspects]),
        scale=bench.scale,
        fixed=bench.claim.fixed(),
        at_once=bench.at_once,
    )
    bar = widened(doubt, untouched=low == high)
    verdict, reason = _verdicts(bench, numeric, claim, gap, bar)
    known.verdict[some] = verdict
    bar = np.maximum(bar, TINY)
    return replace(
        known,
        worst=Worst.of(gap, bar, gap / bar).among(some),
        telling=_telling(known.telling, verdict, gap, bar, some),
        reason=reason,
    )


def _telling(
    known: Mapping[int, Worst], verdict: Array, gap: Array, bar: Array, some: Array
) -> dict[int, Worst]:
    """Find the worst of the wrong and of the undecided entries, beside those known."""
    found = dict(known)
    for code in (WRONG, UNDECIDED):
        here = np.flatnonzero(verdict == code)
        if not len(here):
            continue
        excess = gap[here] / bar[here]
        # Undecided entries may be off by nothing; then the largest bar shows why.
        by = excess if excess.any() else bar[here]
        one = Worst.of(gap[here], bar[here], by).among(some[here])
        found[code] = max(one, found.get(code, one), key=lambda worst: worst.excess)
    return found


def _verdicts(
    bench: _Bench, numeric: Numeric, claim: Array, gap: Array, bar: Array
) -> tuple[Array, str | None]:
    """Return a verdict for each entry, and why some are undecided."""
    verdict = np.where(gap <= bar, RIGHT, WRONG)
    reason = None
    if numeric.interval is not None and (numeric.interval.open_ended & (verdict == WRONG)).any():
        verdict = np.where(numeric.interval.open_ended & (verdict == WRONG), UNDECIDED, verdict)
        reason = "kink"
    blind = (verdict == RIGHT) & (bar > bench.blinding)
    blind &= ~((np.abs(numeric.value[:]) <= bar) & (bar <= bench.rounding))
    # A loss that did not change at all leaves no noise to hide in.
    blind &= ~((numeric.value[:] == 0) & (claim == 0))
    if blind.any():
        verdict = np.where(blind, UNDECIDED, verdict)
        reason = _blindness(numeric, bar, blind)
    return verdict, reason


def _bars(bench: _Bench, numeric: Numeric, claim: Array, scatter: Array) -> Array:
    low, high = numeric.range
    # Across a kink even a rounding error changes sides, and no claim scatters by as much.
    scatter = np.where(low == high, scatter, NUDGED * (high - low))
    size = np.where(np.isfinite(claim), np.abs(claim), 0.0)
    bar = numeric.bar[:] + SAFETY * (scatter + bench.claim.epsilon * size)
    bar = np.maximum(bar, max(bench.rtol * bench.scale, SAFETY * bench.claim.least))
    zero = (np.abs(numeric.value[:]) <= numeric.bar[:]) & (np.abs(claim) <= bench.rounding)
    return np.where(zero, np.maximum(bar, bench.rounding), bar)


def _blindness(numeric: Numeric, bar: Array, blind: Array) -> str:
    """Say whether the numeric or the claimed side is to blame for bars that hide too much."""
    share = numeric.bar[:][blind] / bar[blind]
    return "noise" if float(np.median(share)) > 0.5 else "precision"


def zero_below(magnitude: float, value: Array) -> float:
    """Return a gradient so small that doubling the parameter changes the loss by its rounding."""
    size = float(max(np.max(value, initial=0.0), -np.min(value, initial=0.0))) or 1.0
    return 100 * EPS * magnitude / size
