"""The names that a formula can see, and what they stand for."""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import GradcheckError
from gradcheck.formula.arithmetic import Value, array, foreign, whole
from gradcheck.formula.errors import FormulaError, MisfitError
from gradcheck.formula.functions import FUNCTIONS, METHODS
from gradcheck.formula.names import MEMBERS, offer
from gradcheck.formula.source import Source
from gradcheck.record import record

if TYPE_CHECKING:
    from gradcheck.formula.tape import Tape

Given: TypeAlias = Array | int | float
"""What a caller may give for a name; a whole number can also serve as an index or a shape."""

_SIMPLE = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
"""What can take a `.T` without parentheses."""


@record
class Scope:
    """The given names and functions, and what has been assigned so far, which shadows them."""

    source: Source
    names: Mapping[str, Given]
    functions: Mapping[str, Callable[..., Any]]
    assigned: dict[str, Value] = field(default_factory=dict)
    tape: "Tape | None" = None
    """Where what happens is written down, if it is."""

    def find(self, name: str) -> Value | None:
        if name in self.assigned:
            return self.assigned[name]
        return _value(self.names[name]) if name in self.names else None

    def unknown(self, name: str, node: ast.expr) -> FormulaError:
        """Return the error of a dotted name that nothing is known by."""
        if name in self.functions or name in FUNCTIONS:
            return self.source.error(node, f"`{name}` is a function; call it: `{name}(...)`")
        known = {*self.names, *self.assigned}
        base, _, member = name.rpartition(".")
        if base in known and member in METHODS:
            return self.source.error(node, f"`.{member}` is a method; call it: `{name}(...)`")
        members = {f"{base}.{member}" for member in MEMBERS} if base in known else set()
        return self.source.error(node, f"unknown name `{name}`{offer(name, known | members)}")

    def unknown_function(self, name: str, node: ast.expr) -> FormulaError:
        if self.find(name) is not None:
            return self.source.error(node, f"`{name}` is an array and cannot be called")
        known = {*self.functions, *FUNCTIONS}
        return self.source.error(node, f"unknown function `{name}`{offer(name, known)}")

    @contextmanager
    def located(self, node: ast.expr | ast.stmt, operands: Sequence[ast.expr]) -> Iterator[None]:
        """Turn what goes wrong inside into an error at `node`, in terms of its operands' texts."""
        try:
            yield
        except MisfitError as misfit:
            message = misfit.message + self._transposed([operands[at] for at in misfit.turned])
            if misfit.labels is not None:
                at, count = misfit.labels
                own = self.source.text_of(operands[at])
                message += f"; for class labels as rows, write `one_hot({own}, {count})`"
        except (GradcheckError, ValueError, TypeError, IndexError, ArithmeticError) as error:
            message = str(error)
        except MemoryError:
            message = "there is not enough memory"
        else:
            return
        raise self.source.error(node, f"{self.source.quote(node)}: {message}")

    def _transposed(self, operands: Sequence[ast.expr]) -> str:
        offers = [f"`{_turned(self.source.text_of(node), node)}`" for node in operands]
        return f"; did you mean {' and '.join(offers)}?" if offers else ""


def _turned(text: str, node: ast.expr) -> str:
    if isinstance(node, ast.Attribute) and text.endswith(".T"):
        return text.removesuffix(".T")
    return f"{text}.T" if isinstance(node, _SIMPLE) else f"({text}).T"


def _value(given: Given) -> Value:
    if isinstance(given, float) or foreign(given):
        return given
    if np.ndim(given) == 0 and np.asarray(given).dtype.kind in "biu":
        return whole(int(given))
    return array(given)
