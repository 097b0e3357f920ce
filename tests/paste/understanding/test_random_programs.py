"""Random right programs: whatever optimizer makes the updates, nobody is accused."""

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SEEDS = (0, 1, 2, 4, 5, 6, 7, 8, 10, 16, 31, 1037, 5010, 5056)
"""Every optimizer occurs."""


@pytest.fixture(scope="module")
def random_programs() -> ModuleType:
    """The module of `scripts/` that makes a random program from a seed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[3] / "scripts"))
        return importlib.import_module("random_programs")


@pytest.mark.parametrize("seed", SEEDS)
def test_right_gradients_are_right(
    seed: int, random_programs: ModuleType, understand: Callable[[str], Any]
) -> None:
    result = understand(random_programs.text(seed))

    assert len(result.steps) == 1
    assert result.names("right"), random_programs.style(seed)
    assert not result.names("wrong") | result.names("undecided"), random_programs.style(seed)


def test_every_optimizer_occurs(random_programs: ModuleType) -> None:
    styles = map(random_programs.style, range(300))
    every = {style.optimizer for style in styles}
    assert {random_programs.style(seed).optimizer for seed in SEEDS} == every
