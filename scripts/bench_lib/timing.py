"""Timing by turns: every contender, then all of them again, and the medians of that.

In its turn what is short is run several times, as `timeit` does: the naive loop runs thousands of
forward passes one after the other, and a single run of a few milliseconds between long ones would
be measured with all that it needs pushed out of the caches.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

_TURN = 0.1
"""Processor seconds that a turn takes at least."""


@dataclass(frozen=True, kw_only=True)
class Contender:
    """Something to be timed; `factor` scales a run on a part up to the whole."""

    name: str
    run: Callable[[], object]
    factor: float = 1.0
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Timed:
    """Median seconds of processor and of wall time; `estimated` if they were scaled up."""

    cpu: float
    wall: float
    estimated: bool = False
    note: str = ""


def by_turns(contenders: Sequence[Contender], repeats: int) -> dict[str, Timed]:
    """Time each contender `repeats` times, after a round that is thrown away."""
    cpu: Mapping[str, list[float]] = {c.name: [] for c in contenders}
    wall: Mapping[str, list[float]] = {c.name: [] for c in contenders}
    for turn in range(repeats + 1):
        for contender in contenders:
            seconds = _repeated(contender.run)
            if turn:
                cpu[contender.name].append(seconds[0] * contender.factor)
                wall[contender.name].append(seconds[1] * contender.factor)
    return {
        c.name: Timed(
            cpu=median(cpu[c.name]),
            wall=median(wall[c.name]),
            estimated=c.factor != 1,
            note=c.note,
        )
        for c in contenders
    }


def once(run: Callable[[], object]) -> Timed:
    """Time one run, which may be a long one: no median, and no round before it."""
    cpu, wall = _once(run)
    return Timed(cpu=cpu, wall=wall)


def seconds(run: Callable[[], object]) -> float:
    """Return the processor time of the second of two runs."""
    return [_once(run)[0] for _ in range(2)][1]


def _repeated(run: Callable[[], object]) -> tuple[float, float]:
    """Return the mean seconds of as many runs as a turn is long."""
    runs, (cpu, wall) = 1, _once(run)
    while cpu < _TURN:
        more = _once(run)
        runs, cpu, wall = runs + 1, cpu + more[0], wall + more[1]
    return cpu / runs, wall / runs


def _once(run: Callable[[], object]) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    run()
    return time.process_time() - cpu, time.perf_counter() - wall
