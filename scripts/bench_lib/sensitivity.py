"""What each tool finds, and where it cries wolf.

The smallest error: one entry of the largest parameter, of median size, is wrong by a factor of
1 + 10^-k. The hostile regimes: a right gradient under bad numerical conditions, and the same with
a whole parameter twice too large, which must still be found.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from bench_lib.case import Case, load
from bench_lib.plain_peers import Part
from bench_lib.tools import Judge, judges
from bench_lib.workloads import HALF, SOFTMAX, Workload, perceptron
from gradcheck.array import Array

GROSSEST, FINEST = -3, 14
"""Planted errors are 10^3 to 10^-14 of the entry."""

PART = 64
"""Entries that those peers look at, the planted one among them, which look one by one."""

KINK = 1e-7
SATURATED = 25.0


def smallest_found(case: Case) -> dict[str, str]:
    """Return, for each tool, the smallest planted error that it calls wrong."""
    name, place = median_entry(case)
    offset = 0
    for other, value in case.parameters.items():
        if other == name:
            break
        offset += value.size
    part = Part.of(case, PART, including=offset + place)
    shape = case.parameters[name].shape
    return {tool: _smallest(judge, name, shape, place) for tool, judge in judges(part).items()}


def median_entry(case: Case) -> tuple[str, int]:
    """Return the entry of median size of the largest parameter's gradient, zeros left out."""
    claims = case.claims()
    name = max(claims, key=lambda n: claims[n].size)
    size = np.abs(claims[name]).ravel()
    order = np.argsort(size)
    first = int(np.searchsorted(size[order], 0, side="right"))
    return name, int(order[(first + len(order) - 1) // 2])


def _smallest(judge: Judge, name: str, shape: tuple[int, ...], place: int) -> str:
    """Bisect for the smallest error found, smaller ones being harder to find."""
    if judge({}) != "right":
        return "false alarm" if judge({}) == "wrong" else "undecided"

    def finds(k: int) -> bool:
        factor = np.ones(shape)
        factor.flat[place] += 10.0**-k
        return judge({name: factor}) == "wrong"

    if not finds(GROSSEST):
        return f"not even {10.0**-GROSSEST:g}"
    low, high = GROSSEST, FINEST + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if finds(middle) else (low, middle)
    return f"{10.0**-low:.0e}"


def hostile(*, tiny: bool = False) -> dict[str, dict[str, str]]:
    """Return, for each regime, what each tool makes of a right and of a doubled gradient."""
    return {name: _answers(make()) for name, make in regimes(tiny=tiny)}


def regimes(*, tiny: bool) -> Iterator[tuple[str, Callable[[], Case]]]:
    """Yield the regimes, the plain network first."""
    yield "none", lambda: _network("sigmoid", tiny=tiny)
    yield f"kink at {KINK:g}", lambda: _kinked(_network("relu", tiny=tiny))
    yield f"saturated at {SATURATED:g}", lambda: _saturated(_network("sigmoid", tiny=tiny))
    yield "float32", lambda: replace(_network("sigmoid", tiny=tiny), single=True)
    yield "loss x 1e-8", lambda: _network("sigmoid", tiny=tiny, scale=1e-8)
    yield "loss + 1e8", lambda: _network("sigmoid", tiny=tiny, offset=1e8)


def _network(activation: str, *, tiny: bool, scale: float = 1.0, offset: float = 0.0) -> Case:
    widths, batch = ([5, 7, 3], 2) if tiny else ([20, 32, 10], 16)
    loss = SOFTMAX if widths[-1] > 1 else HALF
    workload: Workload = perceptron("hostile", activation, widths, activation, loss, batch)
    return load(workload, scale=scale, offset=offset)


def _preactivations(case: Case) -> Array:
    return np.asarray(case.data["x"] @ case.parameters["d1.weight"] + case.parameters["d1.bias"])


def _biased(case: Case, bias: Array) -> Case:
    return replace(case, parameters={**case.parameters, "d1.bias": bias})


def _kinked(case: Case) -> Case:
    """Move one unit so that one sample sits just above its kink."""
    bias = case.parameters["d1.bias"].copy()
    bias[0] += KINK - _preactivations(case)[0, 0]
    return _biased(case, bias)


def _saturated(case: Case) -> Case:
    """Move every unit so that its smallest pre-activation is far up the sigmoid."""
    return _biased(case, case.parameters["d1.bias"] + SATURATED - _preactivations(case).min(axis=0))


def _answers(case: Case) -> dict[str, str]:
    doubled = {"d1.weight": np.full(case.parameters["d1.weight"].shape, 2.0)}
    part = Part.of(case, case.size)
    return {name: _answer(judge, doubled) for name, judge in judges(part).items()}


def _answer(judge: Judge, doubled: Mapping[str, Array]) -> str:
    right, twice = judge({}), judge(doubled)
    if right == "wrong":
        return "false alarm"
    if right == "undecided":
        return "undecided" if twice != "right" else "undecided, blind"
    return "ok" if twice == "wrong" else "blind" if twice == "right" else "ok, then undecided"
