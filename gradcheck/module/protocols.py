"""The four protocols of a check: which calls fit none of them, and what to write instead."""

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from gradcheck.errors import ClaimError
from gradcheck.module.calling import required
from gradcheck.module.frameworks import framework
from gradcheck.module.naming import is_rate
from gradcheck.module.objects import BACKWARD, FORWARD, method
from gradcheck.module.observing import LOSSES, STEPS
from gradcheck.record import record

FORMS = (
    "check(f, parameters) with f(parameters) -> (loss, gradients), "
    "check(loss, parameters, gradients), check(layer, inputs=x), "
    "check((forward, backward), inputs=(x, w)) or "
    'check(network, inputs=(x, y), step="train", loss="loss")'
)


@record
class Call:
    """The arguments of a check."""

    target: Any
    parameters: Any
    gradients: Any
    inputs: Any
    step: Any
    loss: Any


def demand(call: Call) -> None:
    """Raise ClaimError, with the form to write, for a call that fits none of the protocols."""
    rules: Sequence[Callable[[Call], str]]
    rules = (_no_target, _bad_pair, _bad_class, _bad_step, _bad_inputs)
    if not isinstance(call.target, tuple) and call.step is None and call.loss is None:
        is_layer = method(call.target, BACKWARD) is not None
        rules = (*rules, *((_bad_layer,) if is_layer else (_with_inputs, _bad_loss)))
    for rule in rules:
        told = rule(call)
        if told:
            raise ClaimError(told)


def lacking_inputs(target: Any, names: Sequence[str]) -> str:
    """Say how to hand over the arguments of a target's forward pass."""
    given = f"({', '.join(names)})" if len(names) > 1 else "".join(names)
    name = getattr(target, "__name__", type(target).__name__)
    return (
        f"{name} was given no inputs; expected what its forward pass takes: "
        f"check({spoken(target)}, inputs={given})"
    )


def spoken(target: Any) -> str:
    """Return what a target is likely to be called where the check is written."""
    owner, name = _bound(target), getattr(target, "__name__", None)
    if name is None:
        return type(target).__name__.lower()
    if owner is not None:
        return f"{type(owner).__name__.lower()}.{name}"
    return "f" if name == "<lambda>" else str(name)


def _bound(target: Any) -> object:
    """Return the object that a method is of; None for a function, and for a class's or module's."""
    owner = getattr(target, "__self__", None)
    return None if isinstance(owner, type | ModuleType) else owner


def _no_target(call: Call) -> str:
    target = call.target
    if isinstance(target, str):
        command = "check" if target.endswith((".yaml", ".yml")) else "module"
        return (
            f"found a string, {target!r}, to check; expected a function or a layer itself: {FORMS}."
            f" What is named is checked on the command line: gradcheck {command} {target}"
        )
    if isinstance(target, Mapping):
        return (
            "found a dict to check; the function comes first and its parameters behind it: "
            "check(loss, parameters, gradients)"
        )
    if isinstance(target, list):
        return (
            "found a list to check; a pair of functions is a tuple: "
            "check((forward, backward), inputs=(x, w))"
        )
    if target is None or isinstance(target, int | float | np.ndarray | np.generic):
        return (
            f"found a value of type {type(target).__name__} to check; expected the function itself "
            f"rather than what it returns: {FORMS}"
        )
    return ""


def _bad_pair(call: Call) -> str:
    target, behind = call.target, call.parameters
    if not isinstance(target, tuple):
        if callable(target) and callable(behind) and not isinstance(behind, type):
            pair = f"({spoken(target)}, {spoken(behind)})"
            return f"found two functions; a pair is a tuple: check({pair}, inputs=...)"
        return ""
    if len(target) != 2 or not all(map(callable, target)):
        found = ", ".join(type(part).__name__ for part in target)
        return (
            f"found a tuple of {len(target)} to check ({found}); expected two functions: "
            "check((forward, backward), inputs=(x, w))"
        )
    if call.inputs is None:
        functions, (names, needed) = ", ".join(map(spoken, target)), required(target[0])
        given = ", ".join(names[: needed or 1])
        given = given if needed < 2 else f"({given})"
        return (
            "found a pair of functions and no inputs; expected what the forward pass takes: "
            f"check(({functions}), inputs={given})"
        )
    return ""


def _bad_class(call: Call) -> str:
    target = call.target
    if not isinstance(target, type):
        return ""
    return (
        f"found the class {target.__name__}; expected an object of it: "
        f"check({target.__name__}(...), inputs=x)"
    )


def _bad_step(call: Call) -> str:
    if call.step is None and call.loss is None:
        return ""
    if call.gradients is not None:
        return (
            f"found gradients beside {'loss' if call.step is None else 'step'}=, by which the "
            "change that a training step makes is the claim; expected check(loss, parameters, "
            'gradients) or check(network, inputs=(x, y), step="train", loss="loss")'
        )
    has_methods = any(method(call.target, names) for names in (STEPS, LOSSES))
    is_function = callable(call.target) and not has_methods and not isinstance(call.step, str)
    if is_function and not isinstance(call.parameters, Mapping):
        return (
            f"the parameters of a training step were given as {_kind(call.parameters)}; expected a "
            f"dict of arrays: check({spoken(call.target)}, {{'w': w}}, loss=loss) with "
            f"{spoken(call.target)}(parameters, rate) -> new parameters"
        )
    if isinstance(call.parameters, Mapping) and not callable(call.loss):
        return (
            f"found {_kind(call.loss)} as the loss of a training step; expected a function of the "
            f"same parameters: check({spoken(call.target)}, parameters, loss=loss)"
        )
    return ""


def _bad_inputs(call: Call) -> str:
    given = call.inputs
    if isinstance(given, tuple) and given and all(type(size) is int for size in given):
        return (
            f"inputs was given as {given}, which looks like a shape; expected arrays: "
            f"inputs=rng.normal(size={given})"
        )
    return ""


def _bad_layer(call: Call) -> str:
    name = spoken(call.target)
    if call.inputs is None:
        names, needed = required(method(call.target, FORWARD) or (lambda x: x))
        return lacking_inputs(call.target, names[: max(1, needed)])
    chosen = call.parameters
    keyed = isinstance(chosen, Mapping) and all(isinstance(v, str) for v in chosen.values())
    listed = isinstance(chosen, list | tuple | set) and all(isinstance(v, str) for v in chosen)
    if chosen is None or keyed or listed:
        return ""
    return (
        f"parameters was given as {_kind(chosen)}; of a layer it names attributes, as in "
        'parameters=["W", "b"], or maps them to those of their gradients, as in {"W": "dW"}. '
        f"Arrays are found where they stand: check({name}, inputs=x)"
    )


def _with_inputs(call: Call) -> str:
    """Tell what to write where inputs are given to what has no backward pass."""
    if call.inputs is None:
        return ""
    target, name = call.target, spoken(call.target)
    owner, last = _bound(target), name.rpartition(".")[2]
    home = getattr(target, "__self__", None)
    if isinstance(home, type) and framework(home) is not None:
        kind = home.__name__
        return f"found {kind}.{last}; expected {kind} itself: check({kind}, inputs=...)"
    if owner is not None and last in FORWARD and method(owner, BACKWARD) is not None:
        return f"found a layer's forward pass; expected the layer: check({_owner(name)}, inputs=x)"
    if owner is not None and last in STEPS:
        return (
            "found a training step; expected the object that makes it: "
            f'check({_owner(name)}, inputs=(x, y), step="{last}", loss="loss")'
        )
    if callable(target) and method(target, FORWARD[:-1]) is None:
        return (
            f"inputs= is for layers, and {name} has no backward pass; expected a function of the "
            f"parameters alone: {_closure(call)}. A forward function comes with its backward one: "
            f"check(({name}, backward), inputs=...)"
        )
    return "" if method(target, FORWARD) is not None else _no_passes(call)


def _bad_loss(call: Call) -> str:
    target = call.target
    if call.inputs is not None:
        return ""
    if not callable(target):
        return _no_passes(call)
    if call.parameters is None:
        return f"{spoken(target)} was given no parameters to differentiate by: {_closure(call)}"
    if call.gradients is not None and not _may_be_gradients(call.gradients):
        return (
            f"found {_kind(call.gradients)} as gradients; expected a dict of arrays or a function "
            "of the parameters: check(loss, parameters, gradients)"
        )
    for function in (target, call.gradients):
        names, needed = required(function) if callable(function) else ([], 0)
        if any(map(is_rate, names[:needed])) and needed > 1:
            return (
                f"{spoken(function)} takes {', '.join(names[:needed])}, as a training step does, "
                f"and no loss was given: check({spoken(function)}, parameters, loss=loss)"
            )
        if needed > 1:
            takes = f"{spoken(function)} takes {', '.join(names[:needed])}"
            return f"{takes}; expected a function of the parameters alone: {_closure(call)}"
    return ""


def _no_passes(call: Call) -> str:
    name, kind = spoken(call.target), type(call.target).__name__
    loss, step = (method(call.target, names) for names in (LOSSES, STEPS))
    if loss is not None and step is None:
        given = ", ".join(required(loss)[0])
        where = f"{name}.params" if hasattr(call.target, "params") else "parameters"
        return (
            f"{kind} has no backward pass; a loss that returns its gradients is a function of the "
            f"parameters: check(lambda: {name}.{loss.__name__}({given}), {where}), {where} being "
            "the dict of the very arrays that it reads"
        )
    return (
        f"{kind} has no forward pass called {', '.join(FORWARD)} with a backward pass called "
        f"{', '.join(BACKWARD)}; expected {FORMS}"
    )


def _closure(call: Call) -> str:
    """Write the function of the parameters that a loss with more arguments is made."""
    target, name = call.target, spoken(call.target)
    names, needed = required(target)
    taken, beside = names[:needed], ", gradients" if call.gradients is not None else ""
    if _bound(target) is not None:
        given = ", ".join(taken)
        held = f"{_owner(name)}.params"
        return (
            f"check(lambda: {name}({given}), {held}{beside}), {held} being the dict of the very "
            "arrays that it reads"
        )
    if isinstance(call.parameters, Mapping) and {*taken} <= {*call.parameters}:
        given = ", ".join(f'p["{n}"]' for n in taken)
    elif len(taken) > 1 and isinstance(call.parameters, tuple | list):
        given = "*p"
    else:
        given = ", ".join(["p", *taken[1:]])
    if needed < 2:
        return f'check({name}, {{"w": w}}{beside})'
    return f"check(lambda p: {name}({given}), parameters{beside})"


def _may_be_gradients(value: Any) -> bool:
    return callable(value) or isinstance(
        value, Mapping | list | tuple | np.ndarray | float | np.generic
    )


def _kind(value: Any) -> str:
    return "None" if value is None else f"a value of type {type(value).__name__}"


def _owner(name: str) -> str:
    return name.rpartition(".")[0]
