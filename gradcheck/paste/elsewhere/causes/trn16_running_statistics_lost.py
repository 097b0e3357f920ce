"""Running means that never run: every step averages anew with what they were at first."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.sites import of, words
from gradcheck.paste.understanding.values import same

_RUNNING = {"running", "moving"}
_STEPS = 3


def _look(stage: Stage) -> Iterator[Remark]:
    means = dict(_means(stage)) if stage.step.loop >= 0 and not stage.base.failed else {}
    if not means:
        return
    play = stage.play({}, _STEPS, sites=frozenset(means))
    for site, (name, is_left) in means.items():
        turns = [[e for e in events if e.site == site] for events in play.iterations]
        if len(turns) == _STEPS and _is_lost(turns, is_left=is_left):
            yield _remark(stage, site, name, turns[-1][0], is_left=is_left)
            return


def _means(stage: Stage) -> Iterator[tuple[int, tuple[str, bool]]]:
    """Yield the sums that are kept as running means, with the side of what they were before.

    What is read nowhere else is of no use, nor missed.
    """
    nodes = stage.inquiry.machine.nodes
    for node in nodes.values():
        match node:
            case ast.Assign(
                targets=[target], value=ast.BinOp(op=ast.Add(), left=left, right=right) as total
            ):
                name = _name(target)
                own = [name in map(_name, ast.walk(side)) for side in (left, right)]
                inside = set(map(id, ast.walk(node)))
                if _is_running(name) and sum(own) == 1 and _is_read(nodes, name, inside):
                    yield of(total), (name, own[0])


def _is_running(name: str) -> bool:
    return bool(_RUNNING.intersection(words(name)))


def _is_read(nodes: Mapping[int, ast.AST], name: str, inside: set[int]) -> bool:
    """Tell whether an expression computes with what has a name, outside of its own update."""
    return any(
        isinstance(node, ast.BinOp)
        and id(node) not in inside
        and name in (_name(node.left), _name(node.right))
        for node in nodes.values()
    )


def _name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
    return ""


def _is_lost(turns: Sequence[Sequence[Event]], *, is_left: bool) -> bool:
    """Tell whether each step starts from the same numbers, though none of them ends there."""
    if any(same(_side(event, is_left), event.value) for events in turns for event in events):
        return False
    starts = [[_side(event, is_left) for event in events] for events in turns]
    return all(
        bool(first) and len(first) == len(others) and all(map(same, first, others))
        for first, others in pairwise(starts)
    )


def _side(event: Event, is_left: bool) -> Any:
    return event.left if is_left else event.right


def _remark(stage: Stage, site: int, name: str, event: Event, *, is_left: bool) -> Remark:
    old, new = (float(np.mean(value)) for value in (_side(event, is_left), event.value))
    return Remark(
        message=f"`{name}` is not kept from one step to the next",
        evidence=(
            f"in each of {_STEPS} steps what it was before counts {old:.3g}, as at first",
            f"though the last of them left it at {new:.3g} (means of all entries)",
        ),
        help="make what holds it once, before training, and hand the same to every step",
        place=stage.place(site),
    )


CAUSE = Cause(code="TRN16", title="running means that are lost", doc=__doc__, look=_look)
