"""Characters of a program's lines, and others in their place."""

import ast
import re
from collections.abc import Sequence

from gradcheck.record import record


@record
class Splice:
    """Characters of a program's line that are replaced."""

    line: int
    start: int
    end: int
    new: str


def span(node: ast.AST, lines: Sequence[str]) -> tuple[int, int]:
    """Return the characters of a node on its line."""
    place: ast.expr = node  # type: ignore[assignment]
    raw = lines[place.lineno - 1].encode()
    assert place.end_col_offset is not None
    return len(raw[: place.col_offset].decode()), len(raw[: place.end_col_offset].decode())


def read(node: ast.AST, lines: Sequence[str]) -> str:
    start, end = span(node, lines)
    return lines[node.lineno - 1][start:end]  # type: ignore[attr-defined]


def closed(node: ast.expr, lines: Sequence[str]) -> str:
    text = read(node, lines)
    return f"({text})" if isinstance(node, ast.BinOp | ast.UnaryOp) else text


def turned(node: ast.expr, lines: Sequence[str]) -> Splice:
    return put(node, f"{closed(node, lines)}.T", lines)


def put(node: ast.expr, new: str, lines: Sequence[str]) -> Splice:
    """Replace a node; in parentheses where it was in some."""
    start, end = span(node, lines)
    return Splice(line=node.lineno, start=start, end=end, new=new)


def between(left: ast.expr, right: ast.expr, sign: str, lines: Sequence[str]) -> Splice:
    """Replace the operator between two operands, and keep parentheses around them."""
    start, end = span(left, lines)[1], span(right, lines)[0]
    text = lines[left.lineno - 1][start:end]
    new = re.sub(r"\s*(\+=|-=|\+|-)\s*", sign, text, count=1)
    return Splice(line=left.lineno, start=start, end=end, new=new)
