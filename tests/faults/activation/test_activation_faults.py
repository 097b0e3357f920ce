"""The faults of activations' derivatives against their wrong formulas, written by hand."""

from collections.abc import Callable

import pytest

Edits = tuple[tuple[str, str], ...]

CASES: dict[str, tuple[str, str | None, Edits]] = {
    "ACT01": ("deep_tanh", "first_out", ((" * (1 - first_out**2)", ""),)),
    "ACT02": ("deep_tanh", "first_out", (("(1 - first_out**2)", "(1 - tanh(first_out)**2)"),)),
    "ACT02 of an ELU": (
        "loss_elu_huber",
        "first_out",
        (("where(first > 0, 1, first_out + 0.7)", "where(first > 0, 1, 0.7 * exp(first_out))"),),
    ),
    "ACT03": ("deep_tanh", "first_out", (("(1 - first_out**2)", "(1 - first**2)"),)),
    "ACT03 of a sigmoid": (
        "sigmoid_regression",
        "hidden_out",
        (("hidden_out * (1 - hidden_out)", "hidden * (1 - hidden)"),),
    ),
    "ACT04": (
        "sigmoid_regression",
        "hidden_out",
        (("hidden_out * (1 - hidden_out)", "hidden_out"),),
    ),
    "ACT04 of a ReLU": (
        "relu_classifier",
        "hidden_out",
        (("where(hidden > 0, 1, 0)", "hidden_out"),),
    ),
    "ACT05": (
        "sigmoid_regression",
        "hidden_out",
        (("hidden_out * (1 - hidden_out)", "(1 - hidden_out)"),),
    ),
    "ACT05 at the output": (
        "deep_tanh",
        "third_out",
        (("* third_out * (1 - third_out)", "* (1 - third_out)"),),
    ),
    "ACT06": ("deep_tanh", "second_out", (("(1 - second_out**2)", "(1 - second_out)"),)),
    "ACT07 tan": ("deep_tanh", "second_out", (("(1 - second_out**2)", "(1 + second_out**2)"),)),
    "ACT07 arctan": (
        "deep_tanh",
        "second_out",
        (("(1 - second_out**2)", "(1 / (1 + second**2))"),),
    ),
    "ACT08": ("deep_tanh", "second_out", (("d2 = d3 @ third.weight.T * (1", "d2 = (1"),)),
    "ACT08 at the output": (
        "deep_tanh",
        "third_out",
        (("2 * (third_out - y) * third_out", "third_out"),),
    ),
    "ACT09 of a ReLU": (
        "relu_classifier",
        "hidden_out",
        (("where(hidden > 0, 1, 0)", "where(d_middle @ middle.weight.T > 0, 1, 0)"),),
    ),
    "ACT09": (
        "deep_tanh",
        "second_out",
        (("(1 - second_out**2)", "(1 - tanh(d3 @ third.weight.T)**2)"),),
    ),
    "ACT10": ("deep_tanh", "first_out", (("* (1 - first_out**2)", "+ (1 - first_out**2)"),)),
    "ACT11": ("deep_tanh", "first_out", (("(1 - first_out**2)", "(1 - first_out**2)**2"),)),
    "ACT11 at the output": (
        "deep_tanh",
        "third_out",
        (("* third_out * (1 - third_out)", "* (third_out * (1 - third_out))**2"),),
    ),
    "ACT12 tanh for a sigmoid": (
        "sigmoid_regression",
        "hidden_out",
        (("hidden_out * (1 - hidden_out)", "(1 - tanh(hidden)**2)"),),
    ),
    "ACT12 of a": (
        "sigmoid_regression",
        "hidden_out",
        (("hidden_out * (1 - hidden_out)", "(1 - hidden_out**2)"),),
    ),
    "ACT12 a sigmoid's for a tanh": (
        "deep_tanh",
        "first_out",
        (("(1 - first_out**2)", "first_out * (1 - first_out)"),),
    ),
    "ACT12 of another layer": (
        "relu_classifier",
        "hidden_out",
        (("where(hidden > 0, 1, 0)", "where(hidden > 0, 1, 0.2)"),),
    ),
    "ACT13": ("deep_tanh", "first_out", (("(1 - first_out**2)", "(1 - tanh(second)**2)"),)),
    "ACT13 of a leaky ReLU": (
        "loss_leaky_logits",
        "first_out",
        (("where(first > 0, 1, 0.3)", "where(second > 0, 1, 0.3)"),),
    ),
    "ACT14": (
        "deep_tanh",
        "first_out",
        (("(1 - first_out**2)", "(1 - first_out**2).mean(axis=0)"),),
    ),
    "ACT14 of a ReLU": (
        "relu_classifier",
        "hidden_out",
        (("where(hidden > 0, 1, 0)", "where(hidden > 0, 1, 0).mean(axis=0)"),),
    ),
    "ACT15": (
        "loss_leaky_logits",
        "first_out",
        (("where(first > 0, 1, 0.3)", "where(first > 0, 1, 0)"),),
    ),
    "ACT16": (
        "loss_leaky_logits",
        "first_out",
        (
            (
                "d1 = d2 @ second.weight.T * where(first > 0, 1, 0.3)",
                "d1 = where(first > 0, d2 @ second.weight.T, 0.3)",
            ),
        ),
    ),
    "ACT17": (
        "relu_classifier",
        "hidden_out",
        (("where(hidden > 0, 1, 0)", "where(hidden < 0, 1, 0)"),),
    ),
    "ACT17 of a leaky ReLU": (
        "relu_classifier",
        "middle_out",
        (("where(middle > 0, 1, 0.2)", "where(middle > 0, 0.2, 1)"),),
    ),
    "ACT18": ("loss_elu_huber", "first_out", (("first_out + 0.7", "first + 0.7"),)),
    "ACT18 with a large alpha": (
        "loss_silu_huber",
        "second_out",
        (("second_out + 1.3", "second + 1.3"),),
    ),
    "ACT20": ("loss_silu_huber", "first_out", (("(s + first * s * (1 - s))", "s"),)),
    "ACT20 of mish": (
        "loss_mish_binary",
        "hidden_out",
        (("mish_prime(hidden)", "tanh(log(1 + exp(hidden)))"),),
    ),
    "ACT22": ("deep_tanh", "third_out", ((" * third_out * (1 - third_out)", ""),)),
    "ACT22 of a tanh": ("loss_absolute", "output_out", ((" * (1 - output_out**2)", ""),)),
    "ACT23": (
        "deep_tanh",
        "third_out",
        (("* third_out * (1 - third_out)", "* exp(-third_out) / (1 + exp(-third_out))**2"),),
    ),
    "ACT23 of a tanh": (
        "loss_absolute",
        "output_out",
        (("(1 - output_out**2)", "(1 - tanh(output_out)**2)"),),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_derivative_of_an_activation_is_named(
    case: str, named: Callable[..., None], edited: Callable[..., str]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, backward=edited(network, *edits), place=place)
