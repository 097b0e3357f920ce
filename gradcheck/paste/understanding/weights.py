"""The numbers of a program that multiply something, by whatever name they come to do so."""

import ast
from collections.abc import Iterator, Mapping

from gradcheck.paste.understanding.words import GUARDS, says

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def weights(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what is multiplied, divided, or given to a name that is, as `decay` in `decay * w`.

    Of what is handed on in a tuple, as an optimiser's arguments are, the names can't be told: it
    is yielded, too.
    """
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=ast.Mult(), left=left, right=right):
                for part in (*factors(left), *factors(right)):
                    names.add(_name(part))
                    yield part
    for name, value in _given(tree):
        if name is not None and name in names and not says(name, GUARDS):
            yield value
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and isinstance(node.value, ast.Tuple):
            yield from node.value.elts


def factors(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what is multiplied and divided in a product, itself where it is none."""
    match node:
        case ast.BinOp(op=ast.Mult() | ast.Div(), left=left, right=right):
            yield from (*factors(left), *factors(right))
        case _:
            yield node


def _name(node: ast.expr) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


def _given(tree: ast.AST) -> Iterator[tuple[str | None, ast.expr]]:
    """Yield names with what they are given: by assignments, by default, and in calls."""
    own = {node.name: node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)}
    made = {
        node.name: own
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for own in node.body
        if isinstance(own, _FUNCTIONS) and own.name == "__init__"
    }
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                yield from zip(map(_name, targets), values, strict=False)
            case ast.Assign(targets=targets, value=value):
                yield from ((_name(target), value) for target in targets)
            case ast.keyword(arg=name, value=value):
                yield name, value
            case ast.arguments(args=arguments, defaults=defaults):
                last = arguments[len(arguments) - len(defaults) :]
                yield from ((one.arg, value) for one, value in zip(last, defaults, strict=True))
            case ast.Call(func=func, args=values):
                yield from _handed(_name(func), values, {**own, **made})


def _handed(
    name: str | None,
    values: list[ast.expr],
    known: Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef],
) -> Iterator[tuple[str, ast.expr]]:
    function = known.get(name or "")
    if function is not None:
        names = [argument.arg for argument in function.args.args]
        yield from zip(names[names[:1] == ["self"] :], values, strict=False)
