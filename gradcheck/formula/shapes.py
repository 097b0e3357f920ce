"""Shapes of results, found and bounded before anything is computed."""

import math
from collections.abc import Callable
from itertools import zip_longest

from gradcheck.array import Shape
from gradcheck.formula.errors import MisfitError

LIMIT = 10**8
"""The most elements that an array in a formula may have: 800 MB of float64."""


def bounded(result: Shape, *operands: Shape) -> Shape:
    """Return `result`, or raise `MisfitError` where it has too many elements.

    An empty axis counts as one: a sum along it would leave all the others.
    """
    size = math.prod(max(length, 1) for length in result)
    if size > LIMIT:
        source = f" from {_listed(operands)}" if operands else ""
        raise MisfitError(
            f"the result{source} would have shape {result}, which is {size:.3g} elements; "
            f"at most {LIMIT:.0e} are allowed"
        )
    return result


def broadcast(*shapes: Shape) -> Shape:
    """Return the shape of an elementwise result."""
    result = _aligned(*shapes)
    if result is None:
        turned = (1,) if len(shapes) == 2 and shapes[0] == shapes[1][::-1] else ()
        raise MisfitError(f"{_listed(shapes)} do not fit", turned)
    return bounded(result, *shapes)


def matmul(a: Shape, b: Shape) -> Shape:
    """Return the shape of `a @ b`."""
    if not a or not b:
        raise MisfitError("a matrix product needs two arrays, but finds a number; use `*`")
    return bounded(_product(_matmul, a, b), a, b)


def dot(a: Shape, b: Shape) -> Shape:
    """Return the shape of `dot(a, b)`, which is `a @ b` up to two axes and `a * b` for a number."""
    if not a or not b:
        return broadcast(a, b)
    return bounded(_product(_dot, a, b), a, b)


def _product(rule: Callable[[Shape, Shape], Shape | None], a: Shape, b: Shape) -> Shape:
    result = rule(a, b)
    if result is None:
        raise MisfitError(f"shapes {a} and {b} do not fit", _turned(rule, a, b))
    return result


def _turned(rule: Callable[[Shape, Shape], Shape | None], a: Shape, b: Shape) -> tuple[int, ...]:
    if rule(a, b[::-1]) is not None:
        return (1,)
    if rule(a[::-1], b) is not None:
        return (0,)
    return (0, 1) if rule(a[::-1], b[::-1]) is not None else ()


def _aligned(*shapes: Shape) -> Shape | None:
    result = []
    for lengths in zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1):
        wide = {length for length in lengths if length != 1}
        if len(wide) > 1:
            return None
        result.append(wide.pop() if wide else 1)
    return tuple(reversed(result))


def _matmul(a: Shape, b: Shape) -> Shape | None:
    stack = _aligned(a[:-2], b[:-2])
    if stack is None or a[-1] != b[-2:][0]:
        return None
    return (*stack, *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))


def _dot(a: Shape, b: Shape) -> Shape | None:
    if a[-1] != b[-2:][0]:
        return None
    return (*a[:-1], *b[:-2], *(b[-1:] if len(b) > 1 else ()))


def _listed(shapes: tuple[Shape, ...]) -> str:
    *most, last = (str(shape) for shape in shapes)
    return f"shapes {', '.join(most)} and {last}" if most else f"shape {last}"
