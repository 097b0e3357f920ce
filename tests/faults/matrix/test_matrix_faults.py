"""The faults of matrix products against their wrong formulas, written by hand."""

from collections.abc import Callable

import pytest

Edits = tuple[tuple[str, str], ...]

CASES: dict[str, tuple[str, str | None, Edits]] = {
    "MAT01": ("deep_tanh", "second", (("d2 @ second.weight.T", "d2 @ second.weight"),)),
    "MAT01 of a weight that is transposed": (
        "graph_residual",
        "left",
        (("d_left @ block.weight +", "d_left @ block.weight.T +"),),
    ),
    "MAT02": ("square_score", "second", (("first_out.T @ d_second", "d_second.T @ first_out"),)),
    "MAT02 of the first layer": ("deep_tanh", "first", (("x.T @ d1", "(x.T @ d1).T"),)),
    "MAT03": (
        "square_score",
        "second_out",
        (("@ score.weight.T * (1", "@ score.weight.T @ (1"),),
    ),
    "MAT03 of a leaky ReLU": (
        "loss_leaky_logits",
        "first_out",
        (("* where(first > 0", "@ where(first > 0"),),
    ),
    "MAT04 on the way back": (
        "square_score",
        "second",
        (("d_second @ second.weight.T", "d_second * second.weight.T"),),
    ),
    "MAT04 of a weight": (
        "square_score",
        "first",
        (("x.T @ d_first", "x.T * d_first"),),
    ),
    "MAT05": ("relu_classifier", "middle", (("hidden_out.T @ d_middle", "hidden.T @ d_middle"),)),
    "MAT06": ("deep_tanh", "second", (("first_out.T @ d2", "second_out.T @ d2"),)),
    "MAT06 before the activation": ("deep_tanh", "first", (("x.T @ d1", "first.T @ d1"),)),
    "MAT07": ("deep_tanh", "second", (("first_out.T @ d2", "x.T @ d2"),)),
    "MAT08": (
        "square_score",
        "second",
        (("d_second @ second.weight.T", "d_second @ first.weight.T"),),
    ),
    "MAT09": (
        "relu_classifier",
        "middle",
        (("d_middle @ middle.weight.T", "d_middle @ (hidden_out.T @ d_middle).T"),),
    ),
    "MAT10": (
        "deep_tanh",
        "second",
        (("d2 @ second.weight.T", "(d3 @ third.weight.T) @ second.weight.T"),),
    ),
    "MAT10 of a leaky ReLU": (
        "relu_classifier",
        "middle",
        (("d_middle @ middle.weight.T", "delta @ scores.weight.T @ middle.weight.T"),),
    ),
    "MAT11": (
        "deep_tanh",
        "third",
        (("d3 @ third.weight.T", "d3 @ (third.weight / third.weight.sum(axis=0)).T"),),
    ),
    "MAT11 of sizes": (
        "relu_classifier",
        "scores",
        (
            (
                "delta @ scores.weight.T",
                "delta @ (abs(scores.weight) / abs(scores.weight).sum(axis=0)).T",
            ),
        ),
    ),
    "MAT14 of a gradient": (
        "deep_tanh",
        "third",
        (("second_out.T @ d3", "(d3.T @ second_out).reshape(5, 3)"),),
    ),
    "MAT14 of a weight": (
        "relu_classifier",
        "middle",
        (("d_middle @ middle.weight.T", "d_middle @ middle.weight.reshape(13, 11)"),),
    ),
    "MAT14 of an input": ("deep_tanh", "first", (("x.T @ d1", "x.reshape(5, 7) @ d1"),)),
    "MAT14 of a square input": ("square_score", "first", (("x.T @ d_first", "x @ d_first"),)),
    "MAT15": (
        "deep_tanh",
        "second_out",
        (
            ("d2 = d3 @ third.weight.T", "each = d3 @ third.weight.T"),
            (
                "(1 - second_out**2)",
                "(1 - second_out**2)\nd2 = 0 * second + each.sum(axis=1, keepdims=True)",
            ),
        ),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_product_is_named(
    case: str, named: Callable[..., None], edited: Callable[..., str]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, backward=edited(network, *edits), place=place)


def test_exchanged_channels_of_a_weights_gradient_are_named(
    named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    edit = ('"image.weight": dW', '"image.weight": dW.transpose(1, 0, 2, 3)')
    named("MAT13", "graph_image", program=programmed("graph_image", edit), place="image")


def test_the_program_of_an_image_is_right(harmless: Callable[[str], None]) -> None:
    harmless("graph_image")
