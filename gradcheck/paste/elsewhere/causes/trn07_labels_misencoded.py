"""Labels that the output can't give: beyond its range, or class numbers against several outputs."""

from collections.abc import Iterator

import numpy as np

from gradcheck.paste.elsewhere.activations import Layer, layers_at
from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.pairs import Pair, pairs
from gradcheck.paste.elsewhere.stage import Stage

_RANGES = {
    "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "softplus": (0.0, np.inf),
    "exponential": (0.0, np.inf),
}
_CLASSES = 2
"""Class numbers are told from zeros and ones by the first that is as large as this."""


def _look(stage: Stage) -> Iterator[Remark]:
    if not stage.origin.classes:
        return
    known_only = not stage.origin.data
    found = {pair.site: pair for pair in pairs(stage) if not known_only or _is_whole(pair)}
    known = layers_at(stage, stage.anywhere) if found else []
    for pair in found.values():
        if _are_numbers(pair):
            yield _numbers(stage, pair)
            return
        layer = next((one for one in known if _gives(one, pair)), None)
        if layer is not None and (share := _outside(layer, pair)):
            yield _beyond(stage, layer, pair, share)
            return


def _gives(layer: Layer, pair: Pair) -> bool:
    """Tell whether a layer is the output, at random weights: a bias of zero would hide itself."""
    return pair.moved.ndim > 0 and any(np.array_equal(a, pair.moved) for a in layer.after)


def _outside(layer: Layer, pair: Pair) -> float:
    """Return the share of targets that no unit of this kind can give."""
    low, high = _RANGES[layer.kind]
    return float(np.mean((pair.target < low) | (pair.target > high)))


def _are_numbers(pair: Pair) -> bool:
    """Tell whether one class number for each sample is held against several outputs."""
    out, target = pair.prediction.shape, pair.target.shape
    spread = len(out) == len(target) == 2 and out != target and 1 in target and 1 not in out
    return spread and _is_whole(pair) and float(np.max(pair.target)) >= _CLASSES


def _is_whole(pair: Pair) -> bool:
    return bool(np.all(np.mod(pair.target, 1) == 0) and np.all(pair.target >= 0))


def _numbers(stage: Stage, pair: Pair) -> Remark:
    site = stage.sites[pair.site]
    return Remark(
        message=f"`{site.text}` holds class numbers against several outputs",
        evidence=(
            f"the outputs have shape {pair.prediction.shape}, the labels {pair.target.shape}",
            f"the labels are whole numbers from {pair.target.min():g} to {pair.target.max():g}",
        ),
        help="write the labels one-hot: np.eye(classes)[labels]",
        place=stage.place(pair.site),
    )


def _beyond(stage: Stage, layer: Layer, pair: Pair, share: float) -> Remark:
    site = stage.sites[pair.site]
    low, high = _RANGES[layer.kind]
    return Remark(
        message=f"`{site.text}` has targets that a {layer.kind} output can't give",
        evidence=(
            f"{share:.0%} of the targets lie outside of {low:g} to {high:g}",
            f"they reach from {pair.target.min():.3g} to {pair.target.max():.3g}",
        ),
        help="scale the targets into that range, or use a linear output",
        place=stage.place(pair.site),
    )


CAUSE = Cause(code="TRN07", title="labels of the wrong kind", doc=__doc__, look=_look)
