"""The faults of shapes against their wrong formulas, written by hand."""

from collections.abc import Callable

import pytest

Edits = tuple[tuple[str, str], ...]

FORMULAS: dict[str, tuple[str, str | None, Edits]] = {
    "SHP01": (
        "square_score",
        "loss",
        (("(score - y) / m", "(score - y.reshape(5)).mean(axis=1, keepdims=True) / m"),),
    ),
    "SHP01 added up": (
        "square_signs",
        "loss",
        (("sign(score_out - y)", "sign(score_out - y.reshape(3)).sum(axis=1, keepdims=True)"),),
    ),
    "SHP02": (
        "square_score",
        "first_out",
        (("sum(axis=1, keepdims=True)", "sum(axis=1)"),),
    ),
    "SHP06": (
        "loss_padded_sequence",
        "hidden",
        (
            (
                "x.reshape(21, 5).T @ d_hidden.reshape(21, 11)",
                "x.reshape(21, 5)[:7].T @ d_hidden.reshape(21, 11)[:7]",
            ),
            ("d_hidden.sum(axis=(0, 1))", "d_hidden.reshape(21, 11)[:7].sum(axis=0)"),
        ),
    ),
    "SHP07": (
        "square_score",
        "score",
        (
            (
                "d_score @ score.weight.T",
                "0 * second_out + d_score.reshape(5) @ score.weight.reshape(5)",
            ),
        ),
    ),
    "SHP07 entry by entry": (
        "square_signs",
        "score",
        (("delta @ score.weight.T", "(delta.reshape(3) * score.weight.reshape(3))"),),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""

PROGRAMS: dict[str, tuple[str, str | None, Edits]] = {
    "SHP02 of a loss": ("graph_pairs", "loss", (("e / sums", "e / sums[:, 0]"),)),
    "SHP04": (
        "graph_pairs",
        "row",
        (
            (
                "d_row.reshape(7, 3, 2)",
                'np.stack([r.reshape((3, 2), order="F") for r in d_row])',
            ),
        ),
    ),
    "SHP04 of an image": (
        "graph_image",
        "row",
        (
            (
                "d_row.reshape(7, 2, 3, 5)",
                'np.stack([r.reshape((2, 3, 5), order="F") for r in d_row])',
            ),
        ),
    ),
    "SHP04 of channels": (
        "graph_image",
        "row",
        (("d_row.reshape(7, 2, 3, 5)", "d_row.reshape(7, 3, 5, 2).transpose(0, 3, 1, 2)"),),
    ),
    "SHP05": ("graph_image", "image", (("d_padded[:, :, 2:5, 1:5]", "d_padded[:, :, 1:4, 2:6]"),)),
    "SHP05 beyond the edge": (
        "image_enlarged",
        "smaller",
        (("dP2[:, :, 1:-1] *", "np.pad(dP2, ((0, 0), (0, 0), (0, 0), (0, 1)))[:, :, :-2, 1:] *"),),
    ),
    "SHP06 of a step": (
        "graph_pairs",
        "hidden",
        (("dz = da * (1 - a**2)", "dz = da * (1 - a**2)\n    dz[:, 1:] = 0"),),
    ),
}


@pytest.mark.parametrize("case", FORMULAS)
def test_a_wrong_shape_is_named(
    case: str, named: Callable[..., None], edited: Callable[..., str]
) -> None:
    network, place, edits = FORMULAS[case]
    named(case[:5], network, backward=edited(network, *edits), place=place)


@pytest.mark.parametrize("case", PROGRAMS)
def test_a_wrong_shape_in_a_program_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    network, place, edits = PROGRAMS[case]
    named(case[:5], network, program=programmed(network, *edits), place=place)
