"""The faults of losses' gradients against their wrong formulas, written by hand."""

from collections.abc import Callable

import pytest

Edits = tuple[tuple[str, str], ...]

CASES: dict[str, tuple[str, str | None, Edits]] = {
    "LOS01": ("loss_leaky_logits", "loss", (("(p - y)", "(p - y) * p * (1 - p)"),)),
    "LOS01 of classes": ("relu_classifier", "loss", (("(p - hot)", "(p - hot) * p * (1 - p)"),)),
    "LOS02": (
        "deep_tanh",
        "third_out",
        (("2 * (third_out - y) * third_out * (1 - third_out)", "third_out - y"),),
    ),
    "LOS02 of a softmax": (
        "loss_softmax_squared",
        "scores_out",
        (("delta = p * (dp - (dp * p).sum(axis=1, keepdims=True))", "delta = (p - y) / y.size"),),
    ),
    "LOS03": (
        "relu_classifier",
        "loss",
        (
            (
                "delta = (p - hot) / m",
                "dp = 2 * (p - hot) / m\ndelta = p * (dp - (dp * p).sum(axis=1, keepdims=True))",
            ),
        ),
    ),
    "LOS03 of a layer": (
        "loss_softmax_probabilities",
        "loss",
        (("dp = -q / p", "dp = 2 * (p - q)"),),
    ),
    "LOS04": ("loss_leaky_logits", "loss", (("(p - y)", "((1 - y) / (1 - p) - y / p)"),)),
    "LOS04 of a layer": (
        "loss_gelu_binary",
        "output_out",
        (("delta = dp * p * (1 - p)", "delta = dp"),),
    ),
    "LOS05": ("loss_gelu_binary", "loss", (("(-y / p + (1 - y) / (1 - p))", "(p - y)"),)),
    "LOS06": ("loss_mish_binary", "loss", ((" + (1 - y) / (1 - p)", ""),)),
    "LOS06 of logits": ("loss_leaky_logits", "loss", (("(p - y)", "(-y / p * p * (1 - p))"),)),
    "LOS07": ("relu_classifier", "loss", (("(p - hot)", "(p - hot) * hot"),)),
    "LOS07 of a sequence": ("loss_padded_sequence", "loss", (("(p - q)", "(p - q) * hot"),)),
    "LOS08": ("relu_classifier", "loss", (("(p - hot)", "(p - 1)"),)),
    "LOS08 of a sequence": ("loss_padded_sequence", "loss", (("(p - q)", "(p - 1)"),)),
    "LOS27": ("relu_classifier", "loss", (("(p - hot)", "p"),)),
    "LOS27 of a sequence": ("loss_padded_sequence", "loss", (("(p - q)", "p"),)),
    "LOS09": ("relu_classifier", "loss", (("(p - hot)", "(-hot / p)"),)),
    "LOS09 of weighted classes": (
        "loss_weighted_classes",
        "loss",
        (("(p * y.sum(axis=1, keepdims=True) - y)", "(-y / p)"),),
    ),
    "LOS11": ("relu_classifier", "loss", (("one_hot(y, 3)", "one_hot(y + 1 - 3 * (y == 2), 3)"),)),
    "LOS11 of log-probabilities": (
        "loss_log_softmax",
        "loss",
        (("one_hot(y, 3)", "one_hot(y - 1 + 3 * (y == 0), 3)"),),
    ),
    "LOS11 of a hinge": (
        "loss_hinge_branches",
        "loss",
        (("one_hot(y, 3)", "one_hot(y + 1 - 3 * (y == 2), 3)"),),
    ),
    "LOS12 sign": ("sigmoid_regression", "loss", (("(output - y)", "sign(output - y)"),)),
    "LOS12 residual": ("loss_absolute", "loss", (("sign(output_out - y)", "(output_out - y)"),)),
    "LOS12 residual twice": (
        "loss_absolute",
        "loss",
        (("sign(output_out - y)", "2 * (output_out - y)"),),
    ),
    "LOS13": ("sigmoid_regression", "loss", (("(output - y)", "0.5 * (output - y)**2"),)),
    "LOS13 of the whole square": (
        "deep_tanh",
        "loss",
        (("2 * (third_out - y)", "(third_out - y)**2"),),
    ),
    "LOS14": ("loss_hinge_branches", "loss", (("violated - hot * pull", "violated"),)),
    "LOS14 of a sequence": ("loss_hinge_sequence", "loss", (("violated - y * pull", "violated"),)),
    "LOS15": ("loss_hinge_branches", "loss", (("violated - hot * pull", "violated - hot"),)),
    "LOS15 of a sequence": (
        "loss_hinge_sequence",
        "loss",
        (("violated - y * pull", "violated - y"),),
    ),
    "LOS16": ("loss_hinge_branches", "loss", (("where(excess > 0, 1, 0)", "maximum(excess, 0)"),)),
    "LOS16 of signs": (
        "loss_hinge_signs",
        "loss",
        (("where(missing > 0, 1, 0)", "maximum(missing, 0)"),),
    ),
    "LOS17": ("loss_hinge_sequence", "loss", (("excess > 0", "excess > 0.4"),)),
    "LOS17 of signs": (
        "loss_hinge_signs",
        "loss",
        (("where(missing > 0, 1, 0)", "where(y * score < 0, 1, 0)"),),
    ),
    "LOS18": (
        "loss_hinge_branches",
        "loss",
        (("hot * pull", "hot * where(excess > 0, 1, 0).sum(axis=1, keepdims=True)"),),
    ),
    "LOS19 without sign": ("loss_elu_huber", "loss", (("0.4 * sign(r)", "0.4"),)),
    "LOS19 without delta": ("loss_silu_huber", "loss", (("0.6 * sign(r)", "sign(r)"),)),
    "LOS19 never straight": (
        "loss_elu_huber",
        "loss",
        (("where(abs(r) <= 0.4, r, 0.4 * sign(r))", "r"),),
    ),
    "LOS20 a hinge": ("loss_hinge_signs", "loss", (("where(missing > 0, 1, 0)", "1"),)),
    "LOS20 a squared hinge": ("loss_squared_hinge", "loss", (("maximum(missing, 0)", "missing"),)),
    "LOS20 without 2": ("loss_squared_hinge", "loss", (("-2 * y", "-y"),)),
    "LOS21": (
        "loss_best_wrong",
        "loss",
        (
            ("where(hot, -100, scores)", "(1 - hot) * scores"),
            ("(best - hot)", "(best * (1 - hot) - hot)"),
        ),
    ),
    "LOS21 of rows": (
        "loss_best_wrong_rows",
        "loss",
        (
            ("where(y, -100, scores_out)", "(1 - y) * scores_out"),
            ("(best - y)", "(best * (1 - y) - y)"),
        ),
    ),
    "LOS22": (
        "loss_log_softmax",
        "scores_out",
        (("delta = dl - exp(scores_out) * dl.sum(axis=2, keepdims=True)", "delta = dl"),),
    ),
    "LOS23": ("loss_padded_sequence", "loss", (("(p - q)", "(p - hot)"),)),
    "LOS23 of a layer": ("loss_softmax_probabilities", "loss", (("dp = -q / p", "dp = -y / p"),)),
    "LOS24": (
        "loss_weighted_classes",
        "loss",
        (("(p * y.sum(axis=1, keepdims=True) - y)", "(p - y / y.sum(axis=1, keepdims=True))"),),
    ),
    "LOS24 p unweighted": (
        "loss_weighted_classes",
        "loss",
        (("(p * y.sum(axis=1, keepdims=True) - y)", "(p - y)"),),
    ),
    "LOS24 of a layer": (
        "loss_softmax_probabilities",
        "loss",
        (("0.8 * y", "0.8 * y / y.sum(axis=1, keepdims=True)"),),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_gradient_of_a_loss_is_named(
    case: str, named: Callable[..., None], edited: Callable[..., str]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, backward=edited(network, *edits), place=place)
