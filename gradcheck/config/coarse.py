"""Problems with Python functions of the user's that compute in less than double precision."""

from dataclasses import replace

import numpy as np

from gradcheck.array import Array
from gradcheck.claims.coarse import imprecise
from gradcheck.network.evaluation import Evaluation
from gradcheck.numeric.estimate import EPS
from gradcheck.numeric.precision import coarsest
from gradcheck.problem import Moves, Nudge, Probe, Problem


def widened(problem: Problem, evaluation: Evaluation, own: Probe) -> Problem:
    """Return a problem whose losses are known to be as coarse as moves at its own point show.

    Then nothing is taken by structure, which knows of no rounding but that of double precision.
    """
    found = coarsest(
        lambda values: np.array([evaluation.loss(values, own.data)]), dict(own.parameters)
    )
    eps, names = found
    if not names:
        return problem

    def evaluate(
        probe: Probe, moves: Moves, steps: Array, nudge: Nudge | None
    ) -> tuple[Array, Array]:
        value, magnitude = problem.evaluate(probe, moves, steps, nudge)
        return value, magnitude * (eps / EPS)

    def plain(probe: Probe, moves: Moves, steps: Array) -> tuple[Array, Array]:
        value, magnitude = problem.plain(probe, moves, steps)
        return value, magnitude * (eps / EPS)

    return replace(
        problem,
        evaluate=evaluate,
        plain=plain,
        epsilon=eps,
        derivative=lambda probe, name, nudge, effort: None,
        measure=lambda probe, piece: None,
        facts=(*problem.facts, *imprecise(eps, names)),
    )
