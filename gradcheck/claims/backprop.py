"""Claims by our own backprop."""

from collections.abc import Callable, Sequence

from gradcheck.network.backward import gradients
from gradcheck.network.forward import run
from gradcheck.network.graph import Network
from gradcheck.problem import Claims, Probe


def claimant(network: Network) -> Callable[[Sequence[Probe]], list[Claims]]:
    """Return what claims, at each probe, the gradients that backprop computes there."""

    def claims(probes: Sequence[Probe]) -> list[Claims]:
        return [gradients(network, run(network, p.parameters, p.data)).parameters for p in probes]

    return claims
