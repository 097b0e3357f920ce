"""The demonstration of a fault: a small network whose backprop makes it."""

from collections.abc import Iterable
from pathlib import Path

from gradcheck.config.load import Loaded, Loader
from gradcheck.errors import ClaimError
from gradcheck.fault import Fault
from gradcheck.network.plant import Plant
from gradcheck.network.planted import Reference, plants
from gradcheck.record import record


@record
class Demonstration:
    """The text of a config with a fault planted in its own backprop."""

    network: str
    config: str


def demonstrate(
    fault: Fault, loader: Loader, grounds: Iterable[Path], effect: float = 1e-8
) -> Demonstration:
    """Plant a fault in the first small network in which it changes a gradient.

    Raises ClaimError for an entry that can't be planted.
    """
    if not fault.plantable:
        raise ClaimError(
            f"{fault.code} ({fault.title}) can't be planted in a backward pass; "
            f"'gradcheck explain {fault.code}' tells why"
        )
    for path in grounds:
        (loaded,) = loader.load(path, path.name)
        assert isinstance(loaded, Loaded), path
        with loaded.stack:
            own, other = (loaded.problem.probe(k, 0) for k in range(2))
            reference = Reference(loaded.network, other, Reference(loaded.network, own))
            for plant in plants(reference, fault):
                if _matters(reference, plant, effect):
                    return Demonstration(network=path.stem, config=_config(path, reference, plant))
    raise ClaimError(f"{fault.code} ({fault.title}) changes no gradient in any small network")


def _matters(reference: Reference, plant: Plant, effect: float) -> bool:
    changed = reference.planted([plant])
    return any(
        float(abs(changed[name] - right).max(initial=0.0)) > effect
        for name, right in reference.gradients.items()
    )


def _config(path: Path, reference: Reference, plant: Plant) -> str:
    return f"{path.read_text('utf-8')}gradients:\n  faults: [{spelled(reference, plant)!r}]\n"


def spelled(reference: Reference, plant: Plant) -> str:
    """Write a plant as a config does."""
    place = plant.node
    if plant.target is not None:
        place = reference.sites[plant.node].names[plant.target]
    variant = f"({plant.choice})" if plant.choice else ""
    return f"{plant.fault.code}@{place}{variant}"
