"""The faults of signs against their wrong formulas, written by hand."""

from collections.abc import Callable

import pytest

Edits = tuple[tuple[str, str], ...]

CASES: dict[str, tuple[str, str | None, Edits]] = {
    "SGN01": ("sigmoid_regression", "loss", (("output - y", "y - output"),)),
    "SGN01 of a hinge": ("loss_hinge_signs", "loss", (("-y * where", "y * where"),)),
    "SGN02": ("deep_tanh", "second_out", (("d2 = d3 @", "d2 = -d3 @"),)),
    "SGN02 in a branch": (
        "loss_hinge_branches",
        "left_out",
        (("d_left = d_difference", "d_left = -d_difference"),),
    ),
    "SGN03": (
        "loss_hinge_branches",
        "difference",
        (("d_right = -d_difference", "d_right = d_difference"),),
    ),
    "SGN03 of a shared layer": (
        "loss_squared_hinge",
        "difference",
        (("d_second = -d_difference", "d_second = d_difference"),),
    ),
    "SGN05 in the exponent": ("loss_leaky_logits", "loss", (("exp(-third)", "exp(third)"),)),
    "SGN05 in the exponent of a layer": (
        "loss_gelu_binary",
        "loss",
        (("delta = dp * p * (1 - p)", "delta = (1 / (1 + exp(output)) - y) / m"),),
    ),
    "SGN05 of one logarithm": (
        "loss_mish_binary",
        "loss",
        (("+ (1 - y) / (1 - p)", "- (1 - y) / (1 - p)"),),
    ),
    "SGN05 of one logarithm of a logit": (
        "loss_leaky_logits",
        "loss",
        (("(p - y)", "(-y * (1 - p) - (1 - y) * p)"),),
    ),
    "SGN06 the size": ("sigmoid_regression", "loss", (("(output - y)", "abs(output - y)"),)),
    "SGN06 the square": ("deep_tanh", "loss", (("2 * (third_out - y)", "2 * (third_out - y)**2"),)),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_sign_is_named(
    case: str, named: Callable[..., None], edited: Callable[..., str]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, backward=edited(network, *edits), place=place)
