"""A short run of a program to see whether guessed data fit it.

Loops are left once the run has taken many turns or some time. Operations in which *both* sides are
stretched are counted: `(n, 1)` against `(n,)` raises nothing and is hardly ever meant. So are, as
weaker evidence, differences and products in which one side is: predictions and labels are alike.
An update that is stretched to its parameter counts in full, as if that had less entries itself.
Loops that never turn are counted too: of too few samples there is no whole batch.
"""

import ast
import copy
import operator
import time
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any, TypeAlias

import numpy as np

from gradcheck.paste.running.assumptions import Failure
from gradcheck.paste.running.data import Demanded, Hint
from gradcheck.paste.running.execution import compiled, execute, flags_of
from gradcheck.record import record

_TICK = "__gradcheck_tick__"
_PAIR = "__gradcheck_pair__"
_MOVE = "__gradcheck_move__"
_ENTER = "__gradcheck_enter__"
_LEAVE = "__gradcheck_leave__"
_ALIKE = ("Sub", "Mult", "subtract", "multiply")
_NEW_AXES = ("None", "np.newaxis", "numpy.newaxis", "newaxis")
_TURNS = 20_000
_SECONDS = 0.04
_PATIENCE = 10
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "Pow": operator.pow,
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
}


Step: TypeAlias = tuple[ast.stmt, CodeType | None]


@record
class Outcome:
    """What a trial saw: failures, lines that stretch, and the first data that had no guess.

    `idle` are the lines of loops that were come to, and never turned.
    """

    failures: tuple[Failure, ...]
    stretched: frozenset[int]
    uneven: frozenset[int]
    idle: frozenset[int]
    wanted: tuple[str, Hint] | None


def prepared(tree: ast.Module) -> list[Step]:
    """Return the program's statements with their loops watched and their products counted."""
    flags = flags_of(tree.body)
    instrumented = ast.fix_missing_locations(_Instrument(tree).visit(copy.deepcopy(tree)))
    return [(statement, _code(statement, flags)) for statement in instrumented.body]


def attempt(
    steps: Sequence[Step], namespace: dict[str, Any], begins: Callable[[int], None]
) -> Outcome:
    """Run the prepared statements until they end, or want data for which there is no guess.

    `begins` is told the line of each statement before it is run.
    """
    watch = _Watch()
    namespace |= {
        _TICK: watch.tick,
        _PAIR: watch.pair,
        _MOVE: watch.move,
        _ENTER: watch.enter,
        _LEAVE: watch.leave,
    }
    failures: list[Failure] = []
    wanted: tuple[str, Hint] | None = None
    for statement, code in steps:
        watch.restart()
        begins(statement.lineno)
        try:
            failure = execute(statement, namespace, code=code)
        except Demanded as demanded:
            wanted = (demanded.name, demanded.hint)
            watch.interrupted()
            break
        except _Enough:
            continue
        if failure is not None:
            failures.append(failure)
    return Outcome(
        failures=tuple(failures),
        stretched=frozenset(watch.stretched),
        uneven=frozenset(watch.uneven),
        idle=frozenset(watch.entered - watch.turned),
        wanted=wanted,
    )


def _code(statement: ast.stmt, flags: int) -> CodeType | None:
    try:
        return compiled(statement, flags)
    except (SyntaxError, ValueError):
        return None  # Which running it will tell.


class _Enough(BaseException):
    """The statement has run for long enough."""


class _Watch:
    """Follows which loops are running, and ends the outermost one when there is no more time."""

    def __init__(self) -> None:
        self.stretched: set[int] = set()
        self.uneven: set[int] = set()
        self.entered: set[int] = set()
        self.turned: set[int] = set()
        self.restart()

    def restart(self) -> None:
        self._depth = 0
        self._latest = 0
        self._turns = 0
        self._turned = False
        self._start = time.thread_time()

    def enter(self, line: int) -> None:
        self._depth += 1
        self._turned = self._turned and self._depth > 1
        self.entered.add(line)
        self._latest = line

    def interrupted(self) -> None:
        """Forget the loop that was come to last: what it goes through may have been missing."""
        self.entered.discard(self._latest)

    def leave(self) -> None:
        self._depth -= 1

    def tick(self, line: int) -> bool:
        """Return whether the loop shall end; raises _Enough when it is late for any.

        However late it is, the outermost loop turns once: nothing else shows what fits in it.
        """
        self._turns += 1
        self.turned.add(line)
        if self._depth == 1 and not self._turned:
            self._turned = True
            return False
        elapsed = time.thread_time() - self._start
        if elapsed > _PATIENCE * _SECONDS:
            raise _Enough
        spent = elapsed > _SECONDS or self._turns > _TURNS
        return spent and self._depth == 1

    def pair(self, line: int, name: str, left: Any, right: Any, alike: bool) -> Any:
        result = _OPERATIONS[name](left, right)
        if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
            shape = getattr(result, "shape", None)
            if shape not in (left.shape, right.shape):
                self.stretched.add(line)
            elif alike and left.shape != right.shape and min(left.size, right.size) > 1:
                self.uneven.add(line)
        return result

    def move(self, line: int, moved: Any, amount: Any) -> Any:
        if isinstance(moved, np.ndarray) and moved.size > 1 and np.shape(amount) != moved.shape:
            self.stretched.add(line)
        return amount


class _Instrument(ast.NodeTransformer):
    def __init__(self, tree: ast.Module) -> None:
        self._columns = {
            node.targets[0].id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and _is_column(node.value)
        }

    def _is_meant(self, *sides: ast.expr) -> bool:
        """Tell operands that the program itself has made to be stretched."""
        return any(
            _is_column(side) or (isinstance(side, ast.Name) and side.id in self._columns)
            for side in sides
        )

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        pairs = [(target, node.value) for target in node.targets]
        for target, value in pairs:
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs += zip(target.elts, value.elts, strict=False)
            match value:
                case ast.BinOp(left=left, op=ast.Sub(), right=ast.BinOp(op=ast.Mult()) as amount):
                    if ast.unparse(left) == ast.unparse(target):
                        value.right = _moving(left, amount)
        return self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        match node:
            case ast.AugAssign(
                target=ast.Name(id=name), op=ast.Sub(), value=ast.BinOp(op=ast.Mult()) as amount
            ):
                moved = ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node.target)
                node.value = _moving(moved, amount)
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        alike = not self._is_meant(node.left, node.right)
        self.generic_visit(node)
        name = type(node.op).__name__
        if name not in _OPERATIONS:
            return node
        return ast.copy_location(_paired(node.lineno, name, node.left, node.right, alike), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        alike = not self._is_meant(*node.args)
        self.generic_visit(node)
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="np" | "numpy"), attr=name),
                args=[left, right],
                keywords=[],
            ) if name in _OPERATIONS:
                return ast.copy_location(_paired(node.lineno, name, left, right, alike), node)
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._watched(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._watched(node)

    def _watched(self, node: ast.For | ast.While) -> ast.AST:
        self.generic_visit(node)
        line = ast.Constant(value=node.lineno)
        node.body.insert(0, ast.If(test=_call(_TICK, line), body=[ast.Break()], orelse=[]))
        entered = ast.Expr(value=_call(_ENTER, line))
        left = ast.Expr(value=_call(_LEAVE))
        watched = ast.Try(body=[entered, node], handlers=[], orelse=[], finalbody=[left])
        return ast.copy_location(watched, node)


def _is_column(node: ast.expr) -> bool:
    """Tell what is given an axis of its own, as `a[:, None]` and `a.max(axis=1, keepdims=True)`."""
    match node:
        case ast.Subscript(slice=ast.Tuple(elts=parts)):
            return any(ast.unparse(part) in _NEW_AXES for part in parts)
        case ast.Call(keywords=keywords):
            return any(keyword.arg == "keepdims" for keyword in keywords)
    return False


def _paired(line: int, name: str, left: ast.expr, right: ast.expr, alike: bool) -> ast.Call:
    told = (ast.Constant(value=value) for value in (line, name))
    return _call(_PAIR, *told, left, right, ast.Constant(value=alike and name in _ALIKE))


def _moving(moved: ast.expr, amount: ast.expr) -> ast.expr:
    call = _call(_MOVE, ast.Constant(value=amount.lineno), copy.deepcopy(moved), amount)
    return ast.copy_location(call, amount)


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=list(arguments), keywords=[])
