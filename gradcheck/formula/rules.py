r"""How operators and functions hand a gradient on to their operands.

With $\bar y$ the gradient at the result, an elementwise $y = f(a)$ has $\bar a = \bar y f'(a)$, and
$Y = A B$ has $\bar A = \bar Y B^\top$, $\bar B = A^\top \bar Y$; an operand that was broadcast gets
the sum over the axes that it was repeated along (Griewank and Walther, *Evaluating Derivatives*
(2nd ed., 2008), chapter 3; Giles, *An extended collection of matrix derivative results* (2008)).

Where no gradient arrives none is handed on, whatever the derivative: the branch that `where` did
not take may well be infinite. Where operands tie, `maximum`, `minimum` and `clip` take the first,
`max` and `min` share alike; `abs` takes 0 at 0. All are subgradients.
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.formula import functions

Settings: TypeAlias = Mapping[str, Any]
Rule: TypeAlias = Callable[..., tuple[Array, ...]]
"""`(dy, y, settings, *operands)` to one gradient for each operand."""


def product(dy: Array, slope: Array) -> Array:
    """Return `dy * slope`, and 0 wherever `dy` is."""
    return np.where(dy == 0, 0.0, dy * slope)


def fitted(gradient: Array, shape: Shape) -> Array:
    """Sum a gradient over the axes along which an operand of this shape was repeated."""
    extra = tuple(range(gradient.ndim - len(shape)))
    summed = np.asarray(gradient.sum(axis=extra)) if extra else gradient
    repeated = tuple(k for k, n in enumerate(shape) if n == 1 and summed.shape[k] != 1)
    return np.asarray(summed.sum(axis=repeated, keepdims=True)) if repeated else summed


def _add(dy: Array, a: Array, b: Array) -> tuple[Array, Array]:
    return fitted(dy, a.shape), fitted(dy, b.shape)


def _subtract(dy: Array, a: Array, b: Array) -> tuple[Array, Array]:
    return fitted(dy, a.shape), fitted(-dy, b.shape)


def _multiply(dy: Array, a: Array, b: Array) -> tuple[Array, Array]:
    return fitted(product(dy, b), a.shape), fitted(product(dy, a), b.shape)


def _divide(dy: Array, a: Array, b: Array) -> tuple[Array, Array]:
    return fitted(product(dy, 1 / b), a.shape), fitted(product(dy, -(a / b) / b), b.shape)


def _power(dy: Array, a: Array, b: Array) -> tuple[Array, Array]:
    by_base = np.where(b == 0, 0.0, b * a ** np.where(b == 0, 0.0, b - 1))
    by_exponent = np.where(a == 0, 0.0, a**b * np.log(np.where(a == 0, 1.0, a)))
    return fitted(product(dy, by_base), a.shape), fitted(product(dy, by_exponent), b.shape)


def _matmul(dy: Array, a: Array, b: Array) -> tuple[Array, Array]:
    rows = a[None, :] if a.ndim == 1 else a
    columns = b[:, None] if b.ndim == 1 else b
    full = dy[..., None] if b.ndim == 1 else dy
    full = np.expand_dims(full, -2) if a.ndim == 1 else full
    return (
        fitted(full @ columns.swapaxes(-1, -2), rows.shape).reshape(a.shape),
        fitted(rows.swapaxes(-1, -2) @ full, columns.shape).reshape(b.shape),
    )


OPERATORS: Mapping[type[ast.operator], Callable[[Array, Array, Array], tuple[Array, Array]]] = {
    ast.Add: _add,
    ast.Sub: _subtract,
    ast.Mult: _multiply,
    ast.Div: _divide,
    ast.Pow: _power,
    ast.MatMult: _matmul,
}


def _dot(dy: Array, y: Array, settings: Settings, a: Array, b: Array) -> tuple[Array, Array]:  # noqa: ARG001
    if not a.ndim or not b.ndim:
        return _multiply(dy, a, b)
    left = a.reshape(-1, a.shape[-1])
    right = np.moveaxis(b, -2, 0) if b.ndim > 1 else b
    full = dy.reshape(len(left), -1)
    by_right = (left.T @ full).reshape(right.shape)
    return (
        (full @ right.reshape(len(right), -1).T).reshape(a.shape),
        np.moveaxis(by_right, 0, -2) if b.ndim > 1 else by_right,
    )


def _outer(dy: Array, y: Array, settings: Settings, a: Array, b: Array) -> tuple[Array, Array]:  # noqa: ARG001
    return (dy @ b.ravel()).reshape(a.shape), (a.ravel() @ dy).reshape(b.shape)


def _elementwise(slope: Callable[[Array, Array], Array]) -> Rule:
    """Make a rule of a derivative, as a function of the operand and the result."""
    return lambda dy, y, settings, x: (product(dy, slope(x, y)),)


def _spread(dy: Array, settings: Settings, shape: Shape) -> Array:
    """Put back the axes that a reduction took out, and repeat along them."""
    axis = settings.get("axis")
    if not settings.get("keepdims", False):
        axes = tuple(range(len(shape))) if axis is None else axis
        axes = (axes,) if isinstance(axes, int) else axes
        dy = np.expand_dims(dy, tuple(k % len(shape) for k in axes))
    return np.broadcast_to(dy, shape)


def _sum(dy: Array, y: Array, settings: Settings, x: Array) -> tuple[Array]:  # noqa: ARG001
    return (_spread(dy, settings, x.shape),)


def _mean(dy: Array, y: Array, settings: Settings, x: Array) -> tuple[Array]:
    return (_spread(dy, settings, x.shape) * (max(y.size, 1) / x.size),)


def _extreme(dy: Array, y: Array, settings: Settings, x: Array) -> tuple[Array]:
    hit = x == _spread(y, settings, x.shape)
    count = np.sum(hit, axis=settings.get("axis"), keepdims=settings.get("keepdims", False))
    return (np.where(hit, _spread(dy / count, settings, x.shape), 0.0),)


def _reshape(dy: Array, y: Array, settings: Settings, x: Array) -> tuple[Array]:  # noqa: ARG001
    return (dy.reshape(x.shape),)


def _transpose(dy: Array, y: Array, settings: Settings, x: Array) -> tuple[Array]:  # noqa: ARG001
    axes = settings.get("axes")
    return (dy.T if not axes else dy.transpose(np.argsort([k % x.ndim for k in axes])),)


def _chosen(dy: Array, hits: tuple[Array, ...], operands: tuple[Array, ...]) -> tuple[Array, ...]:
    """Hand a gradient on to the operand that was chosen, element by element."""
    pairs = zip(hits, operands, strict=True)
    return tuple(fitted(np.where(hit, dy, 0.0), operand.shape) for hit, operand in pairs)


def _maximum(dy: Array, y: Array, settings: Settings, a: Array, b: Array) -> tuple[Array, ...]:  # noqa: ARG001
    return _chosen(dy, (a >= b, a < b), (a, b))


def _minimum(dy: Array, y: Array, settings: Settings, a: Array, b: Array) -> tuple[Array, ...]:  # noqa: ARG001
    return _chosen(dy, (a <= b, a > b), (a, b))


def _where(
    dy: Array,
    y: Array,  # noqa: ARG001
    settings: Settings,  # noqa: ARG001
    condition: Array,
    a: Array,
    b: Array,
) -> tuple[Array, ...]:
    never = np.zeros(dy.shape, dtype=bool)
    return _chosen(dy, (never, condition != 0, condition == 0), (condition, a, b))


def _clip(
    dy: Array,
    y: Array,  # noqa: ARG001
    settings: Settings,  # noqa: ARG001
    x: Array,
    low: Array,
    high: Array,
) -> tuple[Array, ...]:
    raised = np.maximum(x, low)
    inside = raised <= high
    return _chosen(dy, (inside & (x >= low), inside & (x < low), raised > high), (x, low, high))


_SLOPES: Mapping[str, Callable[[Array, Array], Array]] = {
    "exp": lambda x, y: y,
    "expm1": lambda x, y: np.exp(x),
    "log": lambda x, y: 1 / x,
    "log1p": lambda x, y: 1 / (1 + x),
    "sqrt": lambda x, y: 0.5 / y,
    "sin": lambda x, y: np.cos(x),
    "cos": lambda x, y: -np.sin(x),
    "tan": lambda x, y: 1 / np.cos(x) ** 2,
    "arctan": lambda x, y: 1 / (1 + x**2),
    "sinh": lambda x, y: np.cosh(x),
    "cosh": lambda x, y: np.sinh(x),
    "tanh": lambda x, y: 1 / np.cosh(x) ** 2,
    "abs": lambda x, y: np.sign(x),
}

ELEMENTWISE = frozenset(
    (*_SLOPES, "sign", "maximum", "minimum", "where", "clip", "zeros_like", "ones_like")
)
"""Functions that treat every element by itself."""

FUNCTIONS: Mapping[Callable[..., Any], Rule] = {
    functions.sum_: _sum,
    functions.mean: _mean,
    functions.max_: _extreme,
    functions.min_: _extreme,
    functions.dot: _dot,
    functions.matmul: lambda dy, y, settings, a, b: _matmul(dy, a, b),
    functions.outer: _outer,
    functions.reshape: _reshape,
    functions.reshape_method: _reshape,
    functions.transpose: _transpose,
    functions.transpose_method: _transpose,
    functions.maximum: _maximum,
    functions.minimum: _minimum,
    functions.where: _where,
    functions.clip: _clip,
    **{functions.FUNCTIONS[name]: _elementwise(slope) for name, slope in _SLOPES.items()},
}
"""The rules of the functions that hand a gradient on at all."""
