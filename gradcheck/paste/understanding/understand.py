"""The service of the sandbox that says what a pasted program trains, and how well."""

import ast
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from gradcheck.paste.running import modules
from gradcheck.paste.running.prepare import Prepared, options
from gradcheck.paste.running.prepare import prepare as prepared
from gradcheck.paste.understanding import answer as answers
from gradcheck.paste.understanding.asking import Asked, asked
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.discovery import Discovery, discover, meant, on_a_part
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.iterations import Found
from gradcheck.paste.understanding.machine import Machine, Scene
from gradcheck.paste.understanding.passages import passage
from gradcheck.paste.understanding.rehearsal import rehearse
from gradcheck.paste.understanding.sites import of
from gradcheck.paste.understanding.stationary import stationary
from gradcheck.paste.understanding.survey import Turns
from gradcheck.paste.understanding.wishes import NONE, RefusedError, Wishes, means, wishes

Then: TypeAlias = Callable[[Inquiry, Choice | None, dict[str, Any]], Mapping[str, Any]]
"""What else there is to say about a step, given what has been said."""

_MOST_NAMES = 12


def prepare(request: Mapping[str, Any]) -> None:
    """Import what the program needs, before the doors are shut."""
    modules.preload(request["source"])


def answer(request: Mapping[str, Any], report: Any) -> dict[str, Any]:  # noqa: ARG001
    """Answer the request `{"source": text, "set": {name: expression}, "draw": number}`.

    With `shapes` and `signs` it says what the text around the program states of its data. The
    keys `step`, `loss` and `parameters` say what the user wants it to be; see `wishes`.
    """
    program = prepared(request["source"], options(request))
    return understood(program, draw=int(request.get("draw", 0)), wanted=wishes(request))


def understood(
    program: Prepared, then: Then | None = None, draw: int = 0, wanted: Wishes = NONE
) -> dict[str, Any]:
    """Describe every training step of a program; another `draw` has other data and points.

    Where there is no step like that wanted, `refused` says what is not there, and what is.
    `loops` are all loops that change numbers, with the names of these.
    """
    account = _Account(then)
    failures = list(_through(program, draw, wanted, account))
    if not account.steps and not account.refused and wanted.given:
        account.refused.append(_refused(program, draw, wanted))
    return {
        "steps": account.steps,
        "failures": failures,
        "loops": account.loops,
        "refused": account.refused[0] if account.refused and not account.steps else None,
        "assumptions": [vars(assumption) for assumption in program.assumptions],
    }


class _Account:
    """What is told of the steps of a program."""

    def __init__(self, then: Then | None = None) -> None:
        self._then = then
        self.steps: list[dict[str, Any]] = []
        self.refused: list[dict[str, Any]] = []
        self.loops: list[dict[str, Any]] = []

    def add(self, ranked: Sequence[Found]) -> Found | None:
        """Tell of the first of the possible steps that has a loss; return it, or else the first."""
        try:
            one, found = _with_a_loss(ranked)
        except RefusedError as error:
            self.refused.append(error.told)
            return ranked[0]
        if one is not None:
            told = answers.step(one)
            more = self._then(one.inquiry, one.choice, told) if self._then else {}
            self.steps.append({**told, **more})
        return found


def _with_a_loss(ranked: Sequence[Found]) -> tuple[Asked | None, Found | None]:
    first: tuple[Asked | None, Found | None] = (None, ranked[0] if ranked else None)
    for found in ranked:
        one = asked(found)
        if one is not None and one.choice is not None:
            return one, found
        first = (one, found) if first[0] is None else first
    return first


def _through(
    program: Prepared, draw: int, wanted: Wishes, account: _Account
) -> Iterator[dict[str, Any]]:
    """Run a program from its start to its end, and yield how its statements fail."""
    machine = _machine(program, draw)
    endless: list[int] = []
    idle: list[int] = []
    surveyed: list[tuple[Scene, Sequence[Turns]]] = []
    for index, statement in enumerate(machine.statements):
        found = None
        if is_busy(statement):
            scene = Scene(machine, index)
            seen = discover(scene, wanted)
            surveyed.append((scene, meant(scene, seen.loops, wanted.step)))
            endless += seen.endless
            idle += seen.idle
            found = _added(account, scene, seen, wanted)
            account.loops += [_seen(scene, turns) for turns in seen.loops if any(turns.changed)]
            scene.snapshot.restore()
        if index == len(machine.statements) - 1 and _is_whole(statement, found):
            break
        error = rehearse(machine, index, found)
        if error is not None:
            yield {"line": statement.lineno, "error": error}
    if not account.steps and not account.refused:
        # One turn of what does the same in each is enough, unless it is in some of the later ones.
        for limited in [[*endless, *idle], endless] if idle else [endless]:
            found = passage(_machine(program, draw), wanted, limited)
            account.add([found] if found else [])
            if account.steps or account.refused:
                return
    if not account.steps and not account.refused:
        still = (stationary(scene, loops, wanted) for scene, loops in surveyed)
        account.add([found for found in still if found is not None][:1])


def _added(account: _Account, scene: Scene, seen: Discovery, wanted: Wishes) -> Found | None:
    """Tell of the step of a statement: on a part of its data, if too much happens to see its loss.

    Returns the step, or what may have been it.
    """
    known = len(account.steps), len(account.refused)
    found = account.add(seen.found)
    if seen.is_crowded and known == (len(account.steps), len(account.refused)):
        less = on_a_part(scene, wanted)
        return account.add(less.found) if less else found
    return found


def _machine(program: Prepared, draw: int) -> Machine:
    made_up = any(assumption.is_made_up for assumption in program.assumptions)
    return Machine(program.tree, program.namespace(draw), program.flags, draw, made_up=made_up)


def _is_whole(statement: ast.stmt, found: Found | None) -> bool:
    """Tell whether a statement is its training loop itself, whose turns were all that it does."""
    return found is not None and of(statement) == found.turns.loop


def _seen(scene: Scene, turns: Turns) -> dict[str, Any]:
    names = dict.fromkeys(str(path) for paths in turns.changed for path in paths)
    return {"line": scene.machine.sites[turns.loop].line, "changes": sorted(names)[:_MOST_NAMES]}


def _refused(program: Prepared, draw: int, wanted: Wishes) -> dict[str, Any]:
    """Say which of the wishes is not to be had, from what there is without them."""
    every = _Account()
    deque(_through(program, draw, NONE, every), maxlen=0)
    if wanted.step is not None:
        lines = [one["line"] for one in every.steps]
        return RefusedError("step", wanted.step, lines).told
    names = [one["name"] for step in every.steps for one in step["parameters"]]
    asked_for = wanted.parameters or ()
    unknown = [name for name in asked_for if not any(means(name, known) for known in names)]
    if asked_for:
        return RefusedError("parameters", (*unknown, *asked_for)[0], names).told
    losses = [name for one in every.steps for name in one["candidates"]]
    return RefusedError("loss", wanted.loss or "", losses).told


def is_busy(statement: ast.stmt) -> bool:
    """Tell statements that may train something: they loop, or call something."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return False
    busy = ast.For | ast.While | ast.Call
    return any(isinstance(node, busy) for node in ast.walk(statement))
