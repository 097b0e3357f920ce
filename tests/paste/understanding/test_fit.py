"""Fits of claims to slopes of unlike sharpness."""

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.fit import Rows, fit


def _rows(claim: Array, slope: Array, bar: Array) -> Rows:
    return Rows(point=0, claim=claim, claim_bar=np.full(3, 1e-16), slope=slope, slope_bar=bar)


def test_a_scale_that_a_blunt_line_gave_is_not_held_against_it_by_a_sharp_one() -> None:
    true = np.array([1.3, -0.009, 0.003])
    bar = np.array([2e-5, 2e-11, 1e-11])
    measured = true + np.array([-8e-6, 1e-12, 1e-12])
    assert fit([_rows(0.1 * true, measured, bar)]).exact


def test_a_blunt_line_that_is_off_by_many_bars_objects() -> None:
    true = np.array([1.3, -0.9, 0.3])
    bar = np.array([1e-12, 1e-12, 4e-4])
    claim = 0.1 * true + np.array([0, 0, 0.02])
    assert fit([_rows(0.1 * true, true, bar)]).exact
    assert not fit([_rows(claim, true, bar)]).exact


def test_a_single_line_tells_no_factor() -> None:
    line = np.array([0.7])
    rows = Rows(
        point=0,
        claim=2 * line,
        claim_bar=np.full(1, 1e-16),
        slope=line,
        slope_bar=np.full(1, 1e-12),
    )
    assert fit([rows]).exact
    assert not fit([rows]).factored
    assert fit([rows, rows]).factored
