r"""Learned vector for each position of a sequence, added to what stands there.

## Forward
$Y = X + P$ for each sample, with $X$ of shape $(n, t, d)$ and `weight` $P$ of shape $(t, d)$.

## Backward
$\partial L/\partial X = \bar Y$ and $\partial L/\partial P = \sum_n \bar Y_n$, where
$\bar Y = \partial L/\partial Y$: summed over the samples, but not over the positions as a bias is.

## Sources
Gehring, Auli, Grangier, Yarats and Dauphin, *Convolutional Sequence to Sequence Learning* (2017),
section 3.1.
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
    Options,
    Parameters,
    ParameterSpec,
    Response,
    Site,
    Worked,
)


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG001
    (shape,) = shapes
    if len(shape) != 3:
        raise ShapeError(f"positional needs an input of shape (n, t, d), but gets {shape}")
    weight = ParameterSpec(shape=shape[1:], fan_in=1, fan_out=shape[2])
    return Inferred(output=shape, parameters={"weight": weight})


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    return inputs[0] + parameters["weight"], None


def backward(dy: Array, cache: Any) -> Gradients:  # noqa: ARG001
    return Gradients(inputs=(dy.copy(),), parameters={"weight": dy.sum(axis=0)})


def sites(inputs: Inputs, parameters: Parameters, options: Options) -> dict[str, Site]:  # noqa: ARG001
    shape = (len(inputs[0]), 1, parameters["weight"].size)
    return {"output": Site(shape=shape, responses={"weight": Response()})}


def shifted(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> Array:
    y, _ = forward(inputs, parameters, options)
    return y + shifts["output"].reshape(y.shape)


OP = Op(
    name="positional",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    sites=sites,
    shifted=shifted,
    worked=(
        Worked(
            inputs=([[[1.0, 2.0], [3.0, 4.0]], [[0.0, 0.0], [5.0, 0.0]]],),
            parameters={"weight": [[10.0, 20.0], [30.0, 40.0]]},
            output=[[[11.0, 22.0], [33.0, 44.0]], [[10.0, 20.0], [35.0, 40.0]]],
            source="definition",
        ),
    ),
)
