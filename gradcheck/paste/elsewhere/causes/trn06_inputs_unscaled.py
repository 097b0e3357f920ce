"""Unscaled inputs: what goes wrong with them as they are goes well once they are scaled."""

from collections.abc import Iterator

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.activations import layers
from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.inputs import Input, fed, inputs
from gradcheck.paste.elsewhere.stage import Stage

_LARGE = 10.0
"""From this root mean square on, a feature counts as unscaled."""

_FLAT = 1e-3
_MOST = 0.5
_SHOWN = 3


def _look(stage: Stage) -> Iterator[Remark]:
    if not (stage.is_right and stage.walks and stage.is_own) or not _fails(stage):
        return
    for one in inputs(stage):
        if np.max(_size(one.table)) < _LARGE:
            continue
        other = fed(stage, one.scaled())
        if other.walks and other.loss_at(1.0) < other.loss_at(0.0) and not _fails(other):
            yield _remark(stage, other, one)


def _fails(stage: Stage) -> bool:
    """Tell a loss that rises, and units most of which are saturated."""
    return not stage.loss_at(1.0) <= stage.loss_at(0.0) or _flat(stage) > _MOST


def _flat(stage: Stage) -> float:
    """Return the share of flat activations in the layer that has most of them."""
    curved = [layer for layer in layers(stage) if layer.has_ends]
    return max((float(np.mean(layer.slopes < _FLAT)) for layer in curved), default=0.0)


def _size(table: Array) -> Array:
    return np.asarray(np.sqrt(np.mean(table**2, axis=0)))


def _remark(stage: Stage, other: Stage, one: Input) -> Remark:
    facts = (_course(stage), _course(other))
    if stage.loss_at(1.0) <= stage.loss_at(0.0):
        facts = (_saturation(stage), _saturation(other))
    return Remark(
        message=f"the inputs in {one.name} are not scaled",
        evidence=(
            *_ranges(one.table),
            f"as they are, {facts[0]}",
            f"with means of 0 and deviations of 1, {facts[1]}",
        ),
        help=f"subtract the mean of each feature of {one.name}, and divide by its deviation",
        place=stage.birth(one.name),
    )


def _course(stage: Stage) -> str:
    steps = stage.walk(1.0).steps
    return f"{steps} steps take the loss from {stage.loss_at(0.0):.3g} to {stage.loss_at(1.0):.3g}"


def _saturation(stage: Stage) -> str:
    return f"{_flat(stage):.0%} of a layer's activations have a slope below {_FLAT:g}"


def _ranges(table: Array) -> Iterator[str]:
    large = [index for index, size in enumerate(_size(table)) if size >= _LARGE]
    for index in large[:_SHOWN]:
        column = table[:, index]
        yield (
            f"feature {index} has mean {column.mean():.3g} and deviation {column.std():.3g}, "
            f"from {column.min():.3g} to {column.max():.3g}"
        )
    if len(large) > _SHOWN:
        yield f"so have {len(large) - _SHOWN} more features"


CAUSE = Cause(code="TRN06", title="unscaled inputs", doc=__doc__, look=_look)
