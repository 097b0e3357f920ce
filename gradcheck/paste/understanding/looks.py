"""Second looks at a step: its measurements without what it does on purpose beside the gradient.

A small number keeps a logarithm finite, an optimizer keeps velocities, a learning rate falls from
step to step, noise is added to gradients. Each look takes one of these away; None where there is
no such thing.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from gradcheck.paste.understanding.growing import minimised
from gradcheck.paste.understanding.inquiry import Inquiry, inquire, keeps_pace, steadied
from gradcheck.paste.understanding.iterations import Found
from gradcheck.paste.understanding.optimizing import collects, is_steered
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.resting import rested
from gradcheck.paste.understanding.steps import Step
from gradcheck.paste.understanding.values import is_number
from gradcheck.paste.understanding.weights import factors, weights
from gradcheck.paste.understanding.words import GUARDS, RATES, STRENGTHS, TRUNCATED, says

GUARD = 1e-3
"""Positive numbers up to this size may be there to keep something from being zero."""

_VANISHING = 1e-40
_FOREVER = 10**6
_STRENGTH = 0.37
_NOISE = frozenset(("randn", "normal", "standard_normal"))

Look: TypeAlias = Callable[[Found, Inquiry, int | None], Inquiry | None]
"""Measures a step again, for the sake of one of the candidates or of any."""


def _again(found: Found, step: Step) -> Inquiry | None:
    one = inquire(replace(found, step=step))
    return minimised(one) if one else None


def steady(found: Found, inquiry: Inquiry, _: int | None) -> Inquiry | None:
    """Look at a single iteration only: between several, the learning rate may change.

    It says something new where claims fit at an iteration, but with a scale of its own: all
    parameters alike. Of updates that an optimizer steers nobody knows that beforehand.
    """
    if len({one.first for one in inquiry.points}) == 1:
        return None
    latest = max(inquiry.points, key=lambda one: one.first)
    is_paced = any(keeps_pace(inquiry, index) for index in range(len(inquiry.fits)))
    if not is_paced and not any(is_steered(inquiry, path, latest) for path in inquiry.parameters):
        return None
    one = steadied(found, inquiry)
    # Where gradients pile up, the first iteration alone has the right ones.
    return None if one is None or collects(inquiry, latest) else one


def unguarded(found: Found, inquiry: Inquiry, _: int | None) -> Inquiry | None:
    """Take away the small numbers that keep logarithms and quotients finite."""
    constants = dict(_small_literals(inquiry))
    data = dict(_small_values(inquiry))
    if not constants and not data:
        return None
    step = found.step
    return _again(
        found,
        replace(step, constants={**step.constants, **constants}, data={**step.data, **data}),
    )


def resting(found: Found, inquiry: Inquiry, candidate: int | None) -> Inquiry | None:
    """Put what an optimizer keeps to zero, where its updates are not explained otherwise."""
    one = None if candidate is None else rested(found, inquiry, candidate)
    return minimised(one) if one else None


def untruncated(found: Found, inquiry: Inquiry, _: int | None) -> Inquiry | None:
    """Follow the way back to its beginning, where a number says after how many steps it ends."""
    numbers = _scalars(inquiry)
    data = {path: _FOREVER for path, thing in numbers if thing >= 1 and says(path.last, TRUNCATED)}
    step = found.step
    return _again(found, replace(step, data={**step.data, **data})) if data else None


def noiseless(found: Found, inquiry: Inquiry, _: int | None) -> Inquiry | None:
    """Take away the noise that is added to gradients: of it, the loss at the point knows nothing.

    Noise that the forward pass adds is part of the loss.
    """
    silenced = dict.fromkeys(_noises(inquiry.machine.nodes), 0.0)
    if not silenced or silenced.keys() <= found.step.constants.keys():
        return None
    one = _again(found, replace(found.step, constants={**found.step.constants, **silenced}))
    return one if one is not None and unchanged(one, inquiry) else None


def unchanged(one: Inquiry, other: Inquiry) -> bool:
    """Tell whether the losses are the same at the first point."""
    first, second = one.points[0].losses, other.points[0].losses
    return bool(np.array_equal(first, second, equal_nan=True))


LOOKS: Mapping[str, Look] = {
    "noise": noiseless,
    "schedule": steady,
    "guard": unguarded,
    "rest": resting,
    "truncation": untruncated,
}
"""The looks by the notes that tell of them, in the order in which they are tried."""


def _noises(nodes: Mapping[int, ast.AST]) -> Iterator[int]:
    """Yield the draws of zero mean that are terms of a sum, maybe times something."""
    numbers = {id(node): number for number, node in nodes.items()}
    for node in nodes.values():
        match node:
            case ast.BinOp(op=ast.Add() | ast.Sub(), left=left, right=right):
                terms = [left, right]
            case ast.AugAssign(op=ast.Add() | ast.Sub(), value=value):
                terms = [value]
            case _:
                continue
        for factor in (part for term in terms for part in factors(term)):
            match factor:
                case ast.Call(func=ast.Attribute(attr=name)) if name in _NOISE:
                    yield numbers[id(factor)]


def _small_literals(inquiry: Inquiry) -> Iterator[tuple[int, float]]:
    """Yield small literals that no update uses and nothing is multiplied by, so to say at zero."""
    machine = inquiry.machine
    used = {id(node) for site in inquiry.step.rates for node in ast.walk(machine.nodes[site])}
    used |= set(map(id, weights(machine.tree)))
    for number, node in machine.nodes.items():
        if not isinstance(node, ast.Constant) or not isinstance(node.value, float):
            continue
        is_rate = any(says(name, RATES) for name in machine.sites[number].names)
        if 0 < node.value <= GUARD and id(node) not in used and not is_rate:
            yield number, node.value * _VANISHING


def _small_values(inquiry: Inquiry) -> Iterator[tuple[Path, float]]:
    for path, thing in _scalars(inquiry):
        if 0 < thing <= GUARD and says(path.last, GUARDS):
            yield path, float(thing) * _VANISHING


def _scalars(inquiry: Inquiry) -> Iterator[tuple[Path, Any]]:
    """Yield the numbers that the step can be given others for."""
    for path, thing in inquiry.base.before.things.items():
        if is_number(thing) and inquiry.step.can_set(path):
            yield path, thing


def zero_strengths(inquiry: Inquiry) -> Iterator[tuple[Path, float]]:
    """Yield the strengths of regularisation that are switched off, each with another value."""
    for path, thing in _scalars(inquiry):
        if thing == 0 and says(path.last, STRENGTHS):
            yield path, _STRENGTH
