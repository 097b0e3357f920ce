r"""Scaled dot-product attention, without parameters.

## Forward
Inputs are queries $Q$ of shape $(n, t, d)$, keys $K$ $(n, s, d)$, values $V$ $(n, s, e)$ and, if
there are four, a key mask $(n, s)$ that holds 1 for each key that takes part and 0 for padding.
$$S = Q K^\top / \sqrt d, \quad A = \operatorname{softmax}(S) \text{ along the keys}, \quad
Y = A V$$
for each sample, so $Y$ is $(n, t, e)$. Keys that are masked, and with `causal: true` those at
positions after the query's own, are left out of the softmax. A query for which no key is left
gets $0$.

## Backward
With $\bar Y = \partial L/\partial Y$: $\bar V = A^\top \bar Y$, $\bar A = \bar Y V^\top$,
$\bar S = A \odot (\bar A - (\bar A \odot A) \mathbf 1 \mathbf 1^\top)$, a softmax's backward pass
row by row, $\bar Q = \bar S K / \sqrt d$ and $\bar K = \bar S^\top Q / \sqrt d$. The mask is a
constant.

## Sources
Vaswani et al., *Attention Is All You Need* (2017), sections 3.2.1 and 3.2.3.
"""

import math
from collections.abc import Sequence
from typing import Any

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred, Inputs, Op, Option, Options, Parameters, Worked
from gradcheck.ops.layers import _attention as core


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG001
    if not 3 <= len(shapes) <= 4 or any(len(shape) != 3 for shape in shapes[:3]):
        raise ShapeError(
            "attention needs queries (n, t, d), keys (n, s, d), values (n, s, e) and perhaps a "
            f"key mask (n, s), but gets {' and '.join(map(str, shapes))}"
        )
    (n, t, d), (_, s, _), (*_, e) = shapes[:3]
    wanted = [("keys", (n, s, d)), ("values", (n, s, e)), ("mask", (n, s))]
    for (name, shape), found in zip(wanted, shapes[1:], strict=False):
        if found != shape:
            raise ShapeError(
                f"with queries of shape {shapes[0]} and keys of shape {shapes[1]} the {name} need "
                f"shape {shape}, but have {found}"
            )
    return Inferred(output=(n, t, e))


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    q, k, v, *rest = inputs
    mask = rest[0] if rest else None
    pairs = core.allowed(q.shape[1], k.shape[1], mask, causal=options["causal"])
    y, weights = core.attend(q, k, v, pairs)
    return y, (q, k, v, weights, len(rest))


def backward(dy: Array, cache: Any) -> Gradients:
    *arrays, masks = cache
    return Gradients(inputs=(*core.gradients(dy, *arrays), *[None] * masks))


OP = Op(
    name="attention",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    arity=(3, 4),
    options={
        "causal": Option(
            doc="whether a query sees no key after its own position", type="boolean", default=False
        ),
    },
    worked=(
        Worked(
            inputs=(
                [[[math.log(3.0), 5.0, 0.0, 0.0]]],
                [[[2.0, 0.0, 1.0, 4.0], [0.0, 0.0, 7.0, -1.0]]],
                [[[4.0, 8.0, 0.0], [0.0, -4.0, 12.0]]],
            ),
            output=[[[3.0, 5.0, 3.0]]],
            source="by hand: scores 2 ln 3 / √4 and 0, so the weights are 3/4 and 1/4",
        ),
        Worked(
            inputs=(
                [[[1.0], [0.0], [0.0]]],
                [[[1.0], [5.0], [2.0]]],
                [[[8.0], [3.0], [4.0]]],
                [[1.0, 0.0, 1.0]],
            ),
            options={"causal": True},
            output=[[[8.0], [8.0], [6.0]]],
            source="by hand: key 2 is padding, and only query 3 sees key 3: (8 + 4) / 2",
        ),
    ),
)
