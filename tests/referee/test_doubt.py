"""Second looks: differences that scatter are rounding, those that stay are wrong."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.referee.doubt import FURTHER, RETRIES, SUSPECTS, TINY, Doubt, widened

BAR = 1e-17
ROUNDING = 1e-11


def doubt(
    again: Callable[[int, Array], Array],
    difference: Array,
    *,
    size: float = 1e-9,
    fixed: bool = False,
) -> Doubt:
    return Doubt(
        difference=difference,
        size=np.full(len(difference), size),
        gap=np.abs(difference),
        bar=np.full(len(difference), BAR),
        rounding=ROUNDING,
        again=again,
        fixed=fixed,
    )


def passed(found: Doubt, untouched: Array | None = None) -> Array:
    """Tell which differences are within their bars after a second look."""
    everywhere = np.ones(len(found.gap), dtype=bool)
    bars = widened(found, everywhere if untouched is None else untouched)
    assert (bars >= found.bar).all()
    return np.asarray(found.gap <= bars)


def noise(level: float, count: int) -> tuple[Callable[[int, Array], Array], Array]:
    """Make differences that are drawn anew at every point."""
    rng = np.random.default_rng(7)
    drawn = level * rng.normal(size=(1 + RETRIES + len(FURTHER), count))
    return (lambda k, suspects: drawn[k + 1][suspects]), drawn[0]


@pytest.mark.parametrize("level", [1e-15, 1e-6, 1.0])
def test_noise_passes_whatever_its_size_and_number(level: float) -> None:
    again, own = noise(level, 5 * SUSPECTS)

    assert passed(doubt(again, own)).all()


@pytest.mark.parametrize("size", [1e-15, 1e-6, 1.0])
def test_a_difference_that_stays_does_not_pass(size: float) -> None:
    own = size * np.random.default_rng(3).uniform(0.5, 2, 11) * np.array([1, -1] * 5 + [1])

    assert not passed(
        doubt(lambda k, suspects: own[suspects] * (1 + 1e-3 * k), own, size=size)
    ).any()


def test_wrong_ones_are_told_from_noise_beside_them() -> None:
    again, own = noise(1e-12, 29)
    wrong = np.zeros(29, dtype=bool)
    wrong[[3, 17]] = True
    own = np.where(wrong, 1e-9, own)

    found = passed(doubt(lambda k, s: np.where(wrong[s], 1e-9, again(k, s)), own))

    np.testing.assert_array_equal(found, ~wrong)


def rounded(loses: float) -> tuple[Callable[[int, Array], Array], Array]:
    """Make differences that are the same until parameters move by more than `loses`."""
    again, own = noise(1e-9 * loses, 23)

    def stuck(k: int, suspects: Array) -> Array:
        far = k >= RETRIES and FURTHER[k - RETRIES] > loses
        return again(k, suspects) if far else own[suspects]

    return stuck, own


@pytest.mark.parametrize("loses", [1e-8, 1e-6, 1e-4])
def test_terms_that_cancelled_are_found_to_be_rounding_by_moving_further(loses: float) -> None:
    """Of a gradient of 1e-9 a share of `loses` is rounding, whatever moves by less than that."""
    assert passed(doubt(*rounded(loses))).all()


def test_a_difference_that_drifts_as_parameters_move_does_not_pass() -> None:
    own = TINY / 2 * ROUNDING * np.array([1.0, -0.7, 0.3])
    moves = (0.0,) * RETRIES + FURTHER

    def drifting(k: int, suspects: Array) -> Array:
        return np.asarray(own[suspects] * (1 + 3 * moves[k] * (-1) ** k))

    assert not passed(doubt(drifting, own, size=30 * ROUNDING)).any()


def test_differences_beyond_rounding_are_not_moved_further() -> None:
    asked: list[int] = []

    def again(k: int, suspects: Array) -> Array:
        asked.append(k)
        return np.full(len(suspects), 1e-3)

    assert not passed(doubt(again, np.full(3, 1e-3))).any()
    assert max(asked) < RETRIES


def test_points_where_nothing_can_be_had_do_not_matter() -> None:
    own = np.full(3, 1e-14)

    def again(k: int, suspects: Array) -> Array:
        return np.full(len(suspects), 1e-14 if k < RETRIES else np.nan)

    assert not passed(doubt(again, own)).any()


def test_claims_that_are_fixed_pass_up_to_rounding() -> None:
    own = np.array([0.9, -0.5, 2.0, -30.0]) * ROUNDING

    found = passed(doubt(lambda k, suspects: own[suspects], own, fixed=True))

    np.testing.assert_array_equal(found, [True, True, False, False])


def test_no_second_look_is_taken_at_a_kink_or_at_what_is_no_number() -> None:
    again, own = noise(1e-9, 5)
    own[4] = np.inf
    untouched = np.array([True, False, True, False, True])

    found = passed(doubt(again, own), untouched)

    np.testing.assert_array_equal(found, [True, False, True, False, False])


def test_entries_at_a_kink_are_held_against_the_rounding_of_their_terms() -> None:
    """Beyond what rounding may leave of a sum that cancels, terms are not asked for."""
    own = np.array([0.5, 7.0, 9.0, 0.5, 300.0]) * ROUNDING / 100
    asked: list[int] = []

    def terms(suspects: Array) -> Array:
        asked.extend(suspects.tolist())
        return np.where(suspects == 3, 0.0, ROUNDING / 100)

    found = replace(doubt(lambda k, suspects: own[suspects], own), terms=terms)

    np.testing.assert_array_equal(
        passed(found, np.zeros(5, dtype=bool)), [True, True, False, False, False]
    )
    assert sorted(asked) == [0, 1, 2, 3]


def test_slight_differences_are_held_against_all_that_paths_contribute() -> None:
    """They stay wherever they are measured; larger ones are none of that rounding."""
    own = np.array([0.5, 0.5, 300.0, 200.0]) * 1e-19
    asked: list[int] = []

    def paths(suspects: Array) -> Array:
        asked.extend(suspects.tolist())
        return np.where(suspects == 1, 0.0, 1e-18)

    found = doubt(lambda k, suspects: own[suspects], own, size=1e-9)
    found = replace(found, bar=np.full(4, 1e-21), paths=paths)

    np.testing.assert_array_equal(passed(found), [True, False, False, False])
    assert asked == [0, 1]
