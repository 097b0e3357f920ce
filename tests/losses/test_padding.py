"""Places marked as padding: no term, no gradient, whatever stands there."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.errors import ShapeError

N, T, K = 3, 5, 7
LOSSES = ["cross_entropy", "negative_log_likelihood"]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"label_smoothing": 0.3},
    {"from": "probabilities", "label_smoothing": 0.3},
]
CASES = [("negative_log_likelihood", {}), *(("cross_entropy", options) for options in OPTIONS)]

Evaluate = Callable[..., Array]


@pytest.fixture
def yhat(rng: np.random.Generator) -> Array:
    return rng.uniform(0.1, 0.9, size=(N, T, K))


@pytest.fixture
def padding(rng: np.random.Generator) -> Array:
    return rng.permutation(N * T).reshape(N, T) < 4


@pytest.mark.parametrize(("loss", "options"), CASES)
@pytest.mark.parametrize("ignore", [-100, 2])
def test_padding_has_no_term_and_no_gradient_and_the_rest_is_as_before(
    loss: str,
    options: dict[str, Any],
    ignore: int,
    yhat: Array,
    padding: Array,
    rng: np.random.Generator,
    terms: Evaluate,
    slopes: Evaluate,
) -> None:
    y = rng.choice([0, 1, 3, 6], size=(N, T))
    padded, upstream = np.where(padding, ignore, y), rng.normal(size=(N, T))
    found = terms(loss, yhat, padded, **options, ignore=ignore)
    gradient = slopes(loss, yhat, padded, upstream, **options, ignore=ignore)
    assert np.all(found[padding] == 0)
    assert np.all(gradient[padding] == 0)
    np.testing.assert_array_equal(found[~padding], terms(loss, yhat, y, **options)[~padding])
    expected = slopes(loss, yhat, y, upstream, **options)
    np.testing.assert_array_equal(gradient[~padding], expected[~padding])
    assert np.all(found[~padding] != 0)


@pytest.mark.parametrize("loss", LOSSES)
def test_nothing_is_padding_unless_it_is_said(loss: str, yhat: Array, terms: Evaluate) -> None:
    y = np.full((N, T), 2)
    y[1, 3] = -100
    with pytest.raises(ShapeError, match=r"class -100 in the target, .* has 7 classes"):
        terms(loss, yhat, y)
    with pytest.raises(ShapeError, match=r"class -100 in the target"):
        terms(loss, yhat, y, ignore=-1)


@pytest.mark.parametrize("loss", LOSSES)
def test_padding_is_marked_by_class_numbers_not_by_rows(
    loss: str, infer: Callable[..., Any]
) -> None:
    assert infer(loss, (N, T, K), (N, T), ignore=0) == (N, T)
    assert infer(loss, (N, T, K), (N, T, K)) == (N, T)
    message = r"ignore: 0 is a class number, .* shape \(3, 5\), but it holds rows, .* \(3, 5, 7\)"
    with pytest.raises(ShapeError, match=message):
        infer(loss, (N, T, K), (N, T, K), ignore=0)
