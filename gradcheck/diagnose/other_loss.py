"""Another loss: claims that are exact gradients, but of a loss that the config does not have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.diagnose.case import EXACT, Case, gap
from gradcheck.diagnose.explanation import OtherLoss
from gradcheck.errors import GradcheckError
from gradcheck.network.backward import gradients
from gradcheck.network.build import attach_loss
from gradcheck.network.forward import run
from gradcheck.network.graph import Network
from gradcheck.op import Op
from gradcheck.problem import Probe

OUTER = 1
"""Parameters nearest the loss that must be wrong before another loss is thought of."""


def other_loss(case: Case, losses: Sequence[Op]) -> OtherLoss | None:
    """Return the loss that the claims are gradients of, if there is exactly one such."""
    if not set(case.wrong) & set(case.compared[:OUTER]):
        return None
    found = []
    for op in losses:
        for options in _options(op):
            factor = _factor(case, op, options)
            if factor is not None:
                found.append(OtherLoss(name=op.name, options=options, factor=factor))
                break
    return found[0] if len(found) == 1 else None


def _options(op: Op) -> Iterator[dict[str, Any]]:
    """Yield the op's defaults with every combination of its choices."""
    if any(option.required for option in op.options.values()):
        return
    chosen = {name: o.choices for name, o in op.options.items() if o.choices}
    for values in product(*chosen.values()):
        yield {**op.defaults(), **dict(zip(chosen, values, strict=True))}


def _factor(case: Case, op: Op, options: Mapping[str, Any]) -> float | None:
    """Return the factor between the claims and the gradients of another loss, None if none fits."""
    ours: list[Array] = []
    theirs: list[Array] = []
    for reference, claims in zip(case.references, case.claims, strict=True):
        try:
            data = _gradients(reference.network, op, options, reference.probe)
        except GradcheckError:
            return None
        paid = _penalties(reference.network, reference.gradients, reference.probe)
        for name in case.compared:
            ours.append(data[name].ravel())
            theirs.append((claims[name] - paid[name]).ravel())
    one, other = np.concatenate(ours), np.concatenate(theirs)
    length = float(one @ one)
    if not np.isfinite(length) or not length:
        return None
    factor = float(one @ other) / length
    if factor <= 0 or any(gap(factor * a, b) > EXACT for a, b in zip(ours, theirs, strict=True)):
        return None
    return factor


def _gradients(
    network: Network, op: Op, options: Mapping[str, Any], probe: Probe
) -> Mapping[str, Array]:
    shapes = {**network.inputs, **{node.name: node.shape for node in network.nodes}}
    loss = attach_loss(
        op=op,
        options=options,
        prediction=network.prediction,
        target=network.target,
        shapes={**shapes, **{name: value.shape for name, value in probe.data.items()}},
        reduction="sum",
        scale=1.0,
        offset=0.0,
    )
    other = replace(network, loss=loss, penalties=())
    return gradients(other, run(other, probe.parameters, probe.data)).parameters


def _penalties(network: Network, right: Mapping[str, Array], probe: Probe) -> Mapping[str, Array]:
    """Return what regularisers add to the gradients."""
    bare = replace(network, penalties=())
    data = gradients(bare, run(bare, probe.parameters, probe.data)).parameters
    return {name: right[name] - data[name] for name in right}
