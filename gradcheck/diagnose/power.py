"""The power of a check: which known faults it would not have seen, and why.

A fault is planted wherever it fits. If it changes no gradient at the probes in use, it is
planted at other values, in a batch of another size and under other strengths of the
regularisers: where it shows there, the probes are blind to it; where it never shows, it is no
fault of this network (a sigmoid's is none of a ReLU's).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.chance import Chance
from gradcheck.errors import GradcheckError
from gradcheck.fault import Fault
from gradcheck.network.graph import Network
from gradcheck.network.plant import Plant, spoken
from gradcheck.network.planted import Reference, plants
from gradcheck.network.resize import resized
from gradcheck.problem import Probe
from gradcheck.record import record

VISIBLE = 1e-9
"""The relative change of a gradient that the check is sure to see."""

FURTHER = 3
"""Generated probes beyond those in use at which faults are looked for."""

BATCHES = (7, 11, 13, 17, 19, 23, 29, 31)
"""Numbers of samples at which faults are looked for: the first that is no other size as well.

Where sizes are equal, mistakes fit that fit nowhere else; they are none of this check's.
"""

STRENGTH = 0.3
"""The strength that regularisers get that are declared with none."""


@record
class Hidden:
    """A fault that the probes can't show; `reason` says where it would show."""

    plant: Plant
    reason: str

    @property
    def place(self) -> str:
        return spoken(self.plant)


@record
class Power:
    """How many of the faults that matter a check would see.

    `equivalent` counts the ways to make a fault that change nothing in this network. `needed` is
    the number of probes that would show all that generated probes can show.
    """

    visible: int
    hidden: tuple[Hidden, ...]
    equivalent: int
    needed: int

    @property
    def total(self) -> int:
        return self.visible + len(self.hidden)

    @property
    def share(self) -> float:
        """Visible faults over those that matter; 1 where none does."""
        return self.visible / self.total if self.total else 1.0


def power(
    network: Network,
    probes: Sequence[Probe],
    further: Sequence[Probe],
    faults: Sequence[Fault],
    names: Sequence[str],
) -> Power:
    """Plant every fault wherever it fits and see whether the gradients of `names` change.

    `further` are probes that the check does not use.
    """
    first = Reference(network, probes[0])
    used = [first, *(Reference(network, probe, first) for probe in probes[1:])]
    beyond = [Reference(network, probe, first) for probe in further]
    varied = list(_varied(network, probes))
    ways: dict[tuple[str, ...], Plant] = {}
    for reference in (*used, *beyond, *(reference for reference, _ in varied)):
        for fault in faults:
            for plant in plants(reference, fault):
                ways.setdefault(_key(plant), plant)
    visible, hidden, needed = 0, [], len(probes)
    for plant in ways.values():
        if any(_shows(reference, plant, names) for reference in used):
            visible += 1
            continue
        for extra, reference in enumerate(beyond):
            if _shows(reference, plant, names):
                hidden.append(Hidden(plant=plant, reason="shows at other generated points"))
                needed = max(needed, len(probes) + extra + 1)
                break
        else:
            reason = next((why for r, why in varied if _shows(r, plant, names)), None)
            if reason is not None:
                hidden.append(Hidden(plant=plant, reason=reason))
    return Power(
        visible=visible,
        hidden=tuple(hidden),
        equivalent=len(ways) - visible - len(hidden),
        needed=needed,
    )


def _key(plant: Plant) -> tuple[str, ...]:
    return plant.fault.code, plant.node, plant.target or "", plant.choice or ""


def _shows(reference: Reference, plant: Plant, names: Sequence[str]) -> bool:
    """Tell whether a fault changes a gradient by more than the check overlooks."""
    for name, gradient in reference.changed([plant]):
        right = reference.gradients[name]
        size = float(np.max(np.abs(right), initial=0.0))
        if name in names and float(np.max(np.abs(gradient - right), initial=0.0)) > VISIBLE * size:
            return True
    return False


def _varied(network: Network, probes: Sequence[Probe]) -> Iterator[tuple[Reference, str]]:
    """Yield the network in other circumstances, each with what they are."""
    last = probes[-1]
    sizes = {size for shape in _shapes(network) for size in shape}
    batch = next((size for size in BATCHES if size not in sizes), 37)
    data = _rows(probes, batch)
    try:
        other = resized(network, batch, data)
        yield Reference(other, replace(last, data=data)), f"shows with a batch of {batch}"
    except GradcheckError:
        other = network
    if any(penalty.strength == 0 for penalty in network.penalties):
        penalties = tuple(
            penalty if penalty.strength else replace(penalty, strength=STRENGTH)
            for penalty in network.penalties
        )
        decayed = replace(network, penalties=penalties)
        yield Reference(decayed, last), f"shows with a regulariser of strength {STRENGTH}"


def _shapes(network: Network) -> Iterator[Shape]:
    yield from network.inputs.values()
    yield from (node.shape for node in network.steps)
    yield from (spec.shape for spec in network.parameters.values())


def _rows(probes: Sequence[Probe], batch: int) -> dict[str, Array]:
    """Draw samples from those of all probes, inputs and targets together."""
    pool = {name: np.concatenate([probe.data[name] for probe in probes]) for name in probes[0].data}
    size = min(len(rows) for rows in pool.values())
    pick = Chance([batch]).permutation(size)
    pick = pick[np.arange(batch) % size]
    return {name: rows[pick] for name, rows in pool.items()}
