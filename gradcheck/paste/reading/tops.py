"""Top-level statements: what they bind, what they need, and whether they train something."""

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gradcheck.paste.reading.blocks import Block
from gradcheck.paste.reading.facts import shows
from gradcheck.paste.reading.syntax import names, tree, walk
from gradcheck.record import record

Function = ast.FunctionDef | ast.AsyncFunctionDef
_BUILTINS = frozenset(dir(builtins))
_DEEPEST = 4


@record
class Top:
    """A top-level statement of a block, on its lines `start` to before `stop`.

    `binds` are the names that it binds, `alters` those whose values it may change, `needs` those
    that must be bound for it to run.
    """

    node: ast.stmt
    start: int
    stop: int
    binds: frozenset[str]
    alters: frozenset[str]
    needs: frozenset[str]
    shows: bool


def tops(block: Block) -> tuple[Top, ...]:
    """Return the top-level statements of a block that parses."""
    module = tree(block.source)
    return tuple(_top(node) for node in module.body) if module else ()


def functions(found: Iterable[Top]) -> dict[str, list[Function]]:
    """Return all functions and methods by their names."""
    result: dict[str, list[Function]] = {}
    for top in found:
        for node in walk(top.node):
            if isinstance(node, Function):
                result.setdefault(node.name, []).append(node)
    return result


def defined(found: Iterable[Top]) -> frozenset[str]:
    """Return the names of the functions and classes at the top."""
    return frozenset(t.node.name for t in found if isinstance(t.node, Function | ast.ClassDef))


def imported(found: Iterable[Top]) -> frozenset[str]:
    """Return the names that are bound by imports."""
    imports = (t for t in found if isinstance(t.node, ast.Import | ast.ImportFrom))
    return frozenset(name for top in imports for name in top.binds)


def bound(found: Iterable[Top]) -> frozenset[str]:
    """Return all names bound at the top."""
    return frozenset(name for top in found for name in top.binds)


def missing(found: Sequence[Top]) -> frozenset[str]:
    """Return the names that are needed before they are bound; for functions, that never are."""
    whole = bound(found)
    known = set(_BUILTINS)
    result: set[str] = set()
    for top in found:
        result |= top.needs - (whole if isinstance(top.node, Function | ast.ClassDef) else known)
        known |= top.binds
    return frozenset(result - _BUILTINS)


def trains(top: Top, known: Mapping[str, Sequence[Function]]) -> bool:
    """Tell whether a statement repeats changes in a loop, itself or in what it calls."""
    return _trains(top.node, known)


def _trains(node: ast.stmt, known: Mapping[str, Sequence[Function]]) -> bool:
    if isinstance(node, Function | ast.ClassDef):
        return False
    if isinstance(node, ast.If | ast.With | ast.Try):
        return any(_trains(inner, known) for inner in node.body)
    if isinstance(node, ast.For | ast.While):
        return _steps(node, known, 0)
    loops = (
        part
        for name in calls(node)
        for function in known.get(name, ())
        for part in walk(function)
        if isinstance(part, ast.For | ast.While)
    )
    return any(_steps(loop, known, 0) for loop in loops)


def calls(node: ast.AST) -> Iterator[str]:
    """Return the names of the functions and methods that are called."""
    for part in walk(node):
        match part:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                yield name


def _steps(node: ast.AST, known: Mapping[str, Sequence[Function]], depth: int) -> bool:
    """Tell whether something is changed by a difference or by what it was before."""
    if any(_changes(part) for part in walk(node)):
        return True
    if depth > _DEEPEST:
        return False
    called = (function for name in set(calls(node)) for function in known.get(name, ()))
    return any(_steps(function, known, depth + 1) for function in called)


def _changes(node: ast.AST) -> bool:
    match node:
        case ast.AugAssign():
            return True
        case ast.Assign(targets=[target], value=value) if not isinstance(value, ast.Constant):
            own = set(_roots(target))
            return bool(own) and not own.isdisjoint(_roots(value))
    return False


def _roots(node: ast.AST) -> Iterator[str]:
    """Return names, and attributes as `.name`, but nothing for the objects that hold them."""
    for part in walk(node):
        match part:
            case ast.Attribute(attr=name, value=ast.Name()):
                yield f".{name}"
            case ast.Name(id=name) if name != "self":
                yield name


def _top(node: ast.stmt) -> Top:
    decorators = getattr(node, "decorator_list", [])
    start = min([node.lineno, *(d.lineno for d in decorators)]) - 1
    binds, alters, loads = _binds(node), _alters(node), _loads(node)
    return Top(
        node=node,
        start=start,
        stop=node.end_lineno or node.lineno,
        binds=binds,
        alters=alters,
        needs=loads,
        shows=shows(node),
    )


def _binds(node: ast.stmt) -> frozenset[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return frozenset([name])
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return frozenset((a.asname or a.name).partition(".")[0] for a in aliases)
    inner = {
        id(n)
        for part in walk(node)
        if isinstance(part, ast.comprehension)
        for n in walk(part.target)
    }
    return frozenset(
        name for part in walk(node) if id(part) not in inner for name in _bound_by(part)
    )


def _bound_by(part: ast.AST) -> Iterator[str]:
    match part:
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.ClassDef():
            yield from _binds(part)


def _alters(node: ast.stmt) -> frozenset[str]:
    """Return the names of objects that are assigned into or whose methods are called."""
    if isinstance(node, Function | ast.ClassDef):
        return frozenset()
    return frozenset(name for part in walk(node) for name in _altered(part))


def _altered(part: ast.AST) -> Iterator[str]:
    match part:
        case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
            yield from _base(part.value)
        case ast.AugAssign(target=target):
            yield from _base(target)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=value))):
            yield from _base(value)


def _base(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _loads(node: ast.stmt) -> frozenset[str]:
    """Return the names that a statement uses before it binds them itself, in order of writing."""
    if isinstance(node, Function | ast.ClassDef):
        own = _inner(node) | {node.name}
        return frozenset(n.id for n in names(node) if isinstance(n.ctx, ast.Load)) - own
    needs: set[str] = set()
    bound: set[str] = set()
    todo: list[ast.stmt] = [node]
    while todo:
        part = todo.pop()
        loads, stores = _header(part)
        needs |= loads - bound
        bound |= stores
        bodies = (getattr(part, name, []) for name in ("finalbody", "orelse", "handlers", "body"))
        todo += [inner for body in bodies for inner in reversed(body)]
    return frozenset(needs)


def _header(node: ast.AST) -> tuple[set[str], frozenset[str]]:
    """Return the names that a statement uses and binds, those in its body aside."""
    if isinstance(node, Function | ast.ClassDef):
        return set(_loads(node)), frozenset([node.name])
    if isinstance(node, ast.Import | ast.ImportFrom):
        return set(), _binds(node)
    bodies = ("body", "orelse", "handlers", "finalbody")
    fields = (getattr(node, name, None) for name in node._fields if name not in bodies)
    parts = [
        part
        for value in fields
        for part in (value if isinstance(value, list) else [value])
        if isinstance(part, ast.AST)
    ]
    found = [name for part in parts for name in names(part)]
    loads = {n.id for n in found if isinstance(n.ctx, ast.Load)}
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        loads.add(node.target.id)
    return loads, frozenset(n.id for n in found if not isinstance(n.ctx, ast.Load))


def _inner(node: ast.stmt) -> set[str]:
    """Return the names that a function or class binds inside."""
    stores = {n.id for n in names(node) if not isinstance(n.ctx, ast.Load)}
    return stores | {part.arg for part in walk(node) if isinstance(part, ast.arg)}
