"""A first layer without a bias, where a constant would lower the loss and inputs give none."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.activations import Layer, layers
from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.inputs import Input, fed, inputs
from gradcheck.paste.elsewhere.pairs import Pair, pairs, sample_axis
from gradcheck.paste.elsewhere.stage import Stage

_LEFT = 0.01
"""The share of a constant that no combination of inputs may give."""

_GAIN = 0.1
"""The share of the loss that a constant must take away."""

_MOST_FEATURES = 100
_MOST_UNITS = 16
_NUDGE = 1e-3
_ROUNDING = 1e-12
_STRETCHES = (0.1, 0.3, 1.0, 3.0)


def _look(stage: Stage) -> Iterator[Remark]:
    if not (stage.is_own and stage.walks):
        return
    known = pairs(stage)
    given = inputs(stage) if known else []
    if not given or (left := _constant_left(given)) < _LEFT:
        return
    zeros = {path: value for one in given for path, value in one.zeroed().items()}
    empty = fed(stage, zeros)
    first = next((one for one in layers(stage) if one.kind != "exponential"), None)
    if first is not None:
        gain = _shifted(stage, first, known) if _is_zero(empty, first) else None
        site, what = first.site, f"the sums of its {first.kind} units are"
    else:
        gain = _lines(given, known) if _predicts_zero(empty, known) else None
        site, what = known[0].site, "the prediction is"
    if gain is None or not gain[1] < (1 - _GAIN) * gain[0]:
        return
    yield Remark(
        message="the first layer has no bias",
        evidence=(
            f"with inputs of zero {what} zero, whatever the weights",
            f"no combination of the inputs is constant: {left:.0%} of a constant is left over",
            f"constants added there bring the loss from {gain[0]:.3g} to {gain[1]:.3g}",
        ),
        help="add a bias to it, or a column of ones to the inputs",
        place=stage.place(site),
    )


def _constant_left(given: Sequence[Input]) -> float:
    """Return the share of a constant that no combination of the inputs gives; 0 if too many."""
    samples = min(len(one.table) for one in given)
    table = np.concatenate([one.table[:samples] for one in given], axis=1)
    if table.shape[1] > _MOST_FEATURES:
        return 0.0
    ones = np.ones(samples)
    return float(_left(table, ones) / samples)


def _left(table: Array, target: Array) -> float:
    """Return the sum of squares that a least-squares fit leaves."""
    weights, *_ = np.linalg.lstsq(table, target, rcond=None)
    return float(np.sum((target - table @ weights) ** 2))


def _is_zero(empty: Stage, layer: Layer) -> bool:
    found = [e.value for e in empty.ahead(empty.moved) if _is_sum(layer, e.site, e.value)]
    return bool(found) and not any(np.any(value) for value in found)


def _is_sum(layer: Layer, site: int, value: Any) -> bool:
    return site == layer.sums and np.shape(value) == layer.before[0].shape


def _predicts_zero(empty: Stage, known: Sequence[Pair]) -> bool:
    sides = {pair.site: pair.left for pair in known}
    found = [event for event in empty.moved.events if event.site in sides]
    return bool(found) and not any(
        np.any(event.left if sides[event.site] else event.right) for event in found
    )


def _lines(given: Sequence[Input], known: Sequence[Pair]) -> tuple[float, float] | None:
    """Return what the best linear fit leaves of the targets, without and with a constant."""
    table, target = given[0].table, np.ravel(known[0].target)
    if len(given) > 1 or len(target) != len(table):
        return None
    whole = np.concatenate([table, np.ones((len(table), 1))], axis=1)
    without = _left(table, target)
    if without <= _ROUNDING * float(target @ target):
        return None
    return without, _left(whole, target)


def _shifted(stage: Stage, layer: Layer, known: Sequence[Pair]) -> tuple[float, float] | None:
    """Return the loss, and the least along the descent by constants added to each unit's sum."""
    lines = _units(layer, known)
    if lines is None or len(lines) > _MOST_UNITS:
        return None
    size = max(1.0, float(np.sqrt(np.mean(np.square(layer.before[0])))))

    def loss(shift: Array) -> float:
        added = np.tensordot(shift, lines, axes=1)
        fits = partial(_is_sum, layer, layer.sums)
        return stage.mean_loss({}, {layer.sums: lambda value: added if fits(value) else 0.0})

    slopes = np.array(
        [loss(_NUDGE * size * unit) - loss(-_NUDGE * size * unit) for unit in np.eye(len(lines))]
    )
    length = float(np.linalg.norm(slopes))
    if not length > 0:
        return None
    steps = [loss(-size * stretch * slopes / length) for stretch in _STRETCHES]
    return loss(np.zeros(len(lines))), float(np.nanmin(steps))


def _units(layer: Layer, known: Sequence[Pair]) -> Array | None:
    """Return what to add to the sums for each unit: (units, shape of the sums)."""
    shape = layer.before[0].shape
    if len(shape) < 2 and any(pair.prediction.shape == shape for pair in known):
        return np.ones((1, *shape))
    if len(shape) == 1 or (len(shape) == 2 and 1 in shape):
        return np.eye(int(np.prod(shape))).reshape(-1, *shape)
    axis = sample_axis(known, shape) if len(shape) == 2 else None
    if axis is None:
        return None
    rows = np.eye(shape[1 - axis])
    return rows[:, None, :] if axis == 0 else rows[:, :, None]


CAUSE = Cause(code="TRN08", title="a missing bias", doc=__doc__, look=_look)
