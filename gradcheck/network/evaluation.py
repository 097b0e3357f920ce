"""A network as a problem's loss: everything that the referee asks of it."""

from collections.abc import Mapping, Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.network import kinks, perturb, structure
from gradcheck.network.forward import Trace, measured, run
from gradcheck.network.graph import Network
from gradcheck.problem import Derivative, Effort, Kink, Lost, Moves, Nudge, Part, Piece, Probe

KEPT = 4
"""Forward passes that are kept: of the probes by default and one beside them."""


class Evaluation:
    """Answers for one network, keeping the forward passes of the latest probes."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._own = any(node.op.own for node in network.steps)
        self._kept: list[tuple[Probe, Nudge | None, perturb.Base]] = []
        self._unasked = 0

    def losses(
        self, probe: Probe, moves: Moves, steps: Array, nudge: Nudge | None
    ) -> tuple[Array, Array]:
        """Evaluate along lines; see `problem.Problem.evaluate`."""
        return perturb.losses(self._base(probe, nudge), moves, steps)

    def derivative(
        self, probe: Probe, parameter: str, nudge: Nudge | None, effort: Effort
    ) -> Derivative | None:
        """Differentiate by a whole parameter; see `problem.Problem.derivative`."""
        return structure.derivative(self._base(probe, nudge), parameter, effort)

    def measure(self, probe: Probe, piece: Piece) -> Part | None:
        """Measure a piece of a derivative; see `problem.Problem.measure`."""
        return structure.measure(self._base(probe, None), piece)

    def plain(self, probe: Probe, moves: Moves, steps: Array) -> tuple[Array, Array]:
        """Evaluate along lines by whole forward passes.

        The latest one at a probe itself is kept, for others to start from, and nothing else that
        was known of that probe: so an account does not depend on earlier checks.
        """
        if len(moves) == len(steps) == 1 and not steps.any():
            value, magnitude = measured(self._network, self._made(probe, None).trace)
            return np.array([[value]]), np.array([[magnitude]])
        return perturb.plain(self._network, probe, moves, steps)

    def passed(self, probe: Probe) -> Trace | None:
        """Return the forward pass at a probe if it is kept and can have been changed by nobody."""
        for kept, nudge, base in self._kept:
            if kept is probe and nudge is None and not self._own:
                return base.trace
        return None

    def loss(self, parameters: Mapping[str, Array], data: Mapping[str, Array]) -> float:
        """Return the loss at a point, by a whole forward pass that nothing is kept of."""
        return float(np.real(measured(self._network, self._passed(parameters, data))[0]))

    def kinks(self, probe: Probe) -> Sequence[Kink]:
        """List the elements that sit on a kink."""
        return kinks.kinks(self._network, self._base(probe, None).trace, self._passed)

    def resting(self, probe: Probe) -> bool:
        """Tell whether elements sit on kinks that `kinks` leaves out."""
        return kinks.resting(self._network, self._base(probe, None).trace, self._passed)

    def lost(self, probe: Probe, parameter: str) -> Lost | None:
        """Tell why a parameter's gradient is zero; see `problem.Problem.lost`."""
        from gradcheck.network.vanishing import lost

        return lost(self._network, probe, parameter, self._passed)

    def terms(self, probe: Probe, parameter: str, entries: Sequence[int]) -> Array:
        """Measure the terms that derivatives are made of; see `problem.Problem.terms`."""
        from gradcheck.network.conditioning import terms

        return terms(self._network, probe, parameter, entries, self._passed)

    def paths(self, probe: Probe, parameter: str, entries: Sequence[int]) -> Array:
        """Add up what all paths to the loss contribute; see `problem.Problem.paths`."""
        from gradcheck.network.conditioning import paths

        return paths(self._base(probe, None), parameter, entries)

    def trouble(self, probe: Probe) -> str:
        """Say where a number that is not finite comes from."""
        from gradcheck.network.nonfinite import trouble

        return trouble(self._network, probe)

    def overhead(self) -> int:
        """Count the forward passes at probes that nobody asked for but that others start from."""
        return self._unasked

    @property
    def complex_safe(self) -> bool:
        return all(node.op.complex_safe for node in self._network.steps)

    @property
    def kinks_known(self) -> bool:
        """Whether `kinks` lists them all: what a function of the user's does can't be looked at."""
        return all(node.op.kinks is not None or not node.op.own for node in self._network.steps)

    def _passed(self, parameters: Mapping[str, Array], data: Mapping[str, Array]) -> Trace:
        self._unasked += 1
        return run(self._network, parameters, data)

    def _base(self, probe: Probe, nudge: Nudge | None) -> perturb.Base:
        for place, (kept, nudged, base) in enumerate(self._kept):
            if kept is probe and nudged is nudge:
                self._kept.insert(0, self._kept.pop(place))
                return base
        self._unasked += 1
        return self._made(probe, nudge)

    def _made(self, probe: Probe, nudge: Nudge | None) -> perturb.Base:
        others = [one for one in self._kept if one[0] is not probe or one[1] is not nudge]
        self._kept = others[: KEPT - 1]
        self._kept.insert(0, (probe, nudge, perturb.base(self._network, probe, nudge)))
        return self._kept[0][2]
