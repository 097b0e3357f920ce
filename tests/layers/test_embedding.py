"""Embeddings and learned positions."""

from collections.abc import Callable

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred

ENTRIES, UNITS = 7, 3
TABLE = {"entries": ENTRIES, "units": UNITS}
IDS = np.array([[6, 0, 6, 2, 6], [2, 3, 3, 0, 1]])

Forward = Callable[..., Array]
Backward = Callable[..., Gradients]


@pytest.fixture
def weight(rng: np.random.Generator) -> Array:
    return rng.normal(size=(ENTRIES, UNITS))


@pytest.fixture
def dy(rng: np.random.Generator) -> Array:
    return rng.normal(size=(*IDS.shape, UNITS))


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.float64])
def test_an_embedding_is_a_dense_layer_of_one_hot_rows(
    dtype: type, weight: Array, dy: Array, forward: Forward, backward: Backward
) -> None:
    one_hot = np.eye(ENTRIES)[IDS]
    ids: Array = IDS.astype(dtype)
    p = {"weight": weight}
    dense = {"parameters": p, "units": UNITS, "bias": False}
    np.testing.assert_array_equal(
        forward("embedding", ids, parameters=p, **TABLE), forward("dense", one_hot, **dense)
    )
    found = backward("embedding", dy, ids, parameters=p, **TABLE)
    expected = backward("dense", dy, one_hot, **dense)
    assert found.inputs == (None,)
    np.testing.assert_allclose(found.parameters["weight"], expected.parameters["weight"])


def test_repeated_ids_add_up_and_absent_ones_get_nothing(
    weight: Array, dy: Array, backward: Backward
) -> None:
    found = backward("embedding", dy, IDS, parameters={"weight": weight}, **TABLE)
    gradient = found.parameters["weight"]
    np.testing.assert_allclose(gradient[6], dy[0, 0] + dy[0, 2] + dy[0, 4])
    np.testing.assert_allclose(gradient[2], dy[0, 3] + dy[1, 0])
    np.testing.assert_array_equal(gradient[[4, 5]], 0)


def test_padding_reads_as_zero_whatever_its_row_holds_and_gets_no_gradient(
    weight: Array, dy: Array, forward: Forward, backward: Backward
) -> None:
    p = {"weight": weight}
    plain = forward("embedding", IDS, parameters=p, **TABLE)
    padded = forward("embedding", IDS, parameters=p, **TABLE, padding_id=6)
    assert np.all(padded[IDS == 6] == 0)
    np.testing.assert_array_equal(padded[IDS != 6], plain[IDS != 6])
    of_plain = backward("embedding", dy, IDS, parameters=p, **TABLE).parameters["weight"]
    found = backward("embedding", dy, IDS, parameters=p, **TABLE, padding_id=6).parameters
    np.testing.assert_array_equal(found["weight"][:6], of_plain[:6])
    assert np.all(found["weight"][6] == 0)


@pytest.mark.parametrize("odd", [7, -1, 2.5, np.nan])
def test_an_id_without_a_row_is_named(odd: float, weight: Array, forward: Forward) -> None:
    ids = np.array([[0.0, 6.0], [odd, 1.0]])
    message = rf"7 entries takes ids from 0 to 6, whole numbers, but its input holds {odd:g}"
    with pytest.raises(ShapeError, match=message):
        forward("embedding", ids, parameters={"weight": weight}, **TABLE)


def test_a_padding_id_without_a_row_is_refused(infer: Callable[..., Inferred]) -> None:
    assert infer("embedding", (2, 5), **TABLE, padding_id=6).output == (2, 5, UNITS)
    with pytest.raises(ShapeError, match="padding_id is 7, but ids run from 0 to 6"):
        infer("embedding", (2, 5), **TABLE, padding_id=7)


def test_each_position_has_its_own_vector_in_all_samples(
    rng: np.random.Generator, forward: Forward, backward: Backward
) -> None:
    x, p = rng.normal(size=(2, 5, 3)), {"weight": rng.normal(size=(5, 3))}
    y, dy = forward("positional", x, parameters=p), rng.normal(size=(2, 5, 3))
    for n, t in np.ndindex(2, 5):
        np.testing.assert_array_equal(y[n, t], x[n, t] + p["weight"][t])
    found = backward("positional", dy, x, parameters=p)
    np.testing.assert_array_equal(found.inputs[0], dy)
    np.testing.assert_array_equal(found.parameters["weight"], dy[0] + dy[1])


def test_positions_need_a_sequence(infer: Callable[..., Inferred]) -> None:
    with pytest.raises(ShapeError, match=r"shape \(n, t, d\), but gets \(3, 5\)"):
        infer("positional", (3, 5))
