"""Relations between losses, and invariances of one."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.array import Array
from gradcheck.catalogues import OPS

Evaluate = Callable[..., Array]
N, K = 7, 5


def softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def test_binary_cross_entropy_of_logits_is_that_of_their_sigmoid(
    rng: np.random.Generator, terms: Evaluate, slopes: Evaluate
) -> None:
    z, y = 3 * rng.standard_normal((N, K)), rng.uniform(size=(N, K))
    p = 1 / (1 + np.exp(-z))
    of_logits = terms("binary_cross_entropy", z, y, **{"from": "logits"})
    np.testing.assert_allclose(of_logits, terms("binary_cross_entropy", p, y), rtol=1e-12)
    np.testing.assert_allclose(
        slopes("binary_cross_entropy", z, y, **{"from": "logits"}),
        slopes("binary_cross_entropy", p, y) * p * (1 - p),
        rtol=1e-10,
        atol=1e-12,
    )


def test_cross_entropy_of_logits_is_that_of_their_softmax(
    rng: np.random.Generator, terms: Evaluate
) -> None:
    z, y = 3 * rng.standard_normal((N, K)), rng.dirichlet(np.ones(K), N)
    np.testing.assert_allclose(
        terms("cross_entropy", z, y),
        terms("cross_entropy", softmax(z), y, **{"from": "probabilities"}),
        rtol=1e-12,
    )


@pytest.mark.parametrize("loss", ["cross_entropy", "negative_log_likelihood", "multiclass_hinge"])
@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.float64])
def test_class_numbers_of_any_type_mean_the_same_as_one_hot_rows(
    loss: str, dtype: type, rng: np.random.Generator, terms: Evaluate, slopes: Evaluate
) -> None:
    yhat, y = rng.standard_normal((N, K)), rng.integers(0, K, N)
    rows, upstream = np.eye(K)[y], rng.standard_normal(N)
    numbers: Array = y.astype(dtype)
    np.testing.assert_array_equal(terms(loss, yhat, numbers), terms(loss, yhat, rows))
    np.testing.assert_array_equal(
        slopes(loss, yhat, numbers, upstream), slopes(loss, yhat, rows, upstream)
    )


def test_cross_entropy_of_two_classes_is_binary_cross_entropy_of_the_logits_difference(
    rng: np.random.Generator, terms: Evaluate
) -> None:
    z, y = 3 * rng.standard_normal((N, 2)), rng.integers(0, 2, N)
    np.testing.assert_allclose(
        terms("cross_entropy", z, y),
        terms("binary_cross_entropy", z[:, 1] - z[:, 0], y, **{"from": "logits"}),
        rtol=1e-12,
    )


def test_negative_log_likelihood_of_a_log_softmax_is_cross_entropy(
    rng: np.random.Generator, terms: Evaluate
) -> None:
    z, y = rng.standard_normal((N, K)), rng.dirichlet(np.ones(K), N)
    np.testing.assert_allclose(
        terms("negative_log_likelihood", np.log(softmax(z)), y),
        terms("cross_entropy", z, y),
        rtol=1e-13,
    )


@pytest.mark.parametrize("kind", ["probabilities", "log_probabilities", "logits"])
def test_kl_divergence_is_cross_entropy_less_the_targets_entropy(
    kind: str, rng: np.random.Generator, terms: Evaluate
) -> None:
    z, y = rng.standard_normal((N, K)), rng.dirichlet(np.ones(K), N)
    yhat = {"probabilities": softmax(z), "log_probabilities": np.log(softmax(z)), "logits": z}[kind]
    entropy = -(y * np.log(y)).sum(axis=-1)
    np.testing.assert_allclose(
        terms("kl_divergence", yhat, y, **{"from": kind}),
        terms("cross_entropy", z, y) - entropy,
        rtol=1e-12,
        atol=1e-14,
    )


def test_smoothed_labels_are_the_soft_rows_that_they_stand_for(
    rng: np.random.Generator, terms: Evaluate
) -> None:
    z, y = rng.standard_normal((N, K)), rng.integers(0, K, N)
    rows = np.full((N, K), 0.3 / K)
    rows[np.arange(N), y] += 0.7
    np.testing.assert_allclose(
        terms("cross_entropy", z, y, label_smoothing=0.3),
        terms("cross_entropy", z, rows),
        rtol=1e-13,
    )


@pytest.mark.parametrize("loss", ["cross_entropy", "kl_divergence"])
def test_gradients_of_logits_sum_to_zero_and_a_shift_changes_nothing(
    loss: str, rng: np.random.Generator, terms: Evaluate, slopes: Evaluate
) -> None:
    z, y = rng.standard_normal((N, K)), rng.dirichlet(np.ones(K), N)
    shift, upstream = rng.standard_normal((N, 1)), rng.standard_normal(N)
    gradient = slopes(loss, z, y, upstream, **{"from": "logits"})
    assert np.abs(gradient).max() > 0.1
    np.testing.assert_allclose(gradient.sum(axis=-1), 0, atol=1e-14)
    np.testing.assert_allclose(
        terms(loss, z + shift, y, **{"from": "logits"}), terms(loss, z, y, **{"from": "logits"})
    )


def test_multiclass_hinge_ignores_a_shift_and_scales_with_its_margin(
    rng: np.random.Generator, terms: Evaluate, slopes: Evaluate
) -> None:
    s, y = rng.standard_normal((N, K)), rng.integers(0, K, N)
    plain = terms("multiclass_hinge", s, y)
    np.testing.assert_allclose(terms("multiclass_hinge", s + 3.7, y), plain, rtol=1e-13)
    np.testing.assert_allclose(terms("multiclass_hinge", 2.3 * s, y, margin=2.3), 2.3 * plain)
    np.testing.assert_array_equal(slopes("multiclass_hinge", s, y).sum(axis=-1), 0)


def test_multiclass_hinge_of_two_classes_is_the_hinge_of_half_their_difference(
    rng: np.random.Generator, terms: Evaluate
) -> None:
    s, y = rng.standard_normal((N, 2)), rng.integers(0, 2, N)
    np.testing.assert_allclose(
        terms("multiclass_hinge", s, y), terms("hinge", s[:, 1] - s[:, 0], 2 * y - 1), rtol=1e-13
    )


def test_squared_hinge_is_the_square_of_the_hinge(
    rng: np.random.Generator, terms: Evaluate
) -> None:
    yhat, y = rng.standard_normal((N, K)), rng.choice([-1, 1], (N, K))
    np.testing.assert_array_equal(terms("squared_hinge", yhat, y), terms("hinge", yhat, y) ** 2)


def test_huber_is_half_the_square_within_delta_and_absolute_beyond(
    rng: np.random.Generator, terms: Evaluate, slopes: Evaluate
) -> None:
    yhat, y = rng.standard_normal((N, K)), rng.standard_normal((N, K))
    np.testing.assert_allclose(
        terms("huber", yhat, y, delta=100.0), terms("squared_error", yhat, y, factor=0.5)
    )
    tiny = 1e-9
    np.testing.assert_allclose(
        terms("huber", yhat, y, delta=tiny) / tiny, terms("absolute_error", yhat, y), atol=tiny
    )
    np.testing.assert_array_equal(
        slopes("huber", yhat, y, delta=2.0**-30) * 2.0**30, slopes("absolute_error", yhat, y)
    )


def test_the_two_forms_of_poisson_agree_and_are_least_at_the_count(
    rng: np.random.Generator, terms: Evaluate, slopes: Evaluate
) -> None:
    z, y = rng.standard_normal((N, K)), rng.integers(1, 6, (N, K)).astype(float)
    np.testing.assert_allclose(
        terms("poisson", z, y), terms("poisson", np.exp(z), y, **{"from": "rate"}), atol=1e-13
    )
    assert np.all(terms("poisson", z, y) > terms("poisson", np.log(y), y))
    np.testing.assert_allclose(slopes("poisson", y, y, **{"from": "rate"}), 0, atol=1e-15)


@given(st.floats(-700, 700), st.floats(1e-3, 1e3))
def test_huber_and_log_cosh_lie_below_the_absolute_error(residual: float, delta: float) -> None:
    r, zero = np.array([residual]), np.zeros(1)
    huber, log_cosh = OPS.find("huber"), OPS.find("log_cosh")
    assert huber is not None
    assert log_cosh is not None
    assert 0 <= huber.forward((r, zero), {}, {"delta": delta})[0] <= delta * abs(residual)
    assert 0 <= log_cosh.forward((r, zero), {}, {})[0] <= abs(residual)
