"""Peers without a framework: the loop that everybody writes, and SciPy's differences.

They differentiate a sample of the entries where all would take too long; their time is then
proportional, but for what a vector of all parameters would cost them, in their favour.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench_lib.case import Case
from gradcheck.array import Array

STEP = 1e-5
"""The step of the loop, as in CS231n's notes on gradient checks."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some entries of the gradient, by their positions among all entries of all parameters."""

    case: Case
    entries: Array

    @staticmethod
    def of(case: Case, count: int, seed: int = 0, including: int | None = None) -> "Part":
        """Draw entries at random; `including` makes sure of one of them."""
        rng = np.random.default_rng(seed)
        entries = rng.choice(case.size, min(count, case.size), replace=False)
        if including is not None and including not in entries:
            entries[0] = including
        return Part(case=case, entries=np.sort(entries))

    @property
    def factor(self) -> float:
        """How many times larger the whole is."""
        return self.case.size / len(self.entries)

    def places(self) -> list[tuple[str, int]]:
        """Return each entry's parameter and its place in it."""
        ends = np.cumsum([v.size for v in self.case.parameters.values()])
        names = list(self.case.parameters)
        which = np.searchsorted(ends, self.entries, side="right")
        return [
            (names[w], int(e - ends[w] + self.case.parameters[names[w]].size))
            for w, e in zip(which, self.entries, strict=True)
        ]

    def claimed(self) -> Array:
        """Return the claimed gradient at these entries."""
        claims = self.case.claims()
        return np.array([float(claims[name].flat[place]) for name, place in self.places()])

    def loss(self) -> tuple[Callable[[Array], Any], Array]:
        """Return the loss as a function of these entries, and where they are."""
        flat = np.concatenate([v.ravel() for v in self.case.parameters.values()])
        ends = np.cumsum([v.size for v in self.case.parameters.values()])
        values = {
            name: flat[end - v.size : end].reshape(v.shape)
            for end, (name, v) in zip(ends, self.case.parameters.items(), strict=True)
        }

        def loss(x: Array) -> Any:
            flat[self.entries] = x
            return self.case.forward(np, values, self.case.data)

        return loss, flat[self.entries]


def loop(part: Part) -> Array:
    """Differentiate by moving one number at a time ahead and back, with the forward pass for each.

    This is the loop of the textbooks: a few lines, two forward passes for every number.
    """
    values = {name: v.copy() for name, v in part.case.parameters.items()}
    forward, data = part.case.forward, part.case.data
    found = np.empty(len(part.entries))
    for k, (name, place) in enumerate(part.places()):
        flat = values[name].reshape(-1)
        own = flat[place]
        flat[place] = own + STEP
        ahead = forward(np, values, data)
        flat[place] = own - STEP
        behind = forward(np, values, data)
        flat[place] = own
        found[k] = (ahead - behind) / (2 * STEP)
    return found


def three_point(part: Part) -> Array:
    """Differentiate by SciPy's three-point differences."""
    numdiff: Any = importlib.import_module("scipy.optimize._numdiff")
    loss, start = part.loss()
    return np.ravel(np.asarray(numdiff.approx_derivative(loss, start, method="3-point")))


def check_grad(part: Part) -> float:
    """Return what SciPy's `check_grad` does: the 2-norm of the error of the claimed gradient."""
    optimize: Any = importlib.import_module("scipy.optimize")
    loss, start = part.loss()
    claimed = part.claimed()
    return float(optimize.check_grad(loss, lambda x: claimed, start))


def relative(claimed: Array, numeric: Array) -> Array:
    """Return the relative errors that the textbooks compare."""
    size = np.maximum(np.abs(claimed), np.abs(numeric))
    return np.asarray(np.abs(claimed - numeric) / np.where(size == 0, 1, size))


def norm_ratio(claimed: Array, numeric: Array) -> float:
    """Return the distance of two gradients over the sum of their lengths."""
    apart = float(np.linalg.norm(claimed - numeric))
    return apart / (float(np.linalg.norm(claimed)) + float(np.linalg.norm(numeric)) or 1.0)
