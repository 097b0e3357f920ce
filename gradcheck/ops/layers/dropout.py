r"""Dropout with a frozen mask: some features are switched off, the others scaled up.

## Forward
$Y = X \odot M / (1 - p)$ with $p$ = `rate`. The mask $M$ has one sample's shape; each entry is 0
with probability $p$ and 1 otherwise. It is drawn from the `seed` and that shape alone, so it is the
same in every pass and, other than in training, the same for all samples: a feature that is off is
off for the whole batch. That makes the loss a function that can be differentiated, and leaves the
backward pass as it is. Two dropout layers of one shape need two seeds to have two masks.

## Backward
$\partial L/\partial X = \bar Y \odot M / (1 - p)$ with $\bar Y = \partial L/\partial Y$: the very
mask of the forward pass, and its factor again.

## Sources
Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, *Dropout: A Simple Way to Prevent
Neural Networks from Overfitting* (2014), sections 4 and 10 (scaling at training time).
"""

from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.op import Gradients, Inputs, Op, Option, Options, Parameters, Worked, same_shape


def _scales(sample: Shape, options: Options) -> Array:
    """Return by what each feature of a sample is multiplied."""
    rate = options["rate"]
    kept = np.random.default_rng(options["seed"]).random(sample) >= rate
    scales: Array = np.where(kept, 1 / (1 - rate), 0.0)
    return scales


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    (x,) = inputs
    scales = _scales(x.shape[1:], options)
    return x * scales, scales


def backward(dy: Array, cache: Any) -> Gradients:
    return Gradients(inputs=(dy * cache,))


OP = Op(
    name="dropout",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=same_shape,
    options={
        "rate": Option(
            doc="probability of being switched off", type="number", default=0.5, minimum=0, below=1
        ),
        "seed": Option(doc="seed of the mask", type="integer", default=0, minimum=0),
    },
    worked=(
        Worked(
            inputs=([[1.0, 2.0], [3.0, -4.0]],),
            options={"rate": 0.0},
            output=[[1.0, 2.0], [3.0, -4.0]],
            source="definition: nothing is switched off",
        ),
        Worked(
            inputs=([[3.0, 3.0, 3.0, 3.0, 3.0], [6.0, 6.0, 6.0, 6.0, 6.0]],),
            options={"rate": 0.25, "seed": 0},
            output=[[4.0, 4.0, 0.0, 0.0, 4.0], [8.0, 8.0, 0.0, 0.0, 8.0]],
            source="NumPy's generator: 0.64, 0.27, 0.04, 0.02, 0.81 from seed 0; 3 / 0.75 = 4",
        ),
    ),
)
