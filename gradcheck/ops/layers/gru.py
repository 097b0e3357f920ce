r"""Gated recurrent unit over a sequence.

## Forward
For an input $X$ of shape $(n, t, d)$ and $h$ = `units`, at each step $\tau = 1 \dots t$
$$u_\tau = x_\tau W + b, \quad v_\tau = h_{\tau-1} U + b', \quad
r = \sigma(u^r + v^r), \; z = \sigma(u^z + v^z), \; g = \tanh(u^g + r \odot v^g),$$
$$h_\tau = (1 - z) \odot g + z \odot h_{\tau-1},$$
where $u_\tau$ and $v_\tau$ of shape $(n, 3h)$ hold three stretches in the order r, z, g: reset
gate, update gate, candidate. `weight_input` $W$ has shape $(d, 3h)$, `weight_hidden` $U$
$(h, 3h)$, `bias` $b$ and `bias_hidden` $b'$ $(3h)$ each, and there is neither for `bias: false`.
Two biases are needed as the reset gate multiplies the hidden side of the candidate, its bias
included; for the two gates only their sum counts. The state before the first step is zero, or
with `initial: learned` the parameter `h0` of shape $(h)$, the same for all samples. The output is
$(n, t, h)$ with `output: steps`, and $h_t$ alone, $(n, h)$, with `output: last`.

## Backward
Through time, from the last step to the first. With $\bar h$ the sum of all that arrives at
$h_\tau$, $\bar u^g = \bar h \odot (1 - z) \odot \tanh'$,
$\bar u^z = \bar h \odot (h_{\tau-1} - g) \odot \sigma'$ and
$\bar u^r = \bar u^g \odot v^g \odot \sigma'$, the derivatives being taken at each function's own
argument. The hidden side has $\bar v = \bar u$ but for $\bar v^g = \bar u^g \odot r$; step
$\tau - 1$ is handed $\bar h \odot z + \bar v U^\top$. Then $\bar x_\tau = \bar u_\tau W^\top$,
$\partial L/\partial W = \sum_\tau x_\tau^\top \bar u_\tau$,
$\partial L/\partial U = \sum_\tau h_{\tau-1}^\top \bar v_\tau$,
$\partial L/\partial b = \sum_\tau \bar u_\tau$ and
$\partial L/\partial b' = \sum_\tau \bar v_\tau$, summed over the samples too.

## Sources
Cho et al., *Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
Translation* (2014), section 2.3, where the reset gate acts before the matrix $U$. That it acts
after it, and the order of the gates, is PyTorch's (documentation of `torch.nn.GRU`).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.op import (
    Gradients,
    Inferred,
    Inputs,
    Op,
    Options,
    Parameters,
    Site,
    Worked,
)
from gradcheck.ops._hyperbolic import tanh_slope
from gradcheck.ops._logistic import logistic, logistic_slope
from gradcheck.ops.layers import _recurrence as recurrence


class _Steps(NamedTuple):
    """The inputs' side (n, t, 3h), and by steps the other (n, 3h) and the states (n, h)."""

    u: Array
    v: list[Array]
    hidden: list[Array]


class _Pass(NamedTuple):
    """A forward pass: both sides (n, t, 3h) and the hidden states (n, t + 1, h), h0 first."""

    x: Array
    u: Array
    v: Array
    hidden: Array
    parameters: Parameters
    options: Options


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:
    return recurrence.inferred(shapes[0], options, 3, biases=["bias", "bias_hidden"], states=["h0"])


def _gates(u: Array, v: Array) -> tuple[Array, Array, Array]:
    ur, uz, ug = recurrence.parts(u, 3)
    vr, vz, vg = recurrence.parts(v, 3)
    r = logistic(ur + vr)
    return r, logistic(uz + vz), np.tanh(ug + r * vg)


def _steps(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> _Steps:
    (x,) = inputs
    u = recurrence.projected(
        x, parameters["weight_input"], parameters.get("bias"), shifts.get("input")
    )
    moved = shifts.get("hidden")
    hidden = [recurrence.start("h0", len(x), parameters, options, shifts)]
    v = []
    for step in range(x.shape[1]):
        shift = None if moved is None else moved[:, step]
        v.append(
            recurrence.projected(
                hidden[-1], parameters["weight_hidden"], parameters.get("bias_hidden"), shift
            )
        )
        _, z, g = _gates(u[:, step], v[-1])
        hidden.append((1 - z) * g + z * hidden[-1])
    return _Steps(u=u, v=v, hidden=hidden)


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:
    steps = _steps(inputs, parameters, options, {})
    output = recurrence.output(steps.hidden, options)
    return output, (inputs, parameters, options, steps)


def _run(inputs: Inputs, parameters: Parameters, options: Options, steps: _Steps) -> _Pass:
    v, hidden = np.stack(steps.v, axis=1), np.stack(steps.hidden, axis=1)
    return _Pass(inputs[0], steps.u, v, hidden, parameters, options)


def backward(dy: Array, cache: Any) -> Gradients:
    run = _run(*cache)
    x, parameters = run.x, run.parameters
    du, dv, dh = _through_time(dy, run)
    found = {
        "weight_input": recurrence.weight_gradient(x, du),
        "weight_hidden": recurrence.weight_gradient(run.hidden[:, :-1], dv),
        "bias": du.sum(axis=(0, 1)),
        "bias_hidden": dv.sum(axis=(0, 1)),
        "h0": dh.sum(axis=0),
    }
    return Gradients(
        inputs=(du @ parameters["weight_input"].T,),
        parameters={name: found[name] for name in parameters},
    )


def _through_time(dy: Array, run: _Pass) -> tuple[Array, Array, Array]:
    """Return the gradients of both sides and of the state before the first step."""
    above = recurrence.upstream(dy, run.x.shape[1], run.options["output"])
    _, z, _ = _gates(run.u, run.v)
    of_input, of_hidden = _slopes(run)
    du, dv = np.empty(run.u.shape), np.empty(run.v.shape)
    dh = np.zeros(run.hidden[:, 0].shape)
    for step in reversed(range(run.x.shape[1])):
        dh = dh + above[:, step]
        du[:, step] = np.concatenate([dh] * 3, axis=-1) * of_input[:, step]
        dv[:, step] = np.concatenate([dh] * 3, axis=-1) * of_hidden[:, step]
        dh = dh * z[:, step] + dv[:, step] @ run.parameters["weight_hidden"].T
    return du, dv, dh


def _slopes(run: _Pass) -> tuple[Array, Array]:
    """Return what each side's three stretches do to the hidden state of their own step."""
    r, z, g = _gates(run.u, run.v)
    ur, uz, ug = recurrence.parts(run.u, 3)
    vr, vz, vg = recurrence.parts(run.v, 3)
    candidate = (1 - z) * tanh_slope(ug + r * vg)
    update = (run.hidden[:, :-1] - g) * logistic_slope(uz + vz)
    reset = candidate * vg * logistic_slope(ur + vr)
    return (
        np.concatenate([reset, update, candidate], axis=-1),
        np.concatenate([reset, update, candidate * r], axis=-1),
    )


def sites(inputs: Inputs, parameters: Parameters, options: Options) -> dict[str, Site]:
    run = _run(inputs, parameters, options, _steps(inputs, parameters, options, {}))
    return {
        "input": recurrence.site(run.u, options, "bias", weight_input=run.x),
        "hidden": recurrence.site(run.v, options, "bias_hidden", weight_hidden=run.hidden[:, :-1]),
        **recurrence.start_sites(len(run.x), options, ["h0"]),
    }


def shifted(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> Array:
    return recurrence.output(_steps(inputs, parameters, options, shifts).hidden, options)


LN2, LN3 = math.log(2.0), math.log(3.0)

OP = Op(
    name="gru",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    sites=sites,
    shifted=shifted,
    options={**recurrence.OPTIONS, "output": recurrence.output_option()},
    worked=(
        Worked(
            inputs=([[[1.0]]],),
            parameters={
                "weight_input": [[0.0, LN3, LN2]],
                "weight_hidden": [[-LN3, 0.0, 8.0]],
                "bias": [0.0, 0.0, 0.0],
                "bias_hidden": [0.0, 0.0, -8.0],
                "h0": [1.0],
            },
            options={"units": 1, "initial": "learned"},
            output=[[[0.9]]],
            source="by hand: z = 3/4, r·(8 - 8) = 0, so g = 3/5 and h = 1/4·3/5 + 3/4·1",
        ),
        Worked(
            inputs=([[[1.0]]],),
            parameters={
                "weight_input": [[LN3, 0.0, 0.0]],
                "weight_hidden": [[0.0, 0.0, 0.0]],
                "bias": [0.0, 0.0, 0.0],
                "bias_hidden": [0.0, 0.0, 4 / 3 * LN2],
            },
            options={"units": 1, "output": "last"},
            output=[[0.3]],
            source="by hand: r = 3/4 shrinks the hidden bias to ln 2, so g = 3/5, and z = 1/2",
        ),
    ),
)
