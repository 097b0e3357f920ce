"""Comprehensions that train, written out as the loops that they are.

In `losses = [net.train(x, y, lr) for x, y in batches]` each item is a training step. As a loop it
has iterations that can be watched, and run one by one.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias, TypeGuard

Collecting: TypeAlias = ast.ListComp | ast.GeneratorExp
Scope: TypeAlias = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LAZY = (*_SCOPES, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.IfExp, ast.BoolOp)


def unrolled(tree: ast.Module) -> ast.Module:
    """Return the tree with loops for the comprehensions that call what changes something.

    A variable that the rest of the scope uses too stays the comprehension's own.
    """
    known = frozenset(changing(tree))
    if not known:
        return tree
    made = 0
    for scope in [n for n in ast.walk(tree) if isinstance(n, ast.Module | ast.FunctionDef)]:
        names = frozenset(_names(scope))
        for body in _bodies(scope):
            for at in range(len(body) - 1, -1, -1):
                found = _training(body[at], known)
                if found is not None and names.isdisjoint(_variables(found.generators)):
                    body[at : at + 1] = _written_out(body[at], found, f"turns_{made}_")
                    made += 1
    return ast.fix_missing_locations(tree)


def changing(tree: ast.Module) -> Iterator[str]:
    """Yield the functions that change something which is there before and after a call of them."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            own = {*_made(function)}
            if any(_changes(node, own) for node in ast.walk(function)):
                yield function.name


def _made(function: ast.FunctionDef) -> Iterator[str]:
    """Yield the variables for what a function computes; others may be names of what is kept."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if not isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
                    yield name


def _changes(node: ast.AST, own: AbstractSet[str]) -> bool:
    """Tell what changes more than things that a function has made."""
    match node:
        case ast.Global():
            return True
        case (
            ast.Attribute(value=base, ctx=ast.Store()) | ast.Subscript(value=base, ctx=ast.Store())
        ):
            while isinstance(base, ast.Attribute | ast.Subscript):
                base = base.value
            return isinstance(base, ast.Name) and base.id not in own
    return False


def _bodies(scope: Scope) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of a scope, without those of the functions and classes inside it."""
    waiting: list[ast.AST] = [scope]
    while waiting:
        node = waiting.pop()
        for _, value in ast.iter_fields(node):
            items = value if isinstance(value, list) else []
            if items and isinstance(items[0], ast.stmt):
                yield items
            waiting += [n for n in items if isinstance(n, ast.AST) and not isinstance(n, _SCOPES)]


def _training(statement: ast.stmt, changing: frozenset[str]) -> Collecting | None:
    """Return a comprehension that a statement computes as a whole, and that trains."""
    if not isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr | ast.Return):
        return None
    parts = list(_at_once(statement.value))
    used_up = {
        id(argument)
        for part in parts
        if isinstance(part, ast.Call) and ast.unparse(part.func) in ("sum", "list", "tuple")
        for argument in part.args
    }
    for node in parts:
        if isinstance(node, ast.ListComp) or (
            isinstance(node, ast.GeneratorExp) and id(node) in used_up
        ):
            called = (n.func for n in ast.walk(node.elt) if isinstance(n, ast.Call))
            if any(ast.unparse(func).rpartition(".")[2] in changing for func in called):
                return node
    return None


def _at_once(node: ast.expr | None) -> Iterator[ast.expr]:
    """Yield the parts of an expression that are evaluated once, whatever their values."""
    if node is None:
        return
    yield node
    if not isinstance(node, _LAZY):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from _at_once(child)


def _names(node: ast.AST) -> Iterator[str]:
    """Yield the names that are used in a scope, other than as variables of something inside it."""
    for child in ast.iter_child_nodes(node):
        own: set[str] = set()
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            arguments = child.args
            own = {a.arg for a in (*arguments.args, *arguments.kwonlyargs, *arguments.posonlyargs)}
            own |= {n.id for n in ast.walk(child) if _is_stored(n)}
        elif isinstance(child, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            own = {*_variables(child.generators)}
        yield from (name for name in _names(child) if name not in own)
    if isinstance(node, ast.Name):
        yield node.id


def _is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _variables(generators: Iterable[ast.comprehension]) -> Iterator[str]:
    for one in generators:
        yield from (node.id for node in ast.walk(one.target) if isinstance(node, ast.Name))


def _written_out(statement: Any, found: Collecting, name: str) -> Sequence[ast.stmt]:
    """Return statements that fill a list and use it; one that is stored as it is has its name."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=own)], value=value) if value is found:
            if own not in _names(found):
                name = own
    begin: ast.stmt = ast.Assign(targets=[_name(name, ast.Store())], value=ast.List([], ast.Load()))
    append = ast.Attribute(value=_name(name, ast.Load()), attr="append", ctx=ast.Load())
    inner: ast.stmt = ast.Expr(ast.Call(func=append, args=[found.elt], keywords=[]))
    for one in reversed(found.generators):
        for test in reversed(one.ifs):
            inner = ast.If(test=test, body=[inner], orelse=[])
        inner = ast.For(target=one.target, iter=one.iter, body=[inner], orelse=[])
    made = [begin, inner]
    for new in made:
        for node in ast.walk(new):
            if not hasattr(node, "lineno"):
                ast.copy_location(node, found)
    return made if _holds(statement, name) else [*made, _With(found, name).visit(statement)]


def _holds(statement: ast.stmt, name: str) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _name(name: str, context: ast.expr_context) -> ast.Name:
    return ast.Name(id=name, ctx=context)


class _With(ast.NodeTransformer):
    """Puts a name where a comprehension was."""

    def __init__(self, found: Collecting, name: str) -> None:
        self._found = found
        self._name = name

    def visit(self, node: ast.AST) -> Any:
        if node is self._found:
            return ast.copy_location(_name(self._name, ast.Load()), node)
        return self.generic_visit(node)
