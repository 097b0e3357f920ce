"""The complex step: known derivatives to the last digits, and the side that it takes at a kink."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.numeric import complex_step, directions
from gradcheck.numeric.estimate import EPS, Lines, Values

POINTS = np.random.default_rng(23).uniform(0.2, 2.5, size=53)

KNOWN: Mapping[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "sine of a square": (lambda x: np.sin(x * x), lambda x: 2 * x * np.cos(x * x)),
    "logarithm": (lambda x: np.log(x), lambda x: 1 / x),
    "hyperbolic tangent": (lambda x: np.tanh(x), lambda x: 1 - np.tanh(x) ** 2),
    "quotient": (lambda x: x / (1 + x * x), lambda x: (1 - x * x) / (1 + x * x) ** 2),
    "square root": (lambda x: np.sqrt(1 + x), lambda x: 0.5 / np.sqrt(1 + x)),
}


def at(function: Callable[[Array], Array], points: Array) -> Lines:
    def lines(steps: Array) -> Values:
        value = function(points + steps[:, None])
        return Values(value=value, magnitude=np.abs(value.real) + 1j * np.abs(value.imag))

    return lines


@pytest.mark.parametrize("both_sides", [True, False])
@pytest.mark.parametrize("name", KNOWN)
def test_a_known_derivative_is_within_the_bar(name: str, both_sides: bool) -> None:
    """But for terms that cancel within the function, which are about 1 here."""
    function, slope = KNOWN[name]

    found = complex_step.estimate(at(function, POINTS), both_sides=both_sides)

    assert (np.abs(found.value - slope(POINTS)) <= found.bar + 2 * EPS).all()
    assert (found.bar <= 8 * EPS * np.abs(found.value)).all()
    assert not found.kinked.any()


def test_an_offset_costs_no_digits() -> None:
    shifted = complex_step.estimate(at(lambda x: np.sin(x) + 1e8, POINTS), both_sides=False)

    np.testing.assert_array_equal(
        shifted.value, complex_step.estimate(at(np.sin, POINTS), both_sides=False).value
    )


def test_both_sides_of_a_kink_are_seen() -> None:
    slopes = np.random.default_rng(29).uniform(0.5, 2, size=11)

    found = complex_step.estimate(
        at(lambda x: np.where(x > 0, slopes * x, -0.25 * x), np.zeros(11)), both_sides=True
    )

    assert found.kinked.all()
    np.testing.assert_allclose(found.right, slopes, rtol=1e-15)
    np.testing.assert_allclose(found.left, -0.25, rtol=1e-15)


def test_the_bar_grows_with_terms_that_cancel() -> None:
    def lines(steps: Array) -> Values:
        imaginary = steps[:, None] * np.array([1e-9, 3.0])
        return Values(value=imaginary, magnitude=steps[:, None] * np.array([5.0, 2.0]))

    found = complex_step.estimate(lines, both_sides=False)

    np.testing.assert_allclose(found.bar, 8 * EPS * np.array([5.0, 3.0]))


def test_directions_have_both_signs_and_no_entry_near_zero() -> None:
    drawn = directions.draw(Chance([31]), (7, 11, 13))

    assert drawn.shape == (7, 11, 13)
    assert ((np.abs(drawn) >= 0.5) & (np.abs(drawn) < 1.5)).all()
    assert 0.4 < (drawn > 0).mean() < 0.6
    assert np.abs(drawn).std() > 0.2
