"""Losses at the edges: large logits, saturated rows, probabilities of exactly 0 and 1."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from gradcheck.array import Array

Evaluate = Callable[..., Array]
STEP = 1e-20


def test_log_cosh_neither_overflows_nor_loses_small_residuals(
    terms: Evaluate, slopes: Evaluate
) -> None:
    r = np.array([700.0, -700.0, 1e-9, -1e-200])
    expected = [700 - math.log(2), 700 - math.log(2), 5e-19, 0.0]
    np.testing.assert_allclose(terms("log_cosh", r, np.zeros(4)), expected, rtol=1e-15)
    np.testing.assert_allclose(slopes("log_cosh", r, np.zeros(4)), [1, -1, 1e-9, -1e-200])


@pytest.mark.parametrize("residual", [-40.0, -1.0, -0.999, 1e-9, 0.3, 1.0, 1.001, 25.0])
def test_log_cosh_keeps_its_digits_in_complex_arithmetic(residual: float, terms: Evaluate) -> None:
    moved = terms("log_cosh", np.array([residual + STEP * 1j]), np.zeros(1))
    np.testing.assert_allclose(moved.imag / STEP, math.tanh(residual), rtol=1e-14)
    np.testing.assert_allclose(moved.real, math.log(math.cosh(residual)), rtol=1e-13, atol=1e-17)


def test_binary_cross_entropy_of_large_logits_is_finite_and_exact(
    terms: Evaluate, slopes: Evaluate
) -> None:
    z, y = np.array([700.0, 700.0, -700.0, -700.0]), np.array([1.0, 0.0, 1.0, 0.0])
    tail = math.exp(-700)
    options = {"from": "logits"}
    np.testing.assert_allclose(
        terms("binary_cross_entropy", z, y, **options), [tail, 700, 700, tail], rtol=1e-12
    )
    np.testing.assert_allclose(
        slopes("binary_cross_entropy", z, y, **options), [-tail, 1, -1, tail], rtol=1e-12
    )


@pytest.mark.parametrize("z", [30.0, 36.0, 40.0])
def test_binary_cross_entropy_keeps_the_digits_of_a_saturated_logit(
    z: float, terms: Evaluate, slopes: Evaluate
) -> None:
    options = {"from": "logits"}
    moved = terms("binary_cross_entropy", np.array([z + STEP * 1j]), np.ones(1), **options)
    claimed = slopes("binary_cross_entropy", np.array([z]), np.ones(1), **options)
    np.testing.assert_allclose(claimed, -math.exp(-z) / (1 + math.exp(-z)), rtol=1e-14)
    np.testing.assert_allclose(moved.imag / STEP, claimed, rtol=1e-14)
    np.testing.assert_allclose(moved.real, math.log1p(math.exp(-z)), rtol=1e-14)


def test_cross_entropy_of_large_logits_is_finite_and_exact(
    terms: Evaluate, slopes: Evaluate
) -> None:
    z = np.array([[700.0, -700.0, 0.0], [-700.0, 700.0, 699.0]])
    y = np.array([1, 2])
    last = math.log1p(math.e)
    p = 1 / (1 + math.e)
    np.testing.assert_allclose(terms("cross_entropy", z, y), [1400.0, last], rtol=1e-14)
    np.testing.assert_allclose(
        slopes("cross_entropy", z, y), [[1, -1, math.exp(-700)], [0, 1 - p, p - 1]], rtol=1e-12
    )


def test_cross_entropy_keeps_the_digits_of_a_saturated_row(
    terms: Evaluate, slopes: Evaluate
) -> None:
    z = np.array([[40.0, 0.0, 1.0]])
    a, b = math.exp(-40), math.exp(-39)
    expected = np.array([[-(a + b), a, b]]) / (1 + a + b)
    moved = np.array([terms("cross_entropy", z + STEP * 1j * row, [0])[0] for row in np.eye(3)])
    np.testing.assert_allclose(terms("cross_entropy", z, [0]), math.log1p(a + b), rtol=1e-14)
    np.testing.assert_allclose(slopes("cross_entropy", z, [0]), expected, rtol=1e-14)
    np.testing.assert_allclose(moved.imag[None] / STEP, expected, rtol=1e-14)


def test_tied_logits_share_their_probability(slopes: Evaluate) -> None:
    np.testing.assert_allclose(
        slopes("cross_entropy", [[2.0, 2.0, 2.0, 2.0]], [1]), [[0.25, -0.75, 0.25, 0.25]]
    )


def test_nothing_times_the_logarithm_of_nothing_is_nothing(
    terms: Evaluate, slopes: Evaluate
) -> None:
    p, y = np.array([[0.0, 0.25, 0.75]]), np.array([[0.0, 0.5, 0.5]])
    expected = -(math.log(0.25) + math.log(0.75)) / 2
    options = {"from": "probabilities"}
    for yhat in (p, p + 0j):
        np.testing.assert_allclose(terms("cross_entropy", yhat, y, **options), [expected])
        np.testing.assert_allclose(
            terms("kl_divergence", yhat, y), [expected - math.log(2)], rtol=1e-12
        )
    np.testing.assert_allclose(slopes("cross_entropy", p, y, **options), [[0, -2, -2 / 3]])
    np.testing.assert_allclose(slopes("kl_divergence", p, y), [[0, -2, -2 / 3]])
    with np.errstate(divide="ignore"):
        logs = np.log(p)
    np.testing.assert_allclose(terms("negative_log_likelihood", logs, y), [expected])
    np.testing.assert_allclose(
        terms("kl_divergence", logs, y, **{"from": "log_probabilities"}), [expected - math.log(2)]
    )


def test_binary_cross_entropy_of_certain_and_right_predictions_is_zero(
    terms: Evaluate, slopes: Evaluate
) -> None:
    p = y = np.array([0.0, 1.0])
    np.testing.assert_array_equal(terms("binary_cross_entropy", p, y), [0, 0])
    np.testing.assert_array_equal(terms("binary_cross_entropy", p + 0j, y), [0, 0])
    np.testing.assert_array_equal(slopes("binary_cross_entropy", p, y), [1, -1])


@pytest.mark.parametrize("kind", [float, complex])
def test_impossible_probabilities_give_an_infinite_or_no_loss_without_a_warning(
    kind: type, terms: Evaluate
) -> None:
    p, y = np.array([0.0, 1.0, -0.3, 1.3, np.nan]), np.array([1.0, 0.0, 1.0, 0.0, 1.0])
    found = terms("binary_cross_entropy", p.astype(kind), y).real
    np.testing.assert_array_equal(found, [np.inf, np.inf, np.nan, np.nan, np.nan])
    rows: Array = np.array([[-0.3, 1.3], [0.0, 1.0]]).astype(kind)
    found = terms("cross_entropy", rows, [1, 0], **{"from": "probabilities"}).real
    np.testing.assert_array_equal(found, [np.nan, np.inf])
    found = terms("poisson", p[:3].astype(kind), y[:3], **{"from": "rate"}).real
    np.testing.assert_array_equal(found, [np.inf, 1, np.nan])


def test_gradients_where_the_loss_is_infinite_raise_no_warning(slopes: Evaluate) -> None:
    found = slopes("binary_cross_entropy", np.array([0.0, 1.0]), np.array([1.0, 0.0]))
    np.testing.assert_array_equal(found, [-np.inf, np.inf])
