r"""Rows of a table, looked up by number, as words are turned into vectors.

## Forward
The input holds ids, whole numbers from 0 to `entries` - 1, of any shape $(n, \dots)$; each becomes
its row of `weight` $W$, of shape (`entries`, `units`), so that the output is
$(n, \dots, \text{units})$. The row of the `padding_id`, if there is one, reads as zero.

## Backward
Row $k$ of $\partial L/\partial W$ is the sum of $\bar Y = \partial L/\partial Y$ over all places
where the id is $k$: an id that occurs twice gets both, and `+=` with a list of indices would keep
the last one only. The row of the `padding_id` gets zero. Ids are constants.

## Sources
Bengio, Ducharme, Vincent and Jauvin, *A Neural Probabilistic Language Model* (2003), section 2.
"""

from collections.abc import Mapping, Sequence
from typing import Any

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


def infer(shapes: Sequence[Shape], options: Options) -> Inferred:
    entries, units, padding = options["entries"], options["units"], options["padding_id"]
    if padding is not None and not 0 <= padding < entries:
        raise ShapeError(f"padding_id is {padding}, but ids run from 0 to {entries - 1}")
    weight = ParameterSpec(shape=(entries, units), fan_in=1, fan_out=units)
    return Inferred(output=(*shapes[0], units), parameters={"weight": weight})


def _rows(ids: Array, entries: int) -> Array:
    """Return the ids as indices, all of which must exist."""
    odd = (ids != np.floor(ids)) | (ids < 0) | (ids >= entries)
    if odd.any():
        raise ShapeError(
            f"an embedding of {entries} entries takes ids from 0 to {entries - 1}, whole numbers, "
            f"but its input holds {ids[odd][0]:g}"
        )
    rows: Array = ids.astype(np.intp)
    return rows


def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:
    weight, padding = parameters["weight"], options["padding_id"]
    rows = _rows(inputs[0], len(weight))
    y = weight[rows]
    if padding is not None:
        y = np.where((rows == padding)[..., None], 0, y)
    return y, (rows, weight.shape, padding)


def backward(dy: Array, cache: Any) -> Gradients:
    rows, shape, padding = cache
    gradient = np.zeros(shape)
    np.add.at(gradient, rows, dy)
    if padding is not None:
        gradient[padding] = 0
    return Gradients(inputs=(None,), parameters={"weight": gradient})


def sites(inputs: Inputs, parameters: Parameters, options: Options) -> dict[str, Site]:
    entries, units = parameters["weight"].shape
    rows = _rows(inputs[0], entries)
    rows = rows.reshape(len(rows), -1, 1)
    hit = (rows == np.arange(entries)) & (np.arange(entries) != options["padding_id"])
    response = Response(coefficients=np.where(hit, 1.0, 0.0))
    return {"output": Site(shape=(*rows.shape[:2], units), responses={"weight": response})}


def shifted(
    inputs: Inputs, parameters: Parameters, options: Options, shifts: Mapping[str, Array]
) -> Array:
    y, _ = forward(inputs, parameters, options)
    return y + shifts["output"].reshape(y.shape)


OP = Op(
    name="embedding",
    kind="layer",
    doc=__doc__,
    forward=forward,
    backward=backward,
    infer=infer,
    sites=sites,
    shifted=shifted,
    options={
        "entries": Option(doc="number of rows", type="integer", required=True, minimum=1),
        "units": Option(doc="length of a row", type="integer", required=True, minimum=1, size=True),
        "padding_id": Option(
            doc="id whose row reads as zero and gets no gradient", type="integer", minimum=0
        ),
    },
    worked=(
        Worked(
            inputs=([[2, 0, 2]],),
            parameters={"weight": [[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]},
            options={"entries": 3, "units": 2},
            output=[[[3.0, 30.0], [1.0, 10.0], [3.0, 30.0]]],
            source="definition",
        ),
        Worked(
            inputs=([[1.0, 0.0]],),
            parameters={"weight": [[1.0, 10.0], [2.0, 20.0]]},
            options={"entries": 2, "units": 2, "padding_id": 0},
            output=[[[2.0, 20.0], [0.0, 0.0]]],
            source="definition",
        ),
    ),
)
