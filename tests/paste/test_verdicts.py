"""Verdicts from numbers: one positive scale, common to all parameters, is right."""

from typing import Any

import numpy as np
import pytest

from gradcheck.chance import Chance
from gradcheck.paste.verdicts import judged

BAR = 1e-10


def entry(name: str, scale: float, spoil: float = 0.0, seed: int = 1) -> dict[str, Any]:
    """A parameter whose claims are `scale` times its slopes, and off by the share `spoil`."""
    chance = Chance([seed, *name.encode()])
    rows = []
    for point in range(3):
        slope = chance.normal(size=5)
        claim = scale * slope + spoil * abs(scale) * chance.normal(size=5)
        rows.append(
            {
                "point": point,
                "claim": claim.tolist(),
                "claim_bar": np.full(5, abs(scale) * BAR).tolist(),
                "slope": slope.tolist(),
                "slope_bar": np.full(5, BAR).tolist(),
            }
        )
    return {"name": name, "shape": [3, 7], "lines": [11], "rows": rows, "claim": None}


def step(
    *entries: dict[str, Any], rate: float | None = None, basis: str = "written"
) -> dict[str, Any]:
    return {
        "parameters": list(entries),
        "loss": {"basis": basis, "formula": None if basis == "written" else "0.5*sum((a - t)**2)"},
        "rate": None if rate is None else {"value": rate},
        "neglected": [],
    }


def verdicts(given: dict[str, Any]) -> dict[str, str]:
    return {check.parameter: check.verdict for check in judged(given).checks}


def test_a_common_factor_is_right() -> None:
    result = judged(step(entry("a", 0.03), entry("b", 0.03), rate=0.3))
    assert [check.verdict for check in result.checks] == ["right", "right"]
    assert result.factor == pytest.approx(0.1)


def test_one_parameter_may_have_any_positive_factor() -> None:
    assert verdicts(step(entry("a", 17.5))) == {"a": "right"}


def test_a_common_negative_factor_is_wrong() -> None:
    assert verdicts(step(entry("a", -0.1), entry("b", -0.1))) == {"a": "wrong", "b": "wrong"}


def test_the_majority_decides_where_factors_differ() -> None:
    given = step(entry("a", 0.1), entry("b", 1.9), entry("c", 0.1))
    assert verdicts(given) == {"a": "right", "b": "wrong", "c": "right"}
    assert judged(given).checks[1].ratio == pytest.approx(19)


def test_the_learning_rate_decides_against_the_majority() -> None:
    given = step(entry("a", 1.9), entry("b", 0.1), entry("c", 1.9), rate=0.1)
    assert verdicts(given) == {"a": "wrong", "b": "right", "c": "wrong"}


def test_the_learning_rate_does_not_decide_on_an_inferred_loss() -> None:
    given = step(entry("a", 1.9), entry("b", 0.1), rate=1.9, basis="inferred")
    assert verdicts(given) == {"a": "wrong", "b": "right"}


def test_an_exact_factor_is_wrong_if_a_wrong_gradient_shows_another_scale() -> None:
    given = step(entry("a", 24.0), entry("b", 0.1, spoil=0.003), rate=0.1)
    assert verdicts(given) == {"a": "wrong", "b": "wrong"}


@pytest.mark.parametrize("spoil", [1e-6, 1e-3, 0.5])
def test_a_small_difference_is_wrong(spoil: float) -> None:
    given = step(entry("a", 0.1, spoil=spoil), entry("b", 0.1))
    assert verdicts(given) == {"a": "wrong", "b": "right"}


def test_a_difference_within_the_bars_is_no_accusation() -> None:
    given = step(entry("a", 0.1, spoil=0.3 * BAR), entry("b", 0.1))
    assert verdicts(given) == {"a": "right", "b": "right"}


def test_claims_of_zero_are_wrong_where_the_slope_is_not() -> None:
    assert verdicts(step(entry("a", 0.0), entry("b", 0.1))) == {"a": "wrong", "b": "right"}


def test_slopes_of_zero_ask_for_claims_of_zero() -> None:
    flat, wrong, steps = entry("a", 0.1), entry("c", 0.1), entry("d", 0.1)
    for row in flat["rows"]:
        row["slope"], row["claim"] = [0.0] * 5, [1e-13] * 5
    for row in wrong["rows"]:
        row["slope"] = [0.0, 1e-16, 0.0, -1e-16, 0.0]
    for row in steps["rows"]:
        row["slope"] = [0.0] * 5
    assert verdicts(step(flat, entry("b", 0.1), wrong, steps)) == {
        "a": "right",
        "b": "right",
        "c": "wrong",
        "d": "undecided",
    }


def test_without_a_loss_nothing_is_decided() -> None:
    given = step(entry("a", 0.1)) | {"loss": None}
    given["parameters"][0]["rows"] = []
    assert verdicts(given) == {"a": "undecided"}


def test_what_crossed_the_pipe_as_null_is_left_out() -> None:
    holed = entry("a", 0.1)
    for row in holed["rows"]:
        row["slope"][2] = row["slope_bar"][2] = None
    assert verdicts(step(holed, entry("b", 0.1))) == {"a": "right", "b": "right"}


def test_an_overwritten_parameter_is_wrong() -> None:
    given = step(entry("a", 0.1)) | {
        "neglected": [{"name": "b", "shape": [2], "overwritten": True, "exact": True}]
    }
    assert verdicts(given) == {"a": "right", "b": "wrong"}
