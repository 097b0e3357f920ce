"""Functions that are like a softplus, whose derivative no text has that only applies them."""

import ast


def softens(tree: ast.Module) -> bool:
    """Tell whether a program has a softplus, by whatever name: `log(1 + exp(z))` is one."""
    return any(map(_is_softplus, ast.walk(tree)))


def _is_softplus(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="log1p" | "logaddexp"):
            return True
        case ast.Call(
            func=ast.Name(id="log") | ast.Attribute(attr="log"),
            args=[ast.BinOp(left=left, op=ast.Add(), right=right)],
        ):
            sides = (left, right)
            return any(isinstance(one, ast.Constant) for one in sides) and any(map(_is_exp, sides))
    return False


def _is_exp(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="exp") | ast.Attribute(attr="exp")):
            return True
    return False
