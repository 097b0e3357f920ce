"""The functions and methods of a program, described for whoever has to call them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, TypeAlias

from gradcheck.paste.running.helpers import supplied
from gradcheck.paste.running.names import moves
from gradcheck.paste.running.sources import hint_of
from gradcheck.record import record

Role: TypeAlias = Literal["train", "update", "backward", "cost", "forward", "initial", "other"]

_ROLES: tuple[tuple[Role, str], ...] = (
    ("update", r"update|apply|descent_step|^step$|optimi[sz]e"),
    ("backward", r"back|grad|deriv|nabla|delta"),
    ("cost", r"cost|loss|error|mse|objective|^j$|^j_|entropy"),
    ("initial", r"init|create|make|build|start"),
    ("forward", r"forward|predict|feed|hyp|propagat|infer|score|model|^net|output"),
)
_TRAINS = re.compile(r"(?i)train|fit|learn|descent|sgd|optimi")


@record
class Routine:
    """A function: the arguments that it must be given, and the names of what it returns."""

    name: str
    role: Role
    parameters: tuple[str, ...]
    returns: tuple[str, ...]
    loops: bool
    calls: frozenset[str]
    descends: bool

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The arguments of which it returns the gradients, with these."""
        found = []
        for result in self.returns:
            name = re.sub(r"^(?:d_?|grad_?|nabla_?|delta_?)|_?grad$", "", result)
            if name != result and name in self.parameters:
                found.append((name, result))
        return found


def routines(body: list[ast.stmt], bound: bool = False) -> list[Routine]:
    """Return the functions defined in `body`; `bound` leaves out the first argument, `self`."""
    return [_routine(node, bound) for node in body if isinstance(node, ast.FunctionDef)]


def methods(tree: ast.Module) -> list[Routine]:
    """Return the methods of all classes of a program."""
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return [one for node in classes for one in routines(node.body, bound=True)]


def reached(tree: ast.Module) -> frozenset[str]:
    """Return the names of the program's own functions and methods that running it calls.

    Classes that it makes instances of are among them. What is known of calls is their names.
    """
    defined = {
        node.name: node
        for outer in tree.body
        for node in (outer, *getattr(outer, "body", ()))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    fresh = {
        name
        for node in tree.body
        if not isinstance(node, ast.FunctionDef | ast.ClassDef)
        for name in _called(node)
    }
    found: set[str] = set()
    while fresh := fresh & defined.keys() - found:
        found |= fresh
        fresh = {name for each in fresh for name in _running(defined[each])}
    return frozenset(found)


def _running(node: ast.FunctionDef | ast.ClassDef) -> Iterator[str]:
    """Yield what runs when a function, or a class, is called."""
    if isinstance(node, ast.FunctionDef):
        yield from _called(node)
    else:
        yield "__init__"


def roots(found: list[Routine]) -> list[Routine]:
    """Return those that no other of them calls, without activations."""
    called = {name for one in found for name in one.calls if name != one.name}
    return [one for one in found if one.name not in called and supplied(one.name) is None]


def trains(routine: Routine, others: list[Routine]) -> bool:
    """Whether the routine seems to hold the training loop: it has one, and updates in it."""
    differentiates = routine.role == "backward" or bool(routine.pairs)
    if not routine.loops or (differentiates and not _TRAINS.search(routine.name)):
        return False
    updating = {one.name for one in others if one.role in ("update", "backward")}
    return routine.descends or bool(routine.calls & updating)


def steps(routine: Routine, others: list[Routine]) -> bool:
    """Whether the routine seems to be one step of a training, whose loop is not there."""
    if routine.loops or not _TRAINS.search(routine.name):
        return False
    updating = {one.name for one in others if one.role in ("update", "backward")}
    return routine.descends or bool(routine.calls & updating)


def _routine(node: ast.FunctionDef, bound: bool) -> Routine:
    one = Routine(
        name=node.name,
        role=_role(node.name),
        parameters=tuple(_required(node.args, bound)),
        returns=_returned(node),
        loops=any(isinstance(part, ast.For | ast.While) for part in ast.walk(node)),
        calls=frozenset(_called(node)),
        descends=any(True for _ in moves(ast.walk(node))),
    )
    # What returns gradients goes back, under any name.
    return replace(one, role="backward") if one.role == "other" and one.pairs else one


def _role(name: str) -> Role:
    lowered = name.lower()
    return next((role for role, pattern in _ROLES if re.search(pattern, lowered)), "other")


def _required(arguments: ast.arguments, bound: bool) -> Iterator[str]:
    positional = [*arguments.posonlyargs, *arguments.args][1 if bound else 0 :]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    for argument, default in zip(positional, defaults[-len(positional) :], strict=False):
        # Labels that may be left out decide whether there is a loss at all.
        wanted = _is_none(default) and hint_of(argument.arg) == "labels"
        if default is None or wanted:
            yield argument.arg


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _returned(node: ast.FunctionDef) -> tuple[str, ...]:
    for part in reversed([part for part in ast.walk(node) if isinstance(part, ast.Return)]):
        match part.value:
            case ast.Tuple(elts=parts):
                return tuple(
                    _word(element, f"{node.name}_{at}") for at, element in enumerate(parts)
                )
            case None | ast.Constant():
                continue
            case value:
                return (_word(value, f"{node.name}_result"),)
    return ()


def _word(node: ast.expr, otherwise: str) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(args=[ast.Name(id=name)]):
            return name
    return otherwise


def _called(node: ast.stmt) -> Iterator[str]:
    for part in ast.walk(node):
        match part:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                yield name
