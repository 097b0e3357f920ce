r"""Affine map of each sample.

## Forward
$Y = X W + b$, with $X$ of shape $(n, i)$, `weight` $W$ of shape $(i, o)$ and `bias` $b$ of shape
$(o)$, or without $b$ for `bias: false`. Leading axes of $X$ between $n$ and $i$ are kept, so
that a sequence $(n, t, i)$ becomes $(n, t, o)$.

## Backward
$\partial L/\partial X = \bar Y W^\top$, $\partial L/\partial W = X^\top \bar Y$ and
$\partial L/\partial b = \sum_n \bar Y_n$, where $\bar Y = \partial L/\partial Y$ and the sums run
over the samples and all axes between them and the features.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.5.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import (
    Gradients,
    Inferred,
    Inputs,
    Op,
    Option,
    Options,
    Parameters,
    ParameterSpec,
    Response,
    Site,
    Worked,
)
from gradcheck.ops._products import product


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:
    (x,) = shapes
    if len(x) < 2:
        raise ShapeError(f"dense needs an input of shape (n, i), but gets {x}")
    i, o = x[-1], options["units"]
    parameters = {"weight": ParameterSpec(shape=(i, o), fan_in=i, fan_out=o)}
    if options["bias"]:
        parameters["bias"] = ParameterSpec(shape=(o,), fan_in=i, fan_out=o, role="bias")
    return Inferred(output=(*x[:-1], o), parameters=parameters)


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:
    (x,) = inputs
    y = product(x, parameters["weight"])
    if options["bias"]:
        y = y + parameters["bias"]
    return y, (x, parameters["weight"], options["bias"])


def backward(dy: Array, cache: Any) -> Gradients:
    _, w, _ = cache
    return Gradients(inputs=(dy @ w.T,), parameters=ending(dy, cache))


def ending(dy: Array, cache: Any) -> dict[str, Array]:
    x, _, bias = cache
    rows = dy.reshape(-1, dy.shape[-1])
    parameters = {"weight": x.reshape(-1, x.shape[-1]).T @ rows}
    if bias:
        parameters["bias"] = rows.sum(axis=0)
    return parameters


def sites(inputs: Inputs, parameters: Parameters, options: Options) -> dict[str, Site]:  # noqa: ARG001
    (x,) = inputs
    rows = x.reshape(len(x), -1, x.shape[-1])
    responses = {"weight": Response(coefficients=rows)}
    if options["bias"]:
        responses["bias"] = Response()
    shape = (*rows.shape[:2], options["units"])
    return {"output": Site(shape=shape, responses=responses, axis=x.ndim - 1)}


def shifted(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> Array:
    y, _ = forward(inputs, parameters, options)
    return y + shifts["output"].reshape(y.shape)


OP = Op(
    name="dense",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    sites=sites,
    shifted=shifted,
    ending=ending,
    options={
        "units": Option(
            doc="number of outputs o", type="integer", required=True, minimum=1, size=True
        ),
        "bias": Option(doc="whether a bias is added", type="boolean", default=True),
    },
    worked=(
        Worked(
            inputs=([[1.0, 2.0]],),
            parameters={"weight": [[1.0, 0.0, -1.0], [3.0, 5.0, 7.0]], "bias": [0.5, 0.0, 1.0]},
            options={"units": 3, "bias": True},
            output=[[7.5, 10.0, 14.0]],
            source="by hand: 1·1 + 2·3 + 0.5, 2·5, -1 + 2·7 + 1",
        ),
    ),
)
