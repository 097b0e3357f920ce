"""Activations far out: no warnings, no overflow, and slopes that keep their digits."""

import math
from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.op import Op, Options

H = 2.0**-100
UNDERFLOW = 1e-290
"""An imaginary part below it has lost digits, since it is 2^-100 times the derivative."""

EXTREMES = np.array([-700.0, -40.0, -1e-300, 0.0, 1e-300, 40.0, 700.0])


@pytest.mark.ops("elementwise")
def test_extreme_arguments_give_finite_values_on_the_real_and_the_complex_side(
    op: Op, options: Options
) -> None:
    assert op.function is not None
    assert op.slope is not None
    real, slope = op.function(EXTREMES, **options), op.slope(EXTREMES, **options)
    assert np.isfinite(real).all()
    assert np.isfinite(slope).all()
    for side in (H, -H):
        moved = op.function(EXTREMES + 1j * side, **options)
        np.testing.assert_allclose(moved.real, real, rtol=1e-13, atol=1e-30)
        smooth = op.kinks([EXTREMES], options) != 0 if op.kinks else np.full(EXTREMES.shape, True)
        np.testing.assert_allclose(
            moved.imag[smooth], side * slope[smooth], rtol=1e-12, atol=UNDERFLOW
        )


def _tanh(z: Decimal) -> Decimal:
    return 1 - 2 / ((2 * z).exp() + 1)


def _tanh_slope(z: Decimal) -> Decimal:
    return 1 - _tanh(z) ** 2


def _logistic(z: Decimal) -> Decimal:
    return 1 / (1 + (-z).exp())


def _silu_slope(z: Decimal) -> Decimal:
    return _logistic(z) + z * _logistic(z) * (1 - _logistic(z))


def _mish_slope(z: Decimal) -> Decimal:
    softplus = (1 + z.exp()).ln()
    return _tanh(softplus) + z * _tanh_slope(softplus) * _logistic(z)


PI = Decimal(
    "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803"
)


def _gelu_slope(z: Decimal) -> Decimal:
    """Differentiate by the series of the normal distribution function around 0."""
    density = (-z * z / 2).exp() / (2 * PI).sqrt()
    term = total = z
    for n in range(1, 999):
        term *= z * z / (2 * n + 1)
        total += term
    return Decimal("0.5") + density * total + z * density


def _gelu_tanh_slope(z: Decimal) -> Decimal:
    gain, cubic = (2 / PI).sqrt(), Decimal("0.044715")
    u = gain * (z + cubic * z**3)
    return (1 + _tanh(u)) / 2 + z / 2 * _tanh_slope(u) * gain * (1 + 3 * cubic * z**2)


SLOPES: Mapping[str, tuple[Callable[[Decimal], Decimal], list[float]]] = {
    "tanh": (_tanh_slope, [-300.0, -20.0, 0.375, 19.5, 345.0]),
    "sigmoid": (lambda z: _logistic(z) * (1 - _logistic(z)), [-650.0, -40.0, 1.5, 38.0, 690.0]),
    "softplus": (_logistic, [-650.0, -40.0, 0.25, 38.0]),
    "silu": (_silu_slope, [-650.0, -40.0, -3.0, 0.25, 38.0, 650.0]),
    "mish": (_mish_slope, [-650.0, -40.0, -3.0, 0.25, 38.0, 650.0]),
    "gelu": (_gelu_slope, [-12.3, -7.7, -3.0, -0.25, 0.4, 5.0, 11.0]),
    "gelu_tanh": (_gelu_tanh_slope, [-10.0, -5.0, -0.25, 0.4, 5.0, 30.0]),
    "elu": (lambda z: z.exp(), [-690.0, -40.0, -0.125]),
    "celu": (lambda z: z.exp(), [-690.0, -40.0, -0.125]),
    "softsign": (lambda z: 1 / (1 + abs(z)) ** 2, [-700.0, -1e9, 0.125, 1e150]),
}


@pytest.mark.parametrize("name", SLOPES)
def test_slopes_keep_their_digits_in_saturation(name: str, find: Callable[[str], Op]) -> None:
    reference, points = SLOPES[name]
    op = find(name)
    assert op.slope is not None
    with localcontext(prec=700, Emin=-99999, Emax=99999):
        expected = [float(reference(Decimal(z))) for z in points]
    slopes = op.slope(np.array(points), **op.defaults())
    np.testing.assert_allclose(slopes, expected, rtol=1e-13, atol=0)


WHERE = [-3.0, -1.0, 0.0, 1.0, 3.0]
KNOWN: Mapping[str, tuple[list[float], list[float], float]] = {
    # TensorFlow's documentation of tf.nn.gelu, printed from single precision.
    "gelu": (WHERE, [-0.00404951, -0.15865529, 0, 0.8413447, 2.9959507], 5e-7),
    "gelu_tanh": (WHERE, [-0.00363752, -0.15880796, 0, 0.841192, 2.9963627], 5e-7),
    # PyTorch's documentation of SELU: scale, and -scale * alpha as the limit to the left.
    "selu": ([1.0, -700.0], [1.0507009873554805, -1.0507009873554805 * 1.6732632423543772], 1e-15),
}


@pytest.mark.parametrize("name", KNOWN)
def test_values_are_those_of_a_named_source(name: str, find: Callable[[str], Op]) -> None:
    z, expected, tolerance = KNOWN[name]
    function = find(name).function
    assert function is not None
    np.testing.assert_allclose(function(np.array(z)), expected, rtol=0, atol=tolerance)


def test_gelu_keeps_its_digits_in_the_left_tail(find: Callable[[str], Op]) -> None:
    z = np.array([-1.0, -5.0, -10.0, -20.0])
    expected = [x * math.erfc(-x / math.sqrt(2)) / 2 for x in z]
    function = find("gelu").function
    assert function is not None
    np.testing.assert_allclose(function(z), expected, rtol=1e-13)


ROWS = np.array([[50.0, 0.5, -3.0], [-700.0, 700.0, 699.0], [0.0, 1e-300, -40.0], [7.0, 7.0, 7.0]])


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_saturated_rows_have_gradients_with_all_digits(
    name: str, find: Callable[[str], Op], rng: np.random.Generator
) -> None:
    op, dy = find(name), rng.normal(size=ROWS.shape)
    gradient = op.backward(dy, op.forward([ROWS], {}, {})[1]).inputs[0]
    assert gradient is not None
    np.testing.assert_allclose(gradient, stepped(op, dy), rtol=1e-11, atol=UNDERFLOW)


def stepped(op: Op, dy: Array) -> Array:
    """Differentiate by complex steps, whose imaginary parts hold no 1 that could cancel."""
    columns = []
    for k in range(ROWS.shape[1]):
        step = np.where(np.arange(ROWS.shape[1]) == k, 1j * H, 0)
        columns.append((dy * op.forward([ROWS + step], {}, {})[0].imag).sum(axis=1) / H)
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_a_constant_added_to_a_row_changes_nothing(name: str, find: Callable[[str], Op]) -> None:
    function = find(name).function
    assert function is not None
    np.testing.assert_allclose(function(ROWS + 64), function(ROWS), rtol=1e-12, atol=1e-13)


def test_log_softmax_is_the_logarithm_of_softmax(find: Callable[[str], Op]) -> None:
    softmax, log_softmax = find("softmax").function, find("log_softmax").function
    assert softmax is not None
    assert log_softmax is not None
    z = np.array([[0.5, -1.25, 3.0, 2.0], [-7.0, 0.0, 0.125, 1.0]])
    np.testing.assert_allclose(np.exp(log_softmax(z)), softmax(z), rtol=1e-14)
    np.testing.assert_allclose(softmax(z).sum(axis=1), 1, rtol=1e-15)
