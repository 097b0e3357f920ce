"""The faults of parting and joining paths against their wrong formulas, written by hand."""

from collections.abc import Callable

import pytest

Edits = tuple[tuple[str, str], ...]

FORMULAS: dict[str, tuple[str, str | None, Edits]] = {
    "GRF01": ("graph_residual", "right", (("+ d_right @ right.weight.T", ""),)),
    "GRF01 of the other path": (
        "graph_residual",
        "left",
        (("d_left @ block.weight + d_right", "d_right"),),
    ),
    "GRF02": ("graph_residual", "left", (("d_left @ block", "2 * d_left @ block"),)),
    "GRF02 of a block": (
        "graph_residual",
        "block",
        (("d_shortcut + d_block @", "d_shortcut + 2 * d_block @"),),
    ),
    "GRF03": ("graph_residual", "joined", (("d_shortcut + d_block @", "d_block @"),)),
    "GRF04": (
        "graph_residual",
        "block",
        (("d_shortcut + d_block @ block.weight.T", "d_shortcut"),),
    ),
    "GRF05": ("graph_residual", "joined", (("d_shortcut = d", "d_shortcut = 2 * d"),)),
    "GRF06": ("graph_residual", "left", (("w_block + w_left", "w_block"),)),
    "GRF06 of the other use": ("graph_residual", "block", (("w_block + w_left", "w_left"),)),
    "GRF06 of weight and bias": (
        "loss_squared_hinge",
        "second",
        ((" + other.T @ d_second", ""), (" + d_second.sum(axis=0)", "")),
    ),
    "GRF07": ("graph_residual", "left", (("(dropped.T @ d_left).T", "dropped.T @ d_left"),)),
    "GRF08": (
        "graph_residual",
        "both",
        (("d_both[:, :5]", "d_both[:, 2:]"), ("d_both[:, 5:]", "d_both[:, :2]")),
    ),
    "GRF08 one early": ("graph_residual", "both", (("d_both[:, 5:]", "d_both[:, 4:6]"),)),
    "GRF10": ("graph_residual", "left", (("w_block + w_left", "w_block + 2 * w_left"),)),
    "GRF10 of a bias": (
        "loss_squared_hinge",
        "first",
        (("d_first.sum(axis=0) +", "2 * d_first.sum(axis=0) +"),),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""

PROGRAMS: dict[str, tuple[str, str | None, Edits]] = {
    "GRF01 of an image": (
        "graph_image",
        "mean",
        (("da = da + d_mean.reshape(7, 2, 1, 1) / 15", "da = da"),),
    ),
    "GRF03 of words": ("graph_words", "joined", (("d_words = d_words + d_joined", "pass"),)),
    "GRF04 of words": ("graph_words", "block", (("d_words + d_joined", "d_joined"),)),
    "GRF06 of a table": ("graph_words", "others", (("total, other, d_others", "total, other, 0"),)),
    "GRF07 of a table": ("graph_words", "block", (('"ntj,nti->ji"', '"ntj,nti->ij"'),)),
    "GRF08 of positions": (
        "graph_pairs",
        "three",
        (("d_three[:, :2], d_three[:, 2:]", "d_three[:, 1:], d_three[:, :1]"),),
    ),
}


@pytest.mark.parametrize("case", FORMULAS)
def test_a_wrong_path_is_named(
    case: str, named: Callable[..., None], edited: Callable[..., str]
) -> None:
    network, place, edits = FORMULAS[case]
    named(case[:5], network, backward=edited(network, *edits), place=place)


@pytest.mark.parametrize("case", PROGRAMS)
def test_a_wrong_path_in_a_program_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    network, place, edits = PROGRAMS[case]
    named(case[:5], network, program=programmed(network, *edits), place=place)


@pytest.mark.parametrize("network", ["graph_words", "graph_pairs"])
def test_the_programs_of_words_are_right(network: str, harmless: Callable[[str], None]) -> None:
    harmless(network)
