"""A program: an expression as a function of named arrays, with its derivative and its corners."""

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from typing import Any

from gradcheck.array import Array
from gradcheck.formula import corners, reverse, rows, rules
from gradcheck.formula.evaluate import trace_expression
from gradcheck.formula.names import callee
from gradcheck.formula.syntax import Expression
from gradcheck.formula.tape import Tape
from gradcheck.record import record


@record
class Function:
    """A function that expressions may call: its value, and how it hands a gradient on.

    `pull(dy, x)` returns the gradient of the argument; `distances(x)` how far each element
    is from where the derivative jumps; `alone` tells that every element is treated by itself.
    """

    value: Callable[..., Any]
    pull: Callable[[Array, Array], Array]
    distances: Callable[[Array], Array] | None = None
    alone: bool = True


@record
class Program:
    """An expression and the functions that it calls, beside those that all formulas know."""

    expression: Expression
    functions: Mapping[str, Function] = field(default_factory=dict)

    def run(self, given: Mapping[str, Array]) -> Tape:
        """Evaluate at named arrays; raises FormulaError where that can't be done."""
        values = {name: function.value for name, function in self.functions.items()}
        tape = Tape(root=self.expression.node)
        trace_expression(self.expression, given, values, tape)
        return tape

    def gradients(self, tape: Tape, dy: Array) -> dict[str, Array]:
        """Return the gradient by every name, for the gradient `dy` at the result."""
        return reverse.pull(tape, {tape.root: dy}, self._pulls)

    def distances(self, tape: Tape, given: Mapping[str, Array]) -> Array:
        """Return how far each element of the input with the `given` names is from a corner."""
        return corners.distances(tape, given, self._distances, self._pulls)

    def stuck(self, tape: Tape, first: Collection[str], moving: Collection[str]) -> bool:
        """Tell whether at a corner that a name in `moving` moves, and none in `first`."""
        return corners.stuck(tape.real(), first, moving, self._distances, self._pulls)

    def reach(self) -> frozenset[str]:
        """Return the names that may move corners."""
        return frozenset().union(*corners.reach(self.expression.node, self._distances))

    def rowwise(self, tape: Tape, inputs: Collection[str]) -> bool:
        """Tell whether each row of the result depends on the same row of the inputs alone."""
        alone = [name for name, function in self.functions.items() if function.alone]
        return rows.rowwise(tape, inputs, alone)

    @property
    def elementwise(self) -> bool:
        """Tell whether nothing in the expression moves elements or adds them up."""
        return all(self._alone(node) for node in ast.walk(self.expression.node))

    def _alone(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in self.functions:
                return self.functions[node.func.id].alone
            return callee(node) in rules.ELEMENTWISE
        return not isinstance(node, ast.Subscript | ast.MatMult) and not (
            isinstance(node, ast.Attribute) and node.attr in ("T", "shape", "size")
        )

    @property
    def _pulls(self) -> reverse.Pulls:
        return {name: function.pull for name, function in self.functions.items()}

    @property
    def _distances(self) -> corners.Distances:
        return {name: f.distances for name, f in self.functions.items() if f.distances}
