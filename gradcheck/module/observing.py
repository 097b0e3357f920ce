"""Finding training steps: in functions on a dict of parameters, and in the methods of objects."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import ClaimError
from gradcheck.module.calling import called, required
from gradcheck.module.closures import captured, demanded, name_of
from gradcheck.module.holding import Holder
from gradcheck.module.naming import is_rate
from gradcheck.module.objects import method
from gradcheck.module.slots import Slot, as_array, slots
from gradcheck.module.state import Snapshot
from gradcheck.module.steps import LIMIT, Observed, Step, apart, scalar

LOSSES = ("loss", "cost", "compute_loss", "compute_cost", "error", "objective")
STEPS = ("train_step", "training_step", "step", "train", "partial_fit", "update")
"""What the methods are called that a check looks for."""

RATES = (1.0, 0.5)
"""Learning rates at which a step is observed where it takes any. A plain step is as long as they
say, and of a long one fewer digits get lost."""

STEADY = 0.5
"""By how much, relatively, the change over the rate may differ between the rates: what is no
parameter, such as a cache, changes by as much at any rate."""

Function = Callable[..., Any]


def observed(
    target: Any,
    parameters: Any,
    inputs: Any,
    step: str | Function | None,
    loss: str | Function | None,
    rates: tuple[float, ...] | None,
) -> Step:
    """Make a subject of a training step: of a function on a dict of parameters, or of an object."""
    if isinstance(parameters, Mapping):
        return _of_function(target if step is None else step, parameters, loss, rates)
    return _of_object(target, inputs, step, loss, rates)


def _of_function(
    step: Any, parameters: Mapping[str, Any], loss: Any, rates: tuple[float, ...] | None
) -> Step:
    name = name_of(step)
    if not callable(loss) or not callable(step):
        raise ClaimError(f"{name}: expected two functions of the parameters, a step and a loss")
    arrays = demanded(name, parameters)
    rated = any(is_rate(argument) for argument in required(step)[0])

    def stepped(rate: float) -> Mapping[str, Array]:
        returned = called(name, step, arrays, *([rate] if rated else []))
        found = returned if isinstance(returned, Mapping) else arrays
        return {key: as_array(found[key]) for key in arrays}

    made = Observed(
        name=name, loss=lambda: loss(arrays), step=stepped, rates=_rates(rates, rated, name)
    )
    places = {key: Slot(owner=arrays, parts=((False, key),)) for key in arrays}
    return Step(made, Holder(places, [arrays, *captured(step), *captured(loss)]))


def _of_object(
    subject: Any,
    inputs: Any,
    step: str | Function | None,
    loss: str | Function | None,
    rates: tuple[float, ...] | None,
) -> Step:
    name = type(subject).__name__
    taken = inputs if isinstance(inputs, tuple) else () if inputs is None else (inputs,)
    makes = _function(subject, step, STEPS, "training step")
    costs = _function(subject, loss, LOSSES, "loss")
    _demand_inputs(name, makes, len(taken))
    arguments = [argument for argument in required(makes)[0] if is_rate(argument)]
    place = next((s for s in slots(subject) if len(s.parts) == 1 and is_rate(s.path)), None)

    def stepped(rate: float) -> Mapping[str, Array]:
        if place is not None and not arguments:
            place.set(rate)
        given = [x.copy() if isinstance(x, np.ndarray) else x for x in taken]
        called(f"{name}.{makes.__name__}", makes, *given, *([rate] if arguments else []))
        return {slot.path: as_array(slot.get()) for slot in slots(subject)}

    def cost() -> Any:
        given = [x.copy() if isinstance(x, np.ndarray) else x for x in taken]
        return costs(*given[: len(required(costs)[0])])

    chosen = _rates(rates, bool(arguments) or place is not None, name)
    made = Observed(name=f"{name}.{makes.__name__}", loss=cost, step=stepped, rates=chosen)
    # Short steps, for which even what is updated too early changes in proportion.
    there = _moved(made, subject, chosen[:1] if len(chosen) < 2 else (LIMIT, LIMIT / 2))
    found = {path: slot for path, slot in there.items() if _is_felt(made, subject, slot)}
    if not found:
        raise ClaimError(
            f"{made.name} changes nothing that the loss depends on; expected a step that updates "
            "arrays of floating-point numbers in the object"
        )
    left = [path for path in there if path not in found]
    told = f"changed by the step, but the loss does not depend on it: {', '.join(left)}"
    return Step(made, Holder(found, [subject]), [told] if left else [])


def _function(
    subject: Any, given: str | Function | None, known: Sequence[str], what: str
) -> Function:
    found = given if callable(given) else method(subject, [given] if given else known)
    if found is None:
        lacking = f"method {given!r}" if given else what
        raise ClaimError(
            f"{type(subject).__name__} has no {lacking}; expected the name of a method, "
            f"such as {', '.join(known[:-1])} or {known[-1]}"
        )
    return found


def _demand_inputs(name: str, makes: Function, count: int) -> None:
    """Raise ClaimError unless a step can be called with so many inputs."""
    names, needed = required(makes)
    wanted = [argument for argument in names[:needed] if not is_rate(argument)]
    if count < len(wanted):
        given = ", ".join(wanted) + ("," if len(wanted) == 1 else "")
        raise ClaimError(
            f"{name}.{makes.__name__} takes {', '.join(wanted)}, but {count or 'no'} inputs were "
            f"given; expected inputs=({given})"
        )


def _rates(given: tuple[float, ...] | None, can_be_set: bool, name: str) -> tuple[float, ...]:
    """Return the learning rates to observe; raises ClaimError where there is none to divide by."""
    if given is not None:
        return tuple(given) if can_be_set else tuple(given[:1])
    if not can_be_set:
        raise ClaimError(
            f"the learning rate of {name} is unknown: it takes none and has none as an attribute; "
            "check(..., rates=(0.1,)) in Python says what it is"
        )
    return RATES


def _moved(made: Observed, subject: Any, rates: Sequence[float]) -> dict[str, Slot]:
    """Return the slots that a step changes in proportion to the rate."""
    snapshot = Snapshot([subject])
    before = {slot.path: (slot, as_array(slot.get())) for slot in slots(subject)}
    changes = []
    for rate in rates:
        after = made.step(rate)
        snapshot.restore()
        changes.append({
            path: (value - after[path]) / rate
            for path, (_, value) in before.items()
            if path in after and after[path].shape == value.shape and not is_rate(path)
        })  # fmt: skip
    first, last = changes[0], changes[-1]
    return {
        path: before[path][0]
        for path, change in first.items()
        if change.any() and apart(change, last.get(path, change * 0)) < STEADY
    }


def _is_felt(made: Observed, subject: Any, slot: Slot) -> bool:
    """Tell whether the loss changes when something in a slot does."""
    holder = Holder({slot.path: slot}, [subject])
    value = holder.values[slot.path]
    losses = []
    for moved in (value, value * 1.25 + 0.125):
        holder.hold({slot.path: moved})
        losses.append(np.asarray(scalar(called(f"{made.name}'s loss", made.loss))))
    holder.hold({slot.path: value})
    return not np.array_equal(losses[0], losses[1])
