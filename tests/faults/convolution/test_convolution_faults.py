"""The faults of convolutions against their wrong formulas, written by hand in plain NumPy."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import pytest

from gradcheck.catalogues import FAULTS
from gradcheck.faults.convolution._convolution import CONVOLUTIONS, merged
from gradcheck.network.planted import Reference

Edits: TypeAlias = tuple[tuple[str, str], ...]

BACK = "np.tensordot(dz2[:, :, h, w], W2, (1, 0))"
OWN = "dW2 += np.tensordot(dz2[:, :, h, w], P2[:, :, rows, cols], (0, 0))"
BIAS = "db2 = dz2.sum(axis=(0, 2, 3))"


def of_kernel(place: str, wrong: str) -> tuple[str, str, Edits]:
    """Replace the kernel in the input's gradient of one of the two images' convolutions."""
    network = {"second": "image_max_pool", "smaller": "image_enlarged"}[place]
    return network, place, ((BACK, BACK.replace("W2", wrong)),)


CASES: dict[str, tuple[str, str, Edits]] = {
    "CNV01": of_kernel("second", "np.rot90(W2, 2, axes=(2, 3))"),
    "CNV01 of a sequence": (
        "sequence_convolved",
        "second",
        (("None, None] * W2[o]", "None, None] * W2[o, :, ::-1]"),),
    ),
    "CNV02": of_kernel("smaller", "W2.transpose(0, 1, 3, 2)"),
    "CNV03": ("image_max_pool", "second", (('": dW2,', '": dW2[:, :, ::-1, ::-1],'),)),
    "CNV03 upwards": ("image_enlarged", "larger", (('": dW1,', '": dW1[:, :, ::-1, ::-1],'),)),
    "CNV04": (
        "image_max_pool",
        "second",
        (
            (
                "rows, cols = slice(h, h + 2), slice(2 * w, 2 * w + 2)",
                "rows, cols = slice(h, h + 2), slice(w, w + 2)",
            ),
        ),
    ),
    "CNV04 of a sequence": (
        "sequence_convolved",
        "second",
        (("slice(4 * t, 4 * t + 3)", "slice(t, t + 3)"),),
    ),
    "CNV05": (
        "image_max_pool",
        "second",
        (("dP2[:, :, rows, cols] +=", "dP2[:, :, rows, cols] ="),),
    ),
    "CNV06": ("image_max_pool", "second", (("dW2 +=", "dW2 ="),)),
    "CNV06 upwards": ("image_enlarged", "larger", (("dW1 +=", "dW1 ="),)),
    "CNV06 of samples too": (
        "image_max_pool",
        "second",
        ((OWN, "dW2 = np.tensordot(dz2[-1, :, h, w], P2[-1, :, rows, cols], 0)"),),
    ),
    "CNV07": ("image_max_pool", "second", (("da1 = dP2[:, :, 1:5]", "da1 = dP2[:, :, :4]"),)),
    "CNV07 of a sequence": (
        "sequence_convolved",
        "second",
        (("dP2[:, :, 1:-1]", "dP2[:, :, :11]"),),
    ),
    "CNV09": (
        "image_max_pool",
        "second",
        (("da1 = dP2[:, :, 1:5]", "da1 = np.roll(dP2, 1, axis=3)[:, :, 1:5]"),),
    ),
    "CNV09 of the weight": (
        "image_max_pool",
        "second",
        ((OWN, OWN.replace("cols]", "2 * w + 1 : 2 * w + 3]")),),
    ),
    "CNV10": of_kernel("second", "W2[:, [0, 0, 0]]"),
    "CNV10 exchanged": of_kernel("smaller", "W2.transpose(1, 0, 2, 3)"),
    "CNV11": ("image_max_pool", "second", ((OWN, OWN.replace("cols]", "w : w + 3 : 2]")),)),
    "CNV12": (
        "sequence_convolved",
        "second",
        (
            (
                "dP2[:, own, steps] += dz2[:, o, t, None, None] * W2[o]",
                "dP2[:, :, steps] += dz2[:, o, t, None, None] * W2[o][[0, 1, 0, 1]]",
            ),
        ),
    ),
    "CNV12 of the weight": (
        "sequence_convolved",
        "second",
        (("(dz2[:, o, t], P2[:, own, steps]", "(dz2[:, o, t], P2[:, :2, steps]"),),
    ),
    "CNV13": ("image_max_pool", "second", ((BIAS, "db2 = dz2[:, :, -1].sum(axis=(0, 2))"),)),
    "CNV13 of columns": (
        "image_max_pool",
        "second",
        ((BIAS, "db2 = dz2[..., -1].sum(axis=(0, 2))"),),
    ),
    "CNV13 of all": ("image_max_pool", "second", ((BIAS, "db2 = dz2[-1, :, -1, -1]"),)),
    "CNV13 of a sequence": (
        "sequence_convolved",
        "first",
        (("dz1.sum(axis=(0, 2))", "dz1[-1, :, -1]"),),
    ),
    "CNV14": of_kernel("second", "np.moveaxis(W2.reshape(5, 2, 2, 3), 3, 1)"),
    "CNV15": (
        "image_enlarged",
        "larger",
        (
            (
                "np.pad(dz1, ((0, 0), (0, 0), (1, 1), (0, 0)))",
                "np.pad(dz1[:, :, :5, :8], ((0, 0), (0, 0), (1, 2), (0, 1)))",
            ),
        ),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_gradient_of_a_convolution_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, program=programmed(network, *edits), place=place)


def test_an_unspoiled_convolution_has_the_ops_gradient(
    references: Mapping[str, Reference],
) -> None:
    sites = [s for r in references.values() for s in r.sites.values() if s.op.name in CONVOLUTIONS]
    assert {s.options["groups"] for s in sites} == {1, 2}
    for site in sites:
        (right, *_) = site.gradients.inputs
        assert right is not None
        np.testing.assert_allclose(merged(site), right, rtol=1e-12, atol=1e-14)


def test_a_transposed_convolution_with_a_flipped_kernel_is_named(
    references: Mapping[str, Reference],
) -> None:
    site = references["image_groups"].sites["larger"]
    flipped = site.parameters["weight"][:, :, ::-1, ::-1]
    bordered = np.pad(site.upstream, ((0, 0), (0, 0), (1, 1), (0, 0)))
    dx = np.zeros(site.inputs[0].shape)
    for h, w in np.ndindex(dx.shape[2:]):
        patch = bordered[:, :, 2 * h : 2 * h + 3, 3 * w : 3 * w + 2]
        dx[:, :, h, w] = np.tensordot(patch, flipped, ((1, 2, 3), (1, 2, 3)))
    fault = FAULTS.find("CNV01")
    assert fault is not None
    assert fault.inject is not None
    wrong = fault.inject(site)
    assert wrong is not None
    assert wrong.inputs[0] is not None
    np.testing.assert_allclose(wrong.inputs[0], dx, rtol=1e-12, atol=1e-14)
