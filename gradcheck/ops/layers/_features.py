"""A scale and a shift of each feature, wherever the features are among the axes.

`span` is the first of the features' axes and the one after the last.
"""

import math
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.op import Parameters, ParameterSpec, Response, Site

Span: TypeAlias = tuple[int, int]


def specs(shape: Shape, span: Span, *, bias: bool) -> dict[str, ParameterSpec]:
    """Return what there is to know of the scale `weight` and, unless there is none, `bias`."""
    features = shape[slice(*span)]
    found = {"weight": ParameterSpec(shape=features, fan_in=1, fan_out=1)}
    if bias:
        found["bias"] = ParameterSpec(shape=features, fan_in=1, fan_out=1, role="bias")
    return found


def scaled(x: Array, parameters: Parameters, span: Span) -> Array:
    """Apply those parameters that there are."""
    if "weight" in parameters:
        x = x * _spread(parameters["weight"], x, span)
    if "bias" in parameters:
        x = x + _spread(parameters["bias"], x, span)
    return x


def _spread(parameter: Array, x: Array, span: Span) -> Array:
    return parameter.reshape(*parameter.shape, *(1 for _ in range(span[1], x.ndim)))


def gradients(
    dy: Array, x: Array, parameters: Parameters, span: Span
) -> tuple[Array, dict[str, Array]]:
    """Return the gradients of the `x` that was scaled, and of the parameters."""
    dx, found = dy, {}
    others = (*range(span[0]), *range(span[1], x.ndim))
    if "weight" in parameters:
        dx = dy * _spread(parameters["weight"], x, span)
        found["weight"] = (dy * x).sum(axis=others)
    if "bias" in parameters:
        found["bias"] = dy.sum(axis=others)
    return dx, found


def site(x: Array, parameters: Parameters, span: Span) -> dict[str, Site]:
    """Name the output as the place where the parameters enter, if there are any."""
    rows = _rows(x, span)
    responses = {}
    if "weight" in parameters:
        responses["weight"] = Response(coefficients=rows, diagonal=True)
    if "bias" in parameters:
        responses["bias"] = Response()
    shape = (rows.shape[0], rows.shape[1], rows.shape[2])
    axis = span[0] if span[1] - span[0] == 1 else None
    return {"output": Site(shape=shape, responses=responses, axis=axis)} if responses else {}


def _rows(x: Array, span: Span) -> Array:
    """Bring the features to the end, as one axis: (n, r, c)."""
    count = span[1] - span[0]
    moved = np.moveaxis(x, range(*span), range(-count, 0))
    return moved.reshape(x.shape[0], -1, math.prod(x.shape[slice(*span)]))


def moved(y: Array, shifts: Mapping[str, Array], span: Span) -> Array:
    """Add the output's shift (n, r, c), if there is one."""
    if "output" not in shifts:
        return y
    features = y.shape[slice(*span)]
    apart = shifts["output"].reshape(*y.shape[: span[0]], *y.shape[span[1] :], *features)
    return y + np.moveaxis(apart, range(-len(features), 0), range(*span))
