"""What must not be said: of data that nobody has shown, and of steps that are not to blame."""

from collections.abc import Callable
from typing import Any

import pytest

Remarks = Callable[[str], "list[dict[str, Any]]"]


def test_nothing_is_said_of_data_that_are_made_up(
    program: Callable[..., str], remarks: Remarks
) -> None:
    source = program("network", ("X = rng.randn(41, 3)\n", ""), ("lr = 0.5", "lr = 1e-8"))
    source = source.replace("Y = 0.5 + 0.3 * np.sin(X[:, :1] + 0.4 * X[:, 1:2])\n", "")
    assert remarks(source) == []


def test_no_step_is_blamed_where_the_gradient_is_wrong(
    program: Callable[..., str], remarks: Remarks
) -> None:
    source = program("line", ("speed=0.1", "speed=7.0"), ("2 * miss @ x.T", "2 * miss @ x.T ** 2"))
    assert remarks(source) == []


@pytest.mark.parametrize(
    "base", ["network", "line", "softmax", "momentum", "relu", "checked", "lists"]
)
def test_a_program_that_learns_gets_no_remark(
    base: str, program: Callable[..., str], remarks: Remarks
) -> None:
    assert remarks(program(base)) == []
