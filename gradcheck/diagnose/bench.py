"""Formulas on a bench: their values at one probe, held against the true gradients there."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from gradcheck.array import Array
from gradcheck.claims.formulas import PREFIX, names
from gradcheck.diagnose.case import EXACT, gap, gap_at_least, largest
from gradcheck.formula import Block, FormulaError, evaluate_block
from gradcheck.network.planted import Reference

Functions: TypeAlias = Mapping[str, Callable[..., Array]]


class Bench:
    """What formulas are held against: the true gradients at one probe."""

    def __init__(self, reference: Reference, functions: Functions) -> None:
        self._functions = functions
        self._names = names(reference.network, reference.probe)
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
        """Tell whether a gradient is not the true one, which a few entries may show."""
        right = self._right[name]
        if claimed.shape != right.shape:
            return True
        size = self._sizes[name]
        if gap_at_least(claimed, right, size) > EXACT:
            return True
        # Mostly the difference is small without a look at how large the claim itself is.
        return not (largest(claimed - right) <= EXACT * size or gap(claimed, right) <= EXACT)
