"""The functions and methods that a formula may call.

All are safe for the complex-step method: `abs` and `sign`, of which NumPy makes something
else for a complex argument, are decided by comparison, which looks at the real part first.
The names of the parameters say what a call may give: `axis`, `shape` and `axes` take whole
numbers, `keepdims` True or False, and all others arrays.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.formula import shapes
from gradcheck.formula.arithmetic import foreign
from gradcheck.formula.errors import MisfitError

Axis: TypeAlias = int | Shape | None


def sum_(x: Array, /, axis: Axis = None, *, keepdims: bool = False) -> Array:
    return np.sum(x, axis=axis, keepdims=keepdims)


def mean(x: Array, /, axis: Axis = None, *, keepdims: bool = False) -> Array:
    total = np.asarray(np.sum(x, axis=axis, keepdims=keepdims))
    return np.divide(total, x.size // max(total.size, 1))  # type: ignore[no-any-return]


def max_(x: Array, /, axis: Axis = None, *, keepdims: bool = False) -> Array:
    return np.max(x, axis=axis, keepdims=keepdims)  # type: ignore[no-any-return]


def min_(x: Array, /, axis: Axis = None, *, keepdims: bool = False) -> Array:
    return np.min(x, axis=axis, keepdims=keepdims)  # type: ignore[no-any-return]


def dot(a: Array, b: Array, /) -> Array:
    shapes.dot(a.shape, b.shape)
    if not a.ndim or not b.ndim:
        return a * b
    return a @ b if b.ndim <= 2 else np.dot(a, b)


def matmul(a: Array, b: Array, /) -> Array:
    shapes.matmul(a.shape, b.shape)
    return np.matmul(a, b)  # type: ignore[no-any-return]


def outer(a: Array, b: Array, /) -> Array:
    shapes.bounded((a.size, b.size), a.shape, b.shape)
    return a.reshape(-1, 1) * b.reshape(1, -1)


def reshape(x: Array, /, shape: int | Shape) -> Array:
    result = np.reshape(x, shape)
    shapes.bounded(result.shape, x.shape)
    return result


def transpose(x: Array, /, axes: Shape | None = None) -> Array:
    return np.transpose(x, axes)


def reshape_method(x: Array, /, *shape: int) -> Array:
    return reshape(x, shape)


def transpose_method(x: Array, /, *axes: int) -> Array:
    return np.transpose(x, axes or None)


def abs_(x: Array, /) -> Array:
    return np.where(x < 0, -x, x) if x.dtype.kind == "c" else np.abs(x)


def sign(x: Array, /) -> Array:
    return np.sign(x.real)  # type: ignore[no-any-return]


def maximum(a: Array, b: Array, /) -> Array:
    shapes.broadcast(a.shape, b.shape)
    return np.maximum(a, b)


def minimum(a: Array, b: Array, /) -> Array:
    shapes.broadcast(a.shape, b.shape)
    return np.minimum(a, b)


def where(condition: Array, a: Array, b: Array, /) -> Array:
    shapes.broadcast(condition.shape, a.shape, b.shape)
    return np.where(condition != 0, a, b)


def clip(x: Array, low: Array, high: Array, /) -> Array:
    shapes.broadcast(x.shape, low.shape, high.shape)
    return minimum(maximum(x, low), high)


def log1p(x: Array, /) -> Array:
    r"""Return $\log(1 + x)$; NumPy's real part adds 1 to a complex $x$, losing digits."""
    found = np.log1p(x)
    if foreign(x) or not np.iscomplexobj(x):
        return found
    size = np.log1p(x.real) + np.log1p((x.imag / (1 + x.real)) ** 2) / 2
    return np.where(x.real > -1, size, found.real) + 1j * found.imag


def zeros_like(x: Array, /) -> Array:
    return np.zeros(x.shape)


def ones_like(x: Array, /) -> Array:
    return np.ones(x.shape)


def one_hot(labels: Array, count: Array, /) -> Array:
    """Return a row of zeros with a single 1 for each class label, from 0 to `count` - 1."""
    classes = int(np.real(count).item())
    shapes.bounded((*labels.shape, classes), labels.shape)
    wrong = (labels != np.round(labels.real)) | (labels.real < 0) | (labels.real >= classes)
    if wrong.any():
        raise MisfitError(
            f"{labels[wrong].ravel()[0].real:g} is no class label from 0 to {classes - 1}"
        )
    return np.asarray(np.eye(classes)[labels.real.astype(int)])


def len_(x: Array, /) -> int:
    if not x.shape:
        raise MisfitError("a number has no length")
    return len(x)


def _elementwise(ufunc: np.ufunc) -> Callable[..., Any]:
    def apply(x: Array, /) -> Array:
        return ufunc(x)  # type: ignore[no-any-return]

    return apply


METHODS: Mapping[str, Callable[..., Any]] = {
    "sum": sum_,
    "mean": mean,
    "max": max_,
    "min": min_,
    "dot": dot,
    "reshape": reshape_method,
    "transpose": transpose_method,
}

_UFUNCS: tuple[np.ufunc, ...] = (
    *(np.exp, np.expm1, np.log, np.sqrt),
    *(np.sin, np.cos, np.tan, np.arctan),
    *(np.sinh, np.cosh, np.tanh),
)

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **METHODS,
    **{ufunc.__name__: _elementwise(ufunc) for ufunc in _UFUNCS},
    "log1p": log1p,
    "outer": outer,
    "matmul": matmul,
    "reshape": reshape,
    "transpose": transpose,
    "abs": abs_,
    "sign": sign,
    "maximum": maximum,
    "minimum": minimum,
    "where": where,
    "clip": clip,
    "zeros_like": zeros_like,
    "ones_like": ones_like,
    "len": len_,
    "one_hot": one_hot,
}

CONSTANTS: Mapping[str, float] = {"pi": float(np.pi), "e": float(np.e)}
