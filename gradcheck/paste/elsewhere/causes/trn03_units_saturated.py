"""Saturated units: most activations of a layer have next to no slope where training starts."""

from collections.abc import Iterator

import numpy as np

from gradcheck.paste.elsewhere.activations import Layer, layers
from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.pairs import is_entropy, pairs
from gradcheck.paste.elsewhere.stage import Stage

_FLAT = 1e-3
_MOST = 0.5


def _look(stage: Stage) -> Iterator[Remark]:
    if not stage.is_own:
        return
    for layer in layers(stage):
        share = float(np.mean(layer.slopes < _FLAT)) if layer.has_ends else 0.0
        if share > _MOST and not _is_excused(stage, layer):
            yield _remark(stage, layer, share)


def _is_excused(stage: Stage, layer: Layer) -> bool:
    """Tell outputs whose loss makes up for their slopes."""
    outputs = [pair.prediction for pair in pairs(stage)]
    is_output = any(np.array_equal(a, out) for a in layer.after for out in outputs)
    return is_output and is_entropy(stage)


def _remark(stage: Stage, layer: Layer, share: float) -> Remark:
    site = stage.sites[layer.site]
    sums = np.concatenate([np.ravel(z) for z in layer.before])
    return Remark(
        message=f"`{site.text}` gives units that are saturated from the start",
        evidence=(
            f"{share:.0%} of the activations have a slope below {_FLAT:g}",
            f"they are the {layer.kind} of numbers from {sums.min():.3g} to {sums.max():.3g}",
        ),
        help="scale the inputs, or start from smaller weights, so that the sums are near 1",
        place=stage.place(layer.site),
    )


CAUSE = Cause(code="TRN03", title="saturated units", doc=__doc__, look=_look)
