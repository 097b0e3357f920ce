"""The step sweep: every way in which a slope and differences may disagree has a law of its own."""

from collections.abc import Callable

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.numeric.estimate import EPS, Lines, Values
from gradcheck.numeric.sweep import STEPS, Law, law, sweep

AT = 0.83
SLOPE = float(3 * np.cos(3 * AT) * np.exp(AT) + np.sin(3 * AT) * np.exp(AT))


def smooth(x: Array) -> Array:
    return np.asarray(np.sin(3 * x) * np.exp(x))


def along(f: Callable[[Array], Array]) -> Lines:
    """Return the line through AT that a step of 1 goes along by 1."""

    def lines(steps: Array) -> Values:
        value = f(AT + steps)[:, None]
        return Values(value=value, magnitude=np.abs(value).astype(complex))

    return lines


def found(f: Callable[[Array], Array], slope: float, noise: float = EPS) -> Law:
    return law(sweep(along(f), 1.0, slope, noise), abs(SLOPE))


def noisy(level: float) -> Callable[[Array], Array]:
    """Add what looks like noise, but is the same whenever it is asked for."""
    return lambda x: smooth(x) + level * np.sin(1e13 * x)


def kinked(distance: float, jump: float = 0.7) -> Callable[[Array], Array]:
    return lambda x: smooth(x) + jump * np.maximum(x - AT - distance, 0)


def test_the_right_slope_makes_a_v_and_agrees() -> None:
    swept = sweep(along(smooth), 1.0, SLOPE, EPS)
    best = int(np.argmin(swept.gap))

    assert found(smooth, SLOPE).name == "agree"
    assert found(smooth, SLOPE).gap < 1e-9
    assert 2 < best < len(STEPS) - 2
    np.testing.assert_allclose(swept.gap[:3] / swept.gap[1:4], 100, rtol=0.1)
    np.testing.assert_allclose(swept.sides[:3] / swept.sides[1:4], 10, rtol=0.3)


@pytest.mark.parametrize("relative", [1.0, 1e-2, -1e-4, 1e-6])
def test_a_wrong_slope_leaves_a_gap_of_its_error_whatever_the_step(relative: float) -> None:
    told = found(smooth, SLOPE * (1 + relative))

    assert told.name == "differ"
    assert told.gap == pytest.approx(abs(relative * SLOPE), rel=0.2)
    assert told.first / told.last == pytest.approx(100)


def test_the_opposite_slope_of_a_straight_line_differs_at_all_steps() -> None:
    assert found(lambda x: 2.5 * x, 2.5).name == "agree"
    assert found(lambda x: 2.5 * x, -2.5).name == "differ"


def test_a_constant_agrees_with_no_slope_and_with_nothing_else() -> None:
    assert found(lambda x: 0 * x + 7, 0.0).name == "agree"
    assert found(lambda x: 0 * x + 7, 1e-3).name == "differ"


@pytest.mark.parametrize("side", [0.0, 0.25, 1.0])
def test_a_kink_leaves_a_gap_between_the_sides_too(side: float) -> None:
    """Differences see the mean of both sides, which no convention but one half gives."""
    told = found(kinked(0.0), SLOPE + 0.7 * side)

    assert told.name == "kink"
    assert told.gap == pytest.approx(0.7 * abs(side - 0.5), rel=0.05)
    assert told.sides == pytest.approx(0.7, rel=0.05)


def test_a_kink_nearby_is_told_from_one_at_the_point() -> None:
    told = found(kinked(3e-6), SLOPE)

    assert told.name == "crossing"
    assert told.last == pytest.approx(1e-5)


def test_a_wrong_slope_near_a_kink_is_still_seen_to_differ() -> None:
    assert found(kinked(3e-3), SLOPE * 1.01).name == "differ"


@pytest.mark.parametrize("slope", [SLOPE, 1.01 * SLOPE, 0.0])
def test_noise_that_drowns_the_slope_is_noise(slope: float) -> None:
    assert found(noisy(10.0), slope, noise=10.0).name == "noise"


def test_noise_that_was_measured_too_low_is_seen_by_its_growth() -> None:
    assert found(noisy(1.0), SLOPE, noise=EPS).name == "noise"


def test_some_noise_leaves_an_agreement_within_it() -> None:
    told = found(noisy(1e-9), SLOPE, noise=1e-9)

    assert told.name == "agree"
    assert 1e-9 < told.gap < 1e-4


def test_differences_smaller_than_noise_are_no_differences() -> None:
    """Differences can't see one part in 10^11, and say how closely they looked."""
    told = found(smooth, SLOPE * (1 + 1e-11))

    assert told.name == "agree"
    assert told.gap > 1e-11 * abs(SLOPE)


def test_a_loss_that_is_not_finite_for_large_steps_is_judged_by_the_others() -> None:
    with np.errstate(invalid="ignore"):
        assert found(lambda x: np.sqrt(x - AT + 1e-2), 5.0).name == "agree"
        assert found(lambda x: np.sqrt(x - AT + 1e-2), 5.05).name == "differ"


@pytest.mark.parametrize("factor", [1e-200, 1e-8, 1e12])
@pytest.mark.parametrize(("error", "name"), [(0.0, "agree"), (0.01, "differ")])
def test_the_size_of_the_loss_does_not_matter(factor: float, error: float, name: str) -> None:
    lines = along(lambda x: np.asarray(factor * smooth(x)))

    swept = sweep(lines, 1.0, factor * SLOPE * (1 + error), factor * EPS)

    assert law(swept, factor * abs(SLOPE)).name == name
