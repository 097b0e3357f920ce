"""How steep the functions are that the way forward applies entry by entry, where it applies them.

What a program has to compute such a derivative makes no derivative of the loss, but this.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from types import CodeType, FrameType
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.purity import Purity
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.repair.tables import LINES, Target
from gradcheck.record import record

_STEP = 1e-5
_SAME = 1e-9
_LARGEST = 40_000
_LOOKED = 2
_ARGUMENT = "__gc_argument__"


@record
class _Call:
    """A call of a function of one array: what it is given, and itself, given anything."""

    text: str
    given: CodeType
    made: CodeType


def steepness(bench: Bench, forward: Sequence[Statement]) -> list[Target]:
    """Return the derivatives of all such functions, entry by entry."""
    purity = Purity(bench.machine.tree)
    calls = {s.number: own for s in forward if (own := [*_calls(s.node, purity)])}
    lines = {s.number: s.line for s in forward}
    found: list[Target] = []

    def look(number: int, execution: int, frame: FrameType) -> None:
        if execution >= _LOOKED:
            return
        names = {**frame.f_globals, **frame.f_locals}
        for call in calls[number]:
            with suppress(Exception), np.errstate(all="ignore"):
                slope = _slope(call, names)
                if slope is not None:
                    found.append(_target(f"{call.text}'", lines[number], slope))

    if calls:
        bench.watch({}, calls, look)
    return found


def _calls(node: ast.stmt, purity: Purity) -> Iterator[_Call]:
    for call in ast.walk(node):
        match call:
            case ast.Call(args=[given, *more], keywords=keywords) if purity.pure(call):
                free = ast.Name(id=_ARGUMENT, ctx=ast.Load())
                made = ast.Call(func=call.func, args=[free, *more], keywords=keywords)
                yield _Call(text=ast.unparse(call), given=_compiled(given), made=_compiled(made))


def _compiled(node: ast.expr) -> CodeType:
    text = ast.unparse(node)
    code: CodeType = compile(text, "<formula>", "eval", dont_inherit=True)
    return code


def _slope(call: _Call, names: dict[str, Any]) -> Array | None:
    """Return the derivative of each entry made by the one given; None where others matter."""
    given = eval(call.given, names)  # noqa: S307  (the program's own, in the sandbox)
    if not isinstance(given, np.ndarray) or not 1 < given.size <= _LARGEST:
        return None

    def made(argument: Array) -> Array:
        return np.asarray(eval(call.made, {**names, _ARGUMENT: argument}))  # noqa: S307

    if not _is_entrywise(made, np.asarray(given, dtype=float)):
        return None
    slope = (made(given + _STEP) - made(given - _STEP)) / (2 * _STEP)
    return slope if np.all(np.isfinite(slope)) and np.any(slope) else None


def _is_entrywise(made: Callable[[Array], Array], given: Array) -> bool:
    """Tell a function that makes of each entry what it makes of it among others, turned round."""
    one, other = made(given), made(given.ravel()[::-1].reshape(given.shape))
    return one.shape == given.shape and np.allclose(one.ravel()[::-1], other.ravel(), rtol=_SAME)


def _target(name: str, line: int, slope: Array) -> Target:
    lines = Chance([line, slope.size]).normal(size=(LINES, *slope.shape))
    along = lines.reshape(LINES, -1) @ slope.ravel()
    return Target(name=name, line=line, directions=lines, slopes=along)
