"""Numeric slopes keep within their bars, and kinks make the bars wide."""

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.paste.understanding.slopes import STEP, slopes


def test_several_candidates_are_differentiated_at_once() -> None:
    def line(t: float) -> Array:
        return np.array([np.sin(0.7 + t), 5 + 3 * t, np.log(2 + t) * 1e6])

    found = slopes(line, line(0.0), 1.3)
    true = np.array([np.cos(0.7), 3.0, 5e5])
    assert np.all(np.abs(found.value - true) <= found.bar)
    assert np.all(found.bar <= 1e-6 * np.abs(true))


@pytest.mark.parametrize("at", [0.0, 3e-6, -2e-5, 1.2e-5])
def test_a_kink_within_reach_widens_the_bar(at: float) -> None:
    def line(t: float) -> Array:
        return np.array([np.maximum(t - at, 0) + 0.1 * t])

    found = slopes(line, line(0.0), 1.0)
    one_sided = {0.1, 1.1}
    assert all(abs(found.value[0] - side) <= found.bar[0] or at for side in one_sided)
    assert found.bar[0] > 1e-2


def test_what_is_not_finite_has_no_slope() -> None:
    def line(t: float) -> Array:
        with np.errstate(all="ignore"):
            return np.array([np.log(np.float64(t)), np.nan])

    with np.errstate(all="ignore"):
        found = slopes(line, line(0.0), 1.0)
    assert np.all(np.isinf(found.bar))


def test_noise_is_in_the_bar() -> None:
    def line(t: float) -> Array:
        rough = 1e-7 * np.sin(1e9 * t)
        return np.array([np.exp(t) + rough])

    found = slopes(line, line(0.0), 1.0)
    assert abs(found.value[0] - 1) <= found.bar[0]
    assert found.bar[0] > 1e-4


def test_kinks_that_make_both_differences_wrong_alike_widen_the_bar() -> None:
    near, far = STEP / 8, STEP / 2

    def line(t: float) -> Array:
        return np.array([t + np.abs(t - near) - 0.75 * np.abs(t - far)])

    found = slopes(line, line(0.0), 1.0)
    ahead, behind = (line(s * STEP / 4)[0] - line(0.0)[0] for s in (1, -1))
    assert (ahead - behind) / (STEP / 2) == pytest.approx(found.value[0])
    assert abs(found.value[0] - 0.75) > 0.4
    assert abs(found.value[0] - 0.75) <= found.bar[0]
