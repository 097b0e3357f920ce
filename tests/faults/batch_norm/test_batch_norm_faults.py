"""The faults of batch norm against their wrong formulas, written by hand in plain NumPy."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import pytest

from gradcheck.faults._normalisation import OF_SAMPLES, Norm
from gradcheck.network.planted import Reference

Edits: TypeAlias = tuple[tuple[str, str], ...]

DX = "dz1 = dn1 / std + dvar * 2 * (z1 - mu) / 7 + dmu / 7"
DVAR = "-0.5 * (var + 0.1) ** -1.5"
IMAGE = "dz2 = dn2 / std + dvar * 2 * (z2 - mu) / 84 + dmu / 84"
TERMS = "dz2 = (dn2 - mean2 - n2 * slant2) / np.sqrt(var + 0.1)"

ROWS: dict[str, Edits] = {
    "BNM01": ((DX, "dz1 = dn1 / std"),),
    "BNM02": ((DX, DX.replace(" + dmu / 7", "")),),
    "BNM03": ((DX, "dz1 = dn1 / std + dmu / 7"),),
    "BNM04": (("dmu = -dn1.sum(axis=0) / std", "dmu = -dn1.sum(axis=0) / std - 2 * dvar * mu"),),
    "BNM05 the sign": ((DVAR, DVAR.replace("-0.5", "0.5")),),
    "BNM05 the root": ((DVAR, DVAR.replace("-1.5", "-0.5")),),
    "BNM05 the power": ((DVAR, DVAR.replace("-1.5", "-1.0")),),
    "BNM05 the half": ((DVAR, DVAR.replace("-0.5", "-1")),),
    "BNM06": ((DX, DX.replace(" / 7", "")),),
    "BNM06 of the mean": ((DX, DX.replace("dmu / 7", "dmu")),),
    "BNM06 of the variance": ((DX, DX.replace("mu) / 7", "mu)")),),
    "BNM07": (("dn1 = dh1 * g1", "dn1 = dh1"),),
    "BNM08": ((DX, "dz1 = (dn1 - dn1.mean(0) - n1 * (dn1 * n1).mean(0)) / np.sqrt(var)"),),
    "BNM08 throughout": (
        ("dn1 = dh1 * g1", "dn1, std = dh1 * g1, np.sqrt(var)"),
        (DVAR, "-0.5 * var ** -1.5"),
    ),
    "BNM09": ((DX, DX.replace("mu) / 7", "mu) / 6")),),
    "BNM10": ((DX, "dz1 = (dn1 - dn1.mean(0) - n1 * (dn1 * n1).mean(0)) / std**2"),),
    "BNM11": (("(dh1 * n1).sum(axis=0)", "(dh1 * z1).sum(axis=0)"),),
    "BNM12": (("(dh1 * n1).sum(axis=0)", "(dh1 * h1).sum(axis=0)"),),
    "BNM13": (
        ("(dh1 * n1).sum(axis=0), dh1.sum(axis=0)", "(dh1 * n1).mean(axis=0), dh1.mean(axis=0)"),
    ),
    "BNM14": (("(dh1 * n1).sum(axis=0), dh1.sum", "(dh1 * n1).sum(axis=0), z1.sum"),),
    "BNM15": (
        (
            DX,
            "dz1 = (dn1.T - dn1.mean(axis=1) - n1.T * (dn1 * n1).mean(axis=1)).T / std",
        ),
    ),
}
"""By code and variant: what the mistake makes of the right texts for plain rows."""

POSITIONS: dict[str, tuple[str, Edits]] = {
    "BNM02": ("image_enlarged", ((IMAGE, IMAGE.replace(" + dmu / 84", "")),)),
    "BNM07": ("image_enlarged", (("dn2 = da2 * g2", "dn2 = da2"),)),
    "BNM13 of samples": (
        "image_enlarged",
        (
            (
                "(da2 * n2).sum(axis=over), da2.sum(axis=over)",
                "(da2 * n2).sum(axis=over) / 7, da2.sum(axis=over) / 7",
            ),
        ),
    ),
    "BNM13 of elements": (
        "image_enlarged",
        (
            (
                "(da2 * n2).sum(axis=over), da2.sum(axis=over)",
                "(da2 * n2).mean(axis=over), da2.mean(axis=over)",
            ),
        ),
    ),
    "BNM16": (
        "sequence_convolved",
        ((TERMS, "dz2 = (dn2 - dn2.mean(0) - n2 * (dn2 * n2).mean(0)) / np.sqrt(var + 0.1)"),),
    ),
    "BNM16 of counts": ("image_enlarged", ((IMAGE, IMAGE.replace("84", "7")),)),
    "BNM16 of parameters": (
        "sequence_convolved",
        (
            (
                "(dh2 * n2).sum(axis=(0, 2)), dh2.sum(axis=(0, 2))",
                "(dh2 * n2).sum(axis=0)[:, -1], dh2.sum(axis=0)[:, -1]",
            ),
        ),
    ),
}
"""By code and variant: the network, and what the mistake makes of the texts for positions."""


@pytest.mark.parametrize("case", ROWS)
def test_a_wrong_gradient_of_a_batch_norm_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    program = programmed("norms_of_features", *ROWS[case])
    named(case[:5], "norms_of_features", program=program, place="first_norm")


@pytest.mark.parametrize("case", POSITIONS)
def test_a_wrong_gradient_of_a_batch_norm_over_positions_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    network, edits = POSITIONS[case]
    place = {"image_enlarged": "smaller_norm", "sequence_convolved": "second_norm"}[network]
    named(case[:5], network, program=programmed(network, *edits), place=place)


def test_the_program_without_a_mistake_is_right(harmless: Callable[[str], None]) -> None:
    harmless("norms_of_features")


def test_an_unspoiled_norm_has_the_ops_gradient(references: Mapping[str, Reference]) -> None:
    norms = {"batch_norm", *OF_SAMPLES}
    sites = [s for r in references.values() for s in r.sites.values() if s.op.name in norms]
    assert {s.op.name for s in sites} == norms
    for site in sites:
        (ours, *_), (right, *_) = Norm(site).gradients().inputs, site.gradients.inputs
        assert ours is not None
        assert right is not None
        np.testing.assert_allclose(ours, right, rtol=1e-10, atol=1e-13)
