"""Pooling, against plain loops and on examples small enough to check by hand."""

import itertools
from typing import Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.array import Array, Shape
from gradcheck.catalogues import OPS
from gradcheck.errors import ShapeError
from gradcheck.op import Op, Options

MAX, AVG, GLOBAL = (OPS.all()[name] for name in ("max_pool2d", "avg_pool2d", "global_avg_pool"))

Place: TypeAlias = tuple[int, int]


def run(op: Op, x: Array, **options: Any) -> Array:
    return op.forward([x], {}, {**op.defaults(), **options})[0]


def pull(op: Op, dy: Array, x: Array, **options: Any) -> Array:
    """Return the gradient of the input."""
    (dx,) = op.backward(dy, op.forward([x], {}, {**op.defaults(), **options})[1]).inputs
    assert dx is not None
    return dx


def pairs(low: int, high: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(low, high), st.integers(low, high))


geometries = st.fixed_dictionaries(
    {"kernel": pairs(2, 3), "stride": pairs(1, 4), "padding": pairs(0, 1)}
)


def windows(x: Array, options: Options) -> dict[Place, list[Place]]:
    """List the positions of the input in each window."""
    (kh, kw), (sh, sw), (ph, pw) = (options[name] for name in ("kernel", "stride", "padding"))
    h, w = x.shape[2:]
    return {
        (p, q): [
            (row, column)
            for row in range(sh * p - ph, sh * p - ph + kh)
            for column in range(sw * q - pw, sw * q - pw + kw)
            if 0 <= row < h and 0 <= column < w
        ]
        for p in range((h + 2 * ph - kh) // sh + 1)
        for q in range((w + 2 * pw - kw) // sw + 1)
    }


@given(geometries)
def test_the_pools_are_what_plain_loops_make(options: dict[str, Any]) -> None:
    x = np.random.default_rng(7).normal(size=(2, 3, 5, 8)) - 3
    top, mean = run(MAX, x, **options), run(AVG, x, **options)
    inside = run(AVG, x, **options, count_include_pad=False)
    found = windows(x, options)
    assert len(found) == top[0, 0].size == mean[0, 0].size == inside[0, 0].size
    for (p, q), places in found.items():
        elements = np.array([x[:, :, row, column] for row, column in places])
        np.testing.assert_array_equal(top[:, :, p, q], elements.max(axis=0))
        total = elements.sum(axis=0)
        np.testing.assert_allclose(mean[:, :, p, q], total / np.prod(options["kernel"]))
        np.testing.assert_allclose(inside[:, :, p, q], total / len(places))


@given(geometries)
def test_each_window_passes_its_gradient_to_its_elements(options: dict[str, Any]) -> None:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(2, 3, 5, 8)) - 3
    dy = rng.normal(size=run(MAX, x, **options).shape)
    top, mean = np.zeros(x.shape), np.zeros(x.shape)
    for (p, q), places in windows(x, options).items():
        elements = np.array([x[:, :, row, column] for row, column in places])
        for element, (row, column) in zip(elements, places, strict=True):
            top[:, :, row, column] += dy[:, :, p, q] * (element == elements.max(axis=0))
            mean[:, :, row, column] += dy[:, :, p, q] / len(places)
    np.testing.assert_allclose(pull(MAX, dy, x, **options), top, atol=1e-13)
    averaged = pull(AVG, dy, x, **options, count_include_pad=False)
    np.testing.assert_allclose(averaged, mean, atol=1e-13)


@pytest.mark.parametrize("op", [MAX, AVG], ids=lambda op: op.key)
def test_windows_do_not_overlap_unless_a_stride_is_given(op: Op) -> None:
    x = np.random.default_rng(7).normal(size=(2, 3, 7, 11))
    expected = run(op, x, kernel=(2, 3), stride=(2, 3))
    assert expected.shape == (2, 3, 3, 3)
    np.testing.assert_array_equal(run(op, x, kernel=(2, 3)), expected)


def test_of_equal_maxima_the_first_takes_the_whole_gradient() -> None:
    x = np.array([[[[0.0, 4.0, 4.0], [4.0, 1.0, 4.0]]]])
    dy = np.array([[[[3.0, 5.0]]]])
    dx = pull(MAX, dy, x, kernel=(2, 2), stride=(1, 1))
    np.testing.assert_array_equal(dx, [[[[0.0, 8.0, 0.0], [0.0, 0.0, 0.0]]]])


def test_the_distance_to_a_kink_is_that_to_the_nearest_rival() -> None:
    x = np.array([[[[1.0, 7.0, 2.0, 9.0], [4.0, 3.0, 9.0, 8.5], [0.0, 0.0, 0.0, 0.0]]]])
    assert MAX.kinks is not None
    found = MAX.kinks([x], {**MAX.defaults(), "kernel": (2, 2)})
    expected = [[6.0, 3.0, 7.0, 0.0], [3.0, 4.0, 0.0, 0.5], [np.inf] * 4]
    np.testing.assert_array_equal(found, [[expected]])


def test_the_distance_to_a_kink_is_the_least_over_overlapping_windows() -> None:
    x = np.array([[[[1.0, 7.0, 5.0, 5.5]]]])
    assert MAX.kinks is not None
    overlapping = {**MAX.defaults(), "kernel": (1, 2), "stride": (1, 1)}
    np.testing.assert_array_equal(MAX.kinks([x], overlapping), [[[[6.0, 2.0, 0.5, 0.5]]]])
    hanging = {**MAX.defaults(), "kernel": (1, 2), "padding": (0, 1)}
    np.testing.assert_array_equal(MAX.kinks([x], hanging), [[[[np.inf, 2.0, 2.0, np.inf]]]])


def test_a_window_of_one_element_has_no_kink() -> None:
    x = np.random.default_rng(7).normal(size=(2, 3, 5, 7))
    assert MAX.kinks is not None
    assert (MAX.kinks([x], {**MAX.defaults(), "kernel": (1,)}) == np.inf).all()


def test_the_mean_of_a_channel_is_over_its_positions_alone() -> None:
    x = np.random.default_rng(7).normal(size=(2, 3, 5, 7))
    y = run(GLOBAL, x)
    for n, c in itertools.product(range(2), range(3)):
        assert y[n, c] == pytest.approx(x[n, c].sum() / 35, rel=1e-13)
    dx = pull(GLOBAL, np.array([[1.0, 2, 3], [4, 5, 7]]), x)
    np.testing.assert_allclose(dx[1, 2], np.full((5, 7), 0.2), rtol=1e-15)


@pytest.mark.parametrize(
    ("op", "shape", "options", "message"),
    [
        (MAX, (2, 3, 5), {"kernel": (2,)}, r"pooling needs an input of shape \(n, c, h, w\)"),
        (
            MAX,
            (2, 3, 5, 7),
            {"kernel": (2, 3), "padding": (2,)},
            r"padding must be below the kernel \[2, 3\], but is \[2, 2\]",
        ),
        (AVG, (2, 3, 5, 7), {"kernel": (6,)}, "reaches over 6 elements, but axis 2 .* has 5"),
        (GLOBAL, (2, 3), {}, r"\(n, c, h, w\) or \(n, c, t\), but gets \(2, 3\), .* no positions"),
    ],
)
def test_what_does_not_fit_is_refused(op: Op, shape: Shape, options: Options, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        op.infer([shape], {**op.defaults(), **options})
