r"""Attention in several subspaces at once, with projections before and after.

## Forward
With one input $X$ of shape $(n, t, d)$, self-attention: $C = X$. With two, cross-attention: the
queries come from $X$, the keys and values from the second, $C$ of shape $(n, s, e)$. With
`mask: true` the last input is a key mask $(n, s)$: 1 takes part, 0 is padding.
$$Q = X W^Q + b^Q, \quad K = C W^K + b^K, \quad V = C W^V + b^V, \quad
Y = [A_1 V_1, \dots, A_H V_H]\, W^O + b^O,$$
where $Q_j$, $K_j$, $V_j$ are the $j$-th of $H$ = `heads` equal stretches of the features, and
$A_j = \operatorname{softmax}(Q_j K_j^\top / \sqrt{d/H})$ along the keys that are not masked and,
with `causal: true`, not after the query. A query for which no key is left gets $b^O$. Parameters
are `query_weight` and `output_weight` of shape $(d, d)$, `key_weight` and `value_weight` $(e, d)$,
and, unless `bias: false`, `query_bias`, `key_bias`, `value_bias` and `output_bias` $(d)$. A
constant added to all keys moves all scores of a query alike, so the gradient of `key_bias` is
zero but for rounding, unless a query sees nothing at all: that too is zero.

## Backward
$\bar O = \bar Y W^{O\top}$ is cut into heads, and each passes attention's backward to
$\bar Q_j$, $\bar K_j$ and $\bar V_j$. Joined again they give
$\partial L/\partial W^Q = \sum_n X^\top \bar Q$, $\partial L/\partial b^Q = \sum \bar Q$ and alike
for the others. $\bar X = \bar Q W^{Q\top}$ and $\bar C = \bar K W^{K\top} + \bar V W^{V\top}$; in
self-attention $X$ gets the sum of all three. The mask is a constant.

## Sources
Vaswani et al., *Attention Is All You Need* (2017), sections 3.2.2 and 3.2.3.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

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
from gradcheck.ops.layers import _attention as core

PROJECTIONS = ("query", "key", "value", "output")


class _Pass(NamedTuple):
    """A forward pass: what each projection is given, the heads (n, H, t, d/H) and the output."""

    given: Mapping[str, Array]
    heads: tuple[Array, Array, Array]
    weights: Array
    y: Array
    parameters: Parameters
    inputs: int


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:
    x, context = _sequences(shapes, options)
    d, e = x[2], context[2]
    if d % options["heads"]:
        raise ShapeError(
            f"{d} features can't be shared out evenly among {options['heads']} heads; "
            "heads must divide the last axis of the first input"
        )
    parameters = {}
    for name in PROJECTIONS:
        fan = e if name in ("key", "value") else d
        parameters[f"{name}_weight"] = ParameterSpec(shape=(fan, d), fan_in=fan, fan_out=d)
        if options["bias"]:
            parameters[f"{name}_bias"] = ParameterSpec(
                shape=(d,), fan_in=fan, fan_out=d, role="bias"
            )
    return Inferred(output=x, parameters=parameters)


def _sequences(shapes: Sequence[Shape], options: Options) -> tuple[Shape, Shape]:
    """Return the shapes of the queries' and of the keys' source, all shapes having been checked."""
    masks = int(options["mask"])
    sequences = shapes[: len(shapes) - masks]
    if len(sequences) not in (1, 2):
        raise ShapeError(
            "multi_head_attention needs one sequence (self-attention) or two (cross-attention)"
            + (" and then the key mask" if masks else ", a mask only with mask: true")
            + f", but gets {len(shapes)} inputs"
        )
    x, context = sequences[0], sequences[-1]
    if len(x) != 3 or len(context) != 3 or x[0] != context[0]:
        raise ShapeError(
            "multi_head_attention needs sequences of shape (n, t, d) with the same n, but gets "
            f"{' and '.join(map(str, sequences))}"
        )
    if masks and shapes[-1] != context[:2]:
        raise ShapeError(
            f"keys from a sequence of shape {context} need a mask of shape {context[:2]}, but the "
            f"last input has shape {shapes[-1]}"
        )
    return x, context


def _split(x: Array, heads: int) -> Array:
    """Turn (n, t, d) into (n, H, t, d/H)."""
    n, t, d = x.shape
    return x.reshape(n, t, heads, d // heads).swapaxes(1, 2)


def _join(x: Array) -> Array:
    """Turn (n, H, t, d/H) into (n, t, d)."""
    n, heads, t, width = x.shape
    return x.swapaxes(1, 2).reshape(n, t, heads * width)


def _projected(x: Array, name: str, parameters: Parameters, shifts: Mapping[str, Array]) -> Array:
    y: Array = x @ parameters[f"{name}_weight"]
    for extra in (parameters.get(f"{name}_bias"), shifts.get(name)):
        y = y if extra is None else y + extra
    return y


def _run(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> _Pass:
    masks = int(options["mask"])
    sequences = inputs[: len(inputs) - masks]
    x, context = sequences[0], sequences[-1]
    given = {"query": x, "key": context, "value": context}
    q, k, v = (
        _split(_projected(source, name, parameters, shifts), options["heads"])
        for name, source in given.items()
    )
    mask = inputs[-1] if masks else None
    pairs = core.allowed(x.shape[1], context.shape[1], mask, causal=options["causal"])
    attended, weights = core.attend(q, k, v, pairs[:, None])
    given["output"] = _join(attended)
    y = _projected(given["output"], "output", parameters, shifts)
    return _Pass(given, (q, k, v), weights, y, parameters, len(inputs))


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:
    run = _run(inputs, parameters, options, {})
    return run.y, (run, options["mask"])


def backward(dy: Array, cache: Any) -> Gradients:
    run, mask = cache
    dheads = _split(dy @ run.parameters["output_weight"].T, run.weights.shape[1])
    q, k, v = run.heads
    inner = core.gradients(dheads, q, k, v, run.weights)
    arriving = dict(zip(PROJECTIONS, [*map(_join, inner), dy], strict=True))
    parameters = {}
    for name, dz in arriving.items():
        parameters[f"{name}_weight"] = np.tensordot(run.given[name], dz, axes=([0, 1], [0, 1]))
        parameters[f"{name}_bias"] = dz.sum(axis=(0, 1))
    dq, dk, dv = (arriving[name] @ run.parameters[f"{name}_weight"].T for name in PROJECTIONS[:3])
    cross = run.inputs - mask == 2
    sequences = (dq, dk + dv) if cross else (dq + dk + dv,)
    return Gradients(
        inputs=(*sequences, *[None] * mask),
        parameters={name: parameters[name] for name in run.parameters},
    )


def sites(inputs: Inputs, parameters: Parameters, options: Options) -> dict[str, Site]:
    run = _run(inputs, parameters, options, {})
    d = run.y.shape[-1]
    found = {}
    for name, x in run.given.items():
        responses = {f"{name}_weight": Response(coefficients=x)}
        if options["bias"]:
            responses[f"{name}_bias"] = Response()
        found[name] = Site(shape=(*x.shape[:2], d), responses=responses)
    return found


def shifted(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> Array:
    return _run(inputs, parameters, options, shifts).y


SWAP = ((0.0, 1.0), (1.0, 0.0))
UNIT = ((1.0, 0.0), (0.0, 1.0))
LN3 = math.log(3.0)

OP = Op(
    name="multi_head_attention",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    arity=(1, 3),
    sites=sites,
    shifted=shifted,
    options={
        "heads": Option(
            doc="number of heads, a divisor of the features", type="integer", default=1, minimum=1
        ),
        "causal": Option(
            doc="whether a query sees no key after its own position", type="boolean", default=False
        ),
        "bias": Option(doc="whether biases are added", type="boolean", default=True),
        "mask": Option(
            doc="whether the last input is a key mask, 0 for padding", type="boolean", default=False
        ),
    },
    worked=(
        Worked(
            inputs=([[[1.0, 1.0]]], [[[LN3, 0.0], [0.0, -LN3]]]),
            parameters={
                "query_weight": UNIT,
                "key_weight": UNIT,
                "value_weight": UNIT,
                "output_weight": SWAP,
                "query_bias": [0.0, 0.0],
                "key_bias": [5.0, -7.0],
                "value_bias": [0.0, 4 * LN3],
                "output_bias": [0.0, 1.0],
            },
            options={"heads": 2},
            output=[[[3.75 * LN3, 0.75 * LN3 + 1.0]]],
            source="by hand: both heads have weights 3/4 and 1/4; -1/4 + 4 and 3/4 change places",
        ),
        Worked(
            inputs=([[[0.0, 4.0], [0.0, 8.0]]],),
            parameters={
                "query_weight": UNIT,
                "key_weight": ((1.0, 0.0), (0.0, 0.0)),
                "value_weight": UNIT,
                "output_weight": SWAP,
            },
            options={"bias": False, "causal": True},
            output=[[[4.0, 0.0], [6.0, 0.0]]],
            source="by hand: all keys are zero, so query 1 gets 4 and query 2 (4 + 8) / 2",
        ),
    ),
)
