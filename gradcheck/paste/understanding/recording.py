"""The service of the sandbox that hands out what a step computes, for others to recognise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.running.prepare import options
from gradcheck.paste.running.prepare import prepare as prepared
from gradcheck.paste.understanding import understand
from gradcheck.paste.understanding.candidates import Candidate, values
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.claim import Claim
from gradcheck.paste.understanding.claims import claimed
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.steps import Trial
from gradcheck.paste.understanding.values import frozen
from gradcheck.paste.understanding.wishes import wishes

MOST = 200_000
"""Steps that compute more numbers than this at a point are not handed out."""

_EVENTS = 20_000
"""Nor are those that do so much one by one, as loops over the pixels of images."""

prepare = understand.prepare


def answer(request: Mapping[str, Any], report: Any) -> dict[str, Any]:  # noqa: ARG001
    """Answer a request of `understand` as that does, each step with its `record`."""
    program = prepared(request["source"], options(request))
    return understand.understood(program, _told, wanted=wishes(request))


def _told(inquiry: Inquiry, choice: Choice | None, told: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG001
    if choice is None:
        return {"record": {"refused": "no loss was found"}}
    return {"record": _record(inquiry, choice)}


def _record(inquiry: Inquiry, choice: Choice) -> Mapping[str, Any]:
    """Return all that a step computes on the way to its loss, at each point and from equal data.

    The `values` of all runs stand in the same order: what was there before, then what was computed.
    """
    if len(inquiry.base.events) > _EVENTS:
        return {"refused": f"the step computes more than {_EVENTS} values one by one"}
    step = replace(inquiry.step, first=inquiry.points[0].first, paths=None)
    plan = step.plan(None)
    real = [step.trial(one.point, plan) for one in inquiry.points]
    # What comes after an update, as a loss may, is to be that of the point itself.
    still = [step.trial(one.point, plan, rate=0.0) for one in inquiry.points]
    if any(trial.failed for trial in (*real, *still)):
        return {"refused": "the step can't be run again from the same place"}
    if len({tuple(event.site for event in trial.events) for trial in still}) > 1:
        return {"refused": "the step does different things at different points"}
    candidate = inquiry.candidates[choice.candidate]
    columns = [list(_seen(inquiry, trial, candidate)) for trial in still]
    kept = _distinct(columns)
    if sum(columns[0][k].size for k in kept) > MOST:
        return {"refused": f"the step computes more than {MOST} numbers"}
    claims = claimed(inquiry, choice.candidate)
    return {
        "refused": None,
        "runs": [
            {
                "parameters": [one.point[path] for path in inquiry.parameters],
                "claims": [_claim(moved, path, claims.get(path)) for path in inquiry.parameters],
                "loss": float(values([candidate], trial.events)[0]),
                "values": [column[k] for k in kept],
            }
            for one, moved, trial, column in zip(inquiry.points, real, still, columns, strict=True)
        ],
    }


def _seen(inquiry: Inquiry, trial: Trial, candidate: Candidate) -> Iterator[Array]:
    """Yield what was there before a step, and what it computes until it has its loss."""
    parameters = set(inquiry.parameters)
    for path, value in trial.before.values.items():
        if path not in parameters and (number := frozen(value)) is not None:
            yield np.asarray(number)
    last = max(k for k, event in enumerate(trial.events) if event.site == candidate.site)
    for event in trial.events[: last + 1]:
        for value in (event.left, event.right, event.value):
            if value is not None:
                yield np.asarray(value)


def _distinct(columns: Sequence[Sequence[Array]]) -> list[int]:
    """Return the places at which something stands that did not stand before."""
    if len({len(column) for column in columns}) > 1:
        return []
    found: dict[tuple[object, ...], int] = {}
    for k, rows in enumerate(zip(*columns, strict=True)):
        found.setdefault(tuple((row.shape, row.tobytes()) for row in rows), k)
    return list(found.values())


def _claim(trial: Trial, path: Path, claim: Claim | None) -> Any:
    """Return what is claimed as a gradient: a variable's value, or what the update takes off."""
    if claim is None:
        change = trial.change(path)
        return None if change is None else -np.asarray(change)
    return claim.value(trial.events, np.shape(trial.before.values[path]))
