"""Single entries of wrong gradients, claimed and numeric, for pictures."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.measure import Still, standing
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.verdicts import judged

MOST = 256
"""Entries of one parameter that are measured at most, evenly spread over it."""


def entries(
    inquiry: Inquiry, choice: Choice, told: Mapping[str, Any], late: Callable[[], bool]
) -> Iterator[dict[str, Any]]:
    """Measure the entries of parameters whose updates are wrong, at the first random point.

    Whose claim is another value than the update, is left out, as are those that it is too `late`
    for.
    """
    wrong = {check.parameter for check in judged(told).checks if check.verdict == "wrong"}
    plain = {entry["name"] for entry in told["parameters"] if entry["claim"] is None}
    step = replace(inquiry.step, paths=tuple(inquiry.parameters))
    still = standing(step, [inquiry.candidates[choice.candidate]], inquiry.points[0].point)
    for path in inquiry.parameters if still else ():
        if still and str(path) in wrong & plain:
            found = _measured(inquiry, still, path, late)
            if found is not None:
                yield found


def _measured(
    inquiry: Inquiry, still: Still, path: Path, late: Callable[[], bool]
) -> dict[str, Any] | None:
    first, shape = inquiry.points[0], np.shape(still.point[path])
    size = int(np.prod(shape, dtype=int))
    places = np.linspace(0, size - 1, min(size, MOST)).astype(int)
    slopes = []
    for place in places:
        if late():
            return None
        slopes.append(still.slopes(path, _unit(shape, int(place))))
    return {
        "name": str(path),
        "places": places.tolist(),
        "claim": np.ravel(first.claims[path])[places].tolist(),
        "claim_bar": first.claim_bars[path],
        "slope": [float(one.value[0]) for one in slopes],
        "slope_bar": [float(one.bar[0]) for one in slopes],
    }


def _unit(shape: tuple[int, ...], place: int) -> Array:
    line = np.zeros(shape)
    line.flat[place] = 1.0
    return line
