"""Facts about single statements from which their indentation can be guessed."""

import ast
from collections.abc import Iterator, Sequence

from gradcheck.paste.reading.blocks import Unit
from gradcheck.paste.reading.syntax import names, walk
from gradcheck.record import record

_SHOWING = {
    "print",
    "append",
    "plot",
    "show",
    "write",
    "info",
    "legend",
    "title",
    "xlabel",
    "ylabel",
}
_DRAWING = {"plt", "pyplot", "fig", "ax", "sys", "logging"}
_COLLECTING = {"append", "extend", "insert", "add"}


@record
class Fact:
    """What one statement binds, uses and is."""

    keyword: str = ""
    opens: bool = False
    blank: bool = False
    width: int = 0
    jumps: str = ""
    """`return`, `raise`, `break` or `continue`, if it is one."""
    loads: frozenset[str] = frozenset()
    stores: frozenset[str] = frozenset()
    changes: str = ""
    """The operator of an augmented assignment."""
    shows: bool = False
    """Whether it only prints, plots or appends."""
    draws: bool = False
    """Whether it only plots."""
    collects: str = ""
    """The name of what it appends to."""
    alters: frozenset[str] = frozenset()
    """The names of objects that it assigns into, or whose methods it calls as a statement."""
    member: bool = False
    """Whether it may stand in a class as an attribute or docstring."""
    arguments: tuple[str, ...] = ()
    name: str = ""


def fact(unit: Unit) -> Fact:
    """Return the facts of a statement or header."""
    node = unit.reading.node
    found = list(names(node))
    stores = {n.id for n in found if not isinstance(n.ctx, ast.Load)}
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            loads, stores = {n.id for n in found if isinstance(n.ctx, ast.Load)}, {node.name}
        case ast.Import() | ast.ImportFrom():
            loads, stores = set(), {(a.asname or a.name).partition(".")[0] for a in node.names}
        case ast.AugAssign(target=ast.Name(id=name)):
            loads, stores = {n.id for n in found}, {name}
        case _:
            loads = {n.id for n in found if isinstance(n.ctx, ast.Load)}
    return Fact(
        keyword=unit.reading.keyword,
        opens=unit.reading.opens,
        blank=unit.blank,
        width=unit.width,
        jumps=_jump(node),
        loads=frozenset(loads),
        stores=frozenset(stores),
        changes=type(node.op).__name__ if isinstance(node, ast.AugAssign) else "",
        shows=shows(node),
        draws=shows(node) and bool(loads & {"plt", "pyplot"}),
        collects=_collects(node),
        alters=frozenset(_alters(node)),
        member=isinstance(node, ast.Assign | ast.AnnAssign) or _documents(node),
        arguments=_arguments(node),
        name=getattr(node, "name", "") or "",
    )


def facts(units: Sequence[Unit]) -> list[Fact]:
    """Return the facts of all statements."""
    return [fact(unit) for unit in units]


def _jump(node: ast.stmt) -> str:
    match node:
        case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
            return type(node).__name__.lower()
    return ""


def shows(node: ast.stmt) -> bool:
    """Tell whether a statement only prints, plots or appends."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in _SHOWING
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=base), attr=name))):
            return base in _DRAWING or name in _SHOWING
    return False


def _collects(node: ast.stmt) -> str:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=base), attr=name))):
            return base if name in _COLLECTING else ""
    return ""


def _alters(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.Assign(targets=targets):
            parts = [part for target in targets for part in walk(target)]
        case ast.AugAssign(target=target):
            parts = [target]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=value))):
            parts = [value]
        case _:
            return
    for part in parts:
        if isinstance(part, ast.Name) and not isinstance(node, ast.Expr):
            continue
        while isinstance(part, ast.Attribute | ast.Subscript):
            part = part.value
        if isinstance(part, ast.Name):
            yield part.id


def _documents(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _arguments(node: ast.stmt) -> tuple[str, ...]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return ()
    given = node.args
    return tuple(a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs))
