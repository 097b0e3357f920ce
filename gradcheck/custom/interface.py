"""What all ops of the user's own have in common: the names and shapes of what they are given."""

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Inferred, ParameterSpec
from gradcheck.record import record


@record
class Interface:
    """The inputs, each with all the names that it goes by, and the parameters with their shapes.

    `loss` tells that the inputs are a prediction and its target, and the output loss terms.
    """

    inputs: tuple[tuple[str, ...], ...]
    parameters: Mapping[str, Shape]
    loss: bool = False

    @property
    def arity(self) -> tuple[int, int]:
        return len(self.inputs), len(self.inputs)

    def named(self, inputs: Sequence[Array]) -> dict[str, Array]:
        """Return the inputs by all their names."""
        pairs = zip(self.inputs, inputs, strict=True)
        return {name: value for names, value in pairs for name in names}

    def specs(self) -> dict[str, ParameterSpec]:
        """Return the parameters as initialisers and regularisers want to know them."""
        return {
            name: ParameterSpec(shape=shape, fan_in=prod(shape[:-1]), fan_out=shape[-1])
            for name, shape in self.parameters.items()
        }

    def inferred(self, output: Shape, shapes: Sequence[Shape], samplewise: bool) -> Inferred:
        """Return what follows from the output's shape; a loss may be a single number.

        Raises ShapeError where an output's first axis is not the batch.
        """
        batch = shapes[0][0]
        if self.loss and output == ():
            return Inferred(output=(batch,), samplewise=False, reduced=True)
        if output[:1] != (batch,):
            what = "loss terms have" if self.loss else "a layer's output has"
            raise ShapeError(
                f"it gives shape {output}, but {what} the batch of {batch} as first axis"
            )
        return Inferred(output=output, parameters=self.specs(), samplewise=samplewise)


def refuse_stretched(shapes: Sequence[Shape]) -> None:
    """Refuse a target that differs from its prediction in axes of length 1 alone."""
    yhat, y = shapes
    if yhat != y and [n for n in yhat if n != 1] == [n for n in y if n != 1]:
        raise ShapeError(
            f"the prediction has shape {yhat} but the target {y}; NumPy would broadcast them into "
            "terms that belong to no sample"
        )


def as_terms(total: Array, batch: int) -> Array:
    """Return a loss that is one number as terms that add up to it, one for each sample."""
    return np.concatenate([total.reshape(1), np.zeros(batch - 1)])
