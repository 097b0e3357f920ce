r"""The step sweep: which law the gap between a slope and differences obeys, and so what it means.

Central differences $D(h)$ of a smooth function err by $h^2 f'''/6$ from truncation and by about
$\epsilon_f / h$ from the noise $\epsilon_f$ of $f$ (Press et al., *Numerical Recipes*, 3rd ed.,
section 5.7). So, as $h$ shrinks, the gap $|g - D(h)|$ to a slope $g$

- falls like $h^2$ until noise makes it grow again, if $g$ is the derivative: a V;
- stays where it is, if $g$ is not, while the two one-sided differences approach each other;
- stays where it is at a kink, and so does the gap between the two sides;
- grows like $1/h$ from the first step, if noise is all there is.

A kink that is not at the point but near it is seen by the steps that reach over it alone.
"""

from typing import Literal, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.numeric.estimate import EPS, Lines
from gradcheck.record import record

STEPS = 10.0 ** -np.arange(1.0, 10.0)
"""Decades, relative to the scale of the line: from far too large to far too small."""

RUN = 3
"""Steps, over two decades, that make a law: fewer may look like anything by chance."""

FLAT = 2.0
"""What stays may differ by this factor; by truncation and noise it would change a hundredfold."""

NOISE = 4.0
"""Standard deviations of noise that a gap must exceed to count."""

BLIND = 1e-4
"""An agreement no better than this fraction of the gradient's size is none."""

Name: TypeAlias = Literal["agree", "differ", "kink", "crossing", "noise", "unclear"]


@record
class Sweep:
    """What S steps, from large to small, show: arrays of shape (S).

    `gap` is |slope - D(h)|, `sides` the distance of the one-sided differences, `floor` what noise
    alone makes of a gap.
    """

    steps: Array
    gap: Array
    sides: Array
    floor: Array


@record
class Law:
    """The law that a sweep obeys over the steps `first` to `last`, with the gaps there.

    To "agree" is to do so within `gap`; "crossing" means a kink within reach of these steps, though
    not of smaller ones.
    """

    name: Name
    gap: float
    sides: float
    first: float
    last: float


def sweep(lines: Lines, scale: float, slope: float, noise: float) -> Sweep:
    """Hold a slope along a single line against differences with all steps.

    `scale` and `noise` are as for `differences.estimate`.
    """
    values = lines(np.concatenate([[0.0], STEPS, -STEPS])).value.real[:, 0]
    base, ahead, behind = values[0], values[1 : len(STEPS) + 1], values[len(STEPS) + 1 :]
    lengths = STEPS * scale
    central = (ahead - behind) / (2 * lengths)
    return Sweep(
        steps=STEPS,
        gap=np.abs(slope - central),
        sides=np.abs(ahead + behind - 2 * base) / lengths,
        floor=NOISE * (noise / lengths + EPS * np.maximum(np.abs(central), abs(slope))),
    )


def law(found: Sweep, size: float) -> Law:
    """Tell which law a sweep obeys; `size` is that of the whole gradient."""
    clear = (found.gap > found.floor) & np.isfinite(found.gap)
    for first in range(len(found.steps) - RUN, -1, -1):
        here = slice(first, first + RUN)
        if clear[here].all():
            name = _flat(found, here) if _stays(found.gap[here]) else _tail(found.gap[here])
            return _law(name, found, here) if name != "agree" else _within(found, size)
    return _within(found, size)


def _stays(values: Array) -> bool:
    return bool(values.max() <= FLAT * values.min())


def _flat(found: Sweep, here: slice) -> Name:
    """Tell what a gap that stays is: a difference, or a kink at the point or near it."""
    sides, level = found.sides[here], found.gap[here].min() / FLAT
    after = slice(here.stop, None)
    vanishes = bool(((found.gap[after] < level) & (found.floor[after] < level)).any())
    if (sides > 2 * found.floor[here]).all() and _stays(sides):
        return "crossing" if vanishes else "kink"
    return "unclear" if vanishes else "differ"


def _tail(gaps: Array) -> Name:
    """Tell where a gap that does not stay is going."""
    decades = np.log10(gaps[-2] / gaps[-1])
    if decades >= 1:
        return "agree"
    return "noise" if decades <= -0.5 else "unclear"


def _within(found: Sweep, size: float) -> Law:
    """Tell how closely a slope and differences agree, if they do so at all."""
    reach = np.where(np.isfinite(found.gap), np.maximum(found.gap, found.floor), np.inf)
    best = int(np.argmin(reach))
    name: Name = "agree" if reach[best] <= BLIND * size else "noise"
    nearest = _law(name, found, slice(0, best + 1))
    return Law(
        name=name,
        gap=float(reach[best]),
        sides=nearest.sides,
        first=nearest.first,
        last=nearest.last,
    )


def _law(name: Name, found: Sweep, here: slice) -> Law:
    steps = found.steps[here]
    return Law(
        name=name,
        gap=float(found.gap[here][-1]),
        sides=float(found.sides[here][-1]),
        first=float(steps[0]),
        last=float(steps[-1]),
    )
