"""Formulas on a bench: their values at one probe, held against the true gradients there."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from gradcheck.array import Array
from gradcheck.claims.formulas import PREFIX, names
from gradcheck.diagnose.case import EXACT, gap, gap_at_least, largest
from gradcheck.formula import Block, FormulaError, Statement, evaluate_block
from gradcheck.formula import names as naming
from gradcheck.network.planted import Reference

Functions: TypeAlias = Mapping[str, Callable[..., Array]]


History: TypeAlias = Sequence[Mapping[str, Array]]
"""What is assigned before each statement of a block, and at last after all."""


class Bench:
    """What formulas are held against: the true gradients at one probe, times a `factor`."""

    def __init__(self, reference: Reference, functions: Functions, factor: float) -> None:
        self._functions = functions
        self._names = names(reference.network, reference.probe)
        right = reference.gradients
        self._right = right if factor == 1 else {n: factor * g for n, g in right.items()}
        self._sizes = {name: largest(right) for name, right in self._right.items()}

    def values(self, block: Block, known: Mapping[str, Array]) -> dict[str, Array] | None:
        """Return what statements assign, given earlier ones; None where they don't evaluate."""
        try:
            return evaluate_block(block, {**self._names, **known}, self._functions)
        except FormulaError:
            return None

    def history(self, block: Block) -> History | None:
        """Return what statements assign, step by step; None where they don't evaluate."""
        found: list[Mapping[str, Array]] = [{}]
        for statement in block.statements:
            now = self.values(replace(block, statements=(statement,)), found[-1])
            if now is None:
                return None
            found.append({**found[-1], **now})
        return found

    def edited(
        self, block: Block, history: History, number: int, new: Block
    ) -> dict[str, Array] | None:
        """Return what else is assigned in the end with a `new` statement in an old one's place.

        None where it, or what depends on it, does not evaluate.
        """
        live = self.values(new, history[number])
        for later in range(number + 1, len(block.statements)):
            if live is None:
                return None
            statement = block.statements[later]
            if depends(statement, live):
                step = replace(block, statements=(statement,))
                now = self.values(step, {**history[later], **live})
                live = None if now is None else {**live, **now}
            else:
                live.pop(statement.target, None)
        return live

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


def depends(statement: Statement, changed: Collection[str]) -> bool:
    """Tell whether a statement reads, or adds to, one of the names that changed."""
    return any(name in changed for name in naming.reads(statement.node)) or (
        statement.operator is not None and statement.target in changed
    )
