"""What the names of a program are given: by assignments, and by calls of its own functions."""

import ast
from collections.abc import Iterator, Mapping, Sequence


def given(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield names and attributes with what they are assigned, parameters with what is handed."""
    known = parameters(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value):
                yield name, value
            case ast.keyword(arg=str() as name, value=value):
                yield name, value
            case ast.Call(args=values):
                yield from zip(known.get(called(node), ()), values, strict=False)
            case ast.arguments(args=names, defaults=[*_, _] as values):
                for each, value in zip(names[-len(values) :], values, strict=True):
                    yield each.arg, value


def parameters(tree: ast.Module) -> Mapping[str, Sequence[str]]:
    """Return the names of what functions, methods and classes of the program are handed."""
    found: dict[str, Sequence[str]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name, body=body):
                methods = [part for part in body if isinstance(part, ast.FunctionDef)]
                for method in methods:
                    made = name if method.name == "__init__" else method.name
                    found[made] = _names(method)[1:]
            case ast.FunctionDef(name=name):
                found.setdefault(name, _names(node))
    return found


def called(call: ast.Call) -> str:
    """Return the last name of what is called."""
    return ast.unparse(call.func).rpartition(".")[2]


def _names(function: ast.FunctionDef) -> list[str]:
    return [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
