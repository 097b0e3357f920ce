"""Predictions and their targets, from the differences that a step computes of them."""

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.runtime import Event
from gradcheck.record import record

_ENTROPIES = ("binary cross-entropy", "cross-entropy")


@record
class Pair:
    """A difference of a prediction, which depends on the parameters, and a target, which does not.

    `value` is the difference itself, `moved` the prediction at random weights; `left` tells on
    which side the prediction stands.
    """

    site: int
    left: bool
    prediction: Array
    moved: Array
    target: Array
    value: Array


@lru_cache(maxsize=4)
def pairs(stage: Stage) -> list[Pair]:
    """Return the pairs of the first step, whatever the shapes of their sides."""
    return list(_pairs(stage))


def _pairs(stage: Stage) -> Iterator[Pair]:
    for one, two in zip(stage.base.events, stage.moved.events, strict=False):
        if one.site != two.site:
            return
        if not _is_difference(stage, one):
            continue
        left = not np.array_equal(one.left, two.left)
        right = not np.array_equal(one.right, two.right)
        if left != right:
            sides = (one.left, one.right) if left else (one.right, one.left)
            yield Pair(
                site=one.site,
                left=left,
                prediction=np.asarray(sides[0]),
                moved=np.asarray(two.left if left else two.right),
                target=np.asarray(sides[1]),
                value=np.asarray(one.value),
            )


def sample_axis(known: Sequence[Pair], shape: tuple[int, ...]) -> int | None:
    """Return along which axis of a table (2-D) the samples lie, from the predictions' shapes."""
    sizes = {size for pair in known for size in pair.prediction.shape if size > 1}
    axes = [axis for axis, size in enumerate(shape) if size in sizes]
    return axes[0] if len(axes) == 1 else None


def _is_difference(stage: Stage, event: Event) -> bool:
    """Tell a difference of two values that is no update."""
    if event.left is None or event.right is None or event.site in stage.step.rates:
        return False
    match stage.inquiry.machine.nodes.get(event.site):
        case ast.BinOp(left=ast.Constant()) | ast.BinOp(right=ast.Constant()):
            return False
        case ast.BinOp(op=ast.Sub()):
            return True
    return False


def is_entropy(stage: Stage) -> bool:
    """Tell whether the loss is a cross-entropy, whose slope does not vanish with its unit's."""
    inquiry = stage.inquiry
    return any(
        c.standard in _ENTROPIES
        and (i == stage.chosen or inquiry.parallel(stage.chosen, i, everywhere=True))
        for i, c in enumerate(inquiry.candidates)
    )
