"""Losses that a program computes when its training is over, or has a function for.

Such an expression is one of the variables that training leaves behind: it has a value in every
step, too.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from gradcheck.paste.understanding.influence import shaken
from gradcheck.paste.understanding.machine import Machine
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.sites import of
from gradcheck.paste.understanding.steps import Formula, Point, Step, Trial
from gradcheck.paste.understanding.survey import Turns
from gradcheck.paste.understanding.values import same
from gradcheck.paste.understanding.words import loss_like
from gradcheck.record import record

_MOST = 4


@record
class Written:
    """An expression for a loss, and the number of the node that it is written at.

    It is asked after a step; or `early`, another way of writing it, before the step.
    """

    text: str
    at: int
    early: str = ""


def losses(machine: Machine, turns: Turns) -> list[Written]:
    """Return expressions that may be what a loop minimises, those behind the loop first.

    Behind a loop that is in another, losses are mostly of more data than a step's.
    """
    own = [] if turns.outer else behind(machine.tree, turns.loop)
    found = {one.text: one for one in reversed([*own, *_called(machine.tree)])}
    return [*found.values()][::-1][:_MOST]


def ending(step: Step, loss: Written) -> Step | None:
    """Return a step beside which an expression is evaluated; None where the text is none."""
    try:
        site = step.scene.machine.formula(loss.text, loss.at)
        code = compile(loss.early or loss.text, "<loss>", "eval")
    except SyntaxError:
        return None
    return replace(step, formula=Formula(site=site, code=code, early=bool(loss.early)))


def felt(step: Step, turns: Turns, base: Trial, paths: Sequence[Path]) -> list[Path]:
    """Return the paths that a loss outside of a step depends on."""
    for loss in losses(step.scene.machine, turns) if paths else ():
        own = ending(step, loss)
        still = None if own is None else _value(own, {})
        if own is None or still is None:
            continue
        points = {path: shaken(base.before.values[path], at) for at, path in enumerate(paths)}
        moved = {path: _value(own, {path: value}) for path, value in points.items()}
        found = [path for path, value in moved.items() if not same(value, still)]
        if found:
            return found
    return []


def _value(step: Step, point: Point) -> float | None:
    """Return what the expression at a step's end comes to, nothing being updated."""
    trial = step.trial(point, step.plan(frozenset()), rate=0.0, recorded=frozenset())
    last = trial.events[-1:]
    return float(np.sum(last[0].value)) if last and not trial.failed else None


def behind(tree: ast.Module, loop: int) -> Iterator[Written]:
    """Yield what is called a loss behind a loop, in the block that the loop is in."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        at = next((i for i, part in enumerate(body) if of(part) == loop), None)
        for part in body[at + 1 :] if at is not None else ():
            yield from _losses(part)


def _losses(statement: ast.stmt) -> Iterator[Written]:
    for node in ast.walk(statement):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if loss_like((name,)):
                yield Written(text=ast.unparse(value), at=of(value))
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if loss_like((name,)):
                yield Written(text=ast.unparse(node), at=of(node))


def _called(tree: ast.Module) -> Iterator[Written]:
    """Yield calls of losses that nothing calls, with variables named as they ask."""
    called = {
        getattr(node.func, "id", getattr(node.func, "attr", None))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and loss_like((node.name,)):
            arguments = node.args
            given = arguments.args[: len(arguments.args) - len(arguments.defaults)]
            names = [argument.arg for argument in given]
            if names and node.name not in called:
                yield Written(text=f"{node.name}({', '.join(names)})", at=of(node))
