"""A softmax that is normalised over the samples: its classes do not add up to one."""

from collections.abc import Iterator

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.pairs import Pair, pairs
from gradcheck.paste.elsewhere.stage import Stage

_NEAR = 1e-9


def _look(stage: Stage) -> Iterator[Remark]:
    if not stage.origin.data:
        return
    for pair in pairs(stage):
        axis = _classes(pair.target)
        if axis is None or pair.prediction.shape != pair.target.shape:
            continue
        wrong = _normalised(pair.prediction, axis)
        if wrong is not None:
            yield _remark(stage, pair, axis, wrong)
            return


def _classes(target: Array) -> int | None:
    """Return the axis of one-hot labels along which the classes lie."""
    if target.ndim != 2 or 1 in target.shape or not np.all((target == 0) | (target == 1)):
        return None
    axes = [axis for axis in (0, 1) if np.all(target.sum(axis=axis) == 1)]
    return axes[0] if len(axes) == 1 else None


def _normalised(out: Array, axis: int) -> str | None:
    """Say over what outputs are normalised that are not over their classes."""
    if np.any(out < 0) or np.all(np.abs(out.sum(axis=axis) - 1) < _NEAR):
        return None
    if np.all(np.abs(out.sum(axis=1 - axis) - 1) < _NEAR):
        return "those of each class, over the samples,"
    return "all of them together" if abs(float(out.sum()) - 1) < _NEAR else None


def _remark(stage: Stage, pair: Pair, axis: int, wrong: str) -> Remark:
    sums = pair.prediction.sum(axis=axis)
    site = stage.sites[pair.site]
    return Remark(
        message=f"the outputs in `{site.text}` are normalised over the samples, not the classes",
        evidence=(
            f"for one sample they add up to {sums.min():.3g} to {sums.max():.3g}",
            f"{wrong} add up to 1",
        ),
        help=f"in the softmax, sum over axis={axis} with keepdims=True",
        place=stage.place(pair.site),
    )


CAUSE = Cause(code="TRN11", title="a softmax over the samples", doc=__doc__, look=_look)
