"""What values are is seen as the program runs: names and formulas tell nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from gradcheck.paste.session import Request, run

Repaired = Callable[[str], "dict[str, Any] | None"]

ODD = """\
import numpy as np

gen = np.random.default_rng(5)
rain = gen.normal(size=(11, 3))
crop = gen.normal(size=(11, 2))
q = 0.6 * gen.normal(size=(3, 4))
w = np.zeros(4)
b = 0.6 * gen.normal(size=(4, 2))
v = np.zeros(2)
cost = 0.3

for year in range(30):
    a = rain @ q + w
    z = SQUASH
    u = z @ b - v
    loss = 0.5 * np.sum((u - crop) ** 2) + 0.5 * cost * np.sum(q * q)
    e = u - crop
    gb = z.T @ e
    gv = -e.sum(axis=0)
    k = (e @ b.T) * SLOPE
    gq = rain.T @ k + cost * q
    gw = k.sum(axis=0)
    q -= 0.05 * gq
    w -= 0.05 * gw
    b -= 0.05 * gb
    v -= 0.05 * gv
"""

TANH = ODD.replace("SQUASH", "np.tanh(a)").replace("SLOPE", "(1 - z ** 2)")
LEAKY = ODD.replace("SQUASH", "np.where(a > 0, a, 0.2 * a)").replace(
    "SLOPE", "np.where(a > 0, 1, 0.2)"
)


def edit(found: dict[str, Any] | None) -> dict[str, Any]:
    assert found is not None
    (best,) = found["done"][0]["edits"]
    assert isinstance(best, dict)
    return best


def test_what_a_derivative_is_taken_at_is_known_for_a_sum(repaired: Repaired) -> None:
    own = edit(repaired(TANH.replace("(1 - z ** 2)", "(1 - a ** 2)")))
    assert (own["old"], own["new"], own["link"]) == ("a", "z", "activation")
    assert (own["roles"]["a"], own["roles"]["z"]) == ("sum", "activation")
    assert own["roles"]["e"] == "derivative"
    assert own["decays"] is False
    assert own["begins"] is False


def test_an_activation_is_known_by_rising_with_its_sum_but_not_straight(repaired: Repaired) -> None:
    own = edit(repaired(LEAKY.replace("gb = z.T @ e", "gb = a.T @ e")))
    assert (own["old"], own["new"], own["link"]) == ("a", "z", "activation")


def test_biases_are_what_is_added_or_taken_off(repaired: Repaired) -> None:
    found = repaired(TANH.replace("gw = k.sum(axis=0)", "gw = k.mean(axis=0)"))
    assert found is not None
    assert found["biases"] == ["v", "w"]


@pytest.mark.parametrize(
    ("wrong", "decays"),
    [
        ("gq = rain.T @ k - cost * q", True),
        ("gq = rain.T @ k + 2 * cost * q", True),
        ("gq = rain.T @ k + cost * q ** 2", True),
        ("gq = rain.T @ k", True),
        ("gq = -rain.T @ k + cost * q", False),
    ],
)
def test_a_penalty_is_what_is_made_of_a_parameter_alone(
    repaired: Repaired, wrong: str, decays: bool
) -> None:
    assert edit(repaired(TANH.replace("gq = rain.T @ k + cost * q", wrong)))["decays"] is decays


def test_the_way_back_begins_where_nothing_is_a_derivative(repaired: Repaired) -> None:
    assert edit(repaired(TANH.replace("e = u - crop", "e = crop - u")))["begins"] is True


def test_a_call_that_is_missing_twice_is_put_in_at_both_places(repaired: Repaired) -> None:
    text = ODD.replace("    z = SQUASH\n", "").replace("z.T @ e", "sharp(a).T @ e")
    text = text.replace("z @ b", "sharp(a) @ b").replace("SLOPE", "(a * (1 - a))")
    text = text.replace("gen = np", "def sharp(x):\n    return 1 / (1 + np.exp(-x))\n\n\ngen = np")
    own = edit(repaired(text))
    assert (own["old"], own["new"], len(own["parts"])) == ("a", "sharp(a)", 2)
    assert own["link"] == "activation"


def test_a_report_names_what_was_seen() -> None:
    text = TANH.replace("(1 - z ** 2)", "(1 - a ** 2)").replace("k.sum(axis=0)", "k.mean(axis=0)")
    (problem,) = run(Request(text=text, name="odd.py")).problems
    assert [finding.code for finding in problem.findings[:2]] == ["ACT03", "BIA02"]
