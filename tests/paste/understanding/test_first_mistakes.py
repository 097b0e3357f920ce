"""Programs with one mistake planted: exactly the spoiled parameters are wrong."""

from collections.abc import Callable, Mapping
from typing import Any


def test_a_planted_mistake_makes_its_parameters_wrong_and_no_others(
    sample: Any, first_mistake: Mapping[str, Any], understand: Callable[[str], Any]
) -> None:
    result = understand(sample.spoiled(first_mistake))
    assert result.names("wrong") == set(first_mistake["wrong"])
    assert result.names("undecided") == set()
