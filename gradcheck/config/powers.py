"""The power of a config's check: its network, its probes and more of the same kind."""

from collections.abc import Mapping

from gradcheck.config.load import Loaded
from gradcheck.diagnose.power import FURTHER, Power, power
from gradcheck.fault import Fault


def power_of(loaded: Loaded, faults: Mapping[str, Fault], points: int | None = None) -> Power:
    """Return the power of a check at the config's number of points, or at another."""
    problem = loaded.problem
    count = min(points or loaded.settings.points, problem.probes or 1000)
    probes = [problem.probe(number, 0) for number in range(count + FURTHER)]
    names = [name for name in problem.shapes if problem.claimed is None or name in problem.claimed]
    return power(
        loaded.network,
        probes[:count],
        probes[count:],
        [fault for fault in faults.values() if fault.plantable],
        names,
    )
