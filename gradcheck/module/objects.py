"""Layer objects and pairs of functions: which functions, parameters and gradients they have."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.errors import ClaimError
from gradcheck.module.calling import called, required
from gradcheck.module.harvest import Harvest, flattened
from gradcheck.module.holding import Holder
from gradcheck.module.layer import Layer, fitted, started
from gradcheck.module.naming import is_rate, partner
from gradcheck.module.passes import Back, Passes
from gradcheck.module.slots import Slot, is_real, slots
from gradcheck.module.state import Snapshot
from gradcheck.module.subject import Point
from gradcheck.record import record

FORWARD = ("forward", "forward_pass", "fprop", "feedforward", "feed_forward", "__call__")
BACKWARD = ("backward", "backward_pass", "backprop", "back_prop", "bprop", "backpropagate")
FRESH = ("zero_grad", "zero_grads", "zero_gradients", "reset_gradients", "clear_grads")
"""What layers call the methods of which a check needs to know, the most usual first."""

Chosen = Sequence[str] | Mapping[str, str] | None
"""Parameters by their paths, with or without the paths of their gradients; None to find them."""


def pair(
    functions: tuple[Callable[..., Any], Callable[..., Any]], inputs: Any, seed: int = 0
) -> Layer:
    """Make a subject of a forward function and its backward function."""
    forward, _ = functions
    owners = [getattr(function, "__self__", None) for function in functions]
    name = getattr(forward, "__name__", "function")
    holder = Holder({}, [owner for owner in owners if owner is not None])
    passes = fitted(name, functions, holder, named_inputs(forward, inputs))
    return Layer(passes, Harvest(name=name, places={}), seed)


def layer(subject: object, inputs: Any, chosen: Chosen = None, seed: int = 0) -> Layer:
    """Make a subject of an object with a forward and a backward pass.

    Raises ClaimError where it has none, or does not have the parameters that are `chosen`.
    """
    name = type(subject).__name__
    forward, backward = _method(subject, FORWARD, "forward"), _method(subject, BACKWARD, "backward")
    fresh = method(subject, FRESH)
    if fresh is not None and required(fresh)[1] == 0:
        called(f"{name}.{fresh.__name__}", fresh)
    given = named_inputs(forward, inputs)
    bare = fitted(name, (forward, backward), Holder({}, [subject]), given, _rate(subject))
    before = _among(name, _lasting(bare, subject), chosen)
    found = bare.back(started(bare, 0)[0], lambda back: _scouted(subject, before, bare, back))
    bare.holder.hold({})
    harvest = found.harvest
    if isinstance(chosen, Mapping):
        own = {path: (gradient,) for path, gradient in chosen.items()}
        harvest = replace(harvest, places={**harvest.places, **own}, remarks=())
    updated = [path for path in found.updated if _is_felt(bare, subject, path, before[path])]
    names = dict.fromkeys([*(chosen or ()), *harvest.places, *harvest.ordered, *updated])
    passes = replace(bare, holder=Holder({path: before[path] for path in names}, [subject]))
    return Layer(passes, harvest, seed)


def named_inputs(forward: Callable[..., Any], inputs: Any) -> dict[str, Any]:
    """Return the arguments of a forward pass by name."""
    if isinstance(inputs, Mapping):
        return {str(key): value for key, value in inputs.items()}
    names, _ = required(forward)
    given = list(inputs) if isinstance(inputs, tuple) else [inputs]
    names += [f"argument {k + 1}" for k in range(len(names), len(given))]
    return {
        name: np.asarray(value) if isinstance(value, list | float) else value
        for name, value in zip(names, given, strict=False)
    }


def method(subject: object, names: Iterable[str]) -> Callable[..., Any] | None:
    """Return the first of some methods that an object has."""
    return next((m for n in names if callable(m := getattr(subject, n, None))), None)


def _method(subject: object, names: Sequence[str], what: str) -> Callable[..., Any]:
    found = method(subject, names)
    if found is None:
        raise ClaimError(
            f"{type(subject).__name__} has no {what} pass: expected a method called "
            f"{', '.join(names[:-1])} or {names[-1]}; where it is called otherwise, check the "
            "pair (forward, backward)"
        )
    return found


def _rate(subject: object) -> float | None:
    """Return the learning rate that an object has as an attribute."""
    own = getattr(subject, "__dict__", {}).items()
    found = (value for name, value in own if is_rate(name) and name != "alpha")
    return next((float(value) for value in found if is_real(value) and value), None)


def _lasting(passes: Passes, subject: object) -> dict[str, Slot]:
    """Return the slots that a forward pass leaves alone: what it writes to is no parameter."""
    before = {slot.path: (slot, slot.get()) for slot in slots(subject)}
    snapshot = Snapshot([subject])
    kept = {path: np.array(value) for path, (_, value) in before.items()}
    point = passes.own
    called(f"{passes.name}.forward", passes.forward, *passes.given(point))
    after = {slot.path: slot.get() for slot in slots(subject)}
    lasting = {
        path: slot
        for path, (slot, value) in before.items()
        if path in after
        and (after[path] is value or isinstance(value, float))
        and np.array_equal(np.array(after[path]), kept[path], equal_nan=True)
    }
    snapshot.restore()
    return lasting


@record
class _Scouted:
    """What a first backward pass shows: where gradients are, and what it updates by itself."""

    harvest: Harvest
    updated: tuple[str, ...]


def _scouted(subject: object, before: Mapping[str, Slot], passes: Passes, back: Back) -> _Scouted:
    """Find parameters by what the backward pass leaves behind, returns or updates."""
    after = {slot.names: slot.path for slot in slots(subject)}
    pairs = {path: partner(slot.names, after) for path, slot in before.items()}
    places = {path: after[names] for path, names in pairs.items() if names is not None}
    gradients = {*places.values()}
    places = {path: place for path, place in places.items() if path not in gradients}
    updated = tuple(p for p in before if passes.rated and p in back.changed and p not in gradients)
    known = {*places, *gradients, *updated}
    same = {id(before[path].get()) for path in known if path in before}
    arrays = [p for p in before if id(before[p].get()) not in same
              and isinstance(before[p].get(), np.ndarray)]  # fmt: skip
    ordered = _returned(passes, back, arrays, alone=not places and not updated)
    left = [path for path in arrays if path not in ordered]
    harvest = Harvest(
        name=passes.name,
        root=subject,
        places=_shared(before, places),
        ordered=ordered,
        remarks=(_left_over(left),) if left else (),
    )
    return _Scouted(harvest=harvest, updated=updated)


def _shared(before: Mapping[str, Slot], places: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the places of gradients by parameter, one array being one parameter."""
    found: dict[int, tuple[str, list[str]]] = {}
    for path, place in places.items():
        value = before[path].get()
        key = id(value) if isinstance(value, np.ndarray) else id(before[path])
        found.setdefault(key, (path, []))[1].append(place)
    return {path: tuple(gradients) for path, gradients in found.values()}


def _is_felt(passes: Passes, subject: object, path: str, slot: Slot) -> bool:
    """Tell whether what stands in a slot matters to the forward pass."""
    moved = replace(passes, holder=Holder({path: slot}, [subject]))
    own = moved.own
    value = own.parameters[path] * 1.25 + 0.125
    before = moved.output(own)
    after = moved.output(Point(parameters={**own.parameters, path: value}, data=own.data))
    moved.holder.hold(own.parameters)
    return not np.array_equal(before, after)


def _returned(passes: Passes, back: Back, arrays: Sequence[str], *, alone: bool) -> tuple[str, ...]:
    """Return the parameters whose gradients are returned: all, where as many of them are."""
    given, named = flattened(back.returned)
    if alone and arrays and len(given) in (len(arrays), len(passes.moving) + len(arrays)):
        return tuple(arrays)
    keys = [(key,) for key in named]
    return tuple(path for path in arrays if path in named or partner((path,), keys))


def _left_over(paths: Sequence[str]) -> str:
    return (
        f"no gradient was found for {', '.join(paths)}, so it was not checked; "
        "check(..., parameters={...}) in Python says where it is"
    )


def _among(name: str, before: Mapping[str, Slot], chosen: Chosen) -> Mapping[str, Slot]:
    """Return the slots that were chosen; raises ClaimError for one that is not there."""
    if chosen is None:
        return before
    for path in chosen:
        if path not in before:
            raise ClaimError(
                f"{name} has no parameter {path!r} of floating-point numbers; it has "
                f"{', '.join(before) or 'none'}"
            )
    return {path: before[path] for path in chosen}
