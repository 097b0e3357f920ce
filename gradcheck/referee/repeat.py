"""Claims that are not a function of the point: asked for twice, they are two different things.

Code that draws random numbers gives something else each time. Code that remembers does so too, but
a fresh copy of it always begins alike, and that tells them apart.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import GradcheckError
from gradcheck.numeric.estimate import EPS
from gradcheck.problem import Claims, Fact, Probe, Problem
from gradcheck.referee.nearby import epsilon_of

Negligible: TypeAlias = Callable[[str], float]
"""Tells for a parameter how large a gradient may be that is zero but for rounding."""


def unsteady(
    first: Claims, second: Claims, names: Sequence[str], negligible: Negligible
) -> dict[str, str]:
    """Return how two claims at one point differ, by parameter, where they do.

    By more than half of their digits: two runs of the same code may round in different ways.
    """
    found = {name: _apart(name, first[name], second.get(name), negligible) for name in names}
    return {name: how for name, how in found.items() if how}


def _apart(name: str, one: Array, other: Array | None, negligible: Negligible) -> str:
    if other is None:
        return f"{name} is claimed, then no longer"
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape:
        return f"{name} has shape {one.shape}, then {other.shape}"
    if one is other or (one == other).all():
        return ""
    size = max(float(np.max(np.abs(a[np.isfinite(a)]), initial=0.0)) for a in (one, other))
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    with np.errstate(invalid="ignore"):
        same |= np.abs(one - other) <= np.sqrt(epsilon_of(one)) * size
    if not same.all():
        with np.errstate(invalid="ignore"):
            same |= np.abs(one - other) <= negligible(name) * epsilon_of(one) / EPS
    if same.all():
        return ""
    index = tuple(int(i) for i in np.argwhere(~same)[0])
    where = f" at {list(index)}" if index else ""
    return f"{name}{where} is {one[index]:.6g}, then {other[index]:.6g}"


def cause(problem: Problem, probe: Probe, found: Mapping[str, str], negligible: Negligible) -> Fact:
    """Say why claims differ when they are asked for again: by chance or by what is remembered."""
    code = "CHK05"
    if problem.afresh is not None:
        try:
            one, other = problem.afresh(probe), problem.afresh(probe)
        except GradcheckError:
            one, other = {}, {}
        names = tuple(name for name in found if name in one)
        code = "CHK06" if names and not unsteady(one, other, names, negligible) else "CHK05"
    return Fact(code=code, parameters=tuple(found), evidence=tuple(found.values()))


def stale(
    problem: Problem,
    probe: Probe,
    claims: Claims,
    names: Sequence[str],
    negligible: Negligible,
) -> Fact | None:
    """Tell whether code that never ran before claims something else at a point.

    Then what is claimed there depends on the points that it saw before.
    """
    if problem.afresh is None:
        return None
    try:
        fresh = problem.afresh(probe)
    except GradcheckError:
        return None
    found = unsteady(claims, fresh, names, negligible)
    if not found:
        return None
    evidence = tuple(
        f"after calls at other points {how.replace(', then', ', in a new process')}"
        for how in found.values()
    )
    return Fact(code="CHK06", parameters=tuple(found), evidence=evidence)
