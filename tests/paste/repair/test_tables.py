"""Derivatives along a few lines tell a value that is the derivative, near kinks too."""

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.repair.tables import Table, target


def test_units_that_are_nearly_off_hide_no_derivative() -> None:
    gen = np.random.default_rng(3)
    value, weights = gen.normal(size=(40, 3)), gen.normal(size=(40, 3))
    value[::8] = 1e-6

    def slope(step: Array) -> float:
        up, down = (np.sum(weights * np.maximum(0, value + s * step)) for s in (1, -1))
        return float(up - down) / 2

    found = target("hidden", 1, value, slope)
    assert found is not None
    table = Table([found])
    assert table.matches(3 * weights * (value > 0)).keys() == {0}
    assert not table.matches(weights)
    assert not table.matches(np.full((40, 3), np.inf))
