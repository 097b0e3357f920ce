"""Time and memory of every check of a workload's whole gradient, taken by turns."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bench_lib import frameworks, own, plain_peers
from bench_lib.case import Case
from bench_lib.frameworks import Checker
from bench_lib.plain_peers import Part
from bench_lib.timing import Contender, by_turns, once, seconds

FULL, NAIVE = "gradcheck", "naive loop"

TORCH = 4.0
"""About how many times longer torch's slow mode takes than the naive loop."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long things may take: what would be longer than `whole` seconds is measured on a part.

    A part takes about `part` seconds; with `full` nothing is too long.
    """

    whole: float = 10.0
    part: float = 0.5
    full: bool = False


def measure(case: Case, repeats: int, limits: Limits) -> dict[str, Any]:
    """Return one workload's row: times, ratios to gradcheck's and the accounts of its check."""
    contenders = list(_contenders(case, limits))
    times = by_turns(contenders, repeats)
    times["gradcheck exhaustive"] = once(lambda: own.checked(case, "exhaustive"))
    return {
        "workload": case.workload.key,
        "title": case.workload.title,
        "parameters": case.size,
        "times": {name: asdict(timed) for name, timed in times.items()},
        "faster than the naive loop": {
            name: times[NAIVE].cpu / timed.cpu for name, timed in times.items() if timed.cpu
        },
        "in backprops": times[FULL].cpu / times["backprop"].cpu,
        "accounts": asdict(own.accounts(case)),
        "naive megabytes": own.memory(lambda: plain_peers.loop(Part.of(case, 8))),
    }


def _contenders(case: Case, limits: Limits) -> Iterator[Contender]:
    yield Contender(name=FULL, run=lambda: own.checked(case))
    yield Contender(name="gradcheck, no audit", run=lambda: own.checked(case, audit=False))
    yield Contender(name="gradcheck quick", run=lambda: own.checked(case, "quick"))
    yield Contender(name="forward", run=lambda: case.forward(np, case.parameters, case.data))
    yield Contender(name="backprop", run=case.claims)
    part = _part(case, limits)
    yield Contender(name=NAIVE, run=lambda: _looped(part), factor=part.factor)
    there = frameworks.installed()
    if there["scipy"]:
        yield Contender(
            name="scipy check_grad", run=lambda: plain_peers.check_grad(part), factor=part.factor
        )
        yield Contender(name="scipy 3-point", run=lambda: _three_pointed(part), factor=part.factor)
    if there["torch"]:
        some = _part(case, limits, slower=TORCH)
        slow = frameworks.torch_check(case, some if some.factor > 1 else None, fast=False)
        yield _framework("torch slow", slow, some.factor)
        yield _framework("torch fast", frameworks.torch_check(case, None, fast=True))
    if there["jax"]:
        yield _framework("jax check_grads", frameworks.jax_check(case))


def _framework(name: str, check: Checker, factor: float = 1.0) -> Contender:
    note = "" if check({}) else "rejects the right gradient"
    return Contender(name=name, run=lambda: check({}), factor=factor, note=note)


def _part(case: Case, limits: Limits, slower: float = 1.0) -> Part:
    """Return all entries if the naive loop, or a slower peer, gets through them, else some."""
    one = slower * seconds(lambda: plain_peers.loop(Part.of(case, 4))) / 4
    if limits.full or one * case.size <= limits.whole:
        return Part.of(case, case.size)
    return Part.of(case, max(16, int(limits.part / one)))


def _looped(part: Part) -> float:
    return float(plain_peers.relative(part.claimed(), plain_peers.loop(part)).max())


def _three_pointed(part: Part) -> bool:
    return bool(np.allclose(part.claimed(), plain_peers.three_point(part)))
