"""Outer products that are made where they are asked for."""

import numpy as np
import pytest

from gradcheck.outer import Outer

ROWS, COLUMNS = 13, 7


@pytest.fixture
def factors() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.uniform(0.1, 3, size=ROWS), rng.uniform(0.1, 3, size=COLUMNS)


@pytest.mark.parametrize(
    "some",
    [
        slice(None),
        slice(0, 5),
        slice(11, 37),
        slice(7, 14),
        slice(80, 200),
        slice(5, 5),
        np.array([90, 0, 17, 17]),
    ],
    ids=str,
)
def test_any_part_is_that_of_the_flattened_matrix(
    some: slice, factors: tuple[np.ndarray, np.ndarray]
) -> None:
    whole = np.outer(*factors).ravel()

    np.testing.assert_array_equal(Outer(*factors)[some], whole[some])


def test_what_is_made_of_all_is_that_of_the_flattened_matrix(
    factors: tuple[np.ndarray, np.ndarray],
) -> None:
    whole, other = np.outer(*factors).ravel(), np.random.default_rng(5).normal(size=91)
    found = Outer(*factors)

    assert len(found) == 91
    assert (found.min(), found.max()) == (whole.min(), whole.max())
    assert found @ other == pytest.approx(whole @ other, rel=1e-13)
    np.testing.assert_allclose((found * 1.7)[:], 1.7 * whole, rtol=1e-15)
