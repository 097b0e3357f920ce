"""Updates with an optimizer at rest: without what it has kept of the steps before.

The gradient of a momentum that is written number by number is nowhere in one piece; its update is
the gradient where the velocity is zero.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.paste.understanding.inquiry import Inquiry, inquire
from gradcheck.paste.understanding.iterations import Found
from gradcheck.paste.understanding.measure import Measured, standing
from gradcheck.paste.understanding.optimizing import effective, steers
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.steps import Step
from gradcheck.paste.understanding.values import frozen


def rested(found: Found, inquiry: Inquiry, candidate: int) -> Inquiry | None:
    """Measure once more with all at zero that is kept for the sake of odd updates alone.

    None where there is no such thing. What changes the loss is data, or a state of the network.
    """
    point = max(inquiry.points, key=lambda one: one.first)
    kept = dict(_kept(inquiry, candidate, point))
    step = replace(inquiry.step, first=point.first)
    if not kept or not _is_apart(replace(step, rest=kept), inquiry, candidate, point):
        return None
    return inquire(replace(found, step=replace(found.step, rest=kept)))


def _kept(inquiry: Inquiry, candidate: int, point: Measured) -> Iterator[tuple[Path, Any]]:
    fits = inquiry.fits[candidate]
    for path in inquiry.decided(candidate):
        for other, there in () if fits[path].exact else effective(inquiry, path, point):
            if other in inquiry.base.before.values and steers(inquiry, path, other, there, point):
                yield other, np.zeros_like(frozen(there))


def _is_apart(step: Step, inquiry: Inquiry, candidate: int, point: Measured) -> bool:
    """Tell whether the loss is the same with the step at rest."""
    still = standing(step, [inquiry.candidates[candidate]], point.point)
    return still is not None and float(still.losses[0]) == float(point.losses[candidate])
