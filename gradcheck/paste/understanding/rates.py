"""The learning rate: the number that every update is proportional to, and the loss is not."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.paste.understanding.candidates import values
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.sites import of
from gradcheck.paste.understanding.steps import Step
from gradcheck.paste.understanding.texts import products
from gradcheck.paste.understanding.values import is_number
from gradcheck.paste.understanding.words import RATES, says
from gradcheck.record import record

_NUDGE = 1e-3
_LINEAR = 0.2
"""How far a response may be from proportional: stale weights add a little of their own."""

_MOST_TRIED = 16


@record
class Rate:
    """A learning rate, by the name or the literal that it is in the program."""

    value: float
    name: str
    line: int = 0


def learning_rate(inquiry: Inquiry, scales: Iterable[float]) -> Rate | None:
    """Return the learning rate; `scales` are those that the updates were found to have."""
    wanted = [abs(scale) for scale in scales if scale]
    variables = list(_variables(inquiry, wanted))
    for path, value in variables[:_MOST_TRIED]:
        if _steers(inquiry, path=path, value=value):
            return Rate(value=value, name=str(path))
    for value, nodes in list(_literals(inquiry, wanted).items())[:_MOST_TRIED]:
        if _steers(inquiry, constants=[of(node) for node in nodes], value=value):
            return Rate(value=value, name=ast.unparse(nodes[0]), line=nodes[0].lineno)
    return None


def _variables(inquiry: Inquiry, wanted: list[float]) -> Iterator[tuple[Path, float]]:
    """Yield the scalars that were there before the step and after, the likeliest first."""
    found = []
    for path, thing in inquiry.base.before.things.items():
        if not is_number(thing) or not thing > 0 or path in inquiry.parameters:
            continue
        if not inquiry.step.can_set(path):
            continue
        named = says(path.last, RATES)
        if isinstance(thing, int) and not named:
            continue
        found.append((not named, _misfit(float(thing), wanted), path, float(thing)))
    yield from ((path, value) for *_, path, value in sorted(found, key=lambda item: item[:2]))


def _literals(inquiry: Inquiry, wanted: list[float]) -> dict[float, list[ast.Constant]]:
    """Return the literals that equal a scale which an update has, by their values.

    The only one that updates are multiplied by may be so, too, where all of them are wrong.
    """
    found: dict[float, list[ast.Constant]] = defaultdict(list)
    own = _multiplying(inquiry)
    for node in ast.walk(inquiry.machine.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and of(node) >= 0:
            value = float(node.value)
            if value > 0 and (_misfit(value, wanted) < _LINEAR or id(node) in own):
                found[value].append(node)
    return dict(sorted(found.items(), key=lambda item: _misfit(item[0], wanted)))


def _multiplying(inquiry: Inquiry) -> frozenset[int]:
    """Return the places of the number that updates multiply by; nothing where they have several."""
    nodes = inquiry.machine.nodes
    updates = [nodes[u.site] for u in inquiry.found.updates if u.site in nodes]
    factors = (factor for node in updates for n in ast.walk(node) for _, factor in products(n))
    numbers = [factor for factor in factors if isinstance(factor, ast.Constant)]
    several = len({number.value for number in numbers}) > 1
    return frozenset() if several else frozenset(map(id, numbers))


def _misfit(value: float, wanted: list[float]) -> float:
    return min((abs(value / scale - 1) for scale in wanted), default=np.inf)


def _steers(
    inquiry: Inquiry, *, value: float, path: Path | None = None, constants: Sequence[int] = ()
) -> bool:
    """Tell whether updates grow with a number, all that do with it, while the losses stay."""
    step, point = inquiry.step, dict(inquiry.points[0].point)
    more = value * (1 + _NUDGE)
    plain = _changes(step, point, inquiry)
    if path is not None:
        step = replace(step, variables=(*step.variables, path.root))
        point[path] = more
    else:
        step = replace(step, constants=dict.fromkeys(constants, more))
    moved = _changes(step, point, inquiry)
    if plain is None or moved is None or not np.array_equal(plain[1], moved[1], equal_nan=True):
        return False
    grown = [_growth(plain[0][p], moved[0][p]) for p in inquiry.parameters]
    known = [one for one in grown if one is not None]
    grow = [abs(one / _NUDGE - 1) < _LINEAR for one in known]
    # An update in which the rate was forgotten does not move at all.
    return any(grow) and all(grows or not one for grows, one in zip(grow, known, strict=True))


def _changes(
    step: Step, point: Mapping[Path, Any], inquiry: Inquiry
) -> tuple[dict[Path, Any], Any] | None:
    step = replace(step, paths=inquiry.parameters)
    sites = frozenset(c.site for c in inquiry.candidates)
    trial = step.trial(point, step.plan(sites), recorded=sites)
    if trial.failed:
        return None
    first = min((u.index for u in inquiry.found.updates), default=0)
    early = [
        c for c in inquiry.candidates if c.site in {e.site for e in inquiry.base.events[:first]}
    ]
    return {p: trial.change(p) for p in inquiry.parameters}, values(early, trial.events)


def _growth(plain: Any, moved: Any) -> float | None:
    """Return by which share a change has grown along itself."""
    if plain is None or moved is None or not np.any(plain):
        return None
    old, new = np.ravel(plain), np.ravel(moved)
    return float(new @ old / (old @ old)) - 1
