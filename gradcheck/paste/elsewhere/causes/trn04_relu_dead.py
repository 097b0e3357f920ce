"""Dead units: most ReLUs of a layer are zero for every sample, at the start or after some steps."""

from collections.abc import Iterator

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.activations import Layer, layers_at
from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.pairs import pairs, sample_axis
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.steps import Point
from gradcheck.record import record

_SAMPLES = 8
"""So many samples at least must have been seen before a unit is called dead."""

_MOST = 0.5


@record
class _Dead:
    layer: Layer
    dead: int
    units: int


def _look(stage: Stage) -> Iterator[Remark]:
    if not stage.is_own:
        return
    first = list(_dead(stage, {}))
    for one in first:
        yield _remark(
            stage, one, "at the start", "start from smaller, or other, weights and biases"
        )
    if first or not (stage.is_right and stage.walks):
        return
    for one in _dead(stage, stage.walk(1.0).end):
        when = f"after {stage.walk(1.0).steps} steps, though not at the start"
        yield _remark(stage, one, when, "try a smaller learning rate, or a leaky ReLU")


def _dead(stage: Stage, point: Point) -> Iterator[_Dead]:
    for layer in layers_at(stage, point):
        table = _by_sample(stage, layer) if layer.kind == "relu" else None
        if table is None or len(table) < _SAMPLES:
            continue
        dead = int(np.sum(~np.any(table > 0, axis=0)))
        if dead > _MOST * table.shape[1]:
            yield _Dead(layer=layer, dead=dead, units=table.shape[1])


def _by_sample(stage: Stage, layer: Layer) -> Array | None:
    """Return the activations as (samples, units); None where it can't be told which is which."""
    shape = layer.after[0].shape
    if len(shape) == 1 or (len(shape) == 2 and 1 in shape):
        return np.stack([np.ravel(a) for a in layer.after])
    axis = sample_axis(pairs(stage), shape) if len(shape) == 2 else None
    return None if axis is None else np.concatenate([a.T if axis else a for a in layer.after])


def _remark(stage: Stage, one: _Dead, when: str, advice: str) -> Remark:
    site = stage.sites[one.layer.site]
    return Remark(
        message=f"`{site.text}` has dead units {when}",
        evidence=(f"{one.dead} of {one.units} units are zero for every sample that was seen",),
        help=advice,
        place=stage.place(one.layer.site),
    )


CAUSE = Cause(code="TRN04", title="dead ReLU units", doc=__doc__, look=_look)
