"""Timing by turns: every contender once, then all of them again, and the medians of that."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median


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
            seconds = _once(contender.run)
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


def _once(run: Callable[[], object]) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    run()
    return time.process_time() - cpu, time.perf_counter() - wall
