"""The faults of penalties against their wrong formulas, written by hand."""

from collections.abc import Callable

import pytest

Edits = tuple[tuple[str, str], ...]

CASES: dict[str, tuple[str, str | None, Edits]] = {
    "REG01": ("sigmoid_regression", "l2(hidden.weight)", ((" + 0.3 * hidden.weight", ""),)),
    "REG01 of l1": (
        "loss_elu_huber",
        "l1(second.weight)",
        ((" + 0.07 * sign(second.weight)", ""),),
    ),
    "REG02": (
        "sigmoid_regression",
        "l2(hidden.weight)",
        (("+ 0.3 * hidden.weight", "- 0.3 * hidden.weight"),),
    ),
    "REG02 of l1": (
        "loss_gelu_binary",
        "l1(hidden.weight)",
        (("+ 0.1 * sign(hidden.weight)", "- 0.1 * sign(hidden.weight)"),),
    ),
    "REG03 twice": (
        "sigmoid_regression",
        "l2(hidden.weight)",
        (("0.3 * hidden.weight", "2 * 0.3 * hidden.weight"),),
    ),
    "REG03 half": (
        "loss_elu_huber",
        "l2(first.weight)",
        (("0.6 * first.weight", "0.3 * first.weight"),),
    ),
    "REG04 divided": (
        "sigmoid_regression",
        "l2(hidden.weight)",
        (("0.3 * hidden.weight", "0.3 * hidden.weight / m"),),
    ),
    "REG04 not divided": (
        "loss_silu_huber",
        "l2(first.weight)",
        (("(0.4 * first.weight + ", "0.4 * first.weight + ("),),
    ),
    "REG05": (
        "sigmoid_regression",
        "l2(hidden.weight)",
        (("0.3 * hidden.weight", "0.3 * hidden.weight**2"),),
    ),
    "REG05 of the whole square": (
        "loss_elu_huber",
        "l2(first.weight)",
        (("0.6 * first.weight", "0.6 * first.weight**2"),),
    ),
    "REG06": (
        "sigmoid_regression",
        "l2(hidden.weight)",
        (("0.3 * hidden.weight", "0.3 * sign(hidden.weight)"),),
    ),
    "REG06 of l1": (
        "loss_gelu_binary",
        "l1(hidden.weight)",
        (("0.1 * sign(hidden.weight)", "0.1 * hidden.weight"),),
    ),
    "REG07": (
        "sigmoid_regression",
        "l2(hidden.weight)",
        (("0.3 * hidden.weight", "0.3 * hidden.weight.sum()"),),
    ),
    "REG07 of l1": (
        "loss_gelu_binary",
        "l1(output.weight)",
        (("sign(output.weight)", "sign(output.weight).sum()"),),
    ),
    "REG08": (
        "sigmoid_regression",
        "output",
        (
            (
                "grad.output.bias = delta.sum(axis=0)",
                "grad.output.bias = delta.sum(axis=0) + 0.3 * output.bias",
            ),
        ),
    ),
    "REG08 of l1": (
        "loss_gelu_binary",
        "hidden",
        (
            (
                "grad.hidden.bias = d_hidden.sum(axis=0)",
                "grad.hidden.bias = d_hidden.sum(axis=0) + 0.1 * sign(hidden.bias)",
            ),
        ),
    ),
    "REG08 of a weight": (
        "loss_elu_huber",
        "first",
        (("0.6 * first.weight", "0.6 * first.weight + 0.07 * sign(first.weight)"),),
    ),
    "REG09": (
        "relu_classifier",
        None,
        (
            (" + 0.1 * middle.weight", ""),
            (" + 0.1 * hidden.weight", ""),
        ),
    ),
    "REG10": (
        "sigmoid_regression",
        "l2(output.weight)",
        (("0.3 * output.weight", "0.03 * output.weight"),),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_regulariser_is_named(
    case: str, named: Callable[..., None], edited: Callable[..., str]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, backward=edited(network, *edits), place=place)
