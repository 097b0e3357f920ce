"""The faults of activations' derivatives against their wrong formulas, written by hand."""

from collections.abc import Callable

import pytest

DEEP = """
    d3 = 2 * (third_out - y) * third_out * (1 - third_out)
    d2 = d3 @ third.weight.T * (1 - second_out**2)
    d1 = {first}
    grad.third.weight = second_out.T @ d3
    grad.third.bias = d3.sum(axis=0)
    grad.second.weight = first_out.T @ d2
    grad.second.bias = d2.sum(axis=0)
    grad.first.weight = x.T @ d1
    grad.first.bias = d1.sum(axis=0)
"""


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("ACT01", "d2 @ second.weight.T"),
        ("ACT02", "d2 @ second.weight.T * (1 - tanh(first_out)**2)"),
        ("ACT03", "d2 @ second.weight.T * (1 - first**2)"),
    ],
)
def test_a_wrong_derivative_of_a_hidden_activation_is_named(
    code: str, first: str, named: Callable[..., None]
) -> None:
    named(code, "deep_tanh", backward=DEEP.format(first=first), place="first_out")
