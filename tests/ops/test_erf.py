"""The error function: accurate where it is real, analytic where it is complex."""

import math

import numpy as np
import pytest

from gradcheck.ops._erf import erf, erfc, normal_cdf, normal_density

GRID = np.concatenate([np.linspace(-6, 26, 3001), np.geomspace(1e-300, 1, 101)])
H = 2.0**-100


def test_erf_is_that_of_the_standard_library_to_a_few_units_in_the_last_place() -> None:
    expected = [math.erf(x) for x in GRID]
    np.testing.assert_allclose(erf(GRID), expected, rtol=1e-15, atol=0)


def test_erfc_keeps_its_digits_far_into_the_tail() -> None:
    expected = [math.erfc(x) for x in GRID]
    np.testing.assert_allclose(erfc(GRID), expected, rtol=3e-15, atol=0)


def test_values_are_those_of_a_printed_table() -> None:
    """Abramowitz and Stegun, table 7.1 (ten decimals) and table 26.1 (fifteen)."""
    table = [0.5204998778, 0.8427007929, 0.9953222650]
    np.testing.assert_allclose(erf(np.array([0.5, 1.0, 2.0])), table, rtol=0, atol=6e-11)
    table = [0.691462461274013, 0.841344746068543, 0.977249868051821]
    np.testing.assert_allclose(normal_cdf(np.array([0.5, 1.0, 2.0])), table, rtol=0, atol=6e-16)


@pytest.mark.parametrize("function", [erf, erfc, normal_cdf, normal_density])
def test_extreme_arguments_are_silent_and_finite(function: object) -> None:
    assert callable(function)
    z = np.array([-1e300, -700.0, -40.0, -0.0, 0.0, 1e-300, 40.0, 700.0, 1e300])
    assert np.isfinite(function(z)).all()
    np.testing.assert_allclose(function(z + 1j * H).real, function(z), rtol=1e-14, atol=0)


def test_a_complex_step_gives_the_gaussian_on_both_sides_of_every_seam() -> None:
    z = np.array([-8.0, -6.0, -5.99, -0.51, -0.5, -0.1, 0.0, 0.1, 0.49, 0.5, 2.0, 5.99, 6.0, 9.0])
    expected = 2 / math.sqrt(math.pi) * np.exp(-z * z)
    for side in (H, -H):
        np.testing.assert_allclose(erf(z + 1j * side).imag / side, expected, rtol=3e-14)
        np.testing.assert_allclose(erfc(z + 1j * side).imag / side, -expected, rtol=3e-14)
        slope = normal_cdf(z + 1j * side).imag / side
        np.testing.assert_allclose(slope, normal_density(z), rtol=3e-14)


def test_the_normal_distribution_is_symmetric_and_reaches_into_the_tail() -> None:
    z = np.linspace(0, 8, 97)
    np.testing.assert_allclose(normal_cdf(z) + normal_cdf(-z), 1, rtol=1e-15)
    expected = [math.erfc(x / math.sqrt(2)) / 2 for x in z]
    np.testing.assert_allclose(normal_cdf(-z), expected, rtol=2e-14)


def test_complex_arguments_are_those_of_scipy() -> None:
    special = pytest.importorskip("scipy.special")
    z = np.linspace(-5, 5, 101)[:, None] + 1j * np.linspace(-1, 1, 21)
    np.testing.assert_allclose(erf(z), special.erf(z), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(erfc(z), special.erfc(z), rtol=1e-13, atol=1e-15)
