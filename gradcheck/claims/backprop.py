"""Claims by our own backprop."""

from collections.abc import Callable, Collection, Sequence

import numpy as np

from gradcheck.network.backward import gradients
from gradcheck.network.forward import Trace, run
from gradcheck.network.graph import Network
from gradcheck.problem import Claims, Probe


def claimant(
    network: Network, inputs: Collection[str], passed: Callable[[Probe], Trace | None]
) -> Callable[[Sequence[Probe]], list[Claims]]:
    """Return what claims, at each probe, the gradients that backprop computes there.

    They are those of all parameters and of the named inputs. Backprop starts from the forward pass
    that was already `passed` at the probe, if there is one.
    """

    def at(probe: Probe) -> Claims:
        trace = passed(probe) or run(network, probe.parameters, probe.data)
        found = gradients(network, trace, inputs)
        return {
            **found.parameters,
            **{name: found.values.get(name, np.zeros(network.inputs[name])) for name in inputs},
        }

    return lambda probes: [at(probe) for probe in probes]
