"""Outer products that are made where they are asked for."""

import numpy as np
import pytest

from gradcheck.outer import Inner, Outer

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


@pytest.fixture
def matrices() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    return rng.normal(size=(5, ROWS)), rng.normal(size=(5, COLUMNS))


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
        np.array([90]),
        np.arange(90, 0, -1),
        np.array([], dtype=int),
        90,
    ],
    ids=str,
)
def test_any_part_of_inner_products_is_that_of_the_flattened_product(
    some: slice, matrices: tuple[np.ndarray, np.ndarray]
) -> None:
    left, right = matrices
    whole = (left.T @ right).ravel()

    np.testing.assert_allclose(Inner(left, right)[some], whole[some], rtol=1e-13, atol=1e-15)


def test_all_inner_products_are_those_of_the_flattened_product(
    matrices: tuple[np.ndarray, np.ndarray],
) -> None:
    left, right = matrices
    whole, other = (left.T @ right).ravel(), np.random.default_rng(5).normal(size=91)

    assert len(Inner(left, right)) == 91
    assert Inner(left, right) @ other == pytest.approx(whole @ other, rel=1e-13)


@pytest.mark.parametrize(
    ("factor", "finite"), [(1.0, True), (1e307, True), (1e308, False), (np.inf, False)]
)
def test_inner_products_are_finite_where_each_is(factor: float, finite: bool) -> None:
    left, right = np.ones((3, 2)), np.full((3, 5), -1.0)
    left[:, 1] = factor

    assert Inner(left, right).finite() is finite


def test_products_below_their_bound_are_looked_at_one_by_one() -> None:
    left, right = np.array([[1e300, 1.0], [0.0, 1.0]]), np.array([[1.0], [1e300]])

    assert Inner(left, right).finite()
