"""Dumped gradients are given the parameters' names, and shapes where those are plainly meant."""

from typing import Literal

import numpy as np
import pytest

from gradcheck.array import Array, Shape
from gradcheck.claims.dumped import Arranged, arrange
from gradcheck.errors import ClaimError

SHAPES: dict[str, Shape] = {
    "hidden.weight": (3, 5),
    "hidden.bias": (5,),
    "square.weight": (5, 5),
    "output.weight": (5, 2),
    "output.bias": (2,),
    "kernel": (2, 3, 7),
}
NOTE = "all weights transposed together: read as layout out_in"


def gradients(**changed: Array | None) -> dict[str, Array]:
    """Return a generic gradient for every parameter but those that are given; None leaves out."""
    rng = np.random.default_rng(11)
    full = {name: rng.standard_normal(shape) for name, shape in SHAPES.items()}
    replaced = {name.replace("_", "."): array for name, array in changed.items()}
    return {name: array for name, array in (full | replaced).items() if array is not None}


def transposed(arrays: dict[str, Array]) -> dict[str, Array]:
    return {name: array.T if array.ndim == 2 else array for name, array in arrays.items()}


def arranged(
    arrays: dict[str, Array],
    names: dict[str, str] | None = None,
    layout: Literal["in_out", "out_in"] = "in_out",
) -> Arranged:
    return arrange(arrays, SHAPES, names or {}, layout)


def equal(got: Arranged, expected: dict[str, Array]) -> bool:
    return got.gradients.keys() == expected.keys() and all(
        np.array_equal(got.gradients[name], expected[name]) for name in expected
    )


def test_what_fits_is_left_as_it_is() -> None:
    got = arranged(gradients())
    assert equal(got, gradients())
    assert (got.notes, got.unknown) == ((), ())


def test_names_of_the_file_become_the_parameters() -> None:
    full = gradients()
    file = {"W1": full["hidden.weight"], "db": full["hidden.bias"], "kernel": full["kernel"]}
    got = arranged(file, {"W1": "hidden.weight", "db": "hidden.bias", "W9": "output.weight"})
    assert equal(
        got, {"hidden.weight": file["W1"], "hidden.bias": file["db"], "kernel": full["kernel"]}
    )
    assert got.unknown == ()


def test_unknown_names_are_quoted_with_the_nearest() -> None:
    extra = {"hiden.weight": np.ones(3), "zzz": np.ones(5)}
    got = arranged(gradients() | extra)
    assert equal(got, gradients())
    assert got.unknown == ("'hiden.weight' (did you mean 'hidden.weight'?)", "'zzz'")


def test_two_names_for_one_parameter_are_an_error() -> None:
    file = {"W1": np.ones((3, 5)), "hidden.weight": np.ones((3, 5))}
    with pytest.raises(ClaimError) as caught:
        arranged(file, {"W1": "hidden.weight"})
    assert str(caught.value) == (
        "'W1' and 'hidden.weight' both stand for the parameter 'hidden.weight'; "
        "expected one gradient for each: map or dump only one of them"
    )


def test_a_name_mapped_to_no_parameter_is_an_error() -> None:
    with pytest.raises(ClaimError) as caught:
        arranged(gradients(), {"W1": "hidden.wieght"})
    assert str(caught.value) == (
        "'W1' is mapped to 'hidden.wieght', which is no parameter (did you mean 'hidden.weight'?)"
    )


def test_layout_out_in_transposes_every_matrix_and_nothing_else() -> None:
    got = arranged(transposed(gradients()), layout="out_in")
    assert equal(got, gradients())
    assert got.notes == ()


def test_layout_out_in_transposes_even_what_fits_already() -> None:
    assert equal(arranged(gradients(), layout="out_in"), transposed(gradients()))


def test_weights_that_are_all_transposed_are_transposed_back_with_a_note() -> None:
    got = arranged(transposed(gradients()))
    assert equal(got, gradients())
    assert got.notes == (NOTE,)


def test_weights_that_are_missing_do_not_count() -> None:
    file = transposed(gradients(output_weight=None))
    assert equal(arranged(file), gradients(output_weight=None))


@pytest.mark.parametrize(
    "other", [np.ones((5, 2)), np.ones((5, 7)), np.ones(10), np.ones((2, 5, 1))]
)
def test_weights_of_which_some_are_transposed_are_left(other: Array) -> None:
    file = transposed(gradients()) | {"output.weight": other}
    got = arranged(file)
    assert equal(got, file)
    assert got.notes == ()


def test_square_weights_alone_are_left() -> None:
    file = {name: array for name, array in gradients().items() if name == "square.weight"}
    got = arranged(file)
    assert equal(got, file)
    assert got.notes == ()


def test_matrices_for_parameters_of_other_ranks_are_left() -> None:
    file = gradients(hidden_bias=np.arange(15.0).reshape(3, 5), kernel=np.arange(6.0).reshape(2, 3))
    assert equal(arranged(file, layout="out_in"), transposed(gradients()) | {
        "hidden.bias": file["hidden.bias"], "kernel": file["kernel"],
    })  # fmt: skip


@pytest.mark.parametrize("shape", [(1, 5), (5, 1)])
def test_biases_dumped_as_a_row_or_column_are_flattened_with_a_note(shape: Shape) -> None:
    bias = gradients()["hidden.bias"]
    got = arranged(gradients(hidden_bias=bias.reshape(shape)))
    assert equal(got, gradients())
    assert got.notes == (f"hidden.bias: dumped with shape {shape}, read as (5,)",)


@pytest.mark.parametrize("bias", [np.ones((1, 7)), np.ones((1, 1, 5)), np.ones(7), np.ones(())])
def test_other_shapes_are_left_for_the_check(bias: Array) -> None:
    got = arranged(gradients(hidden_bias=bias))
    assert equal(got, gradients(hidden_bias=bias))
    assert got.notes == ()


def test_gradients_are_widened_and_their_dtypes_told() -> None:
    narrow = {name: array.astype("f4") for name, array in gradients().items()}
    narrow["hidden.bias"] = np.arange(5, dtype=np.int16)
    got = arranged(narrow)
    assert equal(got, narrow)
    assert {array.dtype for array in got.gradients.values()} == {np.dtype(np.float64)}
    assert got.dtypes == dict.fromkeys(SHAPES, "float32") | {"hidden.bias": "int16"}
