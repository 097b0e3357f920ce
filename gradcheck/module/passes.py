"""The two passes of a layer, run at points, with whatever arguments the backward pass wants."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from gradcheck.array import Array
from gradcheck.child.watched import watch
from gradcheck.errors import ClaimError
from gradcheck.module.calling import analytic, called, real, required
from gradcheck.module.holding import Holder
from gradcheck.module.naming import is_rate, is_target, is_upstream
from gradcheck.module.subject import UPSTREAM, Point
from gradcheck.record import record

T = TypeVar("T")

RATE = 2.0**-7
"""The learning rate given to backward passes that update by themselves: a power of two, by which
division is exact."""


@record
class Back:
    """What is there right after a backward pass.

    `returned` is what it gave back, `handed` the arguments of the forward pass and `upstream` the
    gradient, as both passes left them. `updates` are the changes of parameters that it has made
    itself, divided by the learning rate; `changed` names everything in slots that has changed.
    """

    returned: Any
    handed: Sequence[Any]
    upstream: Array
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

    @property
    def takes_upstream(self) -> bool:
        """Whether the backward pass takes any argument at all."""
        names, _ = required(self.backward)
        return any(name not in self.inputs for name in names)

    @property
    def upstreams(self) -> int:
        """How many gradients from above the backward pass takes by their names."""
        names, needed = required(self.backward)
        return sum(name not in self.inputs and is_upstream(name) for name in names[:needed])

    def output(self, point: Point) -> Array:
        """Run the forward pass alone."""
        self.holder.hold(point.parameters)
        return self._forward(point)[0]

    def complex_output(self, point: Point) -> Array:
        """Run the forward pass at a point some of whose numbers are complex."""
        self.holder.hold(point.parameters)
        given = [watch(x.copy()) if isinstance(x, np.ndarray) else x for x in self.given(point)]
        return analytic(lambda: _first(self.forward(*given)))

    def back(self, point: Point, look: Callable[[Back], T]) -> T:
        """Run both passes and return what `look` sees before anything else is run."""
        self.holder.hold(point.parameters)
        _, returned, handed = self._forward(point)
        before = self.holder.everything()
        upstream = point.data[UPSTREAM].copy()
        arguments, rate = self._arguments(upstream, returned, handed)
        answer = called(f"{self.name}.backward", self.backward, *arguments)
        after, rate = self.holder.everything(), rate or self.rate
        changed = {n for n in before if n in after and not _equal(before[n], after[n])}
        updates = {n: (before[n] - after[n]) / rate
                   for n in changed if rate and n in self.holder.values}  # fmt: skip
        return look(
            Back(
                returned=answer,
                handed=handed,
                upstream=upstream,
                updates=updates,
                changed=frozenset(changed),
            )
        )

    def given(self, point: Point) -> list[Any]:
        """Return the arguments of the forward pass."""
        values = {**self.inputs, **point.data, **point.parameters}
        return [values[name] for name in self.inputs]

    def _forward(self, point: Point) -> tuple[Array, Any, list[Any]]:
        """Return the output, all that the forward pass returned, and what it was handed."""
        handed = [x.copy() if isinstance(x, np.ndarray) else x for x in self.given(point)]
        returned = called(f"{self.name}.forward", self.forward, *handed)
        output = real(f"{self.name}.forward", "an output", _first(returned))
        return output.astype(np.float64), returned, handed

    def _arguments(
        self, upstream: Array, returned: Any, handed: Sequence[Any]
    ) -> tuple[list[Any], float | None]:
        """Return what the backward pass is to be given, and the learning rate if that is in it.

        It takes the upstream gradient, then whatever else it has no default for: the forward
        pass's cache, a learning rate, or the inputs.
        """
        names, needed = required(self.backward)
        names = names[: max(needed, min(1, len(names)))]
        place = self._upstream_place(names)
        cache, inputs = _caches(returned), list(handed)
        arguments: list[Any] = []
        rate = None
        for number, name in enumerate(names):
            if number == place:
                arguments.append(upstream)
            elif is_rate(name):
                rate = RATE
                arguments.append(rate)
            elif cache:
                arguments.append(_unmoved(name, cache.pop(0)))
            elif inputs:
                arguments.append(inputs.pop(0))
            else:
                raise ClaimError(
                    f"{self.name}.backward takes {', '.join(names)}, and there is nothing to give "
                    f"for {name!r}; expected the upstream gradient, then the forward pass's "
                    "cache, a learning rate or the inputs"
                )
        return arguments, rate

    def _upstream_place(self, names: Sequence[str]) -> int | None:
        """Return which argument of the backward pass is the upstream gradient, by the names.

        Raises ClaimError where it is the target: what is claimed then is the gradient of a loss.
        """
        free = [
            k
            for k, name in enumerate(names)
            if name not in self.inputs and not is_rate(name) and not _is_cache(name)
        ]
        if not free:
            return None
        place = next((k for k in free if is_upstream(names[k])), free[0])
        if is_target(names[place]):
            raise ClaimError(
                f"{self.name}.backward takes {names[place]!r}, the target, rather than an upstream "
                "gradient; check the loss together with its gradients, as a function that returns "
                "both"
            )
        return place


def _unmoved(name: str, value: Any) -> Any:
    """Return what the forward pass handed on, or zeros as the upstream gradient of that.

    Of several outputs only the first is in the loss.
    """
    is_output = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return np.zeros_like(value) if is_output and is_upstream(name) else value


def _equal(one: Array, other: Array) -> bool:
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=True)


def _first(returned: Any) -> Any:
    """Return the output alone where a cache comes with it."""
    return returned[0] if isinstance(returned, tuple) and returned else returned


def _caches(returned: Any) -> list[Any]:
    return list(returned[1:]) if isinstance(returned, tuple) else []


def _is_cache(name: str) -> bool:
    return any(part in name.lower() for part in ("cache", "ctx", "context", "saved", "memory"))


def _kind(value: Any) -> str:
    """Return the kind of an argument's numbers, as NumPy has it; empty if it is not to be moved."""
    return np.asarray(value).dtype.kind if isinstance(value, np.ndarray | np.generic) else ""
