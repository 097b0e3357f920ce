"""Layers that move, cut or gate features: reshape, transpose, slice, glu and dropout."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred

Forward = Callable[..., Array]
Backward = Callable[..., Gradients]
Infer = Callable[..., Inferred]


@pytest.mark.parametrize(
    ("shape", "wanted", "output"),
    [
        ((2, 15), (3, 5), (2, 3, 5)),
        ((2, 3, 5), (-1,), (2, 15)),
        ((2, 3, 5, 7), (7, -1, 3), (2, 7, 5, 3)),
        ((2,), (1, 1), (2, 1, 1)),
        ((0, 6), (2, -1), (0, 2, 3)),
    ],
)
def test_reshape_keeps_the_batch_and_the_order(
    shape: Shape, wanted: Shape, output: Shape, infer: Infer, forward: Forward, backward: Backward
) -> None:
    x = np.arange(np.prod(shape), dtype=float).reshape(shape)
    assert infer("reshape", shape, shape=wanted).output == output
    y = forward("reshape", x, shape=wanted)
    assert y.shape == output
    np.testing.assert_array_equal(y.ravel(), x.ravel())
    np.testing.assert_array_equal(backward("reshape", y, x, shape=wanted).inputs[0], x)


@pytest.mark.parametrize("wanted", [(4, 4), (-1, 4), (-1, -1), (-3, -5), (-2, -1), (0, -1), ()])
def test_reshape_refuses_another_number_of_numbers(wanted: Shape, infer: Infer) -> None:
    message = r"sample of shape \(3, 5\), 15 numbers, the shape .* the product must be the same"
    with pytest.raises(ShapeError, match=message) as caught:
        infer("reshape", (2, 3, 5), shape=list(wanted))
    assert f"the shape {wanted};" in str(caught.value)


def test_transpose_puts_every_number_in_its_place_and_back(
    rng: np.random.Generator, infer: Infer, forward: Forward, backward: Backward
) -> None:
    x = rng.normal(size=(2, 3, 5, 7))
    y = forward("transpose", x, axes=[3, 1, 2])
    assert y.shape == infer("transpose", x.shape, axes=[3, 1, 2]).output == (2, 7, 3, 5)
    for n, a, b, c in np.ndindex(2, 3, 5, 7):
        assert y[n, c, a, b] == x[n, a, b, c]
    np.testing.assert_array_equal(backward("transpose", y, x, axes=[3, 1, 2]).inputs[0], x)


@pytest.mark.parametrize("axes", [[1], [1, 1], [0, 1], [1, 2, 3], [-1, 1], []])
def test_transpose_refuses_what_is_no_permutation(axes: list[int], infer: Infer) -> None:
    with pytest.raises(ShapeError, match=r"axes 1 to 2 of an input of shape \(2, 3, 5\) once") as e:
        infer("transpose", (2, 3, 5), axes=axes)
    assert str(e.value).endswith(f"axes are {axes}")


SLICES: list[tuple[dict[str, Any], Any]] = [
    ({"start": 1}, (slice(None), slice(1, None))),
    ({"stop": 2, "axis": 2}, (slice(None), slice(None), slice(None, 2))),
    ({"start": -3, "stop": -1, "axis": -1}, (..., slice(-3, -1))),
    ({"step": -1}, (slice(None), slice(None, None, -1))),
    ({"start": 5, "stop": 0, "step": -2, "axis": 2}, (..., slice(5, 0, -2))),
]


@pytest.mark.parametrize(("options", "place"), SLICES)
def test_slice_is_pythons_and_what_was_left_out_gets_no_gradient(
    options: dict[str, Any],
    place: Any,
    rng: np.random.Generator,
    infer: Infer,
    forward: Forward,
    backward: Backward,
) -> None:
    x = rng.normal(size=(2, 5, 7))
    y = forward("slice", x, **options)
    np.testing.assert_array_equal(y, x[place])
    assert infer("slice", x.shape, **options).output == y.shape
    dy = rng.normal(size=y.shape)
    (dx,) = backward("slice", dy, x, **options).inputs
    assert dx is not None
    np.testing.assert_array_equal(dx[place], dy)
    assert np.count_nonzero(dx) == dy.size


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"axis": 0}, r"axis from 1 to 2 of an input of shape \(2, 5, 7\).* but axis is 0"),
        ({"axis": 3}, "but axis is 3"),
        ({"axis": -3}, "but axis is -3"),
        ({"axis": -4}, "but axis is -4"),
        ({"step": 0}, "step is 0"),
        ({"start": 5}, r"axis 1 of an input of shape \(2, 5, 7\) has no entry in 5::1"),
        ({"axis": -1, "start": 3, "stop": 3}, r"axis 2 of .* has no entry in 3:3:1"),
    ],
)
def test_slice_refuses_the_batch_and_what_is_not_there(
    options: dict[str, Any], message: str, infer: Infer
) -> None:
    with pytest.raises(ShapeError, match=message):
        infer("slice", (2, 5, 7), **options)


def test_glu_is_one_half_times_the_sigmoid_of_the_other(
    rng: np.random.Generator, forward: Forward, backward: Backward
) -> None:
    x, dy = rng.normal(size=(3, 10)), rng.normal(size=(3, 5))
    a, b = x[:, :5], x[:, 5:]
    gate = 1 / (1 + np.exp(-b))
    np.testing.assert_allclose(forward("glu", x), a * gate, rtol=1e-13)
    expected = np.concatenate([dy * gate, dy * a * gate * (1 - gate)], axis=1)
    (dx,) = backward("glu", dy, x).inputs
    assert dx is not None
    np.testing.assert_allclose(dx, expected, rtol=1e-12)


@pytest.mark.parametrize("shape", [(3, 7), (6,), (2, 6, 5)])
def test_glu_refuses_what_it_cannot_halve(shape: Shape, infer: Infer) -> None:
    with pytest.raises(ShapeError, match=r"last axis it cuts in half, but gets") as caught:
        infer("glu", shape)
    assert str(caught.value).endswith(str(shape))


def test_dropout_switches_features_off_for_all_samples_and_scales_the_others(
    rng: np.random.Generator, forward: Forward, backward: Backward
) -> None:
    dy = rng.normal(size=(2, 101, 7))
    x = rng.normal(size=(2, 101, 7))
    y = forward("dropout", x, rate=0.3, seed=5)
    off = y == 0
    np.testing.assert_array_equal(off[0], off[1])
    assert 0.25 < off.mean() < 0.35
    np.testing.assert_allclose(y[~off], x[~off] / 0.7, rtol=1e-14)
    (dx,) = backward("dropout", dy, x, rate=0.3, seed=5).inputs
    assert dx is not None
    np.testing.assert_array_equal(dx == 0, off)
    np.testing.assert_allclose(dx[~off], dy[~off] / 0.7, rtol=1e-14)


def test_the_mask_of_dropout_depends_on_the_seed_and_not_on_the_batch(
    rng: np.random.Generator, forward: Forward
) -> None:
    x = rng.normal(size=(3, 101))
    y = forward("dropout", x, seed=2)
    np.testing.assert_array_equal(forward("dropout", x, seed=2), y)
    np.testing.assert_array_equal(
        forward("dropout", np.concatenate([x, x]), seed=2), np.concatenate([y, y])
    )
    assert np.any((forward("dropout", x, seed=3) == 0) != (y == 0))
