"""Sizes of windows, by which an average over them is divided: 4, or `ph * pw`."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from math import prod

_NEAR = 1e-6


def windows(node: ast.stmt, numbers: Mapping[str, float], ratios: Sequence[float]) -> Iterator[str]:
    """Yield the number of entries of the windows that a statement picks, where it is a factor."""
    for inner in ast.walk(node):
        match inner:
            case ast.Subscript(slice=ast.Tuple(elts=elements)):
                lengths = [length for one in elements if (length := _length(one)) is not None]
                values = [_value(length, numbers) for length in lengths]
            case _:
                continue
        size = prod(values) if len(values) > 1 else 0.0
        if size > 1 and any(_is(size, ratio) for ratio in ratios if ratio):
            named = [ast.unparse(one) for one in lengths]
            yield f"({' * '.join(named)})" if any(map(str.isidentifier, named)) else f"{size:.0f}"


def _length(node: ast.expr) -> ast.expr | None:
    """Return the k of `i * s:i * s + k`."""
    match node:
        case ast.Slice(lower=lower, upper=ast.BinOp(left=begin, op=ast.Add(), right=length)):
            return length if lower and ast.dump(lower) == ast.dump(begin) else None
    return None


def _value(node: ast.expr, numbers: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
    return numbers.get(ast.unparse(node), 0.0)


def _is(size: float, ratio: float) -> bool:
    return any(abs(size / abs(one) - 1) < _NEAR for one in (ratio, 1 / ratio))
