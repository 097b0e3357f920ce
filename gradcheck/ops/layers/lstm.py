r"""Long short-term memory over a sequence.

## Forward
For an input $X$ of shape $(n, t, d)$ and $h$ = `units`, at each step $\tau = 1 \dots t$
$$z_\tau = x_\tau W + h_{\tau-1} U + b, \quad
i = \sigma(z^i), \; f = \sigma(z^f), \; g = \tanh z^g, \; o = \sigma(z^o),$$
$$c_\tau = f \odot c_{\tau-1} + i \odot g, \quad h_\tau = o \odot \tanh c_\tau,$$
where $z_\tau$ of shape $(n, 4h)$ holds the four stretches in the order i, f, g, o: input gate,
forget gate, candidate, output gate. `weight_input` $W$ has shape $(d, 4h)$, `weight_hidden` $U$
$(h, 4h)$ and `bias` $b$ $(4h)$; there is one bias, and none for `bias: false`. The states before
the first step are zero, or with `initial: learned` the parameters `h0` and `c0` of shape $(h)$,
the same for all samples. The output is $(n, t, h)$ with `output: steps`, $h_t$ alone, $(n, h)$,
with `output: last`, and $h_t$ and $c_t$ side by side, $(n, 2h)$, with `output: states`.

## Backward
Through time, from the last step to the first. With $\bar h$ and $\bar c$ the sums of all that
arrives at $h_\tau$ and $c_\tau$,
$\bar c \mathrel{+}= \bar h \odot o \odot \tanh'(c_\tau)$, then
$\bar z^i = \bar c \odot g \odot \sigma'(z^i)$,
$\bar z^f = \bar c \odot c_{\tau-1} \odot \sigma'(z^f)$,
$\bar z^g = \bar c \odot i \odot \tanh'(z^g)$ and
$\bar z^o = \bar h \odot \tanh(c_\tau) \odot \sigma'(z^o)$; step $\tau - 1$ is handed
$\bar h = \bar z U^\top$ and $\bar c \odot f$. Then $\bar x_\tau = \bar z_\tau W^\top$,
$\partial L/\partial W = \sum_\tau x_\tau^\top \bar z_\tau$,
$\partial L/\partial U = \sum_\tau h_{\tau-1}^\top \bar z_\tau$ and
$\partial L/\partial b = \sum_\tau \bar z_\tau$, summed over the samples too.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997); Gers, Schmidhuber and Cummins,
*Learning to Forget: Continual Prediction with LSTM* (2000), for the forget gate. The order of the
gates is PyTorch's (documentation of `torch.nn.LSTM`), which has two biases where only their sum
counts.
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
    """What is computed step by step, (n, ...) each; states begin with those before the first."""

    z: list[Array]
    hidden: list[Array]
    cells: list[Array]


class _Pass(NamedTuple):
    """A forward pass: pre-activations (n, t, 4h) and both states (n, t + 1, h), the first first."""

    x: Array
    z: Array
    hidden: Array
    cells: Array
    parameters: Parameters
    options: Options


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:
    return recurrence.inferred(shapes[0], options, 4, biases=["bias"], states=["h0", "c0"])


def _gates(z: Array) -> tuple[Array, Array, Array, Array]:
    i, f, g, o = recurrence.parts(z, 4)
    return logistic(i), logistic(f), np.tanh(g), logistic(o)


def _steps(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> _Steps:
    (x,) = inputs
    entering = recurrence.projected(
        x, parameters["weight_input"], parameters.get("bias"), shifts.get("gates")
    )
    hidden, cells = (
        [recurrence.start(name, len(x), parameters, options, shifts)] for name in ("h0", "c0")
    )
    z = []
    for step in range(x.shape[1]):
        z.append(entering[:, step] + hidden[-1] @ parameters["weight_hidden"])
        i, f, g, o = _gates(z[-1])
        cells.append(f * cells[-1] + i * g)
        hidden.append(o * np.tanh(cells[-1]))
    return _Steps(z=z, hidden=hidden, cells=cells)


def _output(steps: _Steps, options: Options) -> Array:
    if options["output"] == "states":
        return np.concatenate([steps.hidden[-1], steps.cells[-1]], axis=-1)
    return recurrence.output(steps.hidden, options)


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:
    steps = _steps(inputs, parameters, options, {})
    return _output(steps, options), (inputs, parameters, options, steps)


def _run(inputs: Inputs, parameters: Parameters, options: Options, steps: _Steps) -> _Pass:
    z, hidden, cells = (np.stack(arrays, axis=1) for arrays in steps)
    return _Pass(inputs[0], z, hidden, cells, parameters, options)


def backward(dy: Array, cache: Any) -> Gradients:
    run = _run(*cache)
    x, parameters = run.x, run.parameters
    dz, dh, dc = _through_time(dy, run)
    found = {
        "weight_input": recurrence.weight_gradient(x, dz),
        "weight_hidden": recurrence.weight_gradient(run.hidden[:, :-1], dz),
        "bias": dz.sum(axis=(0, 1)),
        "h0": dh.sum(axis=0),
        "c0": dc.sum(axis=0),
    }
    return Gradients(
        inputs=(dz @ parameters["weight_input"].T,),
        parameters={name: found[name] for name in parameters},
    )


def _through_time(dy: Array, run: _Pass) -> tuple[Array, Array, Array]:
    """Return the gradients of all pre-activations and of both states before the first step."""
    above, dh, dc = _arriving(dy, run)
    slopes = _slopes(run)
    dz = np.empty(run.z.shape)
    _, f, _, o = _gates(run.z)
    tanh_slopes = tanh_slope(run.cells)
    for step in reversed(range(run.x.shape[1])):
        dh = dh + above[:, step]
        dc = dc + dh * o[:, step] * tanh_slopes[:, step + 1]
        dz[:, step] = np.concatenate([dc, dc, dc, dh], axis=-1) * slopes[:, step]
        dh = dz[:, step] @ run.parameters["weight_hidden"].T
        dc = dc * f[:, step]
    return dz, dh, dc


def _arriving(dy: Array, run: _Pass) -> tuple[Array, Array, Array]:
    """Return what arrives from above at each step's hidden state and at both last states."""
    nothing = np.zeros(run.hidden[:, 0].shape)
    if run.options["output"] == "states":
        dh, dc = recurrence.parts(dy, 2)
        return np.zeros(run.hidden[:, 1:].shape), dh, dc
    return recurrence.upstream(dy, run.x.shape[1], run.options["output"]), nothing, nothing


def _slopes(run: _Pass) -> Array:
    """Return what the four pre-activations do to the cell, the last one to the hidden state."""
    i, _, g, _ = _gates(run.z)
    zi, zf, zg, zo = recurrence.parts(run.z, 4)
    return np.concatenate(
        [
            g * logistic_slope(zi),
            run.cells[:, :-1] * logistic_slope(zf),
            i * tanh_slope(zg),
            np.tanh(run.cells[:, 1:]) * logistic_slope(zo),
        ],
        axis=-1,
    )


def sites(inputs: Inputs, parameters: Parameters, options: Options) -> dict[str, Site]:
    run = _run(inputs, parameters, options, _steps(inputs, parameters, options, {}))
    met = {"weight_input": run.x, "weight_hidden": run.hidden[:, :-1]}
    gates = recurrence.site(run.z, options, "bias", **met)
    return {"gates": gates, **recurrence.start_sites(len(run.x), options, ["h0", "c0"])}


def shifted(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> Array:
    return _output(_steps(inputs, parameters, options, shifts), options)


LN2, LN3 = math.log(2.0), math.log(3.0)

OP = Op(
    name="lstm",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    sites=sites,
    shifted=shifted,
    options={**recurrence.OPTIONS, "output": recurrence.output_option("states")},
    worked=(
        Worked(
            inputs=([[[1.0]]],),
            parameters={
                "weight_input": [[LN3, 0.0, LN2, 0.0]],
                "weight_hidden": [[0.0, 0.0, 0.0, LN3 / 2]],
                "bias": [0.0, LN3, 0.0, 0.0],
                "h0": [2.0],
                "c0": [1.0],
            },
            options={"units": 1, "initial": "learned", "output": "states"},
            output=[[0.75 * math.tanh(1.2), 1.2]],
            source="by hand: i = f = o = 3/4 and g = 3/5, so c = 3/4·1 + 3/4·3/5",
        ),
        Worked(
            inputs=([[[1.0], [0.0]]],),
            parameters={"weight_input": [[0.0, 0.0, LN2, 0.0]], "weight_hidden": [[0.0] * 4]},
            options={"units": 1, "bias": False},
            output=[[[0.5 * math.tanh(0.3)], [0.5 * math.tanh(0.15)]]],
            source="by hand: all gates are 1/2, g is 3/5 and then 0: c = 0.3, then 0.15",
        ),
    ),
)
