"""How large the terms are that a gradient is made of, however much of them cancels.

By the chain rule, a derivative by a parameter is the sum, over the elements of any layer's output
that all paths go through, of how much the loss depends on an element times how much the element
depends on the parameter. Rounding leaves its mark on each of these terms, so no right claim needs
be more exact than the rounding of the largest: a softmax whose logits move together, for one, has
a gradient of zero, made of terms that are none. What cancels within a layer shows where the sizes
of what all paths contribute are added up.
"""

from collections.abc import Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.network.backward import gradients
from gradcheck.network.forward import Forward
from gradcheck.network.graph import Network
from gradcheck.network.perturb import Base
from gradcheck.network.structure import UNABLE, one_by_one
from gradcheck.numeric.complex_step import STEP
from gradcheck.numeric.split import signless
from gradcheck.problem import Moves, Probe


def terms(
    network: Network, probe: Probe, parameter: str, entries: Sequence[int], forward: Forward
) -> Array:
    """Return, for some entries of a parameter, the largest sum of absolute terms of any layer.

    Raises NotAnalyticError where complex numbers don't come through.
    """
    upstream = gradients(network, forward(probe.parameters, probe.data)).values
    moves = Moves(parameter=parameter, scale=np.ones(len(entries)), indices=np.asarray(entries))
    found = []
    for moved in moves.each(probe.parameters[parameter], 1j * STEP):
        values = forward({**probe.parameters, parameter: moved}, probe.data).values
        found.append(max((_size(values[name], dy) for name, dy in upstream.items()), default=0.0))
    return np.array(found)


def paths(start: Base, parameter: str, entries: Sequence[int]) -> Array:
    """Return, for some entries, the sum of the sizes of what all paths to the loss contribute.

    It is larger than the terms of any layer, for it also has those that cancel within one. Zero
    where an op can't say.
    """
    places, shape = np.asarray(entries), start.trace.parameters[parameter].shape
    found = np.zeros(len(places))
    for node in start.network.nodes:
        for local, binding in node.bindings.items():
            if binding.parameter != parameter:
                continue
            own = places
            if binding.transposed:
                own = np.ravel_multi_index(np.unravel_index(places, shape)[::-1], shape[::-1])
            try:
                with signless():
                    found += one_by_one(start, node, local, own)[1]
            except UNABLE:
                return np.zeros(len(places))
    return found


def _size(value: Array, upstream: Array) -> float:
    return float(np.sum(np.abs(np.imag(value)) * np.abs(upstream))) / STEP
