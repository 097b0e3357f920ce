"""Values that the user gives by hand, in place of what a program says or does not say."""

import ast
from collections.abc import Mapping

from gradcheck.paste.running.assumptions import Ledger
from gradcheck.paste.running.names import uses


def overridden(tree: ast.Module, values: Mapping[str, str], ledger: Ledger) -> ast.Module:
    """Return the tree with each name set to its expression.

    Every top-level assignment to the name gets the expression; a name that has none is set before
    the first statement that uses it. Raises SyntaxError where a text is no expression.
    """
    for name, text in values.items():
        expression = ast.parse(text, mode="eval").body
        ledger.note("set", name, f"is {text}, as told")
        if not _replaced(tree, name, expression):
            _inserted(tree, name, expression)
    return ast.fix_missing_locations(tree)


def _replaced(tree: ast.Module, name: str, expression: ast.expr) -> bool:
    found = False
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)]) if target == name:
                statement.value = ast.copy_location(expression, statement.value)
                found = True
    return found


def _inserted(tree: ast.Module, name: str, expression: ast.expr) -> None:
    using = (at for at, statement in enumerate(tree.body) if uses(statement, [name]))
    at = next(using, len(tree.body))
    line = tree.body[at].lineno if at < len(tree.body) else 1
    target = ast.Name(id=name, ctx=ast.Store())
    added = ast.Assign(targets=[target], value=expression)
    for node in ast.walk(added):
        if isinstance(node, ast.stmt | ast.expr):
            node.lineno = node.end_lineno = line
            node.col_offset = node.end_col_offset = 0
    tree.body.insert(at, added)
