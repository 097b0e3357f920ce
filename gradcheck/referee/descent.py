r"""Two descents from the same point: down the claimed gradient, and down the numeric one.

Gradient descent of a smooth loss never rises if its steps are short enough (Nesterov,
*Introductory Lectures on Convex Optimization*, 2004, section 1.2.3), so the rate is the largest of
a falling sequence with which the numeric gradient's loss does not. It begins with the step that
would take the loss to zero if it were linear, $L / \lVert g \rVert^2$.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import GradcheckError
from gradcheck.problem import Effort, Moves, Probe, Problem
from gradcheck.referee.plan import entry_moves
from gradcheck.report import Descent

STEPS = 200
RATES = 10
"""Rates that are tried, each a quarter of the one before."""

COST = 400_000
"""Evaluations of the loss that all may take; a picture is worth no more than a check."""

STEP = float(np.finfo(np.float64).eps ** (1 / 3))
"""The step of central differences at which truncation and rounding are about the same."""

Gradients: TypeAlias = Mapping[str, Array]


class _TooMuchWork(Exception):  # noqa: N818  (no error: there is no picture then)
    """The numeric gradients cost more than a picture is worth."""


def descent(problem: Problem, names: Sequence[str]) -> Descent | None:
    """Go down both gradients by the parameters `names`; None where that can't be done.

    Gradients dumped into a file are claimed at one point only, and so give no second step.
    """
    if problem.dumped or not names:
        return None
    try:
        return _descent(problem, names)
    except (_TooMuchWork, GradcheckError):
        return None


def _descent(problem: Problem, names: Sequence[str]) -> Descent | None:
    own = problem.probe(0, 0)
    numeric = _Numeric(problem, names)
    slope = sum(float(np.sum(value**2)) for value in numeric(own).values())
    loss = _loss(problem, own)
    if not np.isfinite(slope) or not slope or not np.isfinite(loss):
        return None
    first = (abs(loss) or 1.0) / slope
    for number in range(RATES):
        rate = float(f"{first / 4**number:.1g}")
        true = tuple(_path(problem, own, rate, numeric, falling=True))
        if len(true) == STEPS + 1:
            claimed = tuple(_path(problem, own, rate, lambda p: _claims(problem, names, p)))
            return Descent(rate=rate, claimed=claimed, numeric=true)
    return None


def _path(
    problem: Problem,
    probe: Probe,
    rate: float,
    gradient: Callable[[Probe], Gradients],
    *,
    falling: bool = False,
) -> Iterator[float]:
    """Yield the loss before and after each step; stop when it is not finite, or not `falling`."""
    before = loss = _loss(problem, probe)
    for _ in range(STEPS):
        yield loss
        moved = {name: probe.parameters[name] - rate * g for name, g in gradient(probe).items()}
        probe = replace(probe, parameters={**probe.parameters, **moved})
        before, loss = loss, _loss(problem, probe)
        if not np.isfinite(loss) or (falling and loss > before):
            return
    yield loss


def _loss(problem: Problem, probe: Probe) -> float:
    name, shape = next(iter(problem.shapes.items()))
    still = Moves(parameter=name, scale=np.zeros(1), directions=np.zeros((1, *shape)))
    losses, _ = problem.plain(probe, still, np.zeros(1))
    return float(losses[0, 0].real)


def _claims(problem: Problem, names: Sequence[str], probe: Probe) -> Gradients:
    (claims,) = problem.claims([probe])
    return {n: np.broadcast_to(claims[n], problem.shapes[n]) for n in names if n in claims}


class _Numeric:
    """The numeric gradient at any point, by structure where there is one; it counts its cost."""

    def __init__(self, problem: Problem, names: Sequence[str]) -> None:
        self._problem = problem
        self._names = names
        self._spent = 0

    def __call__(self, probe: Probe) -> Gradients:
        return {name: self._by(probe, name) for name in self._names}

    def _by(self, probe: Probe, name: str) -> Array:
        effort = Effort(limit=COST - self._spent)
        found = self._problem.derivative(probe, name, None, effort)
        if found is not None:
            self._spend(found.evaluations)
            return found.value[:].reshape(probe.parameters[name].shape)
        value = probe.parameters[name]
        self._spend(2 * value.size)
        moves = entry_moves(name, np.arange(value.size), value, complex_step=False)
        losses, _ = self._problem.evaluate(probe, moves, np.array([STEP, -STEP]), None)
        slopes = (losses[0] - losses[1]).real / (2 * STEP * moves.scale)
        return np.asarray(slopes.reshape(value.shape))

    def _spend(self, evaluations: int) -> None:
        self._spent += evaluations
        if self._spent > COST:
            raise _TooMuchWork
