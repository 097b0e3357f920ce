"""Pictures of a pasted program's wrong gradients, from single entries that its run has measured."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.paste.verdicts import DOUBT, Judged, numbers
from gradcheck.referee.portraits import Entries, painted
from gradcheck.report import Pictures, Portrait


def pictures(step: Mapping[str, Any], result: Judged) -> Pictures | None:
    """Return portraits of the parameters whose entries were measured; None if there are none."""
    found = tuple(_portraits(step, result))
    return Pictures(portraits=found) if found else None


def _portraits(step: Mapping[str, Any], result: Judged) -> Iterator[Portrait]:
    """Yield portraits in units of the loss's gradient: without a common scale nothing has any."""
    shapes = {entry["name"]: tuple(entry["shape"]) for entry in step["parameters"]}
    for each in step.get("entries", ()) if result.scale else ():
        claimed = numbers(each["claim"]) / result.scale
        numeric, bar = numbers(each["slope"]), numbers(each["slope_bar"])
        bar = bar + each["claim_bar"] / abs(result.scale or 1.0)
        off, known = np.abs(claimed - numeric), np.isfinite(bar)
        if known.any():
            yield painted(
                each["name"],
                "first random",
                shapes[each["name"]],
                Entries(
                    places=np.array(each["places"])[known],
                    claimed=claimed[known],
                    numeric=numeric[known],
                    off=off[known],
                    bar=bar[known],
                    wrong=(off > DOUBT * bar)[known],
                ),
            )
