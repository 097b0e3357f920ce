"""The faults of attention against their wrong formulas, written by hand in plain NumPy."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import pytest

from gradcheck.faults.attention._attention import ATTENTIONS, Attention
from gradcheck.network.planted import Reference

Edits: TypeAlias = tuple[tuple[str, str], ...]

SELF, CROSSED = "attention_self", "attention_crossed"
INNER = "inner = (dp * pj).sum(axis=2, keepdims=True)"
DQ = 'dq[..., own] = np.einsum("nts,nsc->ntc", ds, k[..., own]) / np.sqrt(2)'
DK = 'dk[..., own] = np.einsum("nts,ntc->nsc", ds, q[..., own]) / np.sqrt(2)'
DV = 'dv[..., own] = np.einsum("nts,ntc->nsc", pj, d_out[..., own])'
D_QUERY = 'd_query = np.einsum("nts,nsc->ntc", ds1, h) / np.sqrt(3)'
D_KEY = 'd_key = np.einsum("nts,ntc->nsc", ds1, q1) / np.sqrt(3)'
D_VALUE = 'd_value = np.einsum("nts,ntc->nsc", P1, d_total)'


def unscaled(line: str) -> tuple[str, str]:
    return line, line.rpartition(" / ")[0]


MIXED = "dq, dk, dv = (z.reshape(7, 5, 2, 2).swapaxes(1, 2).reshape(7, 5, 4) for z in (dq, dk, dv))"

CASES: dict[str, tuple[str, str, Edits]] = {
    "ATT01": (SELF, "attended", (("pj * (dp - inner)", "pj * (1 - pj) * dp"),)),
    "ATT01 of padded keys": (CROSSED, "crossed", (("pj * (dp - inner)", "pj * (1 - pj) * dp"),)),
    "ATT02": (SELF, "attended", ((INNER, INNER.replace("2", "1")),)),
    "ATT02 across": (CROSSED, "crossed", ((INNER, INNER.replace("2", "1")),)),
    "ATT03": (SELF, "attended", (unscaled(DQ), unscaled(DK))),
    "ATT03 alone": (CROSSED, "found", (unscaled(D_QUERY), unscaled(D_KEY))),
    "ATT04": (SELF, "attended", (("pj * (dp - inner)", "pj * (dp - inner) / np.sqrt(2)"),)),
    "ATT04 of queries": (SELF, "attended", (unscaled(DK),)),
    "ATT04 of keys": (CROSSED, "crossed", (unscaled(DQ),)),
    "ATT05": (SELF, "attended", ((DK, DK.replace("nts,ntc->nsc", "nst,ntc->nsc")),)),
    "ATT05 of values": (CROSSED, "found", ((D_VALUE, D_VALUE.replace("nts,", "nst,")),)),
    "ATT06": (SELF, "attended", ((DQ, "dk" + DQ[2:]), (DK, "dq" + DK[2:]))),
    "ATT06 alone": (
        CROSSED,
        "found",
        (
            (
                "dq1, dh = shortcut + d_query, d_key + d_value",
                "dq1, dh = shortcut + d_key, d_query + d_value",
            ),
        ),
    ),
    "ATT07": (
        SELF,
        "attended",
        (("pj = P[j]", "pj = np.exp(S[j]) / np.exp(S[j]).sum(axis=2, keepdims=True)"),),
    ),
    "ATT07 of padded keys": (
        CROSSED,
        "crossed",
        (("pj = P[j]", "pj = np.exp(S[j]) / np.exp(S[j]).sum(axis=2, keepdims=True)"),),
    ),
    "ATT08": (SELF, "attended", ((DV, DV.replace("pj", "S[j] * allowed")),)),
    "ATT09": (
        SELF,
        "attended",
        ((INNER, "inner = (d_out * out).sum(axis=2, keepdims=True)"),),
    ),
    "ATT09 in blocks": (
        SELF,
        "attended",
        ((INNER, "inner = np.repeat(np.add.reduceat(dp * pj, [0, 2], axis=2), [2, 3], axis=2)"),),
    ),
    "ATT10": (
        SELF,
        "attended",
        (
            (
                "d_out = d_total @ Wo.T",
                "d_out = (d_total @ Wo.T).reshape(7, 2, 5, 2).swapaxes(1, 2).reshape(7, 5, 4)",
            ),
        ),
    ),
    "ATT10 joined": (
        SELF,
        "attended",
        (
            (
                "    shortcut = d_total",
                f"    {MIXED}\n    shortcut = d_total",
            ),
        ),
    ),
    "ATT11": (SELF, "joined", (("shortcut = d_total", "shortcut = da"),)),
    "ATT11 across": (CROSSED, "joined", (("shortcut = d_total", "shortcut = da"),)),
    "ATT12": (CROSSED, "crossed", (("dk @ Wk.T + dv @ Wv.T", "dv @ Wv.T"),)),
    "ATT12 of the keys": (CROSSED, "found", (("d_key + d_value", "d_value"),)),
    "ATT12 of the queries": (SELF, "attended", (("shortcut + dq @ Wq.T", "shortcut"),)),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_gradient_of_an_attention_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, program=programmed(network, *edits), place=place)


@pytest.mark.parametrize("network", [SELF, CROSSED])
def test_the_program_without_a_mistake_is_right(
    network: str, harmless: Callable[[str], None]
) -> None:
    harmless(network)


def test_an_unspoiled_attention_has_the_ops_gradient(references: Mapping[str, Reference]) -> None:
    sites = [s for r in references.values() for s in r.sites.values() if s.op.name in ATTENTIONS]
    assert {s.op.name for s in sites} == set(ATTENTIONS)
    for site in sites:
        ours, right = Attention(site).gradients(), site.gradients
        assert ours.parameters.keys() == right.parameters.keys()
        for name, gradient in right.parameters.items():
            np.testing.assert_allclose(ours.parameters[name], gradient, rtol=1e-9, atol=1e-13)
        for dx, of_x in zip(ours.inputs, right.inputs, strict=True):
            assert (dx is None) == (of_x is None)
            if dx is not None and of_x is not None:
                np.testing.assert_allclose(dx, of_x, rtol=1e-9, atol=1e-13)
