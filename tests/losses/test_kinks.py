"""Distances to kinks: moving a prediction by less keeps the slope, moving it by more does not."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.catalogues import OPS

Evaluate = Callable[..., Array]
N, K = 7, 5


def drawn(loss: str, rng: np.random.Generator) -> tuple[Array, Array]:
    yhat = 2 * rng.standard_normal((N, K))
    targets: dict[str, Array] = {
        "absolute_error": rng.standard_normal((N, K)),
        "hinge": rng.choice([-1.0, 1.0], (N, K)),
        "multiclass_hinge": rng.integers(0, K, N),
        "categorical_hinge": rng.integers(0, K, N),
    }
    return yhat, targets[loss]


@pytest.mark.parametrize(
    "loss", ["absolute_error", "hinge", "multiclass_hinge", "categorical_hinge"]
)
def test_a_kink_lies_at_its_distance_and_no_closer(
    loss: str, rng: np.random.Generator, slopes: Evaluate, distances: Evaluate
) -> None:
    yhat, y = drawn(loss, rng)
    away = distances(loss, yhat, y)
    assert away.shape == yhat.shape
    for index in np.ndindex(yhat.shape):
        assert _slopes_change(loss, yhat, y, index, 1.001 * float(away[index]), slopes)
        assert not _slopes_change(loss, yhat, y, index, 0.999 * float(away[index]), slopes)


def _slopes_change(
    loss: str, yhat: Array, y: Array, index: tuple[int, ...], step: float, slopes: Evaluate
) -> bool:
    here = slopes(loss, yhat, y)
    changed = False
    for side in (-step, step):
        moved = yhat.copy()
        moved[index] += side
        changed |= not np.array_equal(slopes(loss, moved, y), here)
    return changed


def test_the_margin_moves_the_kinks_of_multiclass_hinge(distances: Evaluate) -> None:
    found = distances("multiclass_hinge", [[3.0, 1.0, 2.5]], [0], margin=0.25)
    np.testing.assert_array_equal(found, [[0.25, 1.75, 0.25]])


def test_at_a_kink_the_slope_is_zero(slopes: Evaluate) -> None:
    np.testing.assert_array_equal(slopes("absolute_error", [2.0], [2.0]), [0])
    np.testing.assert_array_equal(slopes("hinge", [1.0, -1.0], [1.0, -1.0]), [0, 0])
    np.testing.assert_array_equal(slopes("multiclass_hinge", [[2.0, 1.0]], [0]), [[0, 0]])


@pytest.mark.parametrize("loss", ["huber", "log_cosh", "squared_hinge", "squared_error"])
def test_losses_with_a_continuous_slope_declare_no_kinks(loss: str) -> None:
    op: Any = OPS.find(loss)
    assert op.kinks is None
