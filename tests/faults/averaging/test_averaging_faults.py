"""The faults of means and constant factors against their wrong formulas, written by hand."""

from collections.abc import Callable

import pytest

Edits = tuple[tuple[str, str], ...]

CASES: dict[str, tuple[str, str | None, Edits]] = {
    "AVG01": ("sigmoid_regression", "loss", (("(output - y) / m", "output - y"),)),
    "AVG01 of all elements": ("loss_leaky_logits", "loss", (("(p - y) / y.size", "p - y"),)),
    "AVG02 from the start": ("relu_classifier", "loss", (("(p - hot) / m", "(p - hot) / m / m"),)),
    "AVG02 on the way": (
        "relu_classifier",
        "middle_out",
        (("d_middle = delta @", "d_middle = delta / m @"),),
    ),
    "AVG03": (
        "relu_classifier",
        "middle",
        (("hidden_out.T @ d_middle", "hidden_out.T @ d_middle / m"),),
    ),
    "AVG03 where nothing is averaged": ("deep_tanh", "first", (("x.T @ d1", "x.T @ d1 / m"),)),
    "AVG04": ("sigmoid_regression", "loss", (("/ m", "/ x.shape[1]"),)),
    "AVG04 of the outputs": ("sigmoid_regression", "loss", (("/ m", "/ y.shape[1]"),)),
    "AVG05": ("sigmoid_regression", "loss", (("/ m", "/ 140"),)),
    "AVG06 the 2": ("deep_tanh", "loss", (("2 * (third_out - y)", "(third_out - y)"),)),
    "AVG06 the half": ("sigmoid_regression", "loss", (("(output - y)", "2 * (output - y)"),)),
    "AVG07": ("loss_elu_huber", "loss", (("/ 21", "/ m"),)),
    "AVG08": ("sigmoid_regression", "loss", (("/ m", "/ y.size"),)),
    "AVG08 of classes": ("relu_classifier", "loss", (("/ m", "/ scores.size"),)),
    "AVG09": ("deep_tanh", "second", (("first_out.T @ d2", "2 * first_out.T @ d2"),)),
    "AVG10": ("deep_tanh", "first", (("d1.sum(axis=0)", "4 * d1.sum(axis=0)"),)),
    "AVG12 samples": ("loss_softmax_probabilities", "loss", (("dp = -q / p", "dp = -q / p / m"),)),
    "AVG12 terms": (
        "deep_tanh",
        "loss",
        (("2 * (third_out - y)", "2 * (third_out - y) / y.size"),),
    ),
    "AVG14 one weight": (
        "relu_classifier",
        "middle",
        (("hidden_out.T @ d_middle", "outer(hidden_out[-1], d_middle[-1])"),),
    ),
    "AVG14 every gradient": (
        "deep_tanh",
        "loss",
        (
            (
                "2 * (third_out - y)",
                "2 * (third_out - y) * where((third_out == third_out[-1]), 1, 0)",
            ),
        ),
    ),
    "AVG16": ("loss_hinge_sequence", "hidden", (("(rows.T @ patches)", "(rows.T @ patches / 3)"),)),
    "AVG17": ("loss_padded_sequence", "loss", (("/ y.size", "/ mask.sum()"),)),
    "AVG17 of log-probabilities": ("loss_log_softmax", "loss", (("/ y.size", "/ mask.sum()"),)),
    "AVG18 not divided": ("loss_padded_sequence", "loss", (("/ y.size", "/ m"),)),
    "AVG18 divided": ("loss_hinge_sequence", "loss", (("/ m", "/ m / 3"),)),
    "AVG19 a weight": ("sigmoid_regression", "hidden", (("x.T @ d_hidden", "m * x.T @ d_hidden"),)),
    "AVG19 a bias": (
        "loss_elu_huber",
        "second",
        (("grad.second.bias = d2.sum(axis=0)", "grad.second.bias = 21 * d2.sum(axis=0)"),),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_factor_is_named(
    case: str, named: Callable[..., None], edited: Callable[..., str]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, backward=edited(network, *edits), place=place)
