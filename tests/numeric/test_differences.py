"""Central differences: their bars hold on smooth functions, and kinks are told from bends."""

from collections.abc import Callable

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.numeric import differences, noise
from gradcheck.numeric.estimate import EPS, Estimate, Lines, Values

COUNT = 300
RUNGS = {"long": differences.LONG, "short": differences.SHORT}


def waves(rng: np.random.Generator) -> tuple[Callable[[Array], Array], Array]:
    """Draw functions of one variable, one for each line, and their derivatives at zero."""
    size, pace = rng.normal(size=(5, COUNT)), rng.uniform(0.3, 3, size=(5, COUNT))
    phase, slope = rng.uniform(0, 6, size=(5, COUNT)), rng.normal(size=COUNT)
    bend, level = rng.normal(size=COUNT), rng.normal(scale=3, size=COUNT)

    def value(x: Array) -> Array:
        angles = pace * x[:, None, :] + phase
        return np.asarray(
            (size * np.sin(angles)).sum(axis=1) + slope * x + bend * np.exp(0.7 * x) + level
        )

    return value, (size * pace * np.cos(phase)).sum(axis=0) + slope + 0.7 * bend


def along(function: Callable[[Array], Array], scale: Array) -> Lines:
    def lines(steps: Array) -> Values:
        value = function(steps[:, None] * scale)
        return Values(value=value, magnitude=np.abs(value))

    return lines


def differentiated(
    function: Callable[[Array], Array], scale: Array, rungs: Array, floor: float = 0.0
) -> Estimate:
    lines = along(function, scale)
    sizes = np.abs(lines(np.zeros(1)).value[0])
    return differences.estimate(lines, scale, np.maximum(EPS * sizes, floor), rungs)


@pytest.mark.parametrize("rungs", RUNGS.values(), ids=RUNGS)
def test_the_truth_is_never_beyond_the_bar_of_a_smooth_function(rungs: Array) -> None:
    rng = np.random.default_rng(5)
    function, truth = waves(rng)

    found = differentiated(function, rng.uniform(0.1, 2, COUNT), rungs)

    assert (np.abs(found.value - truth) <= found.bar).all()
    assert np.median(found.bar / np.abs(truth)) < 1e-6
    assert found.bar.min() > 0


def test_nor_is_that_of_a_bend_which_long_steps_pass_over() -> None:
    """As nested normalisations of features that are all alike have them."""
    widths = np.geomspace(1e-5, 1e-1, COUNT)

    found = differentiated(lambda x: np.tanh(x / widths), np.ones(COUNT), differences.LONG)

    assert (np.abs(found.value - 1 / widths) <= found.bar).all()
    assert np.median(found.bar * widths) < 1e-3


@pytest.mark.parametrize("rungs", RUNGS.values(), ids=RUNGS)
def test_the_truth_is_never_beyond_the_bar_of_a_noisy_function(rungs: Array) -> None:
    rng = np.random.default_rng(7)
    function, truth = waves(rng)
    level = 1e-9

    found = differentiated(
        lambda x: function(x) + level * rng.normal(size=(len(x), COUNT)),
        np.ones(COUNT),
        rungs,
        floor=level,
    )

    assert (np.abs(found.value - truth) <= found.bar).all()
    assert np.median(found.bar / np.abs(truth)) < 1e-3


@pytest.mark.parametrize("rungs", RUNGS.values(), ids=RUNGS)
def test_a_smooth_function_has_no_kink(rungs: Array) -> None:
    rng = np.random.default_rng(11)
    function, _ = waves(rng)

    assert not differentiated(function, np.ones(COUNT), rungs).kinked.any()


@pytest.mark.parametrize("distance", [0.0, 1e-7, 1e-9])
@pytest.mark.parametrize("rungs", RUNGS.values(), ids=RUNGS)
def test_a_kink_at_the_point_or_next_to_it_is_seen(rungs: Array, distance: float) -> None:
    rng = np.random.default_rng(13)
    function, truth = waves(rng)
    jump = rng.uniform(0.3, 3, COUNT) * rng.choice([-1, 1], COUNT)

    def kinked(x: Array) -> Array:
        return np.asarray(function(x) + jump * np.maximum(x - distance, 0))

    found = differentiated(kinked, np.ones(COUNT), rungs)

    assert found.kinked.all()
    np.testing.assert_allclose(found.right - found.left, jump, rtol=0.1)
    np.testing.assert_allclose(found.left, truth, atol=0.05)


def test_a_kink_further_away_than_the_smallest_step_is_in_the_bar_or_seen() -> None:
    """The truth is on the near side, wherever between two rungs the kink lies."""
    rng = np.random.default_rng(17)
    function, truth = waves(rng)
    jump, distance = rng.uniform(0.3, 3, COUNT), 10 ** rng.uniform(-6, -1, COUNT)

    found = differentiated(
        lambda x: function(x) + jump * np.maximum(x - distance, 0),
        np.ones(COUNT),
        differences.LONG,
    )

    assert ((np.abs(found.value - truth) <= found.bar) | found.kinked).all()


def test_a_constant_has_the_derivative_zero_within_a_bar_of_rounding() -> None:
    found = differentiated(lambda x: np.full(x.shape, 3.0), np.ones(7), differences.LONG)

    assert (found.value == 0).all()
    assert ((found.bar > 0) & (found.bar < 1e-10)).all()


def test_a_glance_is_near_the_truth_of_a_smooth_function_and_not_of_its_neighbours() -> None:
    rng = np.random.default_rng(18)
    function, truth = waves(rng)
    scale = rng.uniform(0.1, 2, COUNT)

    found = differences.glance(along(function, scale), scale)

    np.testing.assert_allclose(found, truth, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("level", [1e-12, 1e-8, 1e-3])
def test_known_noise_is_measured_within_a_factor_of_a_few(level: float) -> None:
    rng = np.random.default_rng(19)
    steps = noise.offsets()

    found = np.array(
        [
            noise.level(2 + np.sin(1 + k * steps) + level * rng.normal(size=len(steps)))
            for k in range(200)
        ]
    )

    assert level / 2 < np.median(found) < 2 * level
    assert (found < 6 * level).all()
    assert (found > level / 20).all()


def test_a_function_without_noise_has_that_of_its_last_place() -> None:
    steps = noise.offsets()

    assert EPS / 2 * 7 <= noise.level(7 + 0 * steps) < EPS * 7
    assert noise.level(5 + np.sin(3 + steps)) < 10 * EPS * 5


def test_curvature_is_no_noise() -> None:
    steps = noise.offsets()

    assert noise.level(1 + 1e3 * steps + 1e9 * steps**2) < 1e-13
