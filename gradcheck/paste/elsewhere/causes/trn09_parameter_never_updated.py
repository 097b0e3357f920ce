"""A parameter that is never updated, or whose update goes to a local variable."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.cause import Cause, Remark, listed
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.fit import fit
from gradcheck.paste.understanding.measure import Measured
from gradcheck.paste.understanding.neglected import alone, settable
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.values import frozen, same
from gradcheck.paste.understanding.words import DATA, says

_MOST = 12
_SLOW = 0.05
_ROUNDING = 1e-9


def _look(stage: Stage) -> Iterator[Remark]:
    lost = {str(path): site for path, site in _lost(stage)}
    if lost:
        names, one = listed(lost), len(lost) == 1
        changes, are, them = ("changes", "is", "it") if one else ("change", "are", "them")
        yield Remark(
            message=f"{names} never {changes}: what a step computes for {them} goes nowhere",
            evidence=(
                f"the loss depends on {them}, and after a step {names} {are} as before",
                *(
                    f"`{stage.sites[site].text}` takes off a multiple of the gradient of {name}"
                    for name, site in lost.items()
                ),
            ),
            help=f"update {them} in place, or keep the result where {names} {are} kept",
            place=stage.place(min(lost.values(), key=lambda site: stage.sites[site].line)),
            parameters=tuple(lost),
        )
    for entry in stage.told["neglected"]:
        name = str(entry["name"])
        if entry["exact"] and not entry["overwritten"] and name not in lost and not _is_data(name):
            yield Remark(
                message=f"{name} is never updated",
                evidence=(
                    "a step leaves it as it is, and the loss depends on it",
                    "its gradient is computed, and right",
                ),
                help=f"update {name} like the other parameters, in place",
                place=stage.birth(name.rpartition(".")[2]),
                parameters=(name,),
            )


def _is_data(name: str) -> bool:
    return says(name.rpartition(".")[2], DATA)


def _lost(stage: Stage) -> Iterator[tuple[Path, int]]:
    """Yield what stays as it is although a step computes what it should be, and where."""
    if stage.seconds > _SLOW:
        return
    before, after = stage.base.before.values, stage.base.after.values
    changes = [event for event in stage.base.events if _is_change(event)]
    things = stage.base.before.things
    known = {id(things[path]) for path in stage.parameters if path in things}
    for path, old in before.items():
        if path not in after or not stage.step.can_set(path):
            continue
        # A parameter may go by a second name, as in the list that an optimizer keeps.
        if path not in stage.parameters and id(things[path]) in known:
            continue
        if not isinstance(old, np.ndarray) or old.dtype.kind != "f" or not same(old, after[path]):
            continue
        found = [event for event in changes if same(frozen(event.left), old)][:_MOST]
        site = next((event.site for event in found if _is_update(stage, path, event)), None)
        if site is not None:
            yield path, site


def _is_change(event: Event) -> bool:
    left, right = event.left, event.right
    return left is not None and np.shape(left) == np.shape(right) != () and bool(np.any(right))


def _is_update(stage: Stage, path: Path, event: Event) -> bool:
    """Tell whether a difference takes off a multiple of a parameter's gradient."""
    # A program that trains nothing is known by its gradient variables, which have been judged.
    gradient = stage.gradients.get(path)
    if gradient is None:
        return path not in stage.parameters and _is_exact(stage, path, event)
    return _are_parallel(np.ravel(event.right), np.ravel(gradient))


def _are_parallel(one: Array, other: Array) -> bool:
    if one.shape != other.shape or not np.any(other):
        return False
    rest = one - (one @ other) / (other @ other) * other
    return bool(np.linalg.norm(rest) <= _ROUNDING * np.linalg.norm(one))


def _is_exact(stage: Stage, path: Path, event: Event) -> bool:
    """Tell whether what is taken off there is a multiple of the gradient, at every point."""
    # One site may serve several parameters, in turn.
    at = [one for one in stage.base.events if one.site == event.site].index(event)
    rows = []
    for one in alone(stage.inquiry, stage.loss, path):
        taken = _taken(stage, one, event.site, at)
        if taken is None or np.shape(taken) != np.shape(one.point[path]):
            return False
        rows.append(one.rows(path, 0, taken))
    return bool(rows) and fit(rows).exact


def _taken(stage: Stage, one: Measured, site: int, at: int) -> Any:
    step = replace(settable(stage.inquiry.step, one.point), first=one.first)
    sites = frozenset({site})
    trial = step.trial(one.point, step.plan(sites), recorded=sites)
    return trial.events[at].right if at < len(trial.events) else None


CAUSE = Cause(code="TRN09", title="a parameter never updated", doc=__doc__, look=_look)
