"""Claims by our own backprop."""

from collections.abc import Callable, Collection, Sequence

import numpy as np

from gradcheck.network.backward import gradients
from gradcheck.network.forward import run
from gradcheck.network.graph import Network
from gradcheck.problem import Claims, Probe


def claimant(
    network: Network, inputs: Collection[str] = ()
) -> Callable[[Sequence[Probe]], list[Claims]]:
    """Return what claims, at each probe, the gradients that backprop computes there.

    They are those of all parameters and of the named inputs.
    """

    def at(probe: Probe) -> Claims:
        found = gradients(network, run(network, probe.parameters, probe.data), inputs)
        return {
            **found.parameters,
            **{name: found.values.get(name, np.zeros(network.inputs[name])) for name in inputs},
        }

    return lambda probes: [at(probe) for probe in probes]
