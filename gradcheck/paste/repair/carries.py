"""What turns of a backward loop forget to hand on to the next: the gradient from the future.

It is zero before the loop, is read in each turn, and nothing in these sets it. Or it is only added
to, and goes on to the next turn without the factor by which that turn's value came in.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import TypeAlias

from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known
from gradcheck.paste.repair.copies import inserted
from gradcheck.paste.repair.placing import around
from gradcheck.paste.repair.statements import Changes, Statement
from gradcheck.paste.repair.states import State
from gradcheck.paste.repair.sums import collects, target
from gradcheck.paste.repair.terms import Style

_COST = 2.5
_MOST = 60
_WORD = re.compile(r"[^\W\d]\w*")

Shapes: TypeAlias = dict[str, tuple[int, ...]]
Carried: TypeAlias = tuple[ast.For, str, Shapes]
"""A loop, the name of what it carries from turn to turn, and the arrays that it can see."""


def carries(bench: Bench, known: Known, state: State) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with something handed on at the end of each turn of a backward loop."""
    count, seen = 0, set()
    product = Style.of(bench.machine.tree, known.stock.numpy).product or "{} @ {}"
    idle = ((one, _values(*one, product)) for one in _idle(known, state))
    growing = ((one, _scaled(*one)) for one in _growing(known, state))
    for (loop, name, _), found in chain(idle, growing):
        last = None if (id(loop), name) in seen else _last(known, loop)
        seen.add((id(loop), name))
        for value in found if last else ():
            text = f"{name} = {value}"
            at = len(loop.body) - 1
            changes = around(bench, state.changes, loop.body, at, (text,), behind=True)
            count += 1
            if changes is None or last is None or count > _MOST:
                return
            what = f"hand {value} on to the next turn"
            edit = inserted(text, last, what)
            yield replace(edit, kind="hand-on", cost=_COST, rank=_COST), changes


def _idle(known: Known, state: State) -> Iterator[Carried]:
    """Yield the loops that wrong updates come from, with what they read and never set."""
    for statement, loop in _suspects(known, state):
        shapes = _shapes(known, loop)
        for name in _read(statement.node) - _set(loop):
            if name in shapes and _starts(known, loop, name):
                yield loop, name, shapes


def _growing(known: Known, state: State) -> Iterator[Carried]:
    """Yield the loops that wrong updates come from, with what they read and only add to."""
    for statement, loop in _suspects(known, state):
        own = target(statement) if collects(statement) else None
        inside = [s for s in known.statements.values() if loop in s.parents and s is not statement]
        read = set().union(*(_read(s.node) for s in inside))
        if own in read and all(target(s) != own for s in inside):
            shapes = _shapes(known, loop)
            if own in shapes and _starts(known, loop, own):
                yield loop, own, shapes


def _suspects(known: Known, state: State) -> Iterator[tuple[Statement, ast.For]]:
    """Yield the statements that wrong updates come from, with the innermost loops around them."""
    for statement in known.suspects(state.shown.wrong):
        loops = [outer for outer in statement.parents if isinstance(outer, ast.For)]
        yield from ((statement, loop) for loop in loops[-1:])


def _shapes(known: Known, loop: ast.For) -> Shapes:
    """Return the arrays that the statements of a loop can see."""
    found: Shapes = {}
    for number, scope in known.scopes.items():
        if loop in known.statements[number].parents:
            found |= scope.arrays
    return found


def _read(node: ast.AST) -> set[str]:
    names = (n for n in ast.walk(node) if isinstance(n, ast.Name))
    return {n.id for n in names if isinstance(n.ctx, ast.Load)}


def _set(loop: ast.For) -> set[str]:
    names = (n for n in ast.walk(loop) if isinstance(n, ast.Name))
    return {n.id for n in names if isinstance(n.ctx, ast.Store)}


def _starts(known: Known, loop: ast.For, name: str) -> bool:
    """Tell what is zero before a loop, in its function."""
    for statement in known.statements.values():
        match statement.node:
            case ast.Assign(targets=[target], value=value) if loop not in statement.parents:
                own = {ast.unparse(one) for one in getattr(target, "elts", [target])}
                if name in own and "zeros" in ast.unparse(value):
                    return True
    return False


def _last(known: Known, loop: ast.For) -> Statement | None:
    inside = [s for s in known.statements.values() if loop in s.parents]
    return max(inside, key=lambda s: s.order, default=None)


def _values(loop: ast.For, name: str, shapes: Shapes, product: str) -> Iterator[str]:
    """Yield what a turn makes of the same shape, and its products with square matrices."""
    shape = shapes[name]
    made = sorted(one for one in _set(loop) if shapes.get(one) == shape)
    yield from made
    for text, own in shapes.items():
        if len(own) != 2 or own[0] != own[1] or own[0] not in shape:
            continue
        is_column = len(shape) == 2 and shape[0] == own[0]
        for one in made:
            yield product.format(*((f"{text}.T", one) if is_column else (one, f"{text}.T")))


def _scaled(loop: ast.For, name: str, shapes: Shapes) -> Iterator[str]:
    """Yield the product of what is carried with each value of a turn that has its shape."""
    turning = _set(loop)
    for text, shape in shapes.items():
        if shape == shapes[name] and text != name and not turning.isdisjoint(_WORD.findall(text)):
            yield f"{name} * {text}"
