"""Blocks: entries of one parameter that are moved one by one, as work that can be handed out.

A parameter's entries are always cut at the same places, for how losses are stacked may change
their last bits: so the numbers are the same whoever makes them, and in whatever order.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.numeric import complex_step, differences
from gradcheck.numeric.estimate import Estimate
from gradcheck.problem import SIZE, Moves, Nudge, Part, Piece, Probe, Problem
from gradcheck.record import record
from gradcheck.referee.evaluator import UNMOVED, Evaluator
from gradcheck.referee.plan import entry_moves


@record
class Block:
    """Plain data: which entries of which parameter, at which probe, and how they are moved.

    `place` is the probe's number and attempt; `noise` is that of the loss, which differences need
    and None where the complex step is taken, perhaps to both sides.
    """

    place: tuple[int, int]
    parameter: str
    entries: Array
    nudge: Nudge | None
    noise: float | None
    both_sides: bool = False

    @property
    def evaluations(self) -> int:
        """How many evaluations the block takes, the one to start from left out."""
        return len(self.entries) * (1 + self.both_sides if self.noise is None else DIFFERENCES)


@record
class Portion:
    """Plain data: a piece of a derivative that the problem's structure gives, at which probe."""

    place: tuple[int, int]
    piece: Piece


Work: TypeAlias = Block | Portion

Spread: TypeAlias = Callable[[Sequence[Work]], Iterable[Any]]
"""Does work somewhere else, and returns what `work_alone` would, in order."""

DIFFERENCES = 2 * len(differences.SHORT) + 1
"""Evaluations of one derivative by differences."""


def cut(block: Block) -> list[Block]:
    """Cut a block of any size into blocks."""
    return [
        replace(block, entries=block.entries[first : first + SIZE])
        for first in range(0, max(1, len(block.entries)), SIZE)
    ]


def work_alone(problem: Problem, work: Work) -> Estimate | Part | None:
    """Do work on a problem, whose probe is drawn anew: an estimate, or what a piece comes to."""
    probe = problem.probe(*work.place)
    if isinstance(work, Portion):
        return problem.measure(probe, work.piece)
    return measure(Evaluator(problem=problem), probe, work)


def measure(evaluator: Evaluator, probe: Probe, block: Block) -> Estimate:
    """Differentiate by each entry of a block."""
    value = probe.parameters[block.parameter]
    moves = entry_moves(block.parameter, block.entries, value, complex_step=block.noise is None)
    lines = evaluator.lines(probe, moves, block.nudge)
    if block.noise is None:
        return complex_step.estimate(lines, both_sides=block.both_sides)
    noise = np.full(len(moves), block.noise)
    return differences.estimate(lines, moves.scale, noise, differences.SHORT)


def spread_out(
    evaluator: Evaluator, probe: Probe, pieces: Sequence[Block], spread: Spread
) -> list[Estimate]:
    """Have blocks measured elsewhere, on this evaluator's account."""
    name, nudge = pieces[0].parameter, pieces[0].nudge
    count = sum(piece.evaluations for piece in pieces)
    evaluator.account.require(count + UNMOVED)
    # The forward pass to start from is made here as well, so that the account is the same whoever
    # measures the blocks, and the probe is at hand for what follows.
    nothing = Moves(parameter=name, scale=np.zeros(0), indices=np.zeros(0, dtype=int))
    evaluator.lines(probe, nothing, nudge)(np.zeros(1))
    found = []
    for piece, estimate in zip(pieces, spread(pieces), strict=True):
        found.append(estimate)
        evaluator.account.evaluations += piece.evaluations
    return found


def joined(estimates: Sequence[Estimate]) -> Estimate:
    """Return the estimates of several blocks as one."""
    if len(estimates) == 1:
        return estimates[0]
    return Estimate(
        value=np.concatenate([e.value for e in estimates]),
        bar=np.concatenate([e.bar for e in estimates]),
        left=np.concatenate([e.left for e in estimates]),
        right=np.concatenate([e.right for e in estimates]),
        gap_bar=np.concatenate([e.gap_bar for e in estimates]),
    )
