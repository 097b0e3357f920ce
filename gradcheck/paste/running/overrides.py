"""Values that the user gives by hand, in place of what a program says or does not say."""

import ast
from collections.abc import Mapping

from gradcheck.paste.running.assumptions import Ledger


def overridden(tree: ast.Module, values: Mapping[str, str], ledger: Ledger) -> ast.Module:
    """Return the tree with each name set to its expression.

    Every top-level assignment to the name gets the expression; a name that has none is set before
    the first statement, after the imports from `__future__`.
    """
    for name, text in values.items():
        expression = ast.parse(text, mode="eval").body
        ledger.note("set", name, f"is {text}, as told")
        if not _replaced(tree, name, expression):
            target = ast.Name(id=name, ctx=ast.Store())
            first = ast.Assign(targets=[target], value=expression, lineno=1)
            tree.body.insert(_after_future(tree), first)
    return ast.fix_missing_locations(tree)


def _replaced(tree: ast.Module, name: str, expression: ast.expr) -> bool:
    found = False
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)]) if target == name:
                statement.value = ast.copy_location(expression, statement.value)
                found = True
    return found


def _after_future(tree: ast.Module) -> int:
    positions = [
        at + 1
        for at, statement in enumerate(tree.body)
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
    ]
    return max(positions, default=0)
