"""The faults of dropout against their wrong formulas, written by hand."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from gradcheck.faults.dropout._dropout import keep, mask
from gradcheck.network.planted import Reference

Edits = tuple[tuple[str, str], ...]

FORMULAS: dict[str, tuple[str, str | None, Edits]] = {
    "DRP01": ("graph_residual", "dropped", (("d_dropped * keep", "d_dropped"),)),
    "DRP01 but for the factor": (
        "graph_residual",
        "left_dropped",
        (("d_both[:, :5] * left_keep", "d_both[:, :5] / 0.7"),),
    ),
    "DRP02": (
        "graph_residual",
        "dropped",
        (("where(dropped == 0, 0, 1 / 0.7)", "where(dropped == 0, 0, 1)"),),
    ),
    "DRP03": (
        "graph_residual",
        "left_dropped",
        (("where(left_dropped == 0, 0, 1 / 0.7)", "where(left_dropped == 0, 0, 1 / 0.3)"),),
    ),
    "DRP05": (
        "graph_residual",
        "dropped",
        (("where(dropped == 0, 0, 1 / 0.7)", "where(dropped > 0, 1 / 0.7, 0)"),),
    ),
    "DRP07": ("graph_residual", "dropped", (("d_dropped * keep", "d_dropped * left_keep"),)),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""

PROGRAMS: dict[str, tuple[str, str | None, Edits]] = {
    "DRP04": (
        "graph_image",
        "dropped",
        (
            (
                "da = d_dropped * keep",
                "da = d_dropped * (generator.random((2, 3, 5)) >= 0.3) / 0.7",
            ),
        ),
    ),
    "DRP05 of an image": (
        "graph_image",
        "dropped",
        (("da = d_dropped * keep", "da = d_dropped * (dropped > 0) / 0.7"),),
    ),
    "DRP07 of words": (
        "graph_words",
        "block_dropped",
        (("da = d_joined * keep", "da = d_joined * other_keep"),),
    ),
}


@pytest.mark.parametrize("case", FORMULAS)
def test_a_wrong_mask_is_named(
    case: str, named: Callable[..., None], edited: Callable[..., str]
) -> None:
    network, place, edits = FORMULAS[case]
    named(case[:5], network, backward=edited(network, *edits), place=place)


@pytest.mark.parametrize("case", PROGRAMS)
def test_a_wrong_mask_in_a_program_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    network, place, edits = PROGRAMS[case]
    named(case[:5], network, program=programmed(network, *edits), place=place)


def test_mask_and_factor_make_up_the_right_pass(references: Mapping[str, Reference]) -> None:
    sites = [s for r in references.values() for s in r.sites.values() if s.op.name == "dropout"]
    assert len(sites) > 1
    for site in sites:
        (right,) = site.gradients.inputs
        assert right is not None
        np.testing.assert_allclose(site.upstream * mask(site) / keep(site), right, rtol=1e-14)
        assert 0 < mask(site).mean() < 1
