"""Samples and their labels in different orders: each was shuffled by itself, or one was not."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.history import Moment, history
from gradcheck.paste.elsewhere.stage import Place, Stage
from gradcheck.paste.elsewhere.tracks import Parting, Track, parting, tracks
from gradcheck.paste.understanding.neglected import settable
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.sites import of
from gradcheck.paste.understanding.values import same

_SHUFFLES = ("permut", "shuffl", "sample", "choice", "argsort")


def _look(stage: Stage) -> Iterator[Remark]:
    if stage.step.loop < 0 or not _shuffles(stage):
        return
    moments = history(stage)
    known = [*tracks(_arrays(stage), moments)]
    for one in known:
        for other in known if one.now.is_unique else ():
            if one.path == other.path or len(one.now) != len(other.now):
                continue
            found = parting(one, other, moments)
            meeting = found and _meeting(stage, one, other)
            if found and meeting:
                yield _remark(stage, one, other, moments, found, meeting)
                return


def _shuffles(stage: Stage) -> bool:
    """Tell programs that call something by which rows are moved."""
    calls = (node for node in stage.inquiry.machine.nodes.values() if isinstance(node, ast.Call))
    return any(word in ast.unparse(call.func) for call in calls for word in _SHUFFLES)


def _arrays(stage: Stage) -> Mapping[Path, Array]:
    """Return the step's own arrays but for its parameters, with all their rows."""
    step = replace(stage.step, data={}, paths=None)
    things = step.trial({}, step.plan(frozenset()), most=0).before.things
    return {
        path: thing
        for path, thing in things.items()
        if isinstance(thing, np.ndarray) and path not in stage.parameters and step.can_set(path)
    }


def _meeting(stage: Stage, one: Track, other: Track) -> str | None:
    """Return what shows that the rows meet: a loss that needs both, or a comparison of them."""
    sites = frozenset({stage.loss.site})
    plain, *others = (_events(stage, sites, shown) for shown in (None, one, other))
    if all(_differ(plain, events) for events in others):
        return f"the loss changes when the rows of {one.path}, or {other.path}, are moved"
    nodes = stage.inquiry.machine.nodes
    sites = frozenset(number for number, node in nodes.items() if isinstance(node, ast.Compare))
    first = [_events(stage, sites, shown, first=0) for shown in (None, one)] if sites else [[], []]
    for before, after in zip(*first, strict=False):
        for side, beside in (("left", "right"), ("right", "left")):
            is_label = np.array_equal(np.ravel(getattr(before, side)), np.ravel(other.array))
            if is_label and not same(getattr(before, beside), getattr(after, beside)):
                return f"`{stage.sites[before.site].text}` holds what {one.path} gives against it"
    return None


def _events(
    stage: Stage, sites: frozenset[int], moved: Track | None, first: int | None = None
) -> list[Event]:
    """Return what sites show at random weights, the rows of a table moved on by one."""
    step = replace(stage.step, first=stage.step.first if first is None else first)
    if moved is not None:
        own = (moved.path.root,) if moved.path.is_variable else ()
        data = {**step.data, moved.path: moved.moved_on}
        step = replace(step, data=data, variables=(*step.variables, *own))
    step = settable(step, stage.anywhere)
    events = step.trial(stage.anywhere, step.plan(sites), rate=0.0, recorded=sites).events
    return [event for event in events if event.site in sites]


def _differ(one: list[Event], other: list[Event]) -> bool:
    return len(one) == len(other) and any(
        not same(a.value, b.value) for a, b in zip(one, other, strict=True)
    )


def _remark(
    stage: Stage, one: Track, other: Track, moments: Sequence[Moment], found: Parting, meeting: str
) -> Remark:
    names = f"{one.path} and {other.path}"
    return Remark(
        message=f"the rows of {names} are not in the same order any more",
        evidence=(
            f"{found.strangers} of {len(one.now)} rows have come to meet some that are not theirs",
            meeting,
        ),
        help=f"move the rows of {names} by one and the same permutation",
        place=_place(stage, other if found.second else one, moments, found.moment),
    )


def _place(stage: Stage, track: Track, moments: Sequence[Moment], at: int) -> Place:
    """Return the last place that gives a table's name a value in the statement that parts it."""
    machine = stage.inquiry.machine
    index = moments[at].statement if at < len(moments) else stage.step.scene.start
    name, statement = track.path.last, machine.statements[index]
    nodes = [statement] if at < len(moments) else machine.nodes.values()
    moves = {of(inner) for node in nodes for inner in ast.walk(node) if _moves(inner, name)}
    return max((stage.place(site) for site in moves), key=lambda place: place["line"], default={})


def _moves(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Assign(targets=targets, value=value):
            named = {_name(inner) for target in targets for inner in ast.walk(target)}
            return name in named and not isinstance(value, ast.Name)
        case ast.Expr(value=ast.Call(func=func, args=args)):
            is_shuffle = any(word in ast.unparse(func) for word in _SHUFFLES)
            return is_shuffle and any(_name(arg) == name for arg in args)
    return False


def _name(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


CAUSE = Cause(code="TRN15", title="rows in different orders", doc=__doc__, look=_look)
