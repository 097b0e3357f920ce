"""Losses of the user's: functions of parameters that come with gradients.

Either one function returns both, `(loss, gradients)` or `(gradients, loss)`, or the gradients
come beside it: as a dict of arrays, or as a function of the parameters. A function without
arguments is taken to read the very arrays that were given, which are then moved in place.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FunctionType
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.child.numbers import real
from gradcheck.child.watched import watch
from gradcheck.claims.coarse import imprecise
from gradcheck.errors import ClaimError
from gradcheck.module.calling import analytic, called, changed, required
from gradcheck.module.coarse import narrowed, units
from gradcheck.module.holding import Holder
from gradcheck.module.slots import Slot, holds, is_real
from gradcheck.module.subject import About, Losses, Moved, Point
from gradcheck.numeric.precision import coarsest
from gradcheck.problem import Claims, Fact

Function = Callable[..., Any]

DEEP = 3
"""How many calls away from a loss its data may be looked for."""


class Closure:
    """A loss and its gradients as a subject; `gradients` None says that the loss returns them."""

    def __init__(
        self, loss: Function, parameters: Any, gradients: Mapping[str, Any] | Any | None = None
    ) -> None:
        self._name = name_of(loss)
        self._loss, self._gradients = loss, gradients
        arrays, self._packed = unpacked(self._name, parameters)
        self._places = {name: Slot(owner=arrays, parts=((False, name),)) for name in arrays}
        functions = [f for f in (loss, gradients) if callable(f)]
        self._holder = Holder(self._places, [arrays, *(o for f in functions for o in captured(f))])
        self._in_place = required(loss)[0] == []
        dumped = gradients is not None and not callable(gradients)
        own = self._holder.values
        eps, coarse = coarsest(lambda values: np.array([self._value(values)]), own)
        self._units = {} if dumped else units(lambda p: self._claims(p), own)
        self.about = About(
            name=self._name,
            own=Point(parameters=self._holder.values, data=_read(loss, self._holder.values)),
            claimed=frozenset(self._holder.values),
            dumped=dumped,
            epsilon=eps,
            facts=(*_coarse(arrays, eps, coarse), *self._spoilt()),
            remarks=(DUMPED,) if dumped else (),
        )

    def losses(self, point: Point, moved: Moved) -> Losses:
        return Losses.of(self._value, point, moved)

    def claims(self, point: Point) -> Claims:
        return narrowed(self._claims(point.parameters), self._units)

    def output(self, point: Point) -> Array | None:  # noqa: ARG002
        return None

    def _claims(self, parameters: Mapping[str, Array]) -> Claims:
        if callable(self._gradients):
            return self._claimed(self._returned(self._gradients, parameters))
        if self._gradients is not None:
            return self._claimed(self._gradients)
        return self._claimed(self._parted(self._returned(self._loss, parameters))[1])

    def _value(self, parameters: Mapping[str, Array]) -> Any:
        if any(np.iscomplexobj(value) for value in parameters.values()):
            return self._complex_value(parameters)
        loss = self._parted(self._returned(self._loss, parameters))[0]
        if isinstance(loss, Mapping):
            raise ClaimError(
                f"{self._name} gave a dict where a loss is expected; the loss comes first, its "
                "gradients behind the parameters: check(loss, parameters, gradients)"
            )
        array = real(self._name, "a loss", loss)
        if array.size != 1:
            raise ClaimError(
                f"{self._name} gave a loss of shape {array.shape}; expected one number, such as a "
                "sum or a mean"
            )
        return float(array.reshape(()))

    def _complex_value(self, parameters: Mapping[str, Array]) -> complex:
        """Return the loss of complex numbers; raises NotAnalyticError where they get lost."""
        given = {name: watch(value.copy()) for name, value in parameters.items()}
        self._holder.hold(parameters)
        arguments = [] if self._in_place else [self._packed(given)]
        found = analytic(lambda: self._parted(self._loss(*arguments))[0])
        return complex(np.asarray(found).reshape(-1)[0])

    def _returned(self, function: Function, parameters: Mapping[str, Array]) -> Any:
        self._holder.hold(parameters)
        copies = {name: value.copy() for name, value in parameters.items()}
        arguments = [self._packed(copies)] if required(function)[0] else []
        return called(name_of(function), function, *arguments)

    def _parted(self, returned: Any) -> tuple[Any, Any]:
        """Return the loss and the gradients of what the loss returned."""
        if self._gradients is not None:
            return (returned[0] if isinstance(returned, tuple) else returned), None
        if isinstance(returned, tuple | list) and len(returned) == 2:
            one, other = returned
            if _are_gradients(one) and not _are_gradients(other):
                return other, one
            return one, other
        what = type(returned).__name__
        if isinstance(returned, tuple | list):
            what = f"{what} of {len(returned)}"
        raise ClaimError(
            f"{self._name} returned {'None; is a `return` missing?' if returned is None else what};"
            " expected (loss, gradients) or (gradients, loss), or the gradients beside the loss: "
            f"check(loss, parameters, gradients)"
        )

    def _claimed(self, found: Any) -> dict[str, Array]:
        """Return gradients by name: from a dict, in the parameters' order, or the only one."""
        names = [*self._places]
        if not isinstance(found, Mapping):
            listed = list(found) if isinstance(found, tuple | list) else [found]
            if len(listed) != len(names):
                raise ClaimError(
                    f"{self._name} gave {len(listed)} gradients for {len(names)} parameters: "
                    f"expected a dict, or one for each of {', '.join(names)}"
                )
            found = dict(zip(names, listed, strict=True))
        return {
            str(name): np.array(real(self._name, f"a gradient of {name}", value))
            for name, value in found.items()
            if name in self._places and value is not None
        }

    def _spoilt(self) -> Sequence[Fact]:
        """Tell of parameters that the loss changes in place."""
        own = self._holder.values
        if self._in_place:
            return []
        self._holder.hold(own)
        handed = {name: value.copy() for name, value in own.items()}
        called(self._name, self._loss, self._packed(handed))
        spoilt = changed([*own.values()], [np.asarray(handed[name]) for name in own])
        names = tuple([*own][k] for k in spoilt)
        evidence = ("compared byte by byte before and after a call",)
        return [Fact(code="CHK07", parameters=names, evidence=evidence)] if names else []


DUMPED = "gradients that are given as arrays are checked at the given point alone"


def _are_gradients(value: Any) -> bool:
    """Tell whether a value holds gradients rather than a loss."""
    return isinstance(value, Mapping | list | tuple) or (
        isinstance(value, np.ndarray) and value.size > 1
    )


def name_of(function: Any) -> str:
    """Return what messages call a function."""
    name = getattr(function, "__name__", type(function).__name__)
    return "the function" if name == "<lambda>" else str(name)


def unpacked(name: str, parameters: Any) -> tuple[dict[str, Any], Callable[[Any], Any]]:
    """Return parameters by name, and what makes of such a dict what the function takes.

    A list's are named by their places, and a single array is `parameter`.
    """
    if isinstance(parameters, Mapping):
        return demanded(name, parameters), dict
    if isinstance(parameters, list | tuple):
        arrays = {f"parameters[{k}]": value for k, value in enumerate(parameters)}
        return demanded(name, arrays), lambda values: type(parameters)(values.values())
    return demanded(name, {"parameter": parameters}), lambda values: values["parameter"]


def demanded(name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters; raises ClaimError for what is no array of floating-point numbers."""
    for key, value in parameters.items():
        if not is_real(value):
            elements = f" of {value.dtype}" if isinstance(value, np.ndarray) else ""
            raise ClaimError(
                f"{name} is to be differentiated by {key!r}, which is of type "
                f"{type(value).__name__}{elements}; expected an array of floating-point numbers"
                f"{_remedy(value)}"
            )
    if not parameters:
        raise ClaimError(f"{name} was given no parameters; expected a dict of arrays")
    return dict(parameters)


def _remedy(value: Any) -> str:
    """Say how to make floating-point arrays of a value."""
    if isinstance(value, Mapping):
        return (
            ": one flat dict, as {'first.w': w}, with a lambda that makes of it what the loss takes"
        )
    numbers = isinstance(value, list | tuple | int)
    return ", as np.array(..., dtype=float) makes" if numbers or hasattr(value, "__array__") else ""


def captured(function: Any) -> list[object]:
    """Return objects of the same author that a function reaches, and generators of chance."""
    owner, reached = getattr(function, "__self__", None), _reached(function).values()
    home = getattr(function, "__module__", None)
    chance = (np.random.Generator, np.random.RandomState, random.Random)
    found = [
        value
        for value in reached
        if isinstance(value, chance) or (type(value).__module__ == home and holds(value))
    ]
    return found if owner is None else [owner, *found]


def _read(function: Any, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return arrays that a function reads beside its parameters, of as many rows: targets, say."""
    rows = {value.shape[:1] for value in parameters.values()}
    found: dict[str, Array] = {}
    level, seen = [function], {id(function)}
    for _ in range(DEEP):
        reached = {n: v for f in level for n, v in _reached(f).items() if id(v) not in seen}
        seen |= {id(value) for value in reached.values()}
        found |= {
            name: value
            for name, value in reached.items()
            if isinstance(value, np.ndarray) and value.ndim and value.shape[:1] in rows
            and value.dtype.kind in "biuf" and name not in parameters
        }  # fmt: skip
        level = [value for value in reached.values() if isinstance(value, FunctionType)]
    return found


def _reached(function: Any) -> dict[str, Any]:
    """Return what a function reaches by its names: variables around it and of its module."""
    code = getattr(function, "__code__", None)
    if code is None:
        return {}
    cells = getattr(function, "__closure__", None) or ()
    inner = {}
    for name, cell in zip(code.co_freevars, cells, strict=True):
        with suppress(ValueError):
            inner[name] = cell.cell_contents
    known = getattr(function, "__globals__", {})
    return {**{name: known[name] for name in code.co_names if name in known}, **inner}


def _coarse(arrays: Mapping[str, Any], eps: float, names: tuple[str, ...]) -> Sequence[Fact]:
    """Tell of parameters in less than double precision, or else of a loss that is."""
    kinds = {name: np.asarray(value).dtype for name, value in arrays.items()}
    given = tuple(name for name, kind in kinds.items() if kind != np.float64)
    told = f"given as {' and '.join(sorted({str(kinds[n]) for n in given}))}, taken for float64"
    found = [*imprecise(eps, names)]
    return [Fact(code="CHK01", parameters=given, evidence=(told,))] if given else found
