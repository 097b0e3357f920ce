"""Targets by name: what stands in a module under it, and the cases in which it is checked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import ClaimError, GradcheckError
from gradcheck.module.calling import called
from gradcheck.module.closures import Closure
from gradcheck.module.frameworks import Framework, framework
from gradcheck.module.guesses import Input, arguments, drawn, inputs, spoken
from gradcheck.module.objects import BACKWARD, FORWARD, layer, method, pair
from gradcheck.module.observing import observed
from gradcheck.module.slots import slots
from gradcheck.module.subject import Subject
from gradcheck.record import record

UNGUESSED = (
    "the shapes of a function's arguments can't be guessed; say them in order, as in "
    "--shape x=3x5 --shape w=5x7 --shape b=7"
)


@record
class Wish:
    """What the user has said about a target.

    `settings` are arguments of its constructor, `shapes` those of inputs or parameters, by name or
    in order (an empty name). `partner` names the backward function or the gradients', `step` and
    `loss` a training step's methods or functions.
    """

    settings: Mapping[str, Any]
    shapes: Sequence[tuple[str, tuple[int, ...]]]
    partner: str | None = None
    step: str | None = None
    loss: str | None = None


@record
class Case:
    """One way in which a target is checked; a `guessed` one says nothing if it is not legal."""

    label: str
    make: Callable[[], Subject]
    guessed: bool = False


def cases(module: ModuleType, name: str, value: Any, wish: Wish) -> list[Case]:
    """Return the cases of a target; raises ClaimError where there is nothing to be checked."""
    kit = framework(value)
    if kit is not None:
        return _of_framework(kit, lambda: value, wish)
    if isinstance(value, type):
        build = partial(called, name, lambda: value(**arguments(value, wish.settings)))
        return _object(build, wish)
    if method(value, BACKWARD) is not None or not callable(value):
        return _object(lambda: value, wish)
    if wish.step is not None or wish.loss is not None:
        return [_function_step(module, value, wish)]
    backward = _partner(module, name, wish)
    if backward is not None and not _is_gradient(name, wish):
        return _pair(value, backward, wish)
    return [_closure(module, value, wish)]


def _of_framework(kit: Framework, build: Callable[[], Any], wish: Wish) -> list[Case]:
    """Return the cases of what a framework differentiates."""
    target = build()
    names, sizes = kit.arguments(target), kit.sizes(target)
    if wish.shapes:
        given = _given(wish)
        named = [given[name] for name in names if name in given]
        fed = tuple(named if len(named) == len(given) else given.values())
        return [Case(label=_label(given), make=lambda: kit.subject(build(), fed))]
    if sizes:
        return _guessed(
            inputs(target.forward, sizes), lambda guess: kit.subject(build(), guess.arrays)
        )
    raise ClaimError(UNGUESSED)


def _object(build: Callable[[], Any], wish: Wish) -> list[Case]:
    subject = build()
    kit = framework(subject)
    if kit is not None:
        return _of_framework(kit, build, wish)
    if wish.step is not None or wish.loss is not None:
        given = _given(wish)
        return [Case(label=_label(given), make=lambda: observed(
            build(), None, tuple(given.values()), wish.step, wish.loss, None))]  # fmt: skip
    if wish.shapes:
        given = _given(wish)
        return [Case(label=_label(given), make=lambda: layer(build(), _fed(given)))]
    forward = method(subject, FORWARD)
    if forward is None:
        return [Case(label="", make=lambda: layer(subject, None))]
    sizes = [size for slot in slots(subject) for size in np.shape(slot.get())]
    sizes += [value for value in getattr(subject, "__dict__", {}).values() if type(value) is int
              and 0 < value < 100]  # fmt: skip
    return _guessed(inputs(forward, sizes), lambda fed: layer(build(), fed.arrays))


def _pair(forward: Any, backward: Any, wish: Wish) -> list[Case]:
    if not wish.shapes:
        raise ClaimError(UNGUESSED)
    given = _given(wish)
    return [Case(label=_label(given), make=lambda: pair((forward, backward), _fed(given)))]


def _guessed(families: Iterator[tuple[Input, ...]], make: Callable[[Input], Subject]) -> list[Case]:
    """Return the cases of the first family of inputs that the target can be run with."""
    reasons = []
    for family in families:
        try:
            make(family[0])
        except GradcheckError as error:
            reasons.append(f"{family[0].label}: {str(error).splitlines()[0]}")
            continue
        return [
            Case(label=fed.label, make=partial(make, fed), guessed=number > 0)
            for number, fed in enumerate(family)
        ]
    raise ClaimError(
        "no input was found that both passes can be run with; say its shape, as in --shape 3x5. "
        f"The first that was tried: {reasons[0]}"
    )


def _function_step(module: ModuleType, step: Any, wish: Wish) -> Case:
    loss = _function(module, wish.loss)
    given = _given(wish)
    return Case(label=_label(given), make=lambda: observed(step, given, None, None, loss, None))


def _closure(module: ModuleType, loss: Any, wish: Wish) -> Case:
    given = _given(wish)
    if not given:
        raise ClaimError(
            "the parameters of a function can't be guessed; say their shapes, as in "
            "--shape w=5x7 --shape b=7, for a function that takes a dict of them"
        )
    gradients = _function(module, wish.partner)
    return Case(label=_label(given), make=lambda: Closure(loss, given, gradients))


def _function(module: ModuleType, name: str | None) -> Any:
    if name is None:
        return None
    found = getattr(module, name, None)
    if not callable(found):
        raise ClaimError(f"{module.__name__} has no function {name!r}")
    return found


def _partner(module: ModuleType, name: str, wish: Wish) -> Any:
    """Return the backward function that belongs to a forward one."""
    if wish.partner is not None:
        return _function(module, wish.partner)
    stem = name.removesuffix("forward")
    known = (f"{stem}backward", f"{name}_backward", f"{stem}bwd", f"{name}_grad", f"d_{name}")
    return next((found for k in known if callable(found := getattr(module, k, None))), None)


def _is_gradient(name: str, wish: Wish) -> bool:
    """Tell whether a partner gives a loss's gradients rather than being a backward pass."""
    partner = (wish.partner or "").lower()
    return "grad" in partner and "back" not in partner and "forward" not in name


def _given(wish: Wish) -> dict[str, Array]:
    """Return arrays of the shapes that were said."""
    return {
        name or f"argument {k + 1}": drawn(shape, seed=k + 3)
        for k, (name, shape) in enumerate(wish.shapes)
    }


def _fed(given: Mapping[str, Array]) -> Any:
    """Return arguments by name where they have one, else in order."""
    if any(name.startswith("argument ") for name in given):
        return tuple(given.values())
    return dict(given)


def _label(given: Mapping[str, Array]) -> str:
    return ", ".join(
        spoken(x.shape) if name.startswith("argument ") else f"{name} {spoken(x.shape)}"
        for name, x in given.items()
    )
