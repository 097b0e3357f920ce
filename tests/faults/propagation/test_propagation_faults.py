"""The faults of the order of the backward pass against their wrong formulas, written by hand."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from gradcheck.array import Array

Edits = tuple[tuple[str, str], ...]

CASES: dict[str, tuple[str, str | None, Edits]] = {
    "PRP01": (
        "deep_tanh",
        "second",
        (("d2 @ second.weight.T", "d2 @ (second.weight - 0.1 * first_out.T @ d2).T"),),
    ),
    "PRP01 with a penalty": (
        "relu_classifier",
        "scores",
        (
            ("delta = (p - hot) / m", "delta = (p - hot) / m\ndW = middle_out.T @ delta"),
            (
                "delta @ scores.weight.T",
                "delta @ (scores.weight - 0.1 * (dW + 0.1 * scores.weight)).T",
            ),
        ),
    ),
    "PRP02": ("deep_tanh", "third", (("d3 @ third.weight.T", "0 * d3 @ third.weight.T"),)),
    "PRP02 of a penalised network": (
        "loss_elu_huber",
        "third",
        (("d3 @ third.weight.T", "d3 @ zeros_like(third.weight.T)"),),
    ),
    "PRP03 of the first layer": (
        "deep_tanh",
        "first",
        (("x.T @ d1", "0 * first.weight"), ("d1.sum(axis=0)", "0 * first.bias")),
    ),
    "PRP03 of the last layer": (
        "relu_classifier",
        "scores",
        (("middle_out.T @ delta + ", ""), ("delta.sum(axis=0)", "0 * scores.bias")),
    ),
    "PRP04": (
        "deep_tanh",
        "second",
        (("d2 @ second.weight.T", "d2 @ first.weight.T"), ("first_out.T @ d2", "x.T @ d2")),
    ),
    "PRP04 of the layer above": (
        "graph_residual",
        "block",
        (
            ("d_block @ block.weight.T", "d_block @ block.weight"),
            ("first_out.T @ d_block", "dropped.T @ d_block"),
        ),
    ),
    "PRP05": (
        "deep_tanh",
        None,
        (
            ("grad.second.weight", "grad.other.weight"),
            ("grad.first.weight", "grad.second.weight"),
            ("grad.other.weight", "grad.first.weight"),
        ),
    ),
    "PRP05 of biases": (
        "square_score",
        None,
        (
            ("grad.second.bias", "grad.other.bias"),
            ("grad.first.bias", "grad.second.bias"),
            ("grad.other.bias", "grad.first.bias"),
        ),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_order_is_named(
    case: str, named: Callable[..., None], edited: Callable[..., str]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, backward=edited(network, *edits), place=place)


def test_sums_that_never_began_at_zero_are_named(
    named: Callable[..., None], programmed: Callable[..., Callable[..., Mapping[str, Array]]]
) -> None:
    right, first = programmed("graph_image"), dict[str, Array]()

    def program(parameters: Mapping[str, Array], data: Mapping[str, Array]) -> dict[str, Array]:
        found = right(parameters, data)
        total = {name: own + first.get(name, np.zeros(1)) for name, own in found.items()}
        first.update({} if first else found)
        return total

    named("PRP08", "graph_image", program=program)
