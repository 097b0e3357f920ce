"""Evidence: the figures say how two gradients differ, and the pattern where."""

import numpy as np
import pytest

from gradcheck.numeric import evidence

TRUE = np.random.default_rng(53).normal(size=77)


@pytest.mark.parametrize("factor", [-1.0, 2.0, 1 / 7, -0.3, 1e-9])
def test_a_common_factor_is_the_ratio(factor: float) -> None:
    found = evidence.compare(factor * TRUE, TRUE)

    assert found.ratio == pytest.approx(factor, rel=1e-9)
    assert found.relative == pytest.approx(abs(factor - 1), rel=1e-9)
    assert found.cosine == pytest.approx(np.sign(factor), rel=1e-12)


def test_a_factor_for_all_entries_is_rounded_to_the_number_that_it_plainly_is() -> None:
    assert evidence.compare(0.1 * (1 + 1e-13) * TRUE, TRUE).ratio == 0.1


def test_a_factor_that_does_not_hold_for_all_entries_is_not_rounded() -> None:
    other = TRUE.copy()
    other[3] *= 1 + 1e-5

    ratio = evidence.compare(other, TRUE).ratio

    assert ratio is not None
    assert ratio == pytest.approx(1, abs=1e-5)
    assert ratio != 1


def test_gradients_at_a_right_angle_have_the_cosine_zero() -> None:
    found = evidence.compare(np.array([3.0, 4.0]), np.array([-4.0, 3.0]))

    assert found.cosine == pytest.approx(0)
    assert found.relative == pytest.approx(np.sqrt(2))


def test_nothing_is_said_of_a_gradient_of_zero() -> None:
    found = evidence.compare(TRUE, np.zeros(77))

    assert (found.relative, found.ratio, found.cosine) == (None, None, None)
    assert evidence.compare(np.zeros(77), TRUE).cosine is None
    assert evidence.compare(np.zeros(77), TRUE).relative == pytest.approx(1)


@pytest.mark.parametrize("scale", [1e-160, 1e160])
def test_sizes_near_the_limits_of_floats_give_no_nonsense(scale: float) -> None:
    found = evidence.compare(2 * scale * TRUE, scale * TRUE)

    assert found.cosine == pytest.approx(1)
    assert found.ratio == pytest.approx(2)


@pytest.mark.parametrize(
    ("places", "shape", "words"),
    [
        ([(k, j) for k in range(5) for j in range(7)], (5, 7), "every entry"),
        ([(2, j) for j in range(7)], (5, 7), "only row 2"),
        ([(k, 3) for k in range(5)], (5, 7), "only column 3"),
        ([(k, j) for k in (1, 4) for j in range(7)], (5, 7), "only rows 1, 4"),
        ([(0, 1), (2, 3)], (5, 7), "scattered entries"),
        ([(2,)], (5,), "only entry 2"),
        ([(k,) for k in range(6)], (7,), "only entries 0, 1, 2, 3 and 2 more"),
        ([(1, 2, 3)], (2, 3, 5), "scattered entries"),
        ([()], (), "every entry"),
    ],
)
def test_the_pattern_says_where(
    places: list[tuple[int, ...]], shape: tuple[int, ...], words: str
) -> None:
    wrong = np.zeros(shape, dtype=bool)
    for place in places:
        wrong[place] = True

    assert evidence.pattern(wrong, shape) == words


def test_the_strip_shows_in_which_stretch_wrong_entries_are() -> None:
    wrong = np.zeros((8, 8), dtype=bool)
    wrong[1, :4] = True

    heat = evidence.heat(wrong, np.ones((8, 8), dtype=bool))

    assert len(heat) == evidence.STRIP
    assert [k for k, share in enumerate(heat) if share] == [2]
    assert heat[2] == 1


def test_the_strip_counts_checked_entries_alone() -> None:
    wrong, checked = np.zeros(32, dtype=bool), np.zeros(32, dtype=bool)
    checked[:2], wrong[1] = True, True

    assert evidence.heat(wrong, checked) == (0.5, *[0.0] * 15)


def test_a_short_gradient_has_a_stretch_for_each_entry() -> None:
    assert evidence.heat(np.array([True, False, True]), np.ones(3, dtype=bool)) == (1, 0, 1)
