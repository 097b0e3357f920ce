"""A node of an expression, where an edit may be made."""

import ast
from dataclasses import dataclass
from typing import TypeAlias, TypeGuard

from gradcheck.edits.material import Material
from gradcheck.edits.rewrite import source

Proposal: TypeAlias = tuple[str, float, str]
"""A new text for a node, its cost, and the edit in words."""

PRODUCTS = ("dot", "matmul")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A node of an expression, where an edit may be made; `whole` if it is all of it.

    What is `handed` is given to a function of the program's own.
    """

    text: str
    node: ast.expr
    material: Material
    whole: bool = False
    handed: bool = False

    def read(self, node: ast.expr) -> str:
        return source(self.text, node)

    def closed(self, node: ast.expr) -> str:
        """Return a node's text as an operand: in parentheses if it has an operator."""
        read = self.read(node)
        loose = isinstance(node, ast.BinOp | ast.UnaryOp | ast.Compare | ast.IfExp | ast.Lambda)
        return f"({read})" if loose else read

    def term(self, node: ast.expr) -> str:
        """Return a node's text behind a plus or minus: in parentheses if it has one of its own."""
        product = isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add | ast.Sub)
        return self.read(node) if product else self.closed(node)

    def numpy(self, function: str) -> str | None:
        prefix = self.material.numpy
        return None if prefix is None else f"{prefix}.{function}" if prefix else function


def is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "math")


def is_product_call(node: ast.expr) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in PRODUCTS
        and not node.keywords
    )


def times(place: Place, other: str) -> str:
    """Return the text of a node's product, entry by entry, with something else."""
    if place.material.entrywise is not None:
        bare = ast.unparse(ast.parse(other, mode="eval"))
        return f"{place.material.entrywise}({place.read(place.node)}, {bare})"
    return f"{factor(place)} * {other}"


def multiplied(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """Return the factors of a call of NumPy's `multiply`."""
    match node:
        case ast.Call(
            func=ast.Name(id="multiply") | ast.Attribute(attr="multiply"),
            args=[left, right],
            keywords=[],
        ):
            return left, right
    return None


def factors(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """Return the factors of a product entry by entry, however that is written."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return left, right
    return multiplied(node)


def squared(node: ast.expr) -> ast.expr | None:
    """Return what is squared, however that is written."""
    match node:
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=2)):
            return base
        case ast.Call(
            func=ast.Name(id=name) | ast.Attribute(attr=name), args=[base, *more], keywords=[]
        ) if (name, [*map(ast.unparse, more)]) in (("square", []), ("power", ["2"])):
            return base
    pair = factors(node)
    return pair[0] if pair and ast.dump(pair[0]) == ast.dump(pair[1]) else None


def factor(place: Place, node: ast.expr | None = None) -> str:
    """Return the text of a node, by default the place's own, in front of a product's sign."""
    node = node or place.node
    product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.MatMult)
    return place.read(node) if product else place.closed(node)
