"""Normalisations: their statistics over the right axes, their invariances, their relations."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array, Shape
from gradcheck.catalogues import OPS
from gradcheck.errors import ShapeError
from gradcheck.op import Op, Options

NAMES = ("batch_norm", "layer_norm", "group_norm", "instance_norm")
CENTRED = {name: OPS.all()[name] for name in NAMES}
BATCH, LAYER, GROUP, INSTANCE = CENTRED.values()
RMS, SCALE = OPS.all()["rms_norm"], OPS.all()["scale_shift"]

SHAPE = (3, 6, 5, 7)
PLAIN: dict[str, Any] = {"eps": 0.375, "affine": False}
SETTINGS: dict[str, dict[str, Any]] = {
    "batch_norm": {},
    "layer_norm": {"axes": 2},
    "group_norm": {"groups": 2},
    "instance_norm": {},
}


@pytest.fixture
def x() -> Array:
    return np.random.default_rng(7).normal(loc=2, scale=3, size=SHAPE)


def run(op: Op, x: Array, /, *parameters: Array, **options: Any) -> Array:
    named = dict(zip(("weight", "bias"), parameters, strict=False))
    return op.forward([x], named, {**op.defaults(), **options})[0]


def pull(op: Op, dy: Array, x: Array, /, *parameters: Array, **options: Any) -> Array:
    """Return the gradient of the input."""
    named = dict(zip(("weight", "bias"), parameters, strict=False))
    cache = op.forward([x], named, {**op.defaults(), **options})[1]
    (dx,) = op.backward(dy, cache).inputs
    assert dx is not None
    return dx


def together(name: str) -> Iterator[Any]:
    """Yield the places of an array of SHAPE that are normalised together."""
    n, c, h, _ = SHAPE
    if name == "batch_norm":
        yield from ((slice(None), k) for k in range(c))
    elif name == "instance_norm":
        yield from itertools.product(range(n), range(c))
    elif name == "group_norm":
        yield from itertools.product(range(n), (slice(0, 3), slice(3, 6)))
    elif name == "layer_norm":
        yield from itertools.product(range(n), range(c))
    else:
        yield from itertools.product(range(n), range(c), range(h))


@pytest.mark.parametrize("name", CENTRED)
def test_what_is_normalised_together_has_its_own_mean_and_variance(name: str, x: Array) -> None:
    y = run(CENTRED[name], x, **PLAIN, **SETTINGS[name])
    for place in together(name):
        part = x[place]
        expected = (part - np.mean(part)) / np.sqrt(np.var(part) + 0.375)
        np.testing.assert_allclose(y[place], expected, rtol=0, atol=1e-13)


def test_a_root_mean_square_is_of_one_row_and_takes_off_no_mean(x: Array) -> None:
    y = run(RMS, x, **PLAIN)
    for place in together("rms_norm"):
        expected = x[place] / np.sqrt(x[place] @ x[place] / 7 + 0.375)
        np.testing.assert_allclose(y[place], expected, rtol=1e-13)


@pytest.mark.parametrize("name", CENTRED)
def test_the_gradient_does_not_change_mean_nor_scale(name: str, x: Array) -> None:
    dy = np.random.default_rng(11).normal(size=SHAPE)
    dx = pull(CENTRED[name], dy, x, eps=0.0, affine=False, **SETTINGS[name])
    for place in together(name):
        part, spread = dx[place], np.abs(dx[place]).sum()
        assert abs(part.sum()) < 1e-13 * spread
        assert abs(np.vdot(part, x[place])) < 1e-12 * spread
        assert spread > 0.1


def test_a_shift_of_the_samples_is_invisible_even_if_it_is_large(x: Array) -> None:
    x = np.round(x * 2**20) / 2**20
    for name, op in CENTRED.items():
        options = {**PLAIN, **SETTINGS[name]}
        near, far = run(op, x, **options), run(op, x + 2.0**25, **options)
        np.testing.assert_allclose(far, near, rtol=0, atol=1e-7)


@pytest.mark.parametrize("groups", [1, 6])
def test_the_groups_of_a_group_norm_lead_from_a_layer_norm_to_an_instance_norm(
    groups: int, x: Array
) -> None:
    y = run(GROUP, x, **PLAIN, groups=groups)
    other = run(LAYER, x, **PLAIN, axes=3) if groups == 1 else run(INSTANCE, x, **PLAIN)
    np.testing.assert_allclose(y, other, rtol=0, atol=1e-13)


@pytest.mark.parametrize("op", [BATCH, GROUP, INSTANCE], ids=lambda op: op.key)
def test_every_channel_has_its_own_scale_and_shift(op: Op, x: Array) -> None:
    rng = np.random.default_rng(11)
    weight, bias = rng.normal(size=6), rng.normal(size=6)
    options = {**PLAIN, **SETTINGS[op.key], "affine": True}
    assert op.infer([SHAPE], {**op.defaults(), **options}).parameters["weight"].shape == (6,)
    plain = run(op, x, **{**options, "affine": False})
    y = run(op, x, weight, bias, **options)
    for c in range(6):
        np.testing.assert_allclose(y[:, c], weight[c] * plain[:, c] + bias[c], atol=1e-13)


def test_a_layer_norm_has_a_scale_for_every_feature_of_its_axes(x: Array) -> None:
    rng = np.random.default_rng(11)
    weight, bias = rng.normal(size=(5, 7)), rng.normal(size=(5, 7))
    plain = run(LAYER, x, **PLAIN, axes=2)
    y = run(LAYER, x, weight, bias, eps=0.375, axes=2)
    for n, c in itertools.product(range(3), range(6)):
        np.testing.assert_allclose(y[n, c], weight * plain[n, c] + bias, atol=1e-13)


def test_a_root_mean_square_norm_has_no_bias() -> None:
    assert set(RMS.infer([SHAPE], RMS.defaults()).parameters) == {"weight"}


@pytest.mark.parametrize("name", CENTRED)
def test_without_affine_there_are_no_parameters_and_no_sites(name: str, x: Array) -> None:
    op, options = CENTRED[name], {**PLAIN, **SETTINGS[name]}
    assert op.infer([SHAPE], options).parameters == {}
    assert op.sites is not None
    assert op.sites([x], {}, options) == {}


def test_a_batch_norm_depends_on_the_other_samples(x: Array) -> None:
    assert not BATCH.samplewise
    before = run(BATCH, x, **PLAIN)
    x[1:] *= 3
    assert (np.abs(run(BATCH, x, **PLAIN)[0] - before[0]) > 1e-6).any()


@pytest.mark.parametrize("name", CENTRED)
def test_equal_elements_become_the_bias_and_their_gradient_is_finite(name: str) -> None:
    op, options = CENTRED[name], {"affine": True, **SETTINGS[name]}
    shape = op.infer([SHAPE], {**op.defaults(), **options}).parameters["bias"].shape
    rng = np.random.default_rng(7)
    weight, bias = rng.normal(size=shape), rng.normal(size=shape)
    x, dy = np.full(SHAPE, 0.75), rng.normal(size=SHAPE)
    y = run(op, x, weight, bias, **options)
    spread = bias if name == "layer_norm" else bias[:, None, None]
    np.testing.assert_allclose(y, np.broadcast_to(spread, SHAPE), rtol=1e-12)
    dx = pull(op, dy, x, weight, bias, **options)
    assert np.isfinite(dx).all()
    assert np.abs(dx).max() > 1


@pytest.mark.parametrize(
    ("axis", "index"),
    [(-1, (0, 0, 0)), (3, (0, 0, 0)), (1, (0, slice(None), 0, 0)), (-2, (0, 0, slice(None), 0))],
)
def test_a_scale_and_shift_run_along_their_axis(axis: int, index: Any, x: Array) -> None:
    rng = np.random.default_rng(11)
    weight, bias = rng.normal(size=SHAPE[axis]), rng.normal(size=SHAPE[axis])
    y = run(SCALE, x, weight, bias, axis=axis)
    np.testing.assert_allclose(y[index], weight * x[index] + bias, rtol=1e-14)
    spread = [1, 1, 1, 1]
    spread[axis] = -1
    expected = weight.reshape(spread) * x + bias.reshape(spread)
    np.testing.assert_allclose(y, expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("op", "shape", "options", "message"),
    [
        (BATCH, (5,), {}, r"batch_norm needs an input of shape \(n, c\), .* but gets \(5,\)"),
        (BATCH, (1, 5), {}, r"batch_norm would normalise each element of .* \(1, 5\) by itself"),
        (LAYER, (3, 5), {"axes": 2}, r"last 2 axes needs an input with 3 or more, .* \(3, 5\)"),
        (LAYER, (3, 1), {}, "layer_norm would normalise each element"),
        (GROUP, (3, 5), {"groups": 2}, "can't divide 5 channels into 2 equal groups"),
        (GROUP, (3, 6), {"groups": 6}, "group_norm would normalise each element"),
        (INSTANCE, (3, 5), {}, r"shape \(n, c, t\) or \(n, c, h, w\), but gets \(3, 5\)"),
        (INSTANCE, (3, 5, 1), {}, "instance_norm would normalise each element"),
        (RMS, (5,), {}, r"rms_norm needs an input of shape \(n, ..., m\), but gets \(5,\)"),
        (SCALE, (3, 5), {"axis": 0}, r"axis 0 of shape \(3, 5\) is the batch"),
        (SCALE, (3, 5), {"axis": -2}, r"axis -2 of shape \(3, 5\) is the batch"),
        (SCALE, (3, 5), {"axis": 2}, r"axis 2 of shape \(3, 5\) does not exist"),
        (SCALE, (3, 5), {"axis": -3}, r"axis -3 of shape \(3, 5\) does not exist"),
    ],
)
def test_what_does_not_fit_is_refused(op: Op, shape: Shape, options: Options, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        op.infer([shape], {**op.defaults(), **options})
