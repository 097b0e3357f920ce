"""Instrumented copies of a program, in which hooks see values and steer the run.

The hooks are global names that no program uses; `Plan` says which of them are put in. They
change nothing unless the run says so (see `runtime`): operators stay operators, evaluated
once and in the same order.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import field
from types import CodeType
from typing import Any, TypeVar

from gradcheck.paste.running.sites import PROGRAM
from gradcheck.paste.understanding.inplace import changes_in_place
from gradcheck.paste.understanding.sites import of
from gradcheck.record import record

_LINES = 1_000_000
"""Functions begin, for Python, at this line plus their number; that tells their code apart."""

_PURE = ("range", "arange", "len", "int", "list", "slice")
"""Calls in a subscript that only tell places."""

_CATCH_ALL = ("BaseException",)
N = TypeVar("N", bound=ast.AST)


@record
class Plan:
    """What to hook: `sites` None for every value; `constants` are put in place of literals.

    What else has one is multiplied by it.

    Comparisons are hooked only where `sites` has them: what they give is no number to learn from.

    `locals` names, for a loop, the variables of its function that a run may set at the
    start of its body. `loops` None for all.
    """

    sites: frozenset[int] | None = None
    loops: frozenset[int] | None = None
    locals: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[int, float] = field(default_factory=dict)


def compiled(statement: ast.stmt, plan: Plan, flags: int = 0) -> CodeType:
    """Return the code of one top-level statement with the hooks of the plan."""
    module = instrumented([statement], plan)
    code: CodeType = compile(module, PROGRAM, "exec", flags=flags, dont_inherit=True)
    return code


def instrumented(body: Iterable[ast.stmt], plan: Plan) -> ast.Module:
    """Return a copy of statements with the hooks of the plan."""
    copied = _Instrumenter(plan).block(body)
    return ast.fix_missing_locations(ast.Module(body=copied, type_ignores=[]))


def functions(code: CodeType) -> dict[int, CodeType]:
    """Return the code of all functions within some code, by their numbers."""
    found: dict[int, CodeType] = {}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            if inner.co_firstlineno >= _LINES:
                found[inner.co_firstlineno - _LINES] = inner
            found |= functions(inner)
    return found


class _Instrumenter:
    """Copies nodes; what is not hooked is copied as it is."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def block(self, body: Iterable[ast.stmt]) -> list[ast.stmt]:
        return [new for node in body for new in self._statement(node)]

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        new: Any
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return [self._function(node)]
            case ast.ClassDef():
                new = self._copy(node)
                new.decorator_list.insert(0, _read("__gc_class__"))
                return [new]
            case ast.For() | ast.While():
                return [self._loop(node)]
            case ast.AugAssign():
                return self._augmented(node)
            case ast.Expr(value=ast.Call() as call) if self._wanted(of(call)):
                return self._called(node, call)
            case ast.Assign(value=value):
                new = self._copy(node, skip=("value",))
                new.value = self._stored(node, value)
                return [new]
            case ast.AnnAssign(value=ast.expr() as value):
                new = self._copy(node, skip=("value", "annotation"))
                new.value, new.annotation = self._stored(node, value), node.annotation
                return [new]
            case ast.Return(value=ast.expr() as value):
                new = self._copy(node, skip=("value",))
                new.value = self._stored(node, value)
                return [new]
            case _:
                return [self._copy(node)]

    def _stored(self, statement: ast.stmt, value: ast.expr) -> ast.expr:
        """Hook a value that is stored or returned; of a tuple written out, each element."""
        if isinstance(value, ast.Tuple) and not any(
            isinstance(element, ast.Starred) for element in value.elts
        ):
            new = self._copy(value, skip=("elts",))
            new.elts = [self._hooked(of(e), self._expression(e, bare=True)) for e in value.elts]
            return new
        return self._hooked(of(statement), self._expression(value, bare=True))

    def _wanted(self, number: int) -> bool:
        return number >= 0 and (self._plan.sites is None or number in self._plan.sites)

    def _hooked(self, number: int, value: ast.expr) -> ast.expr:
        return _call("__gc_value__", number, value) if self._wanted(number) else value

    def _expression(self, node: ast.expr, *, bare: bool = False) -> ast.expr:
        """Copy an expression; a `bare` one has its value hooked by who asks."""
        number = of(node)
        if number in self._plan.constants and not isinstance(node, ast.Constant):
            factor = ast.Constant(self._plan.constants[number])
            return ast.BinOp(left=factor, op=ast.Mult(), right=self._copy(node))
        match node:
            case ast.BinOp(op=ast.Add() | ast.Sub() as op) if self._wanted(number):
                hook = "__gc_add__" if isinstance(op, ast.Add) else "__gc_sub__"
                return _call(
                    hook, number, self._expression(node.left), self._expression(node.right)
                )
            case ast.BinOp() | ast.Call() | ast.UnaryOp(op=ast.USub()) if not bare:
                return self._hooked(number, self._copy(node))
            case ast.Compare(
                left=left, ops=[ast.Eq() | ast.NotEq() as op], comparators=[right]
            ) if number in (self._plan.sites or ()):
                sides = self._expression(left), self._expression(right)
                return _call("__gc_equal__", number, *sides, isinstance(op, ast.NotEq))
            case ast.Constant() if number in self._plan.constants:
                return ast.copy_location(ast.Constant(self._plan.constants[number]), node)
            case ast.Lambda():
                new = self._copy(node)
                _mark(new, number)
                return ast.Call(func=_call("__gc_made__", number), args=[new], keywords=[])
            case _:
                return self._copy(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.stmt:
        new = self._copy(node, skip=("body", "returns"))
        new.returns, new.body = node.returns, self.block(node.body)
        new.decorator_list.append(_call("__gc_made__", of(node)))
        for marked in (new, new.decorator_list[0]):
            _mark(marked, of(node))
        return new

    def _loop(self, node: ast.For | ast.While) -> ast.stmt:
        new = self._copy(node, skip=("body",))
        new.body = self.block(node.body)
        number = of(node)
        if number < 0 or not (self._plan.loops is None or number in self._plan.loops):
            return new
        stop = ast.If(test=_call("__gc_turn__", number), body=[ast.Break()], orelse=[])
        given = [_given(name) for name in self._plan.locals.get(number, ())]
        turned: ast.stmt = ast.Expr(value=_call("__gc_turned__", number))
        guarded = ast.Try(body=[*given, *new.body], handlers=[], orelse=[], finalbody=[turned])
        new.body = [stop, guarded]
        return new

    def _augmented(self, node: ast.AugAssign) -> list[ast.stmt]:
        number = of(node)
        new = self._copy(node, skip=("value",))
        new.value = self._expression(node.value, bare=True)
        if not self._wanted(number):
            return [new]
        if not _simple(node.target):
            new.value = _call("__gc_value__", number, new.value)
            return [new]
        if isinstance(node.op, ast.Add | ast.Sub):
            new.value = _call("__gc_change__", number, _loaded(node.target), new.value)
        return [new, _changed(number, node.target)]

    def _called(self, node: ast.Expr, call: ast.Call) -> list[ast.stmt]:
        """Copy a statement that is a call; one that changes an array is watched as `+=` is."""
        found = changes_in_place(node)
        if found is None or not _simple(found.target):
            return [self._copy(node)]
        number, new = of(call), self._copy(call)
        change = new.args[found.change]
        new.args[found.change] = _call("__gc_change__", number, _loaded(found.target), change)
        return [ast.copy_location(ast.Expr(value=new), node), _changed(number, found.target)]

    def _copy(self, node: N, skip: tuple[str, ...] = ()) -> N:
        new: Any = type(node)()
        for name in node._fields:
            value = getattr(node, name, None)
            setattr(new, name, None if name in skip else self._field(value))
        for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
            if hasattr(node, name):
                setattr(new, name, getattr(node, name))
        if isinstance(new, ast.ExceptHandler) and _catches_all(node):
            new.body.insert(0, ast.Expr(value=_call("__gc_caught__")))
        return new  # type: ignore[no-any-return]

    def _field(self, value: object) -> object:
        if isinstance(value, list):
            if value and isinstance(value[0], ast.stmt):
                return self.block(value)
            return [self._field(item) for item in value]
        if isinstance(value, ast.expr):
            return self._expression(value)
        return self._copy(value) if isinstance(value, ast.AST) else value


def _given(name: str) -> ast.stmt:
    """Let a run set a local variable; one that has no value yet is left alone."""
    value = _call("__gc_local__", name, ast.Name(id=name, ctx=ast.Load()))
    setting = ast.Assign(targets=[ast.Name(id=name, ctx=ast.Store())], value=value)
    unset = ast.ExceptHandler(type=ast.Name(id="NameError", ctx=ast.Load()), body=[ast.Pass()])
    return ast.Try(body=[setting], handlers=[unset], orelse=[], finalbody=[])


def _changed(number: int, target: ast.expr) -> ast.stmt:
    """Report what a target holds after a change of it, and what it is a part of."""
    owner: ast.expr = ast.Constant(None)
    if isinstance(target, ast.Attribute | ast.Subscript):
        owner = _loaded(target.value)
    return ast.Expr(value=_call("__gc_changed__", number, owner, _loaded(target)))


def _call(hook: str, *args: object) -> ast.Call:
    values = [arg if isinstance(arg, ast.expr) else ast.Constant(arg) for arg in args]  # type: ignore[arg-type]
    return ast.Call(func=_read(hook), args=values, keywords=[])


def _read(name: str) -> ast.Name:
    return ast.Name(id=name, ctx=ast.Load())


def _mark(node: Any, number: int) -> None:
    """Put a function where its number can be read from its code."""
    node.lineno = node.end_lineno = _LINES + number
    node.col_offset, node.end_col_offset = 0, 1


def _simple(target: ast.expr) -> bool:
    """Tell targets that may be evaluated again without doing anything."""
    return not any(
        isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.Lambda)
        or (isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] not in _PURE)
        for node in ast.walk(target)
    )


def _loaded(node: ast.expr) -> ast.expr:
    """Copy an expression of names, attributes, subscripts and pure calls, to be read."""
    new = type(node)(**{name: _reading(getattr(node, name)) for name in node._fields})
    return ast.copy_location(new, node)


def _reading(value: Any) -> Any:
    if isinstance(value, ast.expr_context):
        return ast.Load()
    if isinstance(value, ast.expr):
        return _loaded(value)
    return [_reading(item) for item in value] if isinstance(value, list) else value


def _catches_all(handler: ast.AST) -> bool:
    assert isinstance(handler, ast.ExceptHandler)
    match handler.type:
        case None:
            return True
        case ast.Name(id=name):
            return name in _CATCH_ALL
        case ast.Tuple(elts=elements):
            return any(isinstance(e, ast.Name) and e.id in _CATCH_ALL for e in elements)
    return False
