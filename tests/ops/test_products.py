"""Products of real and complex matrices are what NumPy's are, however they are made."""

from collections.abc import Callable

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.ops._products import LARGE, product

SMALL = (7, 5)
WIDE = (67, 71)


def real(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.normal(size=shape)


def split(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.asarray(rng.normal(size=shape) + 1j * rng.normal(size=shape))


@pytest.mark.parametrize("first", [real, split])
@pytest.mark.parametrize("second", [real, split])
@pytest.mark.parametrize("leading", [(), (3,), (2, 5)])
@pytest.mark.parametrize("shape", [SMALL, WIDE])
def test_products_are_those_of_numpy(
    first: Callable[..., Array],
    second: Callable[..., Array],
    leading: tuple[int, ...],
    shape: tuple[int, int],
) -> None:
    rng = np.random.default_rng(11)
    x, w = first(rng, (*leading, shape[0])), second(rng, shape)

    found = product(x, w)

    assert found.dtype == (x @ w).dtype
    np.testing.assert_allclose(found, x @ w, rtol=1e-12, atol=1e-12)


def test_both_ways_are_tried() -> None:
    assert np.prod(SMALL) < LARGE <= np.prod(WIDE)
