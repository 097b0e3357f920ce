"""The run of a self-test over networks, one after the other or several at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from gradcheck.config.load import Loaded, Loader
from gradcheck.config.opening import Failed
from gradcheck.record import record
from gradcheck.selftest.summary import Summary, summarize
from gradcheck.selftest.trials import Ground, Trial

Progress = Callable[[str, float], None]
Try = Callable[["Errand"], Sequence["Tried"]]


@record
class Errand:
    """What is to be tried with one config: faults by their codes, and random pairs."""

    path: Path
    codes: frozenset[str]
    pairs: int


@record
class Tried:
    """What came of one network; `silent` if nothing is said of it when it is right."""

    network: str
    singles: tuple[Trial, ...]
    doubles: tuple[Trial, ...]
    silent: bool


def tried(errand: Errand, loader: Loader) -> list[Tried]:
    """Plant faults in every network of a config; raises ConfigError where it can't be loaded.

    The networks are tried as though they claimed our own backprop; those with ops of the user's
    own are passed over, as faults are planted in ours.
    """
    every = [fault for fault in loader.faults.all().values() if fault.plantable]
    found = []
    with np.errstate(all="ignore"):
        for loaded in _loaded(errand.path, loader):
            with loaded.stack:
                if any(node.op.own for node in loaded.network.steps):
                    continue
                ground = Ground(loaded, every)
                checks = ground.right().checks
                found.append(
                    Tried(
                        network=ground.name,
                        singles=tuple(ground.singles(errand.codes)),
                        doubles=tuple(ground.pairs(errand.pairs)),
                        silent=all(check.verdict == "right" for check in checks),
                    )
                )
    return found


def gathered(
    results: Iterable[Sequence[Tried]], count: int, codes: Sequence[str], progress: Progress
) -> Summary:
    """Add up what came of `count` configs."""
    found: list[Tried] = []
    for number, result in enumerate(results):
        found += result
        if result:
            progress(result[-1].network, (number + 1) / count)
    return summarize(
        codes,
        [trial for one in found for trial in one.singles],
        [trial for one in found for trial in one.doubles],
        len(found),
        sum(one.silent for one in found),
    )


def _loaded(path: Path, loader: Loader) -> Iterator[Loaded]:
    for document in loader.load(path, str(path)):
        if isinstance(document, Failed):
            raise document.error
        yield document
