"""The service of the sandbox that says what a pasted program trains, and how well."""

import ast
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from gradcheck.paste.running import modules
from gradcheck.paste.running.prepare import Options, Prepared
from gradcheck.paste.running.prepare import prepare as prepared
from gradcheck.paste.understanding import answer as answers
from gradcheck.paste.understanding.asking import Asked, asked
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.discovery import discover
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.machine import Machine, Scene
from gradcheck.paste.understanding.passages import passage
from gradcheck.paste.understanding.rehearsal import rehearse

Then: TypeAlias = Callable[[Inquiry, Choice | None, dict[str, Any]], Mapping[str, Any]]
"""What else there is to say about a step, given what has been said."""


def prepare(request: Mapping[str, Any]) -> None:
    """Import what the program needs, before the doors are shut."""
    modules.preload(request["source"])


def answer(request: Mapping[str, Any], report: Any) -> dict[str, Any]:  # noqa: ARG001
    """Answer the request `{"source": text, "set": {name: expression}, "draw": number}`."""
    program = prepared(request["source"], Options(values=request.get("set", {})))
    return understood(program, draw=int(request.get("draw", 0)))


def understood(program: Prepared, then: Then | None = None, draw: int = 0) -> dict[str, Any]:
    """Describe every training step of a program; another `draw` has other data and points."""
    machine = Machine(program.tree, program.namespace(draw), program.flags, draw)
    steps, failures = [], []
    for index, statement in enumerate(machine.statements):
        found = None
        if is_busy(statement):
            scene = Scene(machine, index)
            found = discover(scene)
            if found is not None and (one := asked(found)) is not None:
                steps.append(_described(one, then))
            scene.snapshot.restore()
        error = rehearse(machine, index, found)
        if error is not None:
            failures.append({"line": statement.lineno, "error": error})
    if not steps:
        whole = Machine(program.tree, program.namespace(draw), program.flags, draw)
        found = passage(whole)
        if found is not None and (one := asked(found)) is not None:
            steps.append(_described(one, then))
    return {
        "steps": steps,
        "failures": failures,
        "assumptions": [vars(assumption) for assumption in program.assumptions],
    }


def _described(one: Asked, then: Then | None) -> dict[str, Any]:
    told = answers.step(one)
    return {**told, **then(one.inquiry, one.choice, told)} if then else told


def is_busy(statement: ast.stmt) -> bool:
    """Tell statements that may train something: they loop, or call something."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return False
    busy = ast.For | ast.While | ast.Call
    return any(isinstance(node, busy) for node in ast.walk(statement))
