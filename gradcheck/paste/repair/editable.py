"""What in a statement may be edited: the value that it makes, and the entries that it picks."""

import ast
from collections.abc import Iterator

from gradcheck.paste.repair.scope import Scope


def made(node: ast.stmt) -> ast.expr | None:
    """Return the value that a statement makes: of one that a list is given, what it is given."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[given])):
            return given
    value = getattr(node, "value", None)
    return value if isinstance(value, ast.expr) else None


def masks(node: ast.stmt) -> Iterator[ast.expr]:
    """Yield the comparison that picks the entries which a statement sets."""
    match node:
        case (
            ast.Assign(targets=[ast.Subscript(slice=ast.Compare() as mask)])
            | ast.AugAssign(target=ast.Subscript(slice=ast.Compare() as mask))
        ):
            yield mask


def has_rows(node: ast.stmt, scope: Scope) -> bool:
    """Tell assignments to entries that arrays pick."""
    target = node.target if isinstance(node, ast.AugAssign) else None
    match target or (node.targets[0] if isinstance(node, ast.Assign) else None):
        case ast.Subscript(slice=ast.Tuple(elts=elements)):
            return any(ast.unparse(element) in scope.arrays for element in elements)
        case ast.Subscript(slice=index):
            return ast.unparse(index) in scope.arrays
    return False
