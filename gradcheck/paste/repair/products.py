"""Products that may be missing in a sum, of the shape of what a statement makes."""

import ast
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import islice

from gradcheck.paste.repair.scope import Scope
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.repair.terms import Style, Uses, is_backward, parts

_MOST_PRODUCTS = 8


def products(uses: Uses, style: Style, statement: Statement, scope: Scope) -> Iterator[str]:
    """Yield products of a derivative and another value, as the other use of a weight would make.

    Only where a statement has a product already, of the shape of what it makes.
    """
    if style.product is None or not _multiplies(statement):
        return
    own, count = parts(statement), 0
    for name in scope.arrays:
        if name not in uses.derivatives or name in own:
            continue
        for other in scope.arrays:
            for text in _of(style.product, name, other, scope):
                if count < _MOST_PRODUCTS and text not in style.known:
                    count += 1
                    yield text


def pairs(
    uses: Uses, style: Style, statement: Statement, scope: Scope, around: ast.AST
) -> Iterator[str]:
    """Yield products that may be a whole term: of what nothing else comes of, or comes from behind.

    Those with a sum over samples come again, as means. `around` is the code nearby.
    """
    own = parts(statement)
    names = [name for name in scope.arrays if name not in own]
    moving = [name for name in names if name in scope.moving]

    def unlikely(name: str) -> tuple[bool, bool]:
        return name not in uses.idle | uses.derivatives, not is_backward(uses, name)

    found: dict[str, str] = {}
    forward = [n for n in moving if n not in uses.kept and not is_backward(uses, n)]
    for name in sorted(filter(partial(is_backward, uses), moving), key=unlikely):
        for other in forward:
            one, two = sorted((name, other))
            found |= dict.fromkeys(_entrywise(one, two, scope), name)
    for name in sorted(moving, key=unlikely):
        for other in names:
            if style.product:
                found |= dict.fromkeys(_of(style.product, name, other, scope), name)
            found |= dict.fromkeys(_entrywise(name, other, scope), name)
    numbers = [n for n in scope.numbers if n in scope.moving and n not in own]
    for number in (*_shared(around, own), *sorted(numbers, key=unlikely)):
        fitting = (name for name in names if scope.arrays[name] in scope.made)
        found |= {f"{number} * {name}": name for name in fitting}
    yield from islice(found, _MOST_PRODUCTS)
    yield from (f"{text} / len({name})" for text, name in islice(found.items(), _MOST_PRODUCTS))
    yield from islice(found, _MOST_PRODUCTS, None)


def _shared(around: ast.AST, own: set[str]) -> Iterator[str]:
    yield from (f"({text})" for text in multiplied(around) if text not in own)


@lru_cache(maxsize=64)
def multiplied(around: ast.AST) -> tuple[str, ...]:
    """Return the sums and differences that statements nearby multiply by, or square: `p - y`."""
    found: dict[str, None] = {}
    for node in ast.walk(around):
        match node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                sides = [left, right]
            case ast.BinOp(left=left, op=ast.Pow()):
                sides = [left]
            case _:
                continue
        for side in sides:
            if isinstance(side, ast.BinOp) and isinstance(side.op, ast.Add | ast.Sub):
                found[ast.unparse(side)] = None
    return tuple(islice(found, _MOST_PRODUCTS))


def _entrywise(one: str, other: str, scope: Scope) -> Iterator[str]:
    if one < other and scope.arrays[one] == scope.arrays[other] and scope.arrays[one] in scope.made:
        yield f"{one} * {other}"


def _of(product: str, one: str, other: str, scope: Scope) -> Iterator[str]:
    """Yield the products over the samples of two matrices that a statement's value may have."""
    first, second = scope.arrays[one], scope.arrays[other]
    if one == other:
        return
    if len(first) == 1 and len(second) == 2:
        if first == second[:1] and second[1:] in scope.made:
            yield product.format(one, other)
        if first == second[1:] and second[:1] in scope.made:
            yield product.format(other, one)
    if len(first) != 2 or len(second) != 2:
        return
    for axis, written in ((0, ("{}.T", "{}")), (1, ("{}", "{}.T"))):
        if first[axis] != second[axis]:
            continue
        for left, right in ((one, other), (other, one)):
            rows, columns = scope.arrays[left][1 - axis], scope.arrays[right][1 - axis]
            if (rows, columns) in scope.made:
                yield product.format(written[0].format(left), written[1].format(right))


def _multiplies(statement: Statement) -> bool:
    return any(
        (isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult))
        or (isinstance(node, ast.Attribute) and node.attr in ("dot", "matmul"))
        for node in ast.walk(statement.node)
    )
