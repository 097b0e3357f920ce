"""The dotted names in a formula, and the nearest of those that are known."""

import ast
from collections.abc import Iterable, Iterator

NUMPY = ("np", "numpy")
MEMBERS = ("T", "shape", "size", "ndim")

_LISTED = 12
"""How many known names a message lists."""


def dotted(node: ast.expr) -> str | None:
    """Return `a.b.c` for a chain of attributes that starts at a name, otherwise None."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


def is_numpy(node: ast.expr) -> bool:
    """Tell whether the node is the prefix `np` or `numpy`."""
    return isinstance(node, ast.Name) and node.id in NUMPY


def callee(node: ast.Call) -> str:
    """Return the name of what is called, without its prefix or the array that has it."""
    function = node.func
    assert isinstance(function, ast.Name | ast.Attribute)
    return function.id if isinstance(function, ast.Name) else function.attr


def calls(node: ast.AST) -> set[str]:
    """Return the names of the functions that are called by a name alone."""
    return {
        inner.func.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name)
    }


def reads(node: ast.AST) -> Iterator[str]:
    """Yield the dotted names that an expression reads, without `.T` and its like, as written."""
    if isinstance(node, ast.Attribute):
        if not is_numpy(node.value):
            yield from _chain(node)
    elif isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and not is_numpy(node.func.value):
            yield from reads(node.func.value)
        for argument in (*node.args, *node.keywords):
            yield from reads(argument)
    else:
        for child in ast.iter_child_nodes(node):
            yield from reads(child)


def _chain(node: ast.Attribute) -> Iterator[str]:
    name = dotted(node)
    if name is None or node.attr in MEMBERS:
        yield from reads(node.value)
    else:
        yield name


def offer(name: str, known: Iterable[str]) -> str:
    """Return the end of a message on an unknown name: the nearest known one, or some of them."""
    # Only needed on the way to an error.
    import difflib

    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"; did you mean `{near[0]}`?"
    listed = ", ".join(known[:_LISTED]) + (", ..." if len(known) > _LISTED else "")
    return f"; known are {listed}" if known else ""
