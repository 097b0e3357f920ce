"""Formulas on a bench: their values at one probe, held against the true gradients there."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.claims.formulas import PREFIX, names
from gradcheck.diagnose.case import EXACT, gap, largest
from gradcheck.formula import Block, FormulaError, evaluate_block
from gradcheck.network.graph import Network
from gradcheck.network.planted import Reference

Functions: TypeAlias = Mapping[str, Callable[..., Array]]

FEW = 16
"""Rows of a gradient that are compared first, and mostly enough."""


class Bench:
    """What formulas are held against: the true gradients at one probe."""

    def __init__(self, network: Network, reference: Reference, functions: Functions) -> None:
        self._functions = functions
        self._names = names(network, reference.probe)
        self._right = reference.gradients
        self._sizes = {name: largest(right) for name, right in self._right.items()}

    def values(self, block: Block, known: Mapping[str, Array]) -> dict[str, Array] | None:
        """Return what statements assign, given earlier ones; None where they don't evaluate."""
        try:
            return evaluate_block(block, {**self._names, **known}, self._functions)
        except FormulaError:
            return None

    def wrong(self, values: Mapping[str, Array]) -> frozenset[str]:
        """Name the parameters whose gradients are assigned and not the true ones."""
        return frozenset(
            name
            for name in self._right
            if (claimed := values.get(PREFIX + name)) is not None and self._differs(name, claimed)
        )

    def _differs(self, name: str, claimed: Array) -> bool:
        """Tell whether a gradient is not the true one, which a few entries may show.

        Where its largest entry is not above twice the true one's, a difference of theirs that
        exceeds twice the tolerance does; where it is, that entry alone is too far off.
        """
        right = self._right[name]
        if claimed.shape != right.shape:
            return True
        apart = np.abs(np.atleast_1d(claimed)[:FEW] - np.atleast_1d(right)[:FEW])
        if apart.size and apart.max() > 2 * EXACT * self._sizes[name]:
            return True
        return not gap(claimed, right) <= EXACT
