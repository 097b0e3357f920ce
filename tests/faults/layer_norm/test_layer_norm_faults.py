"""The faults of the norms of single samples against their wrong formulas, written by hand."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

Edits: TypeAlias = tuple[tuple[str, str], ...]

FEATURES, ROWS, GROUPS = "norms_of_features", "norms_of_rows", "sequence_convolved"
MEAN = "mean2 = dn2.mean(axis=1, keepdims=True)"
SLANT = "slant2 = (dn2 * n2).mean(axis=1, keepdims=True)"
DX = "dz2 = (dn2 - mean2 - n2 * slant2) / std2"
STEPS = "dz1 = (dn1 - mean1 - n1 * slant1) / std1"
OWN = "dg1, db1 = (dh1 * n1).sum(axis=0), dh1.sum(axis=0)"
PARTS = "mean1 = dn1.mean(axis=2, keepdims=True)"
SLANTS = "slant1 = (dn1 * n1).mean(axis=2, keepdims=True)"
LENGTH = "dz2 = (dn2 - n2 * slant2) / r2"

CASES: dict[str, tuple[str, str, Edits]] = {
    "LNM01": (
        FEATURES,
        "second_norm",
        ((MEAN, MEAN.replace("1", "0")), (SLANT, SLANT.replace("1", "0"))),
    ),
    "LNM01 of groups": (
        GROUPS,
        "first_norm",
        (
            (PARTS, "mean1 = dn1.reshape(7, 2, 2, 11).mean(0).reshape(2, 22)"),
            (SLANTS, "slant1 = (dn1 * n1).reshape(7, 2, 2, 11).mean(0).reshape(2, 22)"),
        ),
    ),
    "LNM02": (FEATURES, "second_norm", (("dn2 = dh2 * g2", "dn2 = dh2"), (DX, DX + " * g2"))),
    "LNM02 of groups": (
        GROUPS,
        "first_norm",
        (
            ("dn1 = (dh1 * g1)", "dn1 = dh1"),
            ("n1 * slant1)).reshape(7, 4, 11)", "n1 * slant1)).reshape(7, 4, 11) * g1"),
        ),
    ),
    "LNM03": (FEATURES, "second_norm", ((DX, DX.replace(" - mean2", "")),)),
    "LNM04": (FEATURES, "second_norm", ((DX, DX.replace(" - n2 * slant2", "")),)),
    "LNM04 of rows": (ROWS, "first_norm", ((STEPS, STEPS.replace(" - n1 * slant1", "")),)),
    "LNM05": (
        FEATURES,
        "second_norm",
        ((MEAN, MEAN.replace("mean(", "sum(")), (SLANT, SLANT.replace("mean(", "sum("))),
    ),
    "LNM05 of the mean": (GROUPS, "first_norm", ((PARTS, PARTS.replace("mean(", "sum(")),)),
    "LNM05 of the variance": (GROUPS, "first_norm", ((SLANTS, SLANTS.replace("mean(", "sum(")),)),
    "LNM05 of a length": (
        ROWS,
        "second_norm",
        ((SLANT, SLANT.replace("mean(", "sum(")),),
    ),
    "LNM06": (
        FEATURES,
        "second_norm",
        (("(dh2 * n2).sum(axis=0), dh2.sum(axis=0)", "(dh2 * n2).sum(axis=1), dh2.sum(axis=1)"),),
    ),
    "LNM06 of rows": (
        ROWS,
        "first_norm",
        (
            (
                OWN,
                OWN.replace("(dh1 * n1)", "(dh1 * n1).reshape(7, 21)")
                .replace(" dh1.sum", " dh1.reshape(7, 21).sum")
                .replace("axis=0", "axis=1"),
            ),
        ),
    ),
    "LNM07": (ROWS, "first_norm", ((OWN, "dg1, db1 = dh1[-1] * n1[-1], dh1[-1]"),)),
    "LNM07 of a sample": (
        ROWS,
        "first_norm",
        ((OWN, "dg1, db1 = (dh1 * n1)[-3:].sum(axis=0), dh1[-3:].sum(axis=0)"),),
    ),
    "LNM07 of groups": (
        GROUPS,
        "first_norm",
        (
            (
                "(dh1 * flat1).sum(axis=(0, 2)), dh1.sum(axis=(0, 2))",
                "(dh1 * flat1)[-1].sum(axis=1), dh1[-1].sum(axis=1)",
            ),
        ),
    ),
    "LNM08": (
        ROWS,
        "first_norm",
        ((STEPS, STEPS.replace("std1", "(np.sqrt(var1) + 0.1)")),),
    ),
    "LNM08 throughout": (
        ROWS,
        "first_norm",
        (
            ("dn1 = dh1 * g1", "dn1, other = dh1 * g1, np.sqrt(var1) + 0.1"),
            (
                STEPS,
                "dz1 = (dn1 - mean1 - off1 * slant1 * std1 / other**2) / other",
            ),
        ),
    ),
    "LNM09": (ROWS, "second_norm", ((LENGTH, "dz2 = dn2 / r2"),)),
    "LNM09 of epsilon": (ROWS, "second_norm", ((LENGTH, LENGTH.replace("r2", "np.sqrt(square)")),)),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_gradient_of_a_norm_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, program=programmed(network, *edits), place=place)


def test_the_program_without_a_mistake_is_right(harmless: Callable[[str], None]) -> None:
    harmless("norms_of_rows")
