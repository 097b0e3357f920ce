"""A few lines that call the functions of a program that calls none of those that train.

Where a function trains, it is called. Else the functions are called in the order in which a step of
training uses them, by their customary names: initialise, then forward, cost, backward and update,
three times over. What is handed over is told by names: a result of one is the argument of that name
of another, the rest is unseen data. Gradients that nothing applies are applied.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from gradcheck.paste.running.routines import (
    Routine,
    methods,
    reached,
    roots,
    routines,
    steps,
    trains,
)
from gradcheck.paste.running.sources import hint_of

_TURNS = 3
_RATE = 0.1
_ORDER = ("forward", "cost", "backward", "update")
_PREDICTED = re.compile(
    r"^(?:A[L\d]?|a[l\d]|y_?hat\w*|h|pred\w*|probs?|out(?:put)?s?|scores?|y_?pred)$"
)
_PARAMETERS = re.compile(r"(?i)^(?:param\w*|weights?|theta|model|net|w)$")
_GRADIENTS = re.compile(r"(?i)^(?:grad\w*|derivatives?|nabla\w*)$")
_SAID = (
    ("prediction", _PREDICTED),
    ("parameters", _PARAMETERS),
    ("gradients", _GRADIENTS),
    ("cache", re.compile(r"(?i)cache|memory|stored|intermediate|activations|history")),
)
_LOOP = f"for step_number in range({_TURNS}):"
_TURN = "    "


def driven(tree: ast.Module) -> str | None:
    """Return statements that train with what the program defines; None if it does so itself."""
    if _runs(tree, reached(tree)):
        return None
    made = _made(tree)
    functions = routines(tree.body)
    lines = (
        _trained(functions, "")
        or list(_by_classes(tree, made))
        or list(_chained(functions, "", made))
    )
    return "\n".join(lines) or None


def appended(tree: ast.Module, text: str) -> ast.Module:
    """Return the tree with the statements of `text` after its own, on lines after its last."""
    last = max((node.end_lineno or 0 for node in tree.body), default=0)
    added = ast.parse(text)
    ast.increment_lineno(added, last)
    return ast.Module(body=[*tree.body, *added.body], type_ignores=[])


def _runs(tree: ast.Module, called: frozenset[str]) -> bool:
    """Tell whether a program trains by itself, or has nothing that could."""
    others = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
    if any(isinstance(part, ast.For | ast.While) for node in others for part in ast.walk(node)):
        return True
    own = [*routines(tree.body), *methods(tree)]
    training = {one.name for one in own if one.role in ("backward", "update") or trains(one, own)}
    return not own or (bool(called) and (not training or not called.isdisjoint(training)))


def _made(tree: ast.Module) -> dict[str, str]:
    """Return the functions and classes of which the program keeps the only result, by its name."""
    found: dict[str, str] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call(func=ast.Name(id=name))):
                found[name] = target
    return found


def _trained(functions: Sequence[Routine], owner: str) -> list[str]:
    """Return the call of the function that trains, or that of a step of it, if there is one."""
    own = list(functions)
    for says, before in ((trains, ""), (steps, _TURN)):
        candidates = [one for one in roots(own) if says(one, own)]
        if candidates:
            chosen = max(candidates, key=lambda one: len(one.calls))
            call = f"{before}result = {owner}{chosen.name}({', '.join(chosen.parameters)})"
            return [_LOOP, call] if before else [call]
    return []


def _by_classes(tree: ast.Module, made: Mapping[str, str]) -> Iterator[str]:
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for node in reversed(classes):
        own = routines(node.body, bound=True)
        name = node.name.lower() if node.name != node.name.lower() else "instance"
        owner = made.get(node.name, name)
        lines = _trained(own, f"{owner}.") or list(_chained(own, f"{owner}.", {}))
        if lines:
            given = next((one.parameters for one in own if one.name == "__init__"), ())
            if node.name not in made:
                yield f"{owner} = {node.name}({', '.join(given)})"
            yield from lines
            return


def _chained(functions: Sequence[Routine], owner: str, made: Mapping[str, str]) -> Iterator[str]:
    """Yield the calls that make up a step; what the program has `made` itself is not made anew."""
    used = [one for one in roots(list(functions)) if not one.name.startswith("__")]
    if not any(one.role == "backward" or one.pairs for one in used):
        return
    known: dict[str, str] = {}
    meant: dict[str, str] = {}
    for one in used:
        if one.role == "initial" and one.name in made:
            known[made[one.name]] = meant["parameters"] = made[one.name]
        elif one.role == "initial" and not owner:
            yield _called(one, owner, known, meant)
    body = [
        _called(one, owner, known, meant) for role in _ORDER for one in used if one.role == role
    ]
    updated = any(one.role == "update" for one in used)
    yield _LOOP
    for line in body if updated or owner else [*body, *_updates(used, meant)]:
        yield _TURN + line


def _called(one: Routine, owner: str, known: dict[str, str], meant: dict[str, str]) -> str:
    arguments = [_argument(name, known, meant) for name in one.parameters]
    call = f"{owner}{one.name}({', '.join(arguments)})"
    results = [_result(name, one) for name in one.returns]
    known |= {name: name for name in results}
    if one.role == "forward" and results:
        meant |= {"prediction": results[0], "cache": results[-1]}
    if one.role == "initial" and len(results) == 1:
        meant["parameters"] = results[0]
    if one.role == "backward" and len(results) == 1:
        meant["gradients"] = results[0]
    return f"{', '.join(results)} = {call}" if results else call


def _argument(name: str, known: dict[str, str], meant: dict[str, str]) -> str:
    if name in known:
        return name
    return next((meant[kind] for kind, said in _SAID if kind in meant and said.match(name)), name)


def _result(name: str, one: Routine) -> str:
    # A function that returns its own argument gives it anew.
    if one.role != "backward" or not name.endswith("_result"):
        return name
    return "gradient" if one.name != "gradient" else "grads"


def _updates(used: Sequence[Routine], meant: dict[str, str]) -> Iterator[str]:
    found = [pair for one in used for pair in one.pairs]
    for name, gradient in found:
        yield f"{name} = {name} - {_RATE} * {gradient}"
    if found:
        return
    held = meant.get("parameters") or next(_handed(used), None)
    for one in used:
        if one.role == "backward" and len(one.returns) == 1:
            weights = [name for name in one.parameters if hint_of(name) == "parameter"]
            if len(weights) == 1:
                yield f"{weights[0]} = {weights[0]} - {_RATE} * {_result(one.returns[0], one)}"
            elif held is not None:
                yield f"{held} = update_parameters({_result(one.returns[0], one)}, {held}, {_RATE})"


def _handed(used: Sequence[Routine]) -> Iterator[str]:
    """Yield the arguments that sound like all parameters together."""
    for one in used:
        yield from (name for name in one.parameters if _PARAMETERS.match(name))
