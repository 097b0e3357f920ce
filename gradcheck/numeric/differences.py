r"""Central differences, extrapolated, with an error bar.

With $D(h) = (f(x+h) - f(x-h)) / 2h$ and steps whose ratio is $r$, Richardson's
$R = (r^2 D(h/r) - D(h))/(r^2 - 1)$ errs by $O(h^4)$ from truncation and by about
$r \epsilon_f / h$ from the noise $\epsilon_f$ of $f$ (Press et al., *Numerical Recipes*, 3rd ed.,
section 5.7). Truncation falls and noise grows along a ladder of ever smaller steps; each line keeps
the rung whose bar is smallest, so that a step which straddles a kink or a steep bend loses to a
smaller one.

The bar adds what Richardson's correction changed (a tenth of it: in smooth cases the error
is below a two-hundredth), how far neighbouring rungs disagree, and the noise. A single one
of these may vanish by luck; all three do not. But seen from afar, a bend is no bend, and long
steps on both sides of it agree among themselves: so no bar is smaller than what shorter steps
disagree by, beyond their noise.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.numeric.estimate import EPS, Estimate, Lines

LONG = 2.0 ** -np.arange(5.0, 18.0)
"""Rungs for a few lines, relative to the scale of the parameter: from 3e-2 down to 1e-5."""

SHORT = 2.0 ** -np.arange(8.0, 12.0)
"""Rungs for many lines, around the optimum eps^(1/5) ~ 7e-4 of the extrapolated scheme."""

GLANCE = 2.0**-13
"""The step of a first look along a line, short enough to meet few of the kinks that are nearby."""

SAFETY = 10.0
"""Bars are this many times the estimated error."""

NOISE = 4.0
"""Weight of the noise: in units of $\\epsilon_f$ over the smaller step $h/r$, R has a standard
deviation of $\\sqrt{(r^4 + 1/r^2)/2}/(r^2 - 1)$: 0.95 for r = 2 and 0.75 for r = 4."""


def estimate(lines: Lines, scale: Array, noise: Array, rungs: Array = LONG) -> Estimate:
    """Differentiate along each of K lines; `rungs` fall by a constant ratio.

    `scale` (K) is the size of a step of 1 that matters on each line; `noise` (K) the
    standard deviation of the loss's rounding.
    """
    steps = rungs[:, None] * scale
    base = lines(np.zeros(1)).value[0].real
    ahead, behind = _sides(lines, rungs)
    right, left = (ahead - base) / steps, (base - behind) / steps
    central = (ahead - behind) / (2 * steps)
    ratio = rungs[0] / rungs[1]
    extrapolated = (ratio**2 * central[1:] - central[:-1]) / (ratio**2 - 1)
    bars = _bars(central, extrapolated, NOISE * noise / steps[1:])
    best = np.argmin(bars, axis=0)
    pick = (best, np.arange(bars.shape[1]))
    return Estimate(
        value=extrapolated[pick],
        bar=SAFETY * bars[pick],
        left=_linear(left, ratio)[pick],
        right=_linear(right, ratio)[pick],
        gap_bar=_gap_bar(right - left, ratio, NOISE * noise / steps[1:])[pick],
    )


def glance(lines: Lines, scale: Array) -> Array:
    """Differentiate along each of K lines by one step to either side, with no idea of the error."""
    ahead, behind = _sides(lines, np.array([GLANCE]))
    return np.asarray((ahead - behind)[0] / (2 * GLANCE * scale))


def _sides(lines: Lines, rungs: Array) -> tuple[Array, Array]:
    """Evaluate every rung ahead of and behind the point, as scaled by the caller's lines."""
    values = lines(np.concatenate([rungs, -rungs])).value.real
    return values[: len(rungs)], values[len(rungs) :]


def _bars(central: Array, extrapolated: Array, noise: Array) -> Array:
    correction = np.abs(extrapolated - central[1:])
    steps = np.abs(np.diff(extrapolated, axis=0))
    disagreement = np.concatenate([steps[:1], np.maximum(steps, np.roll(steps, -1, axis=0))])
    disagreement[-1] = steps[-1]
    found = correction / 10 + disagreement + noise + EPS * np.abs(extrapolated)
    for rung in range(len(found) - 1):
        apart = np.abs(extrapolated[rung + 1 :] - extrapolated[rung]) - SAFETY * noise[rung + 1 :]
        found[rung] = np.maximum(found[rung], apart.max(axis=0))
    return np.asarray(found)


def _linear(sides: Array, ratio: float) -> Array:
    """Extrapolate one-sided differences, which err by O(h)."""
    return np.asarray((ratio * sides[1:] - sides[:-1]) / (ratio - 1))


def _gap_bar(gap: Array, ratio: float, noise: Array) -> Array:
    """Bound the extrapolated gap of a smooth function: it falls like h², a kink's stays."""
    extrapolated = _linear(gap, ratio)
    change = np.abs(gap[1:] - gap[:-1])
    wander = np.abs(np.diff(extrapolated, axis=0, append=extrapolated[-1:]))
    return np.asarray(np.maximum(change, wander) + SAFETY * 2 * noise)
