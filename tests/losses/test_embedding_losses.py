"""Losses on embeddings: cosine similarity of pairs, and triplets."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError

Evaluate = Callable[..., Array]
N, T, D = 7, 3, 5


@pytest.fixture
def yhat(rng: np.random.Generator) -> Array:
    return rng.standard_normal((N, T, D))


@pytest.fixture
def y(rng: np.random.Generator) -> Array:
    return rng.standard_normal((N, T, D))


@pytest.fixture
def weights(rng: np.random.Generator) -> Array:
    return rng.uniform(0.5, 2, N)


def test_cosine_similarity_depends_on_directions_alone(
    yhat: Array, y: Array, rng: np.random.Generator, terms: Evaluate, slopes: Evaluate
) -> None:
    lengths = rng.uniform(0.1, 30, (2, N, T, 1))
    found = terms("cosine_similarity", yhat, y)
    scaled = terms("cosine_similarity", lengths[0] * yhat, lengths[1] * y)
    np.testing.assert_allclose(scaled, found, rtol=1e-12, atol=1e-14)
    gradient = slopes("cosine_similarity", yhat, y)
    np.testing.assert_allclose((gradient * yhat).sum(axis=-1), 0, atol=1e-14)
    assert np.all(np.abs(gradient).max(axis=-1) > 1e-3)


def test_cosine_similarity_is_half_the_squared_distance_of_unit_vectors(
    yhat: Array, y: Array, terms: Evaluate
) -> None:
    a, b = (z / np.linalg.norm(z, axis=-1, keepdims=True) for z in (yhat, y))
    expected = ((a - b) ** 2).sum(axis=-1) / 2
    np.testing.assert_allclose(terms("cosine_similarity", yhat, y), expected, rtol=1e-12)


@pytest.mark.parametrize("kind", [float, complex])
def test_a_vector_without_direction_has_no_cosine_and_raises_no_warning(
    kind: type, terms: Evaluate
) -> None:
    yhat: Array = np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 4.0]]).astype(kind)
    found = terms("cosine_similarity", yhat, [[1.0, 2.0], [0.0, 0.0], [4.0, 3.0]]).real
    np.testing.assert_allclose(found, [np.nan, np.nan, 0.04], rtol=1e-14)


def test_cosine_similarity_needs_pairs_of_vectors(infer: Callable[..., Any]) -> None:
    assert infer("cosine_similarity", (N, T, D), (N, T, D)) == (N, T)
    with pytest.raises(ShapeError, match=r"shape \(n, d\), a vector for each sample, but has \(7,"):
        infer("cosine_similarity", (7,), (7,))
    with pytest.raises(ShapeError, match=r"shape \(7, 5\) but the target \(7, 3\)"):
        infer("cosine_similarity", (7, 5), (7, 3))


def test_a_triplet_is_its_two_distances_and_the_margin(
    yhat: Array, weights: Array, terms: Evaluate
) -> None:
    found = terms("triplet", yhat, weights, margin=0.7)
    for n, (a, p, q) in enumerate(yhat):
        excess = sum((a - p) ** 2) - sum((a - q) ** 2) + 0.7
        assert found[n] == pytest.approx(weights[n] * max(0.0, excess), rel=1e-12)
    assert 0 < np.count_nonzero(found) < N


def test_triplets_may_be_moved_and_their_gradients_balance(
    yhat: Array, weights: Array, rng: np.random.Generator, terms: Evaluate, slopes: Evaluate
) -> None:
    moved = yhat + rng.standard_normal((N, 1, D))
    options = {"margin": 50.0}
    np.testing.assert_allclose(
        terms("triplet", moved, weights, **options), terms("triplet", yhat, weights, **options)
    )
    gradient = slopes("triplet", yhat, weights, **options)
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-13)
    assert np.all(np.abs(gradient[:, 1:]).max(axis=-1) > 0.1)


def test_a_triplet_of_no_weight_has_no_term_no_gradient_and_no_kink(
    yhat: Array, weights: Array, terms: Evaluate, slopes: Evaluate, distances: Evaluate
) -> None:
    weights[2] = 0
    assert terms("triplet", yhat, weights, margin=99.0)[2] == 0
    assert np.all(slopes("triplet", yhat, weights, margin=99.0)[2] == 0)
    assert np.all(distances("triplet", yhat, weights)[2] == np.inf)


def test_the_kinks_of_a_triplet_lie_at_their_distances_and_no_closer(
    yhat: Array, weights: Array, slopes: Evaluate, distances: Evaluate
) -> None:
    away = distances("triplet", yhat, weights)
    assert away.shape == yhat.shape
    assert np.mean(np.isfinite(away)) > 0.5
    for index in np.ndindex(yhat.shape):
        if np.isfinite(away[index]):
            assert _crosses(yhat, weights, index, 1.001 * float(away[index]), slopes)
        for step in (0.999 * float(away[index]), 3.0):
            if step < away[index]:
                assert not _crosses(yhat, weights, index, step, slopes)


def _crosses(
    yhat: Array, weights: Array, index: tuple[int, ...], step: float, slopes: Evaluate
) -> bool:
    """Tell whether the margin is met on one side of a step along an entry and missed on another."""
    met = set()
    for move in (-step, 0.0, step):
        moved = yhat.copy()
        moved[index] += move
        met.add(bool((slopes("triplet", moved, weights)[index[0]] == 0).all()))
    return len(met) == 2


def test_a_triplet_at_its_margin_takes_slope_zero(slopes: Evaluate, distances: Evaluate) -> None:
    yhat, y = [[[0.0, 0.0], [2.0, 0.0], [0.0, 3.0]]], [1.0]
    np.testing.assert_array_equal(slopes("triplet", yhat, y, margin=5.0), 0)
    np.testing.assert_array_equal(
        distances("triplet", yhat, y, margin=5.0), [[[0, 0], [0, np.inf], [np.inf, 0]]]
    )


@pytest.mark.parametrize(
    ("yhat", "y", "message"),
    [
        ((7, 5), (7,), r"shape \(n, 3, d\), anchor, positive and negative .* but has \(7, 5\)"),
        ((7, 2, 5), (7,), r"but has \(7, 2, 5\)"),
        ((7, 3, 5), (7, 3, 5), r"target of shape \(7,\), one weight .* has shape \(7, 3, 5\)"),
    ],
)
def test_triplets_come_in_threes_with_a_weight_each(
    yhat: Shape, y: Shape, message: str, infer: Callable[..., Any]
) -> None:
    assert infer("triplet", (7, 3, 5), (7,)) == (7,)
    with pytest.raises(ShapeError, match=message):
        infer("triplet", yhat, y)
