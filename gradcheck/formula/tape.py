"""The tape: what the evaluation of an expression came by, for walking the same way back."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.formula.arithmetic import Value, array
from gradcheck.formula.evaluate import Index
from gradcheck.record import record

SETTINGS = ("axis", "shape", "axes", "keepdims")
"""The parameters of functions that are no arrays."""


@record
class Call:
    """A call: the function, the expressions that it was handed by its parameters' names, and
    the `settings`, what they were read as.

    `given` tells a function of the caller's from one of `functions`.
    """

    function: Callable[..., Any]
    operands: Mapping[str, Any]
    settings: Mapping[str, Any] = field(default_factory=dict)
    given: bool = False


@record
class Tape:
    """The value of every expression below `root`, every call and every subscript's index."""

    root: ast.expr
    values: dict[ast.expr, Value] = field(default_factory=dict)
    calls: dict[ast.expr, Call] = field(default_factory=dict)
    indices: dict[ast.expr, Index] = field(default_factory=dict)

    @property
    def output(self) -> Array:
        return array(self.values[self.root])

    def note(
        self,
        node: ast.expr,
        function: Callable[..., Any],
        operands: Mapping[str, Any],
        settings: Mapping[str, Any] | None = None,
        *,
        given: bool = False,
    ) -> None:
        """Write down a call."""
        self.calls[node] = Call(
            function=function, operands=operands, settings=settings or {}, given=given
        )

    def real(self) -> "Tape":
        """Return the tape with the real parts of all values."""
        parts = {
            node: value if isinstance(value, tuple | int | float) else value.real
            for node, value in self.values.items()
        }
        return Tape(root=self.root, values=parts, calls=self.calls, indices=self.indices)

    def array(self, node: ast.expr) -> Array:
        """Return an expression's value as an array."""
        return np.asarray(array(self.values[node]))
