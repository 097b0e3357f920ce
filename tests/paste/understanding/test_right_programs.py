"""Correct programs in many styles: nobody is accused, and nothing is said that is not so."""

from collections.abc import Callable
from typing import Any


def test_a_right_program_is_right_in_all_its_parameters(
    sample: Any, overhear: Callable[[str], Any]
) -> None:
    result = overhear(sample.source)
    assert result.names("wrong") == set()
    assert result.names("undecided") == sample.undecided
    assert len(result.steps) == sample.steps
    assert result.remarks == sample.remarks
