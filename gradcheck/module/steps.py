"""Training steps: what a step of gradient descent does to parameters, as a claimed gradient.

The change of a parameter divided by the learning rate is the gradient that the step went by. Seen
at two rates it is the same, unless the step uses values that it has already updated.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.child.numbers import real
from gradcheck.claims.coarse import imprecise
from gradcheck.errors import ClaimError
from gradcheck.module.calling import analytic, called
from gradcheck.module.coarse import narrowed, units
from gradcheck.module.holding import Holder
from gradcheck.module.subject import About, Losses, Moved, Point
from gradcheck.numeric.estimate import EPS
from gradcheck.numeric.precision import coarsest
from gradcheck.problem import Claims
from gradcheck.record import record

LIMIT = 2.0**-17
"""A learning rate so small that values are nearly the same before and after an update."""

LINEAR = 1e-6
"""From what difference on a step is said to depend on the learning rate."""

BLUR = 1e3
"""The same in units of rounding, for steps in less than double precision."""

GRAIN = 64.0
"""Roundings of a parameter that may get into its change."""


@record
class Observed:
    """A training step and a loss, both of what stands in the holder's slots.

    `step(rate)` makes it and returns what the parameters are then.
    """

    name: str
    loss: Callable[[], Any]
    step: Callable[[float], Mapping[str, Array]]
    rates: tuple[float, ...]


class Step:
    """A training step as a subject."""

    def __init__(self, observed: Observed, holder: Holder, remarks: Sequence[str] = ()) -> None:
        self._observed, self._holder = observed, holder
        own = Point(parameters=holder.values, data={})
        eps, coarse = coarsest(lambda values: np.array([self._value(values)]), own.parameters)
        self._units = _coarser(
            units(self._afters, own.parameters), units(self._grained, own.parameters)
        )
        first = self._changes(own, observed.rates[0])
        _refuse_signs(observed.name, first)
        uneven = self._uneven(own, first)
        # Of next to no step nothing is left in less than double precision.
        lasting = uneven and max(self._units.values(), default=EPS) <= EPS
        self.about = About(
            name=observed.name,
            own=own,
            claimed=frozenset(holder.values),
            epsilon=eps,
            facts=tuple(imprecise(eps, coarse)),
            remarks=tuple(remarks),
            limits=self._changes(own, LIMIT) if lasting else {},
        )

    def losses(self, point: Point, moved: Moved) -> Losses:
        return Losses.of(self._value, point, moved)

    def claims(self, point: Point) -> Claims:
        return narrowed(self._changes(point, self._observed.rates[0]), self._units)

    def output(self, point: Point) -> Array | None:  # noqa: ARG002
        return None

    def _changes(self, point: Point, rate: float) -> dict[str, Array]:
        self._holder.hold(point.parameters)
        after = self._observed.step(rate)
        return {
            name: np.asarray((value - after[name]) / rate)
            for name, value in point.parameters.items()
        }

    def _afters(self, parameters: Mapping[str, Array]) -> Claims:
        self._holder.hold(parameters)
        after = self._observed.step(self._observed.rates[0])
        return {name: after[name] for name in parameters}

    def _grained(self, parameters: Mapping[str, Array]) -> Claims:
        """Return the changes without the digits that the parameters' own size takes from them."""
        rate = self._observed.rates[0]
        found = self._changes(Point(parameters=parameters, data={}), rate)
        return {
            name: _rounded(change, GRAIN * EPS * _size(parameters[name], rate * change) / rate)
            for name, change in found.items()
        }

    def _value(self, parameters: Mapping[str, Array]) -> complex:
        name = f"{self._observed.name}'s loss"
        self._holder.hold(parameters)
        if any(np.iscomplexobj(value) for value in parameters.values()):
            found = analytic(lambda: scalar(self._observed.loss()))
            return complex(found.reshape(-1)[0])
        array = real(name, "a value", scalar(called(name, self._observed.loss)))
        if array.size != 1:
            raise ClaimError(f"{name} has shape {array.shape}; expected one number")
        return float(array.reshape(()))

    def _uneven(self, own: Point, first: Mapping[str, Array]) -> bool:
        """Tell whether any change is not proportional to the learning rate.

        Raises ClaimError if none is: then it is not one plain step.
        """
        if len(self._observed.rates) < 2:
            return False
        second = self._changes(own, self._observed.rates[1])
        uneven = [
            apart(change, second[name]) > max(LINEAR, BLUR * self._units.get(name, EPS))
            for name, change in first.items()
        ]
        if all(uneven):
            one, other = self._observed.rates
            raise ClaimError(
                f"no change that {self._observed.name} makes is proportional to the learning rate, "
                f"at {one:g} and {other:g}; expected a single step of plain gradient descent"
            )
        return any(uneven)


def apart(one: Array, other: Array) -> float:
    """Return the largest difference, as a fraction of the first one's largest entry."""
    size = float(np.max(np.abs(one), initial=0.0))
    return float(np.max(np.abs(one - other), initial=0.0)) / size if size else 0.0


def _size(*values: Array) -> float:
    return max(float(np.max(np.abs(value), initial=0.0)) for value in values)


def _rounded(values: Array, grain: float) -> Array:
    return np.round(values / grain) * grain if grain and np.isfinite(grain) else values


def _coarser(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {name: max(one.get(name, EPS), other.get(name, EPS)) for name in {**one, **other}}


def scalar(returned: Any) -> Any:
    """Return what stands for the loss among what a function of the user's returned."""
    return returned[0] if isinstance(returned, tuple) and returned else returned


def _refuse_signs(name: str, changes: Mapping[str, Array]) -> None:
    """Refuse a step that goes equally far in all coordinates: its gradient can't be told."""
    entries = np.concatenate([change.ravel() for change in changes.values()])
    sizes = np.abs(entries[entries != 0])
    if len(sizes) > 2 and np.ptp(sizes) <= 1e-3 * sizes.max():
        raise ClaimError(
            f"{name} moves every parameter equally far, as the first step of Adam does; only steps "
            "of plain gradient descent tell their gradient"
        )
