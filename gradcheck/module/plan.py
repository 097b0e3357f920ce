"""The plan of two passes: which outputs are in the loss, what the backward pass is given for them.

A backward pass takes an upstream gradient for each output, as in `backward(dnext_h, dnext_c,
cache)`, or one tuple of them; then what the forward pass has handed on, a learning rate or the
inputs. An output that it takes no upstream gradient for is not in the loss.
"""

import ast
import inspect
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from textwrap import dedent
from typing import Any, Literal, TypeAlias

import numpy as np

from gradcheck.errors import ClaimError
from gradcheck.module.calling import required
from gradcheck.module.naming import is_cache, is_gradient_of, is_rate, is_target, is_upstream
from gradcheck.record import record

Source: TypeAlias = tuple[Literal["upstream", "idle", "rate", "returned", "input"], int]
"""Where an argument comes from, and which it is of those from there."""

RATED: Source = ("rate", 0)


@record
class Plan:
    """How two passes fit together.

    `outputs` are the places, in what the forward pass returns, of the outputs in the loss, and
    `left` are others that the backward pass takes no gradient for, in words. `arguments` are what
    it takes, by name, the first `positional` of them in order. With `packed` it takes all upstream
    gradients as one tuple.
    """

    outputs: tuple[int, ...]
    left: tuple[str, ...] = ()
    arguments: Mapping[str, Source]
    positional: int
    packed: bool = False

    @property
    def takes_upstream(self) -> bool:
        return any(kind == "upstream" for kind, _ in self.arguments.values())

    @property
    def takes_rate(self) -> bool:
        return RATED in self.arguments.values()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is not checked, in words."""
        idle = [name for name, (kind, _) in self.arguments.items() if kind == "idle"]
        fewer = (
            f"the backward pass takes no upstream gradient for {' and '.join(self.left)}, which "
            "the forward pass returns as well: how gradients go back from there was not checked"
        )
        given = f"the forward pass returns no output for {' and '.join(idle)}: zeros were given"
        return (*([fewer] if self.left else []), *([given] if idle else []))


def planned(
    name: str,
    functions: tuple[Callable[..., Any], Callable[..., Any]],
    inputs: Sequence[str],
    returned: Any,
) -> Plan:
    """Plan the calls of a forward and a backward function by what the former returns for `inputs`.

    Raises ClaimError where the backward pass takes something that there is nothing to give for.
    """
    forward, backward = functions
    values = items(returned)
    labels = _labels(forward, len(values))
    taken, needed = required(backward)
    needed = max(needed, len(taken[:1]))
    above = _above(name, taken, needed, inputs, {*labels, *_locals(forward)})
    others = [n for n in taken[:needed] if n not in above and not is_rate(n)]
    handed_on = sum(n not in inputs for n in others)
    free = [k for k in range(1, len(values) - handed_on) if is_output(values[k])]
    outputs = _matched(above, [0, *free], labels)
    caches = [k for k in range(1, len(values)) if k not in outputs.values()]
    known = {
        **_upstreams(above, outputs),
        **{n: RATED for n in taken if is_rate(n)},
        **_handed(others, caches, values, labels, inputs),
    }
    arguments = [*taken[:needed], *(n for n in taken[needed:] if n in outputs)]
    lacking = next((n for n in arguments if n not in known), None)
    if lacking is not None:
        raise ClaimError(
            f"{name}.backward takes {', '.join(arguments)}, and there is nothing to give for "
            f"{lacking!r}; expected an upstream gradient for each output, then the forward pass's "
            "cache, a learning rate or the inputs"
        )
    used = {known[n] for n in arguments}
    left = [k for k in caches if ("returned", k) not in used and is_output(values[k])]
    return Plan(
        outputs=tuple(outputs.values()) or (0,),
        left=tuple(labels[k] or f"output {k + 1}" for k in left) if outputs else (),
        arguments={n: known[n] for n in arguments},
        positional=needed,
    )


def packed(plan: Plan, returned: Any) -> Plan:
    """Return a plan by which the backward pass takes one tuple of gradients, for all outputs."""
    values = items(returned)
    handed = {place for kind, place in plan.arguments.values() if kind == "returned"}
    outputs = tuple(k for k, x in enumerate(values) if is_output(x) and k not in handed)
    return replace(plan, outputs=outputs, left=(), packed=True)


def items(returned: Any) -> list[Any]:
    """Return what a forward pass gave, one after the other: outputs, then what it hands on."""
    return list(returned) if isinstance(returned, tuple) and returned else [returned]


def parts(value: Any) -> list[Any]:
    """Return an output's arrays: one, or those of a tuple of states."""
    return [p for item in value for p in parts(item)] if isinstance(value, tuple) else [value]


def is_output(value: Any) -> bool:
    """Tell whether what a forward pass returned may be an output: floating-point numbers."""
    arrays = parts(value)
    return bool(arrays) and all(
        isinstance(array, np.ndarray | np.generic) and array.dtype.kind == "f" for array in arrays
    )


def _above(
    name: str, taken: Sequence[str], needed: int, inputs: Sequence[str], own: Collection[str]
) -> list[str]:
    """Name the upstream gradients among a backward pass's arguments: by their names, or the first.

    What bears a name of the forward pass's `own` was computed there. Raises ClaimError where it is
    the target: what is claimed then is the gradient of a loss.
    """
    free = [n for n in taken if n not in inputs and not is_rate(n) and not is_cache(n)]
    named = [n for n in free if is_upstream(n) and n not in own]
    if not any(n in taken[:needed] for n in named):
        named = [n for n in free if n in taken[:needed]][:1]
    if named and is_target(named[0]):
        raise ClaimError(
            f"{name}.backward takes {named[0]!r}, the target, rather than an upstream gradient; "
            "check the loss together with its gradients, as a function that returns both"
        )
    return named


def _matched(above: Sequence[str], places: Sequence[int], labels: Sequence[str]) -> dict[str, int]:
    """Return the place of each upstream gradient's output: by its name, else the next one."""
    free = [*places]
    found: dict[str, int] = {}
    for short in (str, _bare):
        for argument in above:
            place = next(
                (k for k in free if is_gradient_of(short(labels[k]), short(argument))), None
            )
            if argument not in found and place is not None:
                found[argument] = place
                free.remove(place)
    told = [_bare(labels[k]) for k in found.values()]
    for argument in above:
        again = any(is_gradient_of(label, _bare(argument)) for label in told if label)
        if argument not in found and free and not again:
            found[argument] = free.pop(0)
    return {argument: found[argument] for argument in above if argument in found}


def _bare(name: str) -> str:
    """Return a name without what says which step it is of."""
    return re.sub(r"_?(next|prev(ious)?|new)_?", "", name)


def _upstreams(above: Sequence[str], outputs: Mapping[str, int]) -> dict[str, Source]:
    places = [*outputs]
    return {n: ("upstream", places.index(n)) if n in outputs else ("idle", 0) for n in above}


def _handed(
    others: Sequence[str],
    caches: Sequence[int],
    values: Sequence[Any],
    labels: Sequence[str],
    inputs: Sequence[str],
) -> dict[str, Source]:
    """Say where a backward pass's other arguments come from: by name, then in order.

    Outputs that it takes no gradient for stand before what is handed on.
    """
    found: dict[str, Source] = {
        n: ("returned", labels.index(n))
        for n in others
        if n in labels and labels.index(n) in caches
    }
    wanted = [n for n in others if n not in found]
    rest = [k for k in caches if ("returned", k) not in found.values()]
    arrays = [k for k in rest if isinstance(values[k], np.ndarray) and is_output(values[k])]
    while len(rest) > len(wanted) and rest[0] in arrays and rest != arrays:
        arrays.remove(rest.pop(0))
    found |= {n: ("returned", k) for n, k in zip(wanted, rest, strict=False)}
    wanted = wanted[len(rest) :]
    found |= {n: ("input", [*inputs].index(n)) for n in wanted if n in inputs}
    places = (k for k in range(len(inputs)) if ("input", k) not in found.values())
    nameless = (n for n in wanted if n not in found)
    return found | {n: ("input", k) for n, k in zip(nameless, places, strict=False)}


def _labels(forward: Callable[..., Any], count: int) -> list[str]:
    """Return what a function calls the things it returns, as far as its source tells; else ''."""
    try:
        tree = ast.parse(dedent(inspect.getsource(forward)))
    except (OSError, TypeError, SyntaxError):
        return [""] * count
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            names = [ast.unparse(item).rpartition(".")[2] for item in node.value.elts]
            if len(names) == count:
                return [name if name.isidentifier() else "" for name in names]
    return [""] * count


def _locals(forward: Callable[..., Any]) -> Sequence[str]:
    code = getattr(inspect.unwrap(forward), "__code__", None)
    return code.co_varnames if code else ()
