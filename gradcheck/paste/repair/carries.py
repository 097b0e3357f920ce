"""What turns of a backward loop forget to hand on to the next: the gradient from the future.

It is zero before the loop, is read in each turn, and nothing in these sets it.
"""

import ast
from collections.abc import Iterator
from dataclasses import replace

from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known
from gradcheck.paste.repair.copies import inserted
from gradcheck.paste.repair.placing import around
from gradcheck.paste.repair.statements import Changes, Statement
from gradcheck.paste.repair.states import State
from gradcheck.paste.repair.terms import Style

_COST = 2.5
_MOST = 60

Shapes = dict[str, tuple[int, ...]]


def carries(bench: Bench, known: Known, state: State) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with something handed on at the end of each turn of a backward loop."""
    count = 0
    product = Style.of(bench.machine.tree, known.stock.numpy).product or "{} @ {}"
    for loop, name, shapes in _idle(known, state):
        last = _last(known, loop)
        for value in _values(loop, name, shapes, product) if last else ():
            text = f"{name} = {value}"
            at = len(loop.body) - 1
            changes = around(bench, state.changes, loop.body, at, (text,), behind=True)
            count += 1
            if changes is None or last is None or count > _MOST:
                return
            what = f"hand {value} on to the next turn"
            edit = inserted(text, last, what)
            yield replace(edit, kind="hand-on", cost=_COST, rank=_COST), changes


def _idle(known: Known, state: State) -> Iterator[tuple[ast.For, str, Shapes]]:
    """Yield the loops that wrong updates come from, with what they read and never set."""
    seen = set()
    for number, influence in known.influences.items():
        if influence.forward or not influence.parameters & state.shown.wrong:
            continue
        statement = known.statements[number]
        loops = [outer for outer in statement.parents if isinstance(outer, ast.For)]
        for loop in loops[-1:]:
            shapes = _shapes(known, loop)
            for name in _read(statement.node) - _set(loop):
                if name in shapes and (id(loop), name) not in seen and _starts(known, loop, name):
                    seen.add((id(loop), name))
                    yield loop, name, shapes


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
