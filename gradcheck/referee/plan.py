"""What to check within the budget: all entries if it lasts, else a fair share of each parameter."""

from collections.abc import Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.problem import Moves
from gradcheck.record import record


@record
class Plan:
    """How many entries of each parameter are checked at each probe."""

    quota: Mapping[str, int]

    def entries(self, name: str, size: int, rng: Chance) -> Array:
        """Choose which entries of a parameter to check, in order; all if the quota allows."""
        quota = self.quota[name]
        if quota >= size:
            return np.arange(size)
        return np.sort(rng.sample(size, quota))


def share(sizes: Mapping[str, int], allowance: int) -> Plan:
    """Divide an allowance of entries: small parameters whole, the rest to the others equally."""
    quota: dict[str, int] = {}
    left = max(allowance, len(sizes))
    for position, name in enumerate(sorted(sizes, key=lambda name: sizes[name])):
        quota[name] = min(sizes[name], left // (len(sizes) - position))
        left -= quota[name]
    return Plan(quota=quota)


def entry_moves(name: str, entries: Array, value: Array, complex_step: bool) -> Moves:
    """Return one line for each entry; differences step in proportion to the parameter's size."""
    scale = np.ones(len(entries)) if complex_step else step_scale(value).ravel()[entries]
    return Moves(parameter=name, scale=scale, indices=entries)


def direction_moves(name: str, direction: Array, value: Array) -> Moves:
    """Return a line through all entries, a step of 1 being about the parameter's size."""
    size = max(1, direction.size)
    scale = np.array([float(np.sqrt(np.mean(step_scale(value) ** 2))) / np.sqrt(size)])
    return Moves(parameter=name, scale=scale, directions=direction[None])


def step_scale(value: Array) -> Array:
    """Return, for each entry, a step size that matters: its own size or its parameter's."""
    typical = float(np.sqrt(np.mean(value**2))) if value.size else 1.0
    return np.asarray(np.maximum(np.abs(value), typical or 1.0))
