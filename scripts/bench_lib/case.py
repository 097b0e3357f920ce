"""A workload made ready: gradcheck's problem of it, and the same parameters, data and loss."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from bench_lib.forwards import Forward
from bench_lib.workloads import Workload
from gradcheck.array import Array
from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.load import Loader
from gradcheck.config.opening import Failed
from gradcheck.problem import Claims, Moves, Probe, Problem
from gradcheck.settings import Policy

AGREEMENT = 1e-12
"""How far, relatively, the two forward passes of one network may be apart."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One network at one point.

    `planted` holds, for some parameters, the factors by which their claimed gradients are wrong;
    `scale` and `offset` are applied to the loss. `single` has the claims made in float32.
    """

    workload: Workload
    problem: Problem
    parameters: Mapping[str, Array]
    data: Mapping[str, Array]
    planted: Mapping[str, Array] = field(default_factory=dict)
    scale: float = 1.0
    offset: float = 0.0
    single: bool = False

    @property
    def size(self) -> int:
        return sum(value.size for value in self.parameters.values())

    @property
    def forward(self) -> Forward:
        """The loss by hand, in any array library."""

        def forward(xp: Any, p: Mapping[str, Any], d: Mapping[str, Any]) -> Any:
            return self.scale * self.workload.forward(xp, p, d) + self.offset

        return forward

    def probe(self) -> Probe:
        """Make the point anew, so that nothing kept from an earlier check is used again."""
        return Probe(name="given", parameters=self.parameters, data=self.data)

    def claims(self) -> dict[str, Array]:
        """Return the claimed gradients, planted errors and all."""
        return dict(self.target().claims([self.probe()])[0])

    def target(self) -> Problem:
        """Return the problem at this very point, with the planted claims."""
        return replace(
            self.problem, probe=lambda number, attempt: self.probe(), claims=self._planted()
        )

    def _planted(self) -> Callable[[Any], list[Claims]]:
        def claims(probes: Any) -> list[Claims]:
            found = self.problem.claims([_single(p) for p in probes] if self.single else probes)
            kind = np.float32 if self.single else np.float64
            return [
                {
                    n: np.asarray(g * self.planted[n] if n in self.planted else g, dtype=kind)
                    for n, g in one.items()
                }
                for one in found
            ]

        return claims


def _single(probe: Probe) -> Probe:
    return replace(
        probe,
        parameters={n: v.astype(np.float32) for n, v in probe.parameters.items()},
        data={n: v.astype(np.float32) for n, v in probe.data.items()},
    )


def load(workload: Workload, *, scale: float = 1.0, offset: float = 0.0) -> Case:
    """Make a workload's problem; its loss must be the one that was written by hand."""
    loader = Loader(ops=OPS, faults=FAULTS, policy=Policy(python=False))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workload.yaml"
        path.write_text(_scaled(workload.config, scale, offset))
        (loaded,) = loader.load(path, workload.title)
    if isinstance(loaded, Failed):
        raise loaded.error
    own = loaded.problem.probe(0, 0)
    case = Case(
        workload=workload,
        problem=loaded.problem,
        parameters=own.parameters,
        data=own.data,
        scale=scale,
        offset=offset,
    )
    _same_loss(case)
    return case


def _scaled(config: str, scale: float, offset: float) -> str:
    """Put a scale and an offset among the loss's options."""
    before, found, after = config.partition("loss: {")
    options, _, rest = after.partition("}}")
    assert found
    return f"{before}{found}{options}, scale: {scale!r}, offset: {offset!r}}}}}{rest}"


def _same_loss(case: Case) -> None:
    name, value = next(iter(case.parameters.items()))
    still = Moves(parameter=name, scale=np.zeros(1), directions=np.zeros((1, *value.shape)))
    theirs = float(case.problem.plain(case.probe(), still, np.zeros(1))[0][0, 0])
    ours = float(case.forward(np, case.parameters, case.data))
    if not abs(ours - theirs) <= AGREEMENT * abs(theirs):
        raise ValueError(
            f"workload {case.workload.key}: the loss by hand is {ours!r}, but that of the config "
            f"{theirs!r}; they must be the same network"
        )
