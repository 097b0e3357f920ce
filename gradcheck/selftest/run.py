"""The run of a self-test over networks."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from gradcheck.config.load import Failed, Loaded, Loader
from gradcheck.fault import Fault
from gradcheck.op import Op
from gradcheck.selftest.summary import Summary, summarize
from gradcheck.selftest.trials import Ground, Trial

Progress = Callable[[str, float], None]


def run(
    paths: Sequence[Path],
    loader: Loader,
    faults: Sequence[Fault],
    losses: Sequence[Op],
    pairs: int,
    progress: Progress,
) -> Summary:
    """Plant every fault in every network, and `pairs` random pairs in each.

    `loader` has every fault, `faults` are those to be planted. Raises ConfigError for a config
    that can't be loaded.
    """
    every = loader.faults.all()
    singles: list[Trial] = []
    doubles: list[Trial] = []
    networks = silent = 0
    with np.errstate(all="ignore"):
        for number, loaded in enumerate(_own_backprop(paths, loader)):
            with loaded.stack:
                ground = Ground(loaded, every, losses)
                networks += 1
                silent += all(check.verdict == "right" for check in ground.right().checks)
                for trial in ground.singles(faults):
                    singles.append(trial)
                    progress(ground.name, min(1.0, (number + 0.5) / len(paths)))
                doubles += ground.pairs(pairs)
    return summarize(faults, singles, doubles, networks, silent)


def _own_backprop(paths: Sequence[Path], loader: Loader) -> Iterator[Loaded]:
    """Yield the documents of configs as though they claimed our own backprop."""
    for path in paths:
        for document in loader.load(path, str(path)):
            if isinstance(document, Failed):
                raise document.error
            yield document
