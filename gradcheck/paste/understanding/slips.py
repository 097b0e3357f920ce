"""Written losses with a slip of the pen: the two terms of a cross-entropy, of opposite signs.

`-t*log(a) + (1 - t)*log(1 - a)` lacks the parentheses behind its minus. It has no minimum, so
nobody means to minimise it: the loss is the cross-entropy, however it is written.
"""

import ast
from collections.abc import Iterator, Sequence

from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.surroundings import Around

_LOGS = ("log", "log2", "log10")
_KIND = "binary cross-entropy"


def slipped(inquiry: Inquiry, written: Sequence[int]) -> Around | None:
    """Return where a cross-entropy is meant, if all written losses are such slips."""
    nodes = [inquiry.machine.nodes[inquiry.candidates[index].site] for index in written]
    if not nodes or not all(map(is_slip, nodes)):
        return None
    return Around(site=inquiry.candidates[written[0]].site, standard=_KIND)


def is_slip(node: ast.AST) -> bool:
    """Tell a sum with a term of log(a) and one of log(1 - a) whose signs are not the same."""
    return any(
        isinstance(inner, ast.BinOp)
        and isinstance(inner.op, ast.Add | ast.Sub)
        and _signs([*_terms(inner, 1)]) == [-1, 1]
        for inner in ast.walk(node)
    )


def _signs(terms: Sequence[tuple[int, ast.expr]]) -> list[int]:
    """Return the signs of the terms of log(a) and of log(1 - a), the smaller first."""
    found = {}
    for sign, term in terms:
        logs = [*_logs(term)]
        if len(logs) == 1:
            found[_complement(logs[0]) or ast.unparse(logs[0]), bool(_complement(logs[0]))] = sign
    arguments = {name for name, _ in found}
    return sorted(found.values()) if len(found) == 2 and len(arguments) == 1 else []


def _terms(node: ast.expr, sign: int) -> Iterator[tuple[int, ast.expr]]:
    """Yield the terms of a sum with their signs, those of their factors included."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _terms(left, sign)
            yield from _terms(right, sign)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            yield from _terms(left, sign)
            yield from _terms(right, -sign)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            yield from _terms(inner, -sign)
        case _:
            yield sign * _sign(node), node


def _sign(node: ast.expr) -> int:
    """Return the sign that a product is written with; `t - 1` is negative where t is a label."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_sign(inner)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() | ast.MatMult(), right=right):
            return _sign(left) * _sign(right)
        case ast.BinOp(op=ast.Sub(), right=ast.Constant(value=1 | 1.0)):
            return -1
        case ast.Call(func=ast.Attribute(value=ast.Name()), args=args):
            # A sum, a mean or a product of what it is given.
            return 1 if _is_log(node) else _product(args)
        case ast.Call(func=ast.Attribute(value=inner), args=args):
            return _sign(inner) * _product(args)
    return 1


def _product(nodes: Sequence[ast.expr]) -> int:
    sign = 1
    for node in nodes:
        sign *= _sign(node)
    return sign


def _logs(term: ast.expr) -> Iterator[ast.expr]:
    """Yield what logarithms are taken of."""
    for node in ast.walk(term):
        if isinstance(node, ast.Call) and _is_log(node) and len(node.args) == 1:
            yield node.args[0]


def _is_log(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in _LOGS


def _complement(node: ast.expr) -> str | None:
    """Return `a` of `1 - a`, with or without a small number."""
    match node:
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=right):
            return ast.unparse(right)
    return None
