"""Every loss's backward against the complex step of its forward, for every option and target."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.catalogues import OPS

N, T, K = 7, 3, 5

Draw = Callable[[np.random.Generator], Array]


def scores(rng: np.random.Generator) -> Array:
    return 2 * rng.standard_normal((N, K))


def sequence(rng: np.random.Generator) -> Array:
    return 2 * rng.standard_normal((N, T, K))


def probabilities(rng: np.random.Generator) -> Array:
    return rng.uniform(0.05, 0.95, (N, K))


def rates(rng: np.random.Generator) -> Array:
    return rng.uniform(0.3, 4, (N, K))


def counts(rng: np.random.Generator) -> Array:
    return rng.integers(0, 6, (N, K)).astype(float)


def bits(rng: np.random.Generator) -> Array:
    return rng.integers(0, 2, (N, K))


def signs(rng: np.random.Generator) -> Array:
    return rng.choice([-1.0, 1.0], (N, K))


def classes(rng: np.random.Generator) -> Array:
    return rng.integers(0, K, N)


def sequence_classes(rng: np.random.Generator) -> Array:
    return rng.integers(0, K, (N, T)).astype(float)


def one_hot(rng: np.random.Generator) -> Array:
    return np.eye(K)[classes(rng)]


def soft(rng: np.random.Generator) -> Array:
    return rng.dirichlet(np.ones(K), N)


def unnormalised(rng: np.random.Generator) -> Array:
    return rng.uniform(0.1, 2, (N, K))


def vectors(rng: np.random.Generator) -> Array:
    return rng.standard_normal((N, T, K))


def padded_classes(rng: np.random.Generator) -> Array:
    drawn = sequence_classes(rng)
    drawn[1:, -1] = 2
    return drawn


def importance(rng: np.random.Generator) -> Array:
    return rng.uniform(0.6, 3, N)


@dataclass(frozen=True, kw_only=True)
class Case:
    loss: str
    yhat: Draw = scores
    y: Draw
    options: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        given = [f"{key}={value}" for key, value in self.options.items()]
        return "-".join([self.loss, self.yhat.__name__, self.y.__name__, *given])


def chosen(kind: str, **others: Any) -> dict[str, Any]:
    return {"from": kind, **others}


CASES = [
    Case(loss="squared_error", y=scores, options={"factor": 0.7}),
    Case(loss="absolute_error", y=scores),
    Case(loss="huber", y=scores),
    Case(loss="huber", y=scores, options={"delta": 2.3}),
    Case(loss="log_cosh", y=scores),
    Case(loss="binary_cross_entropy", yhat=probabilities, y=bits),
    Case(loss="binary_cross_entropy", yhat=probabilities, y=soft),
    Case(loss="binary_cross_entropy", y=bits, options=chosen("logits")),
    Case(loss="binary_cross_entropy", y=soft, options=chosen("logits")),
    Case(loss="cross_entropy", y=classes),
    Case(loss="cross_entropy", y=one_hot),
    Case(loss="cross_entropy", y=unnormalised),
    Case(loss="cross_entropy", yhat=sequence, y=sequence_classes),
    Case(loss="cross_entropy", y=classes, options=chosen("logits", label_smoothing=0.3)),
    Case(loss="cross_entropy", yhat=probabilities, y=classes, options=chosen("probabilities")),
    Case(loss="cross_entropy", yhat=probabilities, y=soft, options=chosen("probabilities")),
    Case(
        loss="cross_entropy",
        yhat=probabilities,
        y=one_hot,
        options=chosen("probabilities", label_smoothing=0.2),
    ),
    Case(
        loss="cross_entropy",
        yhat=sequence,
        y=padded_classes,
        options=chosen("logits", label_smoothing=0.3, ignore=2),
    ),
    Case(loss="cosine_similarity", y=scores),
    Case(loss="cosine_similarity", yhat=sequence, y=vectors),
    Case(loss="negative_log_likelihood", y=classes),
    Case(loss="negative_log_likelihood", y=soft),
    Case(loss="negative_log_likelihood", yhat=sequence, y=sequence_classes),
    Case(loss="negative_log_likelihood", yhat=sequence, y=padded_classes, options={"ignore": 2}),
    Case(loss="triplet", yhat=vectors, y=importance),
    Case(loss="triplet", yhat=vectors, y=importance, options={"margin": 4.3}),
    Case(loss="hinge", y=signs),
    Case(loss="squared_hinge", y=signs),
    Case(loss="multiclass_hinge", y=classes),
    Case(loss="multiclass_hinge", y=one_hot, options={"margin": 2.6}),
    Case(loss="multiclass_hinge", yhat=sequence, y=sequence_classes),
    Case(loss="categorical_hinge", y=classes),
    Case(loss="categorical_hinge", y=one_hot, options={"margin": 2.6}),
    Case(loss="categorical_hinge", yhat=sequence, y=sequence_classes),
    Case(loss="kl_divergence", yhat=probabilities, y=soft),
    Case(loss="kl_divergence", y=soft, options=chosen("log_probabilities")),
    Case(loss="kl_divergence", y=unnormalised, options=chosen("logits")),
    Case(loss="poisson", y=counts),
    Case(loss="poisson", yhat=rates, y=counts, options=chosen("rate")),
]


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


def test_every_loss_and_every_choice_has_a_case() -> None:
    losses = {name: op for name, op in OPS.all().items() if op.kind == "loss"}
    assert {case.loss for case in CASES} == set(losses)
    for name, op in losses.items():
        for option, declared in op.options.items():
            tried = {
                case.options.get(option, declared.default) for case in CASES if case.loss == name
            }
            assert tried >= set(declared.choices), (name, option)


def test_backward_agrees_with_the_complex_step_of_forward(
    case: Case,
    rng: np.random.Generator,
    terms: Callable[..., Array],
    slopes: Callable[..., Array],
) -> None:
    yhat, y = case.yhat(rng), case.y(rng)
    upstream = rng.standard_normal(terms(case.loss, yhat, y, **case.options).shape)
    numeric = np.empty(yhat.shape)
    for index in np.ndindex(yhat.shape):
        moved = yhat.astype(complex)
        moved[index] += 1e-20j
        output = terms(case.loss, moved, y, **case.options)
        numeric[index] = (upstream * output).sum().imag / 1e-20
    claimed = slopes(case.loss, yhat, y, upstream, **case.options)
    assert np.abs(numeric).max() > 0.1
    np.testing.assert_allclose(claimed, numeric, rtol=1e-12, atol=1e-14)


def test_forward_of_complex_numbers_without_imaginary_part_is_the_real_one(
    case: Case, rng: np.random.Generator, terms: Callable[..., Array]
) -> None:
    yhat, y = case.yhat(rng), case.y(rng)
    real = terms(case.loss, yhat, y, **case.options)
    analytic = terms(case.loss, yhat.astype(complex), y, **case.options)
    assert np.all(analytic.imag == 0)
    np.testing.assert_allclose(analytic.real, real, rtol=1e-14, atol=1e-14)


def test_terms_have_the_inferred_shape_and_are_each_samples_own(
    case: Case,
    rng: np.random.Generator,
    terms: Callable[..., Array],
    infer: Callable[..., Any],
) -> None:
    yhat, y = case.yhat(rng), case.y(rng)
    together = terms(case.loss, yhat, y, **case.options)
    assert together.shape == infer(case.loss, yhat.shape, y.shape, **case.options)
    assert together.dtype == np.float64
    for n in range(N):
        alone = terms(case.loss, yhat[n : n + 1], y[n : n + 1], **case.options)
        np.testing.assert_allclose(alone[0], together[n], rtol=1e-15)


def test_a_pass_leaves_prediction_target_and_upstream_alone(
    case: Case,
    rng: np.random.Generator,
    terms: Callable[..., Array],
    slopes: Callable[..., Array],
) -> None:
    yhat, y = case.yhat(rng), case.y(rng)
    upstream = rng.standard_normal(terms(case.loss, yhat, y, **case.options).shape)
    kept = [array.copy() for array in (yhat, y, upstream)]
    slopes(case.loss, yhat, y, upstream, **case.options)
    for array, before in zip((yhat, y, upstream), kept, strict=True):
        np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8])
def test_targets_of_a_small_integer_type_neither_wrap_nor_round(
    case: Case,
    dtype: type,
    rng: np.random.Generator,
    terms: Callable[..., Array],
    slopes: Callable[..., Array],
) -> None:
    yhat, y = case.yhat(rng), np.abs(np.round(case.y(rng)))
    small: Array = y.astype(dtype)
    exact = terms(case.loss, yhat, y, **case.options)
    upstream = rng.standard_normal(exact.shape)
    np.testing.assert_allclose(terms(case.loss, yhat, small, **case.options), exact, rtol=1e-15)
    np.testing.assert_allclose(
        slopes(case.loss, yhat, small, upstream, **case.options),
        slopes(case.loss, yhat, y, upstream, **case.options),
        rtol=1e-15,
    )
