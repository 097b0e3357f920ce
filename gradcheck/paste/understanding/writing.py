"""The losses that a program writes: what it calls so, or collects and prints like one.

A metric in the same units, such as a root or an absolute error, is not a loss. Parts of a written
loss do not count when there is a sum of them.
"""

import ast
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.values import same

_NUDGE = 0.1


def written_losses(inquiry: Inquiry) -> list[int]:
    """Return the losses that the program writes, without mere parts: what it calls so, or keeps."""
    offered = inquiry.candidates
    usable = [
        i
        for i, candidate in enumerate(offered)
        if not candidate.standard and inquiry.decided(i) and not is_metric(inquiry, i)
    ]
    named = [i for i in usable if offered[i].named and _is_number(inquiry, i)]
    kept = named or [i for i in usable if offered[i].whole and _is_kept_loss(inquiry, i)]
    widest = max((len(inquiry.decided(i)) for i in kept), default=0)
    kept = [i for i in kept if len(inquiry.decided(i)) == widest]
    return [i for i in kept if not any(is_part(inquiry, i, j) for j in kept)]


def _is_number(inquiry: Inquiry, index: int) -> bool:
    """Tell single numbers, and arrays that are a loss element by element and no mere residual."""
    if inquiry.candidates[index].whole:
        return True
    return inquiry.explains(index) or _is_standard(inquiry, index)


def _is_kept_loss(inquiry: Inquiry, index: int) -> bool:
    """Tell numbers without a name that are collected or printed, and go like a loss.

    Others are metrics, unless the claims are their gradients.
    """
    site = inquiry.machine.sites[inquiry.candidates[index].site]
    if site.kind in ("Assign", "Return", "AugAssign", "AnnAssign"):
        return False
    return inquiry.explains(index) or _is_standard(inquiry, index)


def _is_standard(inquiry: Inquiry, index: int) -> bool:
    return any(
        inquiry.parallel(index, i, everywhere=True)
        for i, c in enumerate(inquiry.candidates)
        if c.standard
    )


def is_metric(inquiry: Inquiry, index: int) -> bool:
    """Tell a bare residual, and what goes like the absolute error."""
    candidate = inquiry.candidates[index]
    node = inquiry.machine.nodes[candidate.site]
    value = getattr(node, "value", None)
    differences = {c.site for c in inquiry.candidates if c.standard}
    if candidate.site in differences:
        return True
    if isinstance(value, ast.expr) and getattr(value, "number", -1) in differences:
        return True
    return any(
        inquiry.parallel(index, i, everywhere=True)
        for i, c in enumerate(inquiry.candidates)
        if c.standard == "absolute error"
    )


def is_part(inquiry: Inquiry, index: int, whole: int) -> bool:
    """Tell whether one named loss is but a term of another: a change of it changes the other."""
    if index == whole or inquiry.parallel(index, whole, everywhere=False):
        return False
    one, other = inquiry.candidates[index], inquiry.candidates[whole]
    if one.site == other.site:
        return False
    return goes_on(inquiry, one.site, other.site) or feels(inquiry, other.site, one.site)


def goes_on(inquiry: Inquiry, site: int, later: int) -> bool:
    """Tell whether what one statement has made of a variable is changed by a later one."""
    sites = inquiry.machine.sites
    own = sites[site].names == sites[later].names and sites[site].function == sites[later].function
    if not own or not _changes(inquiry.machine.nodes[later]):
        return False
    places = {event.site: place for place, event in enumerate(inquiry.base.events)}
    return places.get(site, 0) < places.get(later, 0)


def _changes(node: ast.AST) -> bool:
    """Tell a statement that makes a variable's new value from its old one."""
    match node:
        case ast.Assign(targets=[target], value=value):
            return ast.unparse(target) in map(ast.unparse, ast.walk(value))
    return isinstance(node, ast.AugAssign)


def feels(inquiry: Inquiry, site: int, source: int, occurrence: int | None = None) -> bool:
    """Tell whether what a site computes changes when another site's values are changed.

    `occurrence` picks one of the source's values; None changes them all.
    """
    plan = inquiry.step.plan(frozenset({site, source}))
    sites = frozenset({site})
    point = inquiry.points[0].point
    runs = [
        inquiry.step.trial(point, plan, rate=0.0, recorded=sites, inject=inject)
        for inject in ({}, {source: _Once(occurrence)})
    ]
    both = [[event.value for event in run.events] for run in runs]
    return len(both[0]) != len(both[1]) or any(
        not np.array_equal(a, b) for a, b in zip(*both, strict=True)
    )


def is_used(inquiry: Inquiry, site: int, path: Path) -> bool:
    """Tell whether an update is computed from what a site has: then that is no loss."""
    step = replace(inquiry.step, paths=(path,))
    plan, point = step.plan(frozenset({site})), inquiry.points[0].point
    runs = [
        step.trial(point, plan, recorded=frozenset(), inject=inject)
        for inject in ({}, {site: _Once(None)})
    ]
    return not any(run.failed for run in runs) and not same(*(run.change(path) for run in runs))


def is_error(inquiry: Inquiry, index: int, *, sure: bool) -> bool:
    """Tell what is called a loss, but is on the way back: updates are computed from it.

    Unless something else is `sure` to be the loss, it has to have either sign: who makes updates of
    a loss itself makes a mistake.
    """
    site = inquiry.candidates[index].site
    made = [event.value for event in inquiry.base.events if event.site == site]
    values = np.concatenate([np.ravel(value) for value in made]) if made else np.zeros(0)
    turns = bool(np.any(values > 0) and np.any(values < 0))
    return (sure or turns) and serves_updates(inquiry, site)


def serves_updates(inquiry: Inquiry, site: int) -> bool:
    return any(is_used(inquiry, site, path) for path in inquiry.parameters)


class _Once:
    """An injection into one occurrence of a site's value; None for all."""

    def __init__(self, occurrence: int | None) -> None:
        self._left = occurrence

    def __call__(self, value: Any) -> Any:  # noqa: ARG002
        if self._left is None:
            return _NUDGE
        self._left -= 1
        return _NUDGE if self._left == -1 else 0.0
