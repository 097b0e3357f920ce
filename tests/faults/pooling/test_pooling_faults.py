"""The faults of pooling against their wrong formulas, written by hand in plain NumPy."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import pytest

from gradcheck.faults.pooling._pooling import POOLS, Pool
from gradcheck.network.planted import Reference

Edits: TypeAlias = tuple[tuple[str, str], ...]

LARGEST = "largest = P1[:, :, rows, cols] == pooled[:, :, h, w, None, None]"
SENT = "dP1[:, :, rows, cols] += largest * d_pooled[:, :, h, w, None, None]"

CASES: dict[str, tuple[str, str, Edits]] = {
    "POL02": (
        "image_max_pool",
        "largest",
        ((LARGEST, LARGEST.replace("==", ">") + " - 0.1"),),
    ),
    "POL02 a finer one": (
        "image_max_pool",
        "largest",
        ((LARGEST, LARGEST.replace("==", ">") + " - 0.01"),),
    ),
    "POL03": ("image_max_pool", "largest", ((SENT, SENT.replace("largest * ", "")),)),
    "POL04": (
        "image_max_pool",
        "largest",
        ((SENT, SENT.replace("largest *", "largest * pooled[:, :, h, w, None, None] *")),),
    ),
    "POL05 of whole windows": (
        "image_max_pool",
        "largest",
        ((SENT, SENT.replace("+=", "=")),),
    ),
    "POL05 of largest elements": (
        "image_max_pool",
        "largest",
        (
            (
                SENT,
                "dP1[:, :, rows, cols] = np.where(largest, SENT, dP1[:, :, rows, cols])".replace(
                    "SENT", "d_pooled[:, :, h, w, None, None]"
                ),
            ),
        ),
    ),
    "POL05 of means": (
        "image_max_pool",
        "mean",
        (("dP3[:, :, rows, cols] +=", "dP3[:, :, rows, cols] ="),),
    ),
    "POL06": (
        "image_enlarged",
        "mean",
        (("delta[:, :, h, w, None, None] / 4", "delta[:, :, h, w, None, None]"),),
    ),
    "POL06 of whole images": (
        "image_max_pool",
        "whole",
        (("* np.ones((3, 2)) / 6", "* np.ones((3, 2))"),),
    ),
    "POL06 of a sequence": (
        "sequence_convolved",
        "whole",
        (("[:, :, None] / 3 *", "[:, :, None] *"),),
    ),
    "POL07": (
        "image_enlarged",
        "mean",
        (("delta[:, :, h, w, None, None] / 4", "delta[:, :, h, w, None, None] / 2"),),
    ),
    "POL07 of whole images": (
        "image_max_pool",
        "whole",
        (("* np.ones((3, 2)) / 6", "* np.ones((3, 2)) / 2"),),
    ),
    "POL08": ("image_max_pool", "largest", ((LARGEST, LARGEST.replace("pooled", "a1")),)),
    "POL09": (
        "image_max_pool",
        "mean",
        (("h, w, None, None] / count[h, w]", "h, w, None, None] / 6"),),
    ),
    "POL09 the other way": (
        "image_enlarged",
        "mean",
        (
            (
                "delta[:, :, h, w, None, None] / 4",
                "delta[:, :, h, w, None, None] / ((4 - 2 * (h in (0, 4))) // (1 + (w in (0, 3))))",
            ),
        ),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_gradient_of_a_pooling_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, program=programmed(network, *edits), place=place)


@pytest.mark.parametrize("network", ["image_max_pool", "image_enlarged", "sequence_convolved"])
def test_the_program_without_a_mistake_is_right(
    network: str, harmless: Callable[[str], None]
) -> None:
    harmless(network)


def test_an_unspoiled_pooling_has_the_ops_gradient(references: Mapping[str, Reference]) -> None:
    sites = [s for r in references.values() for s in r.sites.values() if s.op.name in POOLS]
    assert len({s.op.name for s in sites}) == len(POOLS)
    for site in sites:
        (ours, *_), (right, *_) = Pool(site).gradients().inputs, site.gradients.inputs
        assert ours is not None
        assert right is not None
        np.testing.assert_allclose(ours, right, rtol=1e-12, atol=1e-15)
