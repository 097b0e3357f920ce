"""The faults of softmax layers against their wrong formulas, written by hand."""

from collections.abc import Callable

import pytest

Edits = tuple[tuple[str, str], ...]

CASES: dict[str, tuple[str, str | None, Edits]] = {
    "SMX01": (
        "loss_softmax_probabilities",
        "scores_out",
        (("p * (dp - (dp * p).sum(axis=1, keepdims=True))", "dp * p * (1 - p)"),),
    ),
    "SMX01 of shares": (
        "loss_softmax_squared",
        "scores_out",
        (("p * (dp - (dp * p).sum(axis=1, keepdims=True))", "dp * p * (1 - p)"),),
    ),
    "SMX02": (
        "loss_softmax_squared",
        "scores_out",
        (("p * (dp - (dp * p).sum(axis=1, keepdims=True))", "dp"),),
    ),
    "SMX03": (
        "loss_softmax_squared",
        "scores_out",
        (("p * (dp - (dp * p).sum(axis=1, keepdims=True))", "p * dp"),),
    ),
    "SMX04": (
        "loss_softmax_squared",
        "scores_out",
        (("(dp * p).sum(axis=1, keepdims=True)", "(dp * p).sum(axis=0)"),),
    ),
    "SMX05 through both": (
        "loss_softmax_probabilities",
        "loss",
        (
            (
                "dp = -q / p",
                (
                    "e = exp(p)\n"
                    "dp = e / e.sum(axis=1, keepdims=True) * q.sum(axis=1, keepdims=True) - q"
                ),
            ),
        ),
    ),
    "SMX05 short": (
        "relu_classifier",
        "loss",
        (("(p - hot)", "(exp(p) / exp(p).sum(axis=1, keepdims=True) - hot)"),),
    ),
    "SMX05 of logits through both": (
        "relu_classifier",
        "loss",
        (
            (
                "delta = (p - hot) / m",
                (
                    "dp = (exp(p) / exp(p).sum(axis=1, keepdims=True) - hot) / m\n"
                    "delta = p * (dp - (dp * p).sum(axis=1, keepdims=True))"
                ),
            ),
        ),
    ),
    "SMX07": ("loss_softmax_probabilities", "loss", (("dp = -q / p", "dp = p - q"),)),
    "SMX07 of logits": (
        "relu_classifier",
        "loss",
        (
            (
                "delta = (p - hot) / m",
                "dp = (p - hot) / m\ndelta = p * (dp - (dp * p).sum(axis=1, keepdims=True))",
            ),
        ),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_gradient_of_a_softmax_is_named(
    case: str, named: Callable[..., None], edited: Callable[..., str]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, backward=edited(network, *edits), place=place)
