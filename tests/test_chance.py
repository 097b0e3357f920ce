"""Random numbers: the published stream, the right distributions, nothing shared between keys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.chance import Chance

MASK = 2**64 - 1
COUNT = 200_003


def splitmix64(state: int, count: int) -> list[int]:
    """Return the generator's outputs as its authors define them, one by one."""
    found = []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        found.append(z ^ (z >> 31))
    return found


def test_reference_generator_gives_the_known_first_output_of_seed_zero() -> None:
    # The first output for state 0, as printed in many ports of SplitMix64.
    assert splitmix64(0, 1) == [0xE220A8397B1DCDAF]


def test_numbers_are_the_top_53_bits_of_the_published_stream() -> None:
    stream = Chance([7, 11])
    state = stream._state
    drawn = np.concatenate([stream.random(5), stream.random((2, 3)).ravel()])
    np.testing.assert_array_equal(drawn, [(z >> 11) * 2.0**-53 for z in splitmix64(state, 11)])


def test_same_keys_give_the_same_numbers_and_others_do_not() -> None:
    first, again, other, order = (
        Chance(keys).random(97) for keys in ([1, 2], [1, 2], [1, 3], [2, 1])
    )
    np.testing.assert_array_equal(first, again)
    for different in (other, order):
        assert abs(np.corrcoef(first, different)[0, 1]) < 0.4
        assert not np.intersect1d(first, different).size


@pytest.mark.parametrize(
    ("draw", "mean", "deviation"),
    [
        (lambda c: c.random(COUNT), 1 / 2, 12**-0.5),
        (lambda c: c.uniform(-3, 5, COUNT), 1.0, 8 * 12**-0.5),
        (lambda c: c.normal(2.0, 3.0, COUNT), 2.0, 3.0),
        (lambda c: c.gamma(2, COUNT), 2.0, 2**0.5),
        (lambda c: c.integers(-2, 5, COUNT), 1.0, 2.0),
        (lambda c: c.signs(COUNT), 0.0, 1.0),
    ],
    ids=["random", "uniform", "normal", "gamma", "integers", "signs"],
)
def test_distributions_have_their_mean_and_deviation(draw, mean, deviation) -> None:  # type: ignore[no-untyped-def]
    values = draw(Chance([5]))
    assert abs(values.mean() - mean) < 5 * deviation / COUNT**0.5
    assert abs(values.std() / deviation - 1) < 0.01


@pytest.mark.parametrize("parts", [1, COUNT // 5000])
def test_normal_numbers_have_normal_tails(parts: int) -> None:
    chance = Chance([3])
    values = np.concatenate([chance.normal(size=COUNT // parts) for _ in range(parts)])
    for z, share in ((1.0, 0.3173), (2.0, 0.0455), (3.0, 0.0027)):
        assert abs(np.mean(np.abs(values) > z) - share) < 5 * (share / COUNT) ** 0.5


def test_two_normal_numbers_of_one_angle_know_nothing_of_each_other() -> None:
    values = Chance([7]).normal(size=(COUNT // 2, 2)).reshape(2, -1)
    for power in (1, 2, 3):
        one, other = values**power
        assert abs(np.corrcoef(one, other)[0, 1]) < 5 * len(one) ** -0.5
    one, other = np.sign(values)
    quadrants = np.array([np.mean((one == a) & (other == b)) for a in (-1, 1) for b in (-1, 1)])
    assert np.abs(quadrants - 0.25).max() < 5 * (0.1875 / len(values[0])) ** 0.5
    assert len(np.unique(np.abs(values))) == values.size


def test_an_odd_number_of_normal_numbers_has_the_shape_that_was_asked_for() -> None:
    values = Chance([11]).normal(-2.0, 0.5, (17, 1009))
    assert values.shape == (17, 1009)
    assert abs(values.mean() + 2) < 5 * 0.5 / values.size**0.5


def test_integers_take_every_value_and_no_other() -> None:
    assert set(Chance([1]).integers(-2, 5, 997)) == set(range(-2, 5))


@given(st.integers(1, 400), st.integers(0, 2**40), st.data())
def test_samples_are_different_members_of_the_population(
    population: int, key: int, data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, population))
    drawn = Chance([key]).sample(population, count)
    assert len(set(drawn)) == len(drawn) == count
    assert all(0 <= k < population for k in drawn)


def test_samples_are_spread_evenly() -> None:
    drawn = np.concatenate([Chance([k]).sample(1009, 13) for k in range(997)])
    counts = np.bincount(drawn % 7, minlength=7)
    assert abs(counts / counts.mean() - 1).max() < 0.15


def test_permutations_hold_everything_once() -> None:
    drawn = Chance([2]).permutation(101)
    assert sorted(drawn) == list(range(101))
    assert not np.array_equal(drawn, np.arange(101))


def test_many_numbers_at_once_are_those_of_several_draws() -> None:
    whole, parts = Chance([13]), Chance([13])

    np.testing.assert_array_equal(
        whole.random(COUNT), np.concatenate([parts.random(k) for k in (1, 70_001, COUNT - 70_002)])
    )
    assert whole._state == parts._state
