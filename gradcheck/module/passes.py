"""The two passes of a layer, run at points, with whatever arguments the backward pass wants."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from gradcheck.array import Array
from gradcheck.child.numbers import real
from gradcheck.child.watched import is_watched, watch
from gradcheck.module.calling import analytic, called, required
from gradcheck.module.holding import Holder
from gradcheck.module.naming import is_rate
from gradcheck.module.plan import Plan, items, parts
from gradcheck.module.subject import UPSTREAM, Point
from gradcheck.record import record

T = TypeVar("T")

RATE = 2.0**-7
"""The learning rate given to backward passes that update by themselves: a power of two, by which
division is exact."""


@record
class Back:
    """What is there right after a backward pass.

    `returned` is what it gave back and `handed` the arguments of the forward pass, as both passes
    left them. `updates` are the changes of parameters that it has made
    itself, divided by the learning rate; `changed` names everything in slots that has changed.
    """

    returned: Any
    handed: Sequence[Any]
    updates: Mapping[str, Array]
    changed: frozenset[str]


@record
class Passes:
    """A forward and a backward function, the parameters that they use, and their arguments.

    `inputs` are the arguments of the forward pass by name: those that are floating-point move,
    others are data where they are numbers and handed over as they are where not.
    """

    name: str
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    holder: Holder
    inputs: Mapping[str, Any]
    plan: Plan
    rate: float | None = None
    """The learning rate with which the backward pass updates by itself, if that is no argument."""

    @property
    def rated(self) -> bool:
        """Whether the learning rate of updates that the backward pass makes would be known."""
        return self.rate is not None or any(is_rate(name) for name in required(self.backward)[0])

    @property
    def moving(self) -> tuple[str, ...]:
        return tuple(name for name, x in self.inputs.items() if _kind(x) == "f")

    @property
    def own(self) -> Point:
        """The point that was given, without an upstream gradient."""
        moving = {n: np.array(self.inputs[n], dtype=np.float64) for n in self.moving}
        still = {n: np.asarray(x) for n, x in self.inputs.items() if _kind(x) in tuple("biu")}
        return Point(parameters={**self.holder.values, **moving}, data=still)

    def output(self, point: Point) -> Array:
        """Run the forward pass alone; several outputs come as one row of numbers."""
        joined: Array = _joined(self.outputs(point))
        return joined

    def outputs(self, point: Point) -> list[Array]:
        """Run the forward pass alone and return the arrays of all outputs in the loss."""
        self.holder.hold(point.parameters)
        subject, arrays = f"{self.name}.forward", self._arrays(self._forward(point)[0])
        return [real(subject, "an output", array).astype(np.float64) for array in arrays]

    def complex_output(self, point: Point) -> Array:
        """Run the forward pass at a point some of whose numbers are complex."""
        self.holder.hold(point.parameters)
        given = [watch(x.copy()) if isinstance(x, np.ndarray) else x for x in self.given(point)]

        def joined() -> Any:
            arrays = self._arrays(self.forward(*given))
            return _joined(arrays) if all(is_watched(array) for array in arrays) else None

        return analytic(joined)

    def back(self, point: Point, look: Callable[[Back], T]) -> T:
        """Run both passes and return what `look` sees before anything else is run."""
        self.holder.hold(point.parameters)
        returned, handed = self._forward(point)
        before = self.holder.everything()
        arguments, named = self._arguments(point.data.get(UPSTREAM), returned, handed)
        answer = called(f"{self.name}.backward", self.backward, *arguments, **named)
        after, rate = self.holder.everything(), RATE if self.plan.takes_rate else self.rate
        changed = {n for n in before if n in after and not _equal(before[n], after[n])}
        updates = {n: (before[n] - after[n]) / rate
                   for n in changed if rate and n in self.holder.values}  # fmt: skip
        return look(
            Back(
                returned=answer,
                handed=handed,
                updates=updates,
                changed=frozenset(changed),
            )
        )

    def given(self, point: Point) -> list[Any]:
        """Return the arguments of the forward pass."""
        values = {**self.inputs, **point.data, **point.parameters}
        return [values[name] for name in self.inputs]

    def _forward(self, point: Point) -> tuple[Any, list[Any]]:
        """Return all that the forward pass returned, and what it was handed."""
        handed = [x.copy() if isinstance(x, np.ndarray) else x for x in self.given(point)]
        return called(f"{self.name}.forward", self.forward, *handed), handed

    def _arrays(self, returned: Any) -> list[Any]:
        """Return all outputs in the loss, those of a tuple of states one after the other."""
        values = items(returned)
        return [array for k in self.plan.outputs for array in parts(values[k])]

    def _arguments(
        self, upstream: Array | None, returned: Any, handed: Sequence[Any]
    ) -> tuple[list[Any], dict[str, Any]]:
        """Return what the backward pass is to be given, in order and by name."""
        values, arrays = items(returned), [np.asarray(x) for x in self._arrays(returned)]
        flat = (
            np.ones(sum(array.size for array in arrays)) if upstream is None else upstream.ravel()
        )
        ends = np.cumsum([array.size for array in arrays])[:-1]
        pieces = zip(np.split(flat, ends), arrays, strict=True)
        filled = (piece.reshape(array.shape).copy() for piece, array in pieces)
        above = [_filled(values[k], filled) for k in self.plan.outputs]
        known = {
            "upstream": [tuple(above)] if self.plan.packed else above,
            "idle": [np.zeros_like(arrays[0], dtype=np.float64)],
            "rate": [RATE],
            "returned": values,
            "input": handed,
        }
        arguments = [known[kind][place] for kind, place in self.plan.arguments.values()]
        first = self.plan.positional
        names = [*self.plan.arguments][first:]
        return arguments[:first], dict(zip(names, arguments[first:], strict=True))


def _joined(arrays: Sequence[Any]) -> Any:
    """Return an array as it is, several as one row of numbers."""
    return arrays[0] if len(arrays) == 1 else np.concatenate([array.ravel() for array in arrays])


def _filled(output: Any, arrays: Iterator[Array]) -> Any:
    """Return the next arrays in the arrangement of an output."""
    if isinstance(output, tuple):
        return tuple(_filled(item, arrays) for item in output)
    return next(arrays)


def _equal(one: Array, other: Array) -> bool:
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=True)


def _kind(value: Any) -> str:
    """Return the kind of an argument's numbers, as NumPy has it; empty if it is not to be moved."""
    return np.asarray(value).dtype.kind if isinstance(value, np.ndarray | np.generic) else ""
