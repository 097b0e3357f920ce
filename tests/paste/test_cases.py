"""Our own case sheet: it is sound, and some of its cases are answered as it says.

`scripts/evaluate_paste tests/paste/cases/cases.yaml` runs them all.
"""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SHEET = Path(__file__).parent / "cases" / "cases.yaml"
SCRIPTS = Path(__file__).parents[2] / "scripts"
WRONG = (
    "gate_matrix",
    "film_factors_stale",
    "frost_neuron_momentum",
    "adam_two_heads",
    "softmax_tea",
    "tied_autoencoder_encoder_only",
)
RIGHT = ("clinic_logit_class", "ratings_factors", "dropout_closures", "poly_prompt")


@pytest.fixture(scope="module")
def cases() -> Iterator[dict[str, Any]]:
    """The cases of the sheet by name."""
    before = [*sys.path]
    sys.path.insert(0, str(SCRIPTS))
    yield {case.name: case for case in importlib.import_module("paste_lib.sheet").load(SHEET)}
    sys.path[:] = before


def graded(case: Any) -> Any:
    return importlib.import_module("paste_lib.grade").graded(case)


def test_half_of_the_cases_are_right(cases: dict[str, Any]) -> None:
    assert len(cases) == 30
    assert sum(case.is_wrong for case in cases.values()) == 15
    assert {case.path.name for case in cases.values()} == {
        path.name for path in SHEET.parent.iterdir() if path != SHEET
    }


def test_every_edit_of_the_sheet_replaces_a_line_that_is_there(cases: dict[str, Any]) -> None:
    truth = importlib.import_module("paste_lib.truth")
    for case in cases.values():
        assert (truth.corrected(case) != case.text) is case.is_wrong


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_case_is_named_placed_and_patched(name: str, cases: dict[str, Any]) -> None:
    grade = graded(cases[name])
    assert grade.detected
    assert grade.parameters
    assert grade.line
    assert grade.named == (1, 1)
    assert grade.patched


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_case_is_called_right(name: str, cases: dict[str, Any]) -> None:
    assert graded(cases[name]).verdicts == ("right",)
