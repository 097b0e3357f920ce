"""Sites: the places in a program where values can be watched, numbered.

The number of a node of the tree is its place in the order of `ast.walk` on the tree as
parsed. It stays with the node (attribute `number`) through copies and edits of the tree,
so that what was learned about a site holds for an edited program too.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, repeat, zip_longest
from typing import TypeAlias

from gradcheck.record import record

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")


@record
class Site:
    """One place of the program; `names` are those of where its value goes, the nearest first."""

    number: int
    kind: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    function: str
    names: tuple[str, ...] = ()


def number(tree: ast.AST) -> None:
    """Give every node of a tree its number."""
    for index, node in enumerate(ast.walk(tree)):
        node.number = index  # type: ignore[attr-defined]


def of(node: ast.AST) -> int:
    """Return a node's number, or -1 where an edit put the node in."""
    return getattr(node, "number", -1)


def table(tree: ast.Module) -> Mapping[int, Site]:
    """Return every site of a numbered tree, by its number."""
    return {site.number: site for site in _sites(tree, "", (), _unpacked(tree))}


Unpacked: TypeAlias = Mapping[str, tuple[tuple[str, ...], ...]]
"""By functions' names, those of what calls of them are unpacked into, item by item."""


def _unpacked(tree: ast.Module) -> Unpacked:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[ast.Tuple(elts=targets) | ast.List(elts=targets)],
                value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)),
            ):
                own = [tuple(_names(target)) for target in targets]
                pairs = zip_longest(found.get(name, ()), own, fillvalue=())
                found[name] = tuple((*one, *other) for one, other in pairs)
    return found


def formula(text: str, number: int, step: Site | None) -> Site:
    """Return the site of an expression that the program does not have, at a step."""
    line = step.line if step else 1
    return Site(
        number=number,
        kind="Expr",
        line=line,
        column=0,
        end_line=line,
        end_column=0,
        text=text,
        function=step.function if step else "",
        names=(text,),
    )


@cache
def words(name: str) -> tuple[str, ...]:
    """Split an identifier at underscores, changes of case and digits, in lower case."""
    return tuple(word.lower() for word in _WORD.findall(name))


def _sites(
    node: ast.AST, function: str, names: tuple[str, ...], unpacked: Unpacked
) -> Iterator[Site]:
    for child, passed in _children(node, names, unpacked.get(function.rpartition(".")[2], ())):
        inner = function
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner, passed = f"{function}.{child.name}".lstrip("."), ()
        if isinstance(child, ast.expr | ast.stmt):
            yield _site(child, inner, passed)
        yield from _sites(child, inner, passed, unpacked)


def _site(node: ast.expr | ast.stmt, function: str, names: tuple[str, ...]) -> Site:
    return Site(
        number=of(node),
        kind=type(node).__name__,
        line=node.lineno,
        column=node.col_offset,
        end_line=node.end_lineno or node.lineno,
        end_column=node.end_col_offset or node.col_offset,
        text=ast.unparse(node) if isinstance(node, ast.expr | ast.AugAssign | ast.Assign) else "",
        function=function,
        names=names or _own_names(node, function),
    )


def _own_names(node: ast.AST, function: str) -> tuple[str, ...]:
    """Return the names under which a statement stores or returns its value."""
    match node:
        case ast.Assign(targets=targets):
            return tuple(name for target in targets for name in _names(target))
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            return tuple(_names(target))
        case ast.Return():
            return tuple(reversed(function.split("."))) if function else ()
    return ()


def _children(
    node: ast.AST, names: tuple[str, ...], unpacked: Sequence[tuple[str, ...]]
) -> Iterator[tuple[ast.AST, tuple[str, ...]]]:
    """Yield a node's children, each with the names of where its value goes.

    Of what is returned as a tuple, `unpacked` has the names that callers give it.
    """
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            yield from ((target, ()) for target in targets)
            yield from (
                (value, tuple(_names(t))) for t, value in zip(targets, values, strict=False)
            )
        case ast.Assign(targets=targets, value=value):
            yield from ((target, ()) for target in targets)
            yield value, tuple(name for target in targets for name in _names(target))
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from ((target, ()), (value, tuple(_names(target))))
        case ast.AugAssign(target=target, op=op, value=value):
            # What is taken away from a loss is the loss the other way round.
            names = () if isinstance(op, ast.Sub) else tuple(_names(target))
            yield from ((target, ()), (value, names))
        case ast.Dict(keys=keys, values=values):
            yield from ((key, ()) for key in keys if key is not None)
            yield from (
                (value, (*_key(key), *names)) for key, value in zip(keys, values, strict=True)
            )
        case ast.Return(value=ast.Tuple(elts=values)):
            named = chain(unpacked, repeat(()))
            yield from (
                (v, (*_names(v), *n, "return")) for v, n in zip(values, named, strict=False)
            )
        case ast.Call(func=func, args=args, keywords=keywords):
            yield func, ()
            given = tuple(_names(func)) if _keeps(func) else ()
            yield from ((arg, given or _through(func, names)) for arg in args)
            yield from ((keyword.value, (keyword.arg or "",)) for keyword in keywords)
        case ast.FormattedValue(value=value):
            yield value, ("print",)
        case _:
            for child in ast.iter_child_nodes(node):
                yield child, ()


def _keeps(func: ast.expr) -> bool:
    """Tell calls that put their argument somewhere: `errors.append(...)`, `print(...)`."""
    match func:
        case ast.Attribute(attr="append" | "add" | "extend" | "insert"):
            return True
        case ast.Name(id="print"):
            return True
    return False


def _through(func: ast.expr, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names for an argument of a call whose result is but the argument: `float(...)`."""
    match func:
        case (
            ast.Name(id="float" | "round") | ast.Attribute(attr="squeeze" | "asscalar" | "float64")
        ):
            return names
    return ()


def _key(node: ast.expr | None) -> tuple[str, ...]:
    match node:
        case ast.Constant(value=str() as key):
            return (key,)
    return ("",)


def _names(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(value=value, attr=attr):
            if attr not in ("append", "add", "extend", "insert"):
                yield attr
            elif not isinstance(value, ast.Name) or value.id != "self":
                yield from _names(value)
        case ast.Subscript(value=value, slice=ast.Constant(value=str() as key)):
            yield key
            yield from _names(value)
        case ast.Subscript(value=value):
            yield from _names(value)
        case ast.Starred(value=value):
            yield from _names(value)
