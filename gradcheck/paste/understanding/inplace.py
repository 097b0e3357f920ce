"""Calls that change an array in place, as `+=` and `-=` do: `np.add.at(W, rows, change)`."""

import ast

from gradcheck.record import record


@record
class InPlace:
    """What such a call changes, and which of its arguments is the change."""

    target: ast.expr
    change: int


def changes_in_place(node: ast.stmt) -> InPlace | None:
    """Read a statement that only adds something to an array, or takes it away; None for others."""
    match node:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ufunc, attr="at"), args=[owner, rows, _], keywords=[]
            )
        ) if _adds(ufunc):
            target = ast.Subscript(value=owner, slice=rows, ctx=ast.Load())
            return InPlace(target=ast.copy_location(target, owner), change=2)
        case ast.Expr(value=ast.Call(func=ufunc, args=[target, _, *placed], keywords=keywords)) if (
            _adds(ufunc)
        ):
            given = [*placed, *(one.value for one in keywords if one.arg == "out")]
            if len(given) == len(placed) + len(keywords) == 1 and _same(given[0], target):
                return InPlace(target=target, change=1)
    return None


def _adds(ufunc: ast.expr) -> bool:
    match ufunc:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in ("add", "subtract")
    return False


def _same(one: ast.expr, other: ast.expr) -> bool:
    return ast.dump(one) == ast.dump(other)
