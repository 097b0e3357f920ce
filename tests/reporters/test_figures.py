"""Figures: what a person reads where the report has a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.report import Check, Worst
from gradcheck.reporters import _figures as figures


def check(**fields: object) -> Check:
    return Check(**{"parameter": "w", "shape": (3, 5), "verdict": "wrong", **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ratio", "written"),
    [
        (-1.0, "-1"),
        (10.000000000002, "10"),
        (1024.0, "1024"),
        (0.0, "0"),
        (1 / 64, "1/64"),
        (-0.5, "-1/2"),
        (1.0001, "1.00"),
        (0.31415926, "0.314"),
        (-2.5, "-2.50"),
        (123.4, "123"),
        (1.23456e-9, "1.23e-09"),
        (float("inf"), "-"),
        (float("nan"), "-"),
        (None, "-"),
    ],
)
def test_exact_factors_are_told_from_near_ones(ratio: float | None, written: str) -> None:
    assert figures.factor(ratio) == written


@given(st.none() | st.floats())
def test_every_factor_can_be_written_in_few_letters(ratio: float | None) -> None:
    assert 1 <= len(figures.factor(ratio)) <= 10


@pytest.mark.parametrize(
    ("difference", "bar", "written"),
    [
        (4.1, 1e-11, "4.1e+11 bars"),
        (6.0, 0.05, "120 bars"),
        (1.5e-16, 1e-15, "0.15 bars"),
        (0.0, 0.0, "0 bars"),
        (1.0, 0.0, "-"),
        (1.0, float("inf"), "-"),
        (None, 1.0, "-"),
        (1.0, None, "-"),
    ],
)
def test_differences_are_in_units_of_their_bar(
    difference: float | None, bar: float | None, written: str
) -> None:
    assert figures.bars(check(difference=difference, bar=bar)) == written


def test_tally_says_what_was_looked_at() -> None:
    sampled = check(wrong_entries=2, entries_checked=7, entries=15)
    assert figures.tally(sampled, complete=False) == "2/7/15"
    assert figures.tally(check(wrong_entries=2, entries_checked=15, entries=15), complete=True) == (
        "2/15"
    )
    along = check(entries=15, directions=1, bar=1e-9)
    assert figures.tally(along, complete=False) == "-/0/15"
    assert figures.tally(check(entries=15, directions=9), complete=False) == "-"


@pytest.mark.parametrize(
    ("relative", "text"),
    [
        (None, "-"),
        (float("inf"), "-"),
        (3.1e-11, "3e-11"),
        (0.0, "0"),
        (0.0123, "1.2%"),
        (0.57, "57%"),
        (11.8, "1180%"),
        (2e5, "2e+05"),
    ],
)
def test_a_share_is_a_percentage_where_that_can_be_read(relative: float | None, text: str) -> None:
    assert figures.share(check(relative=relative)) == text
    assert figures.distance(check(relative=relative, directions=3)) == text


def test_values_have_the_digits_in_which_they_differ() -> None:
    worst = Worst(index=(2,), probe="given", claimed=1.23456789, numeric=1.23456788, bar=1e-12)
    assert figures.values(worst) == ("1.23456789", "1.23456788")
    within = Worst(index=(2,), probe="given", claimed=1.23456789, numeric=1.23456788, bar=1e-7)
    assert figures.values(within) == ("1.23457", "1.23457")


def test_entry_is_written_as_the_user_would_index_it() -> None:
    worst = Worst(index=(2, 4), probe="given", claimed=1.0, numeric=2.0, bar=0.1)
    assert figures.entry(check(parameter="hidden.weight"), worst) == "hidden.weight[2, 4]"
    scalar = Worst(index=(), probe="given", claimed=1.0, numeric=2.0, bar=0.1)
    assert figures.entry(check(parameter="scale"), scalar) == "scale"


def test_strip_tells_a_little_heat_from_none() -> None:
    assert figures.strip((0.0, 0.001, 0.5, 1.0, float("nan"))) == "·▁▄█·"
