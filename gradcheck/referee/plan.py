"""What to check within the budget: all entries if it lasts, else a fair share of each parameter."""

import numpy as np

from gradcheck.array import Array
from gradcheck.problem import Moves
from gradcheck.referee.account import OutOfBudget
from gradcheck.referee.doubt import LOOKS

RESERVE = LOOKS + 5
"""Derivatives kept back for what goes with the entries: along the direction, and second looks at
an entry that seems wrong."""


SAMPLE = 32
"""Entries that show how fast entries are measured, or what is wrong with the others."""


def affordable(size: int, left: int, shares: tuple[int, int], cost: int, steps: int) -> int:
    """Return how many of `size` entries to measure of `left` evaluations, at `cost` each.

    These are divided among `shares` probes and parameters, but who comes first gets at least one
    entry; one derivative takes `steps`. Raises OutOfBudget where not a single entry can be had.
    """
    reserve = RESERVE * steps
    limit = max(left // (shares[0] * shares[1]), min(left, reserve + cost))
    count = min(size, (limit - reserve) // cost)
    if count < min(1, size):
        raise OutOfBudget
    return count


def entry_moves(name: str, entries: Array, value: Array, complex_step: bool) -> Moves:
    """Return one line for each entry; differences step in proportion to the parameter's size."""
    scale = np.ones(len(entries)) if complex_step else step_scale(value).ravel()[entries]
    return Moves(parameter=name, scale=scale, indices=entries)


def direction_moves(name: str, direction: Array, value: Array) -> Moves:
    """Return a line through all entries, a step of 1 being about the parameter's size."""
    size = max(1, direction.size)
    scale = np.array([_typical(value) / np.sqrt(size)])
    return Moves(parameter=name, scale=scale, directions=direction[None])


def step_scale(value: Array) -> Array:
    """Return, for each entry, a step size that matters: its own size or its parameter's."""
    return np.asarray(np.maximum(np.abs(value), _typical(value)))


def _typical(value: Array) -> float:
    """Return the root mean square of some numbers; 1 if all are 0."""
    return float(np.sqrt(np.vdot(value, value) / max(1, value.size))) or 1.0
