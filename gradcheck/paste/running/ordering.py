"""Definitions that a program shows after the statements that need them, moved in front of these.

In a post the functions often stand below the loop that calls them.
"""

import ast

from gradcheck.paste.running.names import bound_by, uses


def ordered(tree: ast.Module) -> ast.Module:
    """Return the tree with late definitions moved to before their first use; lines keep numbers."""
    bound: set[str] = set()
    for at, statement in enumerate(tree.body):
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
            late = _definitions(tree.body[at + 1 :], bound)
            if uses(statement, late):
                moved = [node for node in tree.body[at + 1 :] if _name(node) in late]
                rest = [node for node in tree.body[at:] if node not in moved]
                return ordered(ast.Module(body=[*tree.body[:at], *moved, *rest], type_ignores=[]))
        bound |= bound_by(statement)
    return tree


def _definitions(body: list[ast.stmt], bound: set[str]) -> set[str]:
    """Return the names that are defined once in `body`, and by nothing before it."""
    counts: dict[str, int] = {}
    for statement in body:
        for name in bound_by(statement):
            counts[name] = counts.get(name, 0) + 1
    return {name for node in body if (name := _name(node)) and counts.get(name) == 1} - bound


def _name(node: ast.stmt) -> str:
    return node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""
