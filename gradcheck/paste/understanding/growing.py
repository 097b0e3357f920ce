"""Numbers that are to grow, whatever their names: the negatives of losses."""

from dataclasses import replace

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.measure import Measured


def minimised(inquiry: Inquiry) -> Inquiry:
    """Turn round what is never above zero, and minus a standard loss at every point.

    So it is with the logarithm of a likelihood: who goes uphill with that makes no mistake.
    """
    turned = {i for i, c in enumerate(inquiry.candidates) if not c.standard and _grows(inquiry, i)}
    if not turned:
        return inquiry
    signs = np.array([-1.0 if i in turned else 1.0 for i in range(len(inquiry.candidates))])
    return Inquiry(
        inquiry.found,
        inquiry.step,
        inquiry.base,
        [
            replace(c, maximised=not c.maximised) if i in turned else c
            for i, c in enumerate(inquiry.candidates)
        ],
        [_turned(point, signs) for point in inquiry.points],
    )


def _grows(inquiry: Inquiry, index: int) -> bool:
    values = np.array([point.losses[index] for point in inquiry.points])
    values = values[np.isfinite(values)]
    if not values.size or not np.all(values < 0):
        return False
    return any(
        inquiry.parallel(index, i, everywhere=True) and _opposed(inquiry, index, i)
        for i, candidate in enumerate(inquiry.candidates)
        if candidate.standard
    )


def _opposed(inquiry: Inquiry, one: int, other: int) -> bool:
    """Tell whether two candidates whose slopes are parallel grow in opposite directions."""
    slopes = [s for point in inquiry.points for s in point.slopes.values()]
    products = np.concatenate([s[:, one] * s[:, other] for s in slopes])
    return float(np.sum(products[np.isfinite(products)])) < 0


def _turned(point: Measured, signs: Array) -> Measured:
    slopes = {path: value * signs for path, value in point.slopes.items()}
    return replace(point, slopes=slopes, losses=point.losses * signs)
