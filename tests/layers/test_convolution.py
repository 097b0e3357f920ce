"""Convolutions, against plain loops, one another and SciPy."""

import itertools
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.array import Array, Shape
from gradcheck.catalogues import OPS
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Op, Options

CONV1D, CONV2D = OPS.all()["conv1d"], OPS.all()["conv2d"]
TRANSPOSED = OPS.all()["conv_transpose2d"]


def run(op: Op, x: Array, *parameters: Array, **options: Any) -> Array:
    """Run an op on its weight and bias, if they are given."""
    given_options = {**op.defaults(), **options, "bias": len(parameters) > 1}
    named = dict(zip(("weight", "bias"), parameters, strict=False))
    op.infer([x.shape], given_options)
    return op.forward([x], named, given_options)[0]


def pull(op: Op, dy: Array, x: Array, *parameters: Array, **options: Any) -> Gradients:
    """Run an op backward from an upstream gradient."""
    given_options = {**op.defaults(), **options, "bias": len(parameters) > 1}
    named = dict(zip(("weight", "bias"), parameters, strict=False))
    return op.backward(dy, op.forward([x], named, given_options)[1])


def of_input(gradients: Gradients) -> Array:
    (dx,) = gradients.inputs
    assert dx is not None
    return dx


def pairs(low: int, high: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(low, high), st.integers(low, high))


geometries = st.fixed_dictionaries(
    {
        "kernel": pairs(1, 3),
        "stride": pairs(1, 3),
        "padding": pairs(0, 2),
        "dilation": pairs(1, 2),
        "groups": st.sampled_from([1, 2, 3]),
    }
)


Place: TypeAlias = tuple[int, int]


def meetings(size: Shape, options: Options) -> Iterator[tuple[Place, Place, Place]]:
    """Yield each output position, kernel element and the input position where they meet."""
    names = ("kernel", "stride", "padding", "dilation")
    kernel, stride, padding, dilation = (options[name] for name in names)
    height, width = (
        (m + 2 * p - d * (k - 1) - 1) // s + 1
        for m, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True)
    )
    for p, q in itertools.product(range(height), range(width)):
        for a, b in itertools.product(*map(range, kernel)):
            row = stride[0] * p + dilation[0] * a - padding[0]
            column = stride[1] * q + dilation[1] * b - padding[1]
            if 0 <= row < size[0] and 0 <= column < size[1]:
                yield (p, q), (a, b), (row, column)


def looped(x: Array, weight: Array, bias: Array, options: Options) -> Array:
    """Convolve by loops over positions, kernel elements and channels."""
    shape = CONV2D.infer([x.shape], {**options, "channels": len(weight), "bias": True}).output
    y = np.zeros(shape) + bias[:, None, None]
    per_group = len(weight) // options["groups"]
    width = weight.shape[1]
    for (p, q), (a, b), (row, column) in meetings(x.shape[2:], options):
        for o, c in itertools.product(range(len(weight)), range(width)):
            source = x[:, o // per_group * width + c, row, column]
            y[:, o, p, q] += weight[o, c, a, b] * source
    return y


def drawn(options: Options, seed: int = 7) -> tuple[Array, Array, Array]:
    """Draw an image of 7 by 11, a weight and a bias that suit a geometry."""
    rng = np.random.default_rng(seed)
    groups = options["groups"]
    x = rng.normal(size=(2, 3 * groups, 7, 11))
    return x, rng.normal(size=(2 * groups, 3, *options["kernel"])), rng.normal(size=2 * groups)


@given(geometries)
def test_a_convolution_is_what_plain_loops_make(options: dict[str, Any]) -> None:
    x, weight, bias = drawn(options)
    y = run(CONV2D, x, weight, bias, channels=len(weight), **options)
    np.testing.assert_allclose(y, looped(x, weight, bias, options), rtol=0, atol=1e-12)


@given(geometries)
def test_the_gradients_of_a_convolution_are_those_of_a_bilinear_map(
    options: dict[str, Any],
) -> None:
    x, weight, bias = drawn(options)
    other, _, _ = drawn(options, seed=11)
    options = {**options, "channels": len(weight)}
    rng = np.random.default_rng(13)
    dy = rng.normal(size=run(CONV2D, x, weight, **options).shape)
    gradients = pull(CONV2D, dy, x, weight, bias, **options)
    along_x = np.vdot(dy, run(CONV2D, other, weight, **options))
    assert np.vdot(of_input(gradients), other) == pytest.approx(along_x, rel=1e-11, abs=1e-11)
    tilt = rng.normal(size=weight.shape)
    along_weight = np.vdot(dy, run(CONV2D, x, tilt, **options))
    found = np.vdot(gradients.parameters["weight"], tilt)
    assert found == pytest.approx(along_weight, rel=1e-11, abs=1e-11)
    np.testing.assert_allclose(gradients.parameters["bias"], dy.sum(axis=(0, 2, 3)), rtol=1e-12)


def test_a_convolution_is_a_correlation_and_does_not_flip_its_kernel() -> None:
    signal = pytest.importorskip("scipy.signal")
    rng = np.random.default_rng(7)
    x, weight = rng.normal(size=(2, 3, 7, 11)), rng.normal(size=(5, 3, 2, 3))
    y = run(CONV2D, x, weight, channels=5, kernel=(2, 3))
    for n, o in itertools.product(range(2), range(5)):
        planes = list(zip(x[n], weight[o], strict=True))
        expected = sum(signal.correlate2d(plane, w, mode="valid") for plane, w in planes)
        flipped = sum(signal.convolve2d(plane, w, mode="valid") for plane, w in planes)
        np.testing.assert_allclose(y[n, o], expected, rtol=0, atol=1e-12)
        assert np.max(np.abs(y[n, o] - flipped)) > 0.1


def test_at_stride_1_the_input_gets_the_upstream_gradient_convolved_with_the_flipped_kernel() -> (
    None
):
    signal = pytest.importorskip("scipy.signal")
    rng = np.random.default_rng(7)
    x, weight = rng.normal(size=(1, 1, 5, 7)), rng.normal(size=(1, 1, 2, 3))
    dy = rng.normal(size=(1, 1, 4, 5))
    dx = of_input(pull(CONV2D, dy, x, weight, channels=1, kernel=(2, 3)))
    np.testing.assert_allclose(dx[0, 0], signal.convolve2d(dy[0, 0], weight[0, 0]), atol=1e-13)


@given(geometries)
def test_a_sequence_is_an_image_of_one_row(options: dict[str, Any]) -> None:
    flat: dict[str, Any] = {
        name: value if name == "groups" else value[1:] for name, value in options.items()
    }
    rng, groups = np.random.default_rng(7), options["groups"]
    x = rng.normal(size=(2, 3 * groups, 11))
    weight = rng.normal(size=(5 * groups, 3, *flat["kernel"]))
    bias = rng.normal(size=5 * groups)
    y = run(CONV1D, x, weight, bias, channels=5 * groups, **flat)
    image: dict[str, Any] = {
        name: value if name == "groups" else (0 if name == "padding" else 1, *value)
        for name, value in flat.items()
    }
    tall = run(CONV2D, x[:, :, None], weight[:, :, None], bias, channels=5 * groups, **image)
    np.testing.assert_allclose(y, tall[:, :, 0], rtol=0, atol=1e-13)


def test_groups_do_not_see_one_another() -> None:
    rng = np.random.default_rng(7)
    x, weight = rng.normal(size=(2, 6, 5, 7)), rng.normal(size=(4, 3, 2, 3))
    options = {"channels": 4, "kernel": (2, 3), "groups": 2}
    before = run(CONV2D, x, weight, **options)
    x[:, 3:] += 1
    after = run(CONV2D, x, weight, **options)
    np.testing.assert_array_equal(after[:, :2], before[:, :2])
    assert (np.abs(after[:, 2:] - before[:, 2:]) > 1e-3).all()


@pytest.mark.parametrize("number", [2, [2], (2,), [2, 2]])
def test_one_number_serves_both_axes(number: Any) -> None:
    rng = np.random.default_rng(7)
    x, weight = rng.normal(size=(2, 3, 7, 11)), rng.normal(size=(5, 3, 2, 2))
    expected = run(CONV2D, x, weight, channels=5, kernel=(2, 2), stride=(2, 2), padding=(2, 2))
    y = run(CONV2D, x, weight, channels=5, kernel=number, stride=number, padding=number)
    np.testing.assert_array_equal(y, expected)


@given(pairs(1, 3), pairs(1, 3), pairs(0, 1), st.tuples(st.integers(5, 7), st.integers(8, 11)))
def test_a_transposed_convolution_is_the_transpose_of_a_convolution(
    kernel: Shape, stride: Shape, padding: Shape, size: Shape
) -> None:
    rng = np.random.default_rng(7)
    x, weight = rng.normal(size=(2, 3, *size)), rng.normal(size=(5, 3, *kernel))
    lay = {"kernel": kernel, "stride": stride, "padding": padding}
    y = run(CONV2D, x, weight, channels=5, **lay)
    left_over = tuple(
        (m + 2 * p - k) % s for m, k, s, p in zip(size, kernel, stride, padding, strict=True)
    )
    up = rng.normal(size=y.shape)
    back = run(TRANSPOSED, up, weight, channels=3, output_padding=left_over, **lay)
    assert back.shape == x.shape
    assert np.vdot(up, y) == pytest.approx(np.vdot(back, x), rel=1e-11, abs=1e-11)


@given(pairs(1, 3), pairs(2, 3), pairs(0, 1), pairs(0, 1))
def test_a_transposed_convolution_is_what_plain_loops_make(
    kernel: Shape, stride: Shape, padding: Shape, extra: Shape
) -> None:
    rng = np.random.default_rng(7)
    x, weight = rng.normal(size=(2, 5, 3, 4)), rng.normal(size=(5, 3, *kernel))
    bias = rng.normal(size=3)
    lay = {"kernel": kernel, "stride": stride, "padding": padding}
    y = run(TRANSPOSED, x, weight, bias, channels=3, output_padding=extra, **lay)
    expected = np.zeros(y.shape) + bias[:, None, None]
    for a, b in itertools.product(*map(range, kernel)):
        for p, q in itertools.product(range(3), range(4)):
            row, column = stride[0] * p + a - padding[0], stride[1] * q + b - padding[1]
            if 0 <= row < y.shape[2] and 0 <= column < y.shape[3]:
                expected[:, :, row, column] += x[:, :, p, q] @ weight[:, :, a, b]
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-12)


CONV = {"channels": 6, "kernel": (2,), "groups": 1}


@pytest.mark.parametrize(
    ("op", "shape", "options", "message"),
    [
        (CONV2D, (3, 5, 7), CONV, r"conv2d needs an input of shape \(n, c, h, w\), but gets \(3"),
        (CONV1D, (3, 5), CONV, r"conv1d needs an input of shape \(n, c, t\), but gets \(3, 5\)"),
        (CONV2D, (2, 3, 5, 7), {**CONV, "groups": 2}, "divide 3 input channels into 2 equal"),
        (CONV2D, (2, 4, 5, 7), {**CONV, "groups": 4}, "divide 6 output channels into 4 equal"),
        (
            CONV2D,
            (2, 3, 5, 7),
            {**CONV, "kernel": (2, 3), "dilation": (5, 1)},
            "a kernel of 2 with dilation 5 reaches over 6 elements, but axis 2 .* has 5 and 0 of",
        ),
        (
            CONV1D,
            (2, 3, 5),
            {**CONV, "kernel": (8,), "padding": (1,)},
            "reaches over 8 elements, but axis 2 of the input has 5 and 1 of padding at each end",
        ),
        (CONV2D, (2, 3, 5, 7), {**CONV, "stride": (1, 2, 3)}, r"stride needs .* gets \[1, 2, 3\]"),
        (CONV1D, (2, 3, 5), {**CONV, "padding": (1, 2)}, r"padding needs one number, or .* \[1, 2"),
        (
            TRANSPOSED,
            (2, 3, 5, 7),
            {**CONV, "stride": (2, 3), "output_padding": (0, 3)},
            r"output_padding must be below the stride \[2, 3\], but is \[0, 3\]",
        ),
        (
            TRANSPOSED,
            (2, 3, 1, 7),
            {**CONV, "padding": (1, 0)},
            r"a padding of \[1, 0\] leaves an output of \[0, 8\]",
        ),
    ],
)
def test_what_does_not_fit_is_refused(op: Op, shape: Shape, options: Options, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        op.infer([shape], {**op.defaults(), **options})


def test_a_weight_has_the_layout_of_pytorch() -> None:
    options = {**CONV2D.defaults(), "channels": 10, "kernel": (2, 3), "groups": 2}
    weight = CONV2D.infer([(2, 6, 5, 7)], options).parameters["weight"]
    assert (weight.shape, weight.fan_in, weight.fan_out) == ((10, 3, 2, 3), 18, 30)
    options = {**TRANSPOSED.defaults(), "channels": 11, "kernel": (2, 3)}
    weight = TRANSPOSED.infer([(2, 5, 5, 7)], options).parameters["weight"]
    assert (weight.shape, weight.fan_in, weight.fan_out) == ((5, 11, 2, 3), 30, 66)


def test_every_group_of_a_convolution_is_a_site() -> None:
    rng = np.random.default_rng(7)
    x, weight = rng.normal(size=(2, 6, 5, 7)), rng.normal(size=(4, 3, 2, 3))
    assert CONV2D.sites is not None
    for groups, names in {1: ["output"], 2: ["group 0", "group 1"]}.items():
        options = {**CONV2D.defaults(), "channels": 4, "kernel": (2, 3), "groups": groups}
        found = CONV2D.sites([x[:, : 3 * groups]], {"weight": weight}, options)
        assert list(found) == names
        assert {site.shape for site in found.values()} == {(2, 20, 4)}
