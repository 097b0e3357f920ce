"""Kinks: an op says where they are, and both oracles see the two sides."""

from collections.abc import Callable

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.op import Inputs, Op, Options, Parameters

H = 2.0**-100
T = 2.0**-20

CURVED = {"triplet"}
"""Ops in which a kink depends on the square of an entry."""


def eighths(inputs: Inputs) -> list[Array]:
    """Round to eighths, so that a kink can be hit exactly; class numbers stay whole."""
    return [np.round(8 * x) / 8 if x.dtype.kind == "f" else x for x in inputs]


def onto_kink(distances: Callable[[Array], Array], x: Array, k: int) -> Array | None:
    """Move entry k of x to its nearest kink; the distance's sign is free.

    Where a kink depends on the entry's square, none of the numbers that there are may be on it.
    """
    for sign in (-1, 1):
        moved = x.copy()
        moved.flat[k] += sign * distances(x).flat[k]
        if distances(moved).flat[k] == 0:
            return moved
    return None


def sides(loss: Callable[[Array], complex], x: Array, k: int) -> tuple[float, float]:
    """Return the left and the right derivative by entry k, by complex steps."""
    step = np.zeros(x.shape, dtype=complex)
    step.flat[k] = 1j * H
    return -loss(x - step).imag / H, loss(x + step).imag / H


def real_sides(loss: Callable[[Array], complex], x: Array, k: int) -> tuple[float, float]:
    step = np.zeros(x.shape)
    step.flat[k] = T
    here = loss(x).real
    return (here - loss(x - step).real) / T, (loss(x + step).real - here) / T


@pytest.mark.ops("kinked")
@pytest.mark.ops("complex_safe")
def test_at_a_kink_both_sides_are_seen_and_backward_lies_between(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, dy: Array
) -> None:
    first, *others = eighths(inputs)

    def distances(x: Array) -> Array:
        assert op.kinks is not None
        return op.kinks([x, *others], options)

    def loss(x: Array) -> complex:
        return complex((dy * op.forward([x, *others], parameters, options)[0]).sum())

    kinked = np.flatnonzero(np.isfinite(distances(first))).tolist()
    reached = {k: onto_kink(distances, first, k) for k in kinked}
    found = {k: x for k, x in reached.items() if x is not None}
    assert len(found) == len(kinked) or (op.key in CURVED and found)
    for k, x in found.items():
        left, right = sides(loss, x, k)
        assert abs(right - left) > 1e-9
        assert real_sides(loss, x, k) == pytest.approx((left, right), rel=1e-4, abs=1e-4)
        gradient = op.backward(dy, op.forward([x, *others], parameters, options)[1]).inputs[0]
        assert gradient is not None
        claimed = gradient.flat[k]
        assert min(left, right) - 1e-12 <= claimed <= max(left, right) + 1e-12


@pytest.mark.ops("kinked_inside")
def test_at_a_kink_inside_both_sides_are_seen_by_moving_its_site(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, dy: Array
) -> None:
    assert op.kinks is not None
    assert op.kinked is not None
    assert op.sites is not None
    assert op.shifted is not None
    shape = op.sites(inputs, parameters, options)[op.kinked].shape
    distances = op.kinks(inputs, {**options, **parameters})
    assert distances.shape == shape

    def loss(shift: Array) -> complex:
        assert op.shifted is not None
        assert op.kinked is not None
        return complex((dy * op.shifted(inputs, parameters, options, {op.kinked: shift})).sum())

    for k in np.flatnonzero(np.isfinite(distances)).tolist():
        shift = np.zeros(shape)
        shift.flat[k] = -distances.flat[k]
        left, right = sides(loss, shift, k)
        assert abs(right - left) > 1e-9
        assert real_sides(loss, shift, k) == pytest.approx((left, right), rel=1e-4, abs=1e-4)


@pytest.mark.ops("elementwise")
def test_the_derivative_of_an_activation_jumps_at_its_kinks_only(op: Op, options: Options) -> None:
    assert op.function is not None
    assert op.slope is not None
    z = np.arange(-6, 6.125, 0.125)
    right = op.function(z + 1j * H, **options).imag / H
    left = -op.function(z - 1j * H, **options).imag / H
    kinks = op.kinks([z], options) if op.kinks else np.full(z.shape, np.inf)
    np.testing.assert_array_equal(np.abs(right - left) > 1e-12, kinks == 0)
    smooth = kinks != 0
    np.testing.assert_allclose(
        op.slope(z, **options)[smooth], right[smooth], rtol=1e-12, atol=1e-15
    )


AT_KINKS = {
    "relu": ([0.0], {}, [0.0]),
    "leaky_relu": ([0.0], {"negative_slope": 0.25}, [0.25]),
    "elu": ([0.0], {"alpha": 2.5}, [2.5]),
    "selu": ([0.0], {}, [1.0507009873554805 * 1.6732632423543772]),
    "hard_sigmoid": ([-3.0, 3.0], {}, [0.0, 0.0]),
    "hard_tanh": ([-1.0, 1.0], {}, [0.0, 0.0]),
}


@pytest.mark.ops("elementwise")
@pytest.mark.ops("kinked")
def test_the_convention_at_a_kink_is_the_documented_one(entry: Op) -> None:
    assert entry.slope is not None
    assert entry.kinks is not None
    z, options, expected = AT_KINKS[entry.key]
    assert (entry.kinks([np.array(z)], options) == 0).all()
    np.testing.assert_allclose(entry.slope(np.array(z), **options), expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("name", "options"), [("elu", {"alpha": 1.0}), ("leaky_relu", {"negative_slope": 1})]
)
def test_a_kink_that_options_smooth_out_is_infinitely_far(
    name: str, options: Options, find: Callable[[str], Op]
) -> None:
    distances = find(name).kinks
    assert distances is not None
    assert (distances([np.array([-1.0, 0.0, 2.0])], options) == np.inf).all()
