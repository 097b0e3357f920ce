"""Budgets as they are written, in configs and on the command line alike."""

import re
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gradcheck.catalogues import OPS
from gradcheck.config.grammar import grammar
from gradcheck.config.load import Loaded
from gradcheck.settings import BUDGETS, Budget, Settings, parsed_budget

CONFIG = """
network: {inputs: {x: [3]}, layers: [output: {dense: {units: 2}}]}
loss: squared_error
data: {batch: 5, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
check: {budget: BUDGET}
"""


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("20011", Budget(evaluations=20011)),
        ("31s", Budget(seconds=31.0)),
        ("0.25s", Budget(seconds=0.25)),
    ],
)
def test_a_budget_is_read_the_same_from_a_config_and_an_option(
    text: str, budget: Budget, load_config: Callable[[str], Loaded]
) -> None:
    pattern = grammar(OPS).schema()["properties"]["check"]["properties"]["budget"]["anyOf"][1]

    assert parsed_budget(text) == budget
    assert load_config(CONFIG.replace("BUDGET", text)).settings.budget == budget
    assert bool(re.search(pattern["pattern"], text)) == (budget.seconds is not None)


@given(st.integers(1, 10**12), st.integers(1, 999))
def test_every_positive_amount_is_a_budget(count: int, thousandths: int) -> None:
    assert parsed_budget(str(count)) == Budget(evaluations=count)
    assert parsed_budget(f"{count}s") == Budget(seconds=float(count))
    assert parsed_budget(f"0.{thousandths:03}s") == Budget(seconds=float(f"0.{thousandths:03}"))


@given(st.text(max_size=7) | st.from_regex(r"[-+0.es ]{1,7}", fullmatch=True))
def test_nothing_else_is_one(text: str) -> None:
    assume(not re.fullmatch(r"\d+(\.\d+)?s?", text, re.ASCII) or float(text.rstrip("s")) == 0)
    with pytest.raises(ValueError, match=r"expected a number of evaluations \(20000\) or of"):
        parsed_budget(text)


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (Budget(evaluations=1), "1 evaluation"),
        (Budget(evaluations=7), "7 evaluations"),
        (Budget(seconds=2.5), "2.5 s"),
    ],
)
def test_a_budget_is_told_in_words(budget: Budget, words: str) -> None:
    assert str(budget) == words


def test_a_mode_has_its_own_budget_unless_one_is_given() -> None:
    assert Settings(mode="full").allowed == BUDGETS["full"] != Budget()
    assert Settings(mode="exhaustive").allowed == Budget()
    assert Settings(mode="full", budget=Budget(seconds=3)).allowed == Budget(seconds=3)
