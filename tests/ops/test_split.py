"""Every op also runs on split complex arrays, and they get what complex ones get."""

from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.numeric.complex_step import STEP
from gradcheck.numeric.split import Split
from gradcheck.op import Inputs, Op, Options, Parameters

pytestmark = pytest.mark.ops("complex_safe")

MOVES = 3


def directions(rng: np.random.Generator, at: Array) -> Array:
    return rng.normal(size=(MOVES, *at.shape))


def whole(x: Array) -> bool:
    """Tell whether an input is ids, a mask or class numbers, which are never moved."""
    return bool((x == np.round(x)).all())


def agree(found: object, complexes: list[Array]) -> None:
    real = complexes[0].real
    moved = np.stack([y.imag / STEP for y in complexes])
    assert isinstance(found, Split)
    np.testing.assert_allclose(found.real, real, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(found.imag, moved, rtol=1e-11, atol=1e-12 * np.max(np.abs(moved)))


def test_a_forward_of_split_inputs_is_that_of_complex_ones(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, rng: np.random.Generator
) -> None:
    for k, x in enumerate(inputs):
        if whole(x) or (op.kind == "loss" and k == 1):
            continue
        by = directions(rng, x)
        moves = [x + 1j * STEP * d for d in by]
        complexes = [
            op.forward([*inputs[:k], moved, *inputs[k + 1 :]], parameters, options)[0]
            for moved in moves
        ]
        split: list[Any] = [*inputs[:k], Split(x, by), *inputs[k + 1 :]]
        agree(op.forward(split, parameters, options)[0], complexes)


def test_a_forward_with_a_split_parameter_is_that_with_complex_ones(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, rng: np.random.Generator
) -> None:
    for name, value in parameters.items():
        by = directions(rng, value)
        complexes = [
            op.forward(inputs, {**parameters, name: value + 1j * STEP * d}, options)[0] for d in by
        ]
        split: dict[str, Any] = {**parameters, name: Split(value, by)}
        agree(op.forward(inputs, split, options)[0], complexes)


@pytest.mark.ops("sited")
def test_an_output_with_split_shifts_is_that_with_complex_ones(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, rng: np.random.Generator
) -> None:
    assert op.sites is not None
    assert op.shifted is not None
    zeros = {
        name: np.zeros(site.shape) for name, site in op.sites(inputs, parameters, options).items()
    }
    for name, zero in zeros.items():
        by = directions(rng, zero)
        complexes = [
            op.shifted(inputs, parameters, options, {**zeros, name: 1j * STEP * d}) for d in by
        ]
        shifts: dict[str, Any] = {**zeros, name: Split(zero, by)}
        agree(op.shifted(inputs, parameters, options, shifts), complexes)
