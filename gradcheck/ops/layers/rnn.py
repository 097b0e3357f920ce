r"""Simple recurrent layer over a sequence.

## Forward
For an input $X$ of shape $(n, t, d)$ and $h$ = `units`,
$h_\tau = f(x_\tau W + h_{\tau-1} U + b)$ at each step $\tau = 1 \dots t$, with `weight_input` $W$
of shape $(d, h)$, `weight_hidden` $U$ of shape $(h, h)$ and `bias` $b$ of shape $(h)$, or without
$b$ for `bias: false`; $f$ is the `activation`, tanh or relu. The state before the first step is
zero, or with `initial: learned` the parameter `h0` of shape $(h)$, the same for all samples. The
output is $(n, t, h)$ with `output: steps`, and $h_t$ alone, $(n, h)$, with `output: last`.

## Backward
Through time, from the last step to the first: with $\bar h_\tau$ the sum of what arrives from
above and from step $\tau + 1$, $\bar z_\tau = \bar h_\tau \odot f'(z_\tau)$ and
$\bar h_{\tau-1} \mathrel{+}= \bar z_\tau U^\top$. Then $\bar x_\tau = \bar z_\tau W^\top$,
$\partial L/\partial W = \sum_\tau x_\tau^\top \bar z_\tau$,
$\partial L/\partial U = \sum_\tau h_{\tau-1}^\top \bar z_\tau$ and
$\partial L/\partial b = \sum_\tau \bar z_\tau$, all summed over the samples too; what is left at
$\tau = 0$ is the gradient of `h0`. No step is cut off. The derivative of relu at $0$ is taken as
$0$.

## Kinks
Those of relu, where a pre-activation is $0$.

## Sources
Elman, *Finding Structure in Time* (1990); Werbos, *Backpropagation Through Time: What It Does and
How to Do It* (1990); Le, Jaitly and Hinton, *A Simple Way to Initialize Recurrent Networks of
Rectified Linear Units* (2015), for relu.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.op import (
    Gradients,
    Inferred,
    Inputs,
    Op,
    Option,
    Options,
    Parameters,
    Site,
    Worked,
)
from gradcheck.ops._hyperbolic import tanh_slope
from gradcheck.ops.layers import _recurrence as recurrence


def _relu(z: Array) -> Array:
    return np.where(z > 0, z, 0)


def _relu_slope(z: Array) -> Array:
    return np.where(z > 0, 1.0, 0.0)


ACTIVATIONS: Mapping[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "tanh": (np.tanh, tanh_slope),
    "relu": (_relu, _relu_slope),
}
"""Each activation and its derivative at the pre-activation."""


class _Steps(NamedTuple):
    """Pre-activations and hidden states by steps, (n, h) each, h0 first."""

    z: list[Array]
    hidden: list[Array]


class _Pass(NamedTuple):
    """A forward pass: pre-activations (n, t, h) and hidden states (n, t + 1, h), h0 first."""

    x: Array
    z: Array
    hidden: Array
    parameters: Parameters
    options: Options


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:
    return recurrence.inferred(shapes[0], options, 1, biases=["bias"], states=["h0"])


def _steps(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> _Steps:
    (x,) = inputs
    function, _ = ACTIVATIONS[options["activation"]]
    entering = recurrence.projected(
        x, parameters["weight_input"], parameters.get("bias"), shifts.get("gates")
    )
    hidden = [recurrence.start("h0", len(x), parameters, options, shifts)]
    z = []
    for step in range(x.shape[1]):
        z.append(entering[:, step] + hidden[-1] @ parameters["weight_hidden"])
        hidden.append(function(z[-1]))
    return _Steps(z=z, hidden=hidden)


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:
    steps = _steps(inputs, parameters, options, {})
    output = recurrence.output(steps.hidden, options)
    return output, (inputs, parameters, options, steps)


def _run(inputs: Inputs, parameters: Parameters, options: Options, steps: _Steps) -> _Pass:
    z, hidden = (np.stack(arrays, axis=1) for arrays in steps)
    return _Pass(inputs[0], z, hidden, parameters, options)


def backward(dy: Array, cache: Any) -> Gradients:
    x, z, hidden, parameters, options = _run(*cache)
    _, slope = ACTIVATIONS[options["activation"]]
    slopes = slope(z)
    above = recurrence.upstream(dy, x.shape[1], options["output"])
    dz, dh = np.empty(z.shape), np.zeros(hidden[:, 0].shape)
    for step in reversed(range(x.shape[1])):
        dz[:, step] = (above[:, step] + dh) * slopes[:, step]
        dh = dz[:, step] @ parameters["weight_hidden"].T
    found = {
        "weight_input": recurrence.weight_gradient(x, dz),
        "weight_hidden": recurrence.weight_gradient(hidden[:, :-1], dz),
        "bias": dz.sum(axis=(0, 1)),
        "h0": dh.sum(axis=0),
    }
    return Gradients(
        inputs=(dz @ parameters["weight_input"].T,),
        parameters={name: found[name] for name in parameters},
    )


def kinks(inputs: Inputs, settings: Mapping[str, Any]) -> Array:
    """Return how far pre-activations are from the kink of relu; tanh has none."""
    # Without biases that name is the option's.
    own = {name: value for name, value in settings.items() if isinstance(value, np.ndarray)}
    z = np.stack(_steps(inputs, own, settings, {}).z, axis=1)
    return z if settings["activation"] == "relu" else np.full(z.shape, np.inf)


def sites(inputs: Inputs, parameters: Parameters, options: Options) -> dict[str, Site]:
    run = _run(inputs, parameters, options, _steps(inputs, parameters, options, {}))
    met = {"weight_input": run.x, "weight_hidden": run.hidden[:, :-1]}
    gates = recurrence.site(run.z, options, "bias", **met)
    return {"gates": gates, **recurrence.start_sites(len(run.x), options, ["h0"])}


def shifted(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> Array:
    return recurrence.output(_steps(inputs, parameters, options, shifts).hidden, options)


OP = Op(
    name="rnn",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    kinks=kinks,
    kinked="gates",
    sites=sites,
    shifted=shifted,
    options={
        **recurrence.OPTIONS,
        "output": recurrence.output_option(),
        "activation": Option(
            doc="function of the pre-activation",
            type="choice",
            default="tanh",
            choices=("tanh", "relu"),
        ),
    },
    worked=(
        Worked(
            inputs=([[[1.0, 2.0], [3.0, -1.0], [0.5, 0.0]]],),
            parameters={"weight_input": [[1.0], [2.0]], "weight_hidden": [[-2.0]], "bias": [0.5]},
            options={"units": 1, "activation": "relu"},
            output=[[[5.5], [0.0], [1.0]]],
            source="by hand: 1 + 4 + 0.5; 3 - 2 - 11 + 0.5 is negative; 0.5 + 0.5",
        ),
        Worked(
            inputs=([[[math.log(2.0)], [1.5]]],),
            parameters={"weight_input": [[1.0]], "weight_hidden": [[-2.5]]},
            options={"units": 1, "bias": False, "output": "last"},
            output=[[0.0]],
            source="by hand: tanh(ln 2) = 3/5 and tanh(1.5 - 2.5·3/5)",
        ),
        Worked(
            inputs=([[[1.0]]],),
            parameters={"weight_input": [[3.0]], "weight_hidden": [[2.0]], "h0": [4.0]},
            options={"units": 1, "bias": False, "initial": "learned", "activation": "relu"},
            output=[[[11.0]]],
            source="by hand: 3 + 2·4",
        ),
    ),
)
