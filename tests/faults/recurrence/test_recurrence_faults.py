"""The faults of backpropagation through time against their wrong formulas, written by hand."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.faults._through_time import KINDS
from gradcheck.network.planted import Reference

Edits: TypeAlias = tuple[tuple[str, str], ...]
Program: TypeAlias = Callable[[Mapping[str, Array], Mapping[str, Array]], dict[str, Array]]

SLOPE = "dz = back * (1 - h[t + 1] ** 2)"
LOOP = "d_h, back = [None] * 5, np.zeros((7, 2))\n    for t in reversed(range(5)):"

CASES: dict[str, tuple[str, str, Edits]] = {
    "RNN01": ("recurrent_states", "simple", (("back = back + d_h[t]", "back = d_h[t]"),)),
    "RNN02": ("recurrent_states", "simple", (("back + d_h[t]", "back + d_h[t] * (t == 4)"),)),
    "RNN02 of a GRU": ("recurrent_gates", "updating", (("dh + d_h[t]", "dh + d_h[t] * (t == 4)"),)),
    "RNN03": ("recurrent_states", "simple", ((SLOPE, "dz = back"),)),
    "RNN04": ("recurrent_states", "simple", ((SLOPE, SLOPE.replace("h[t + 1]", "h[t]")),)),
    "RNN05": (
        "recurrent_states",
        "simple",
        ((SLOPE, SLOPE.replace("h[t + 1]", "np.tanh(h[t + 1])")),),
    ),
    "RNN06": ("recurrent_states", "simple", (("dU += h[t].T", "dU += h[t + 1].T"),)),
    "RNN06 of an LSTM": ("recurrent_states", "gated", (("dR += s[t].T", "dR += s[t + 1].T"),)),
    "RNN07": ("recurrent_states", "simple", (("dU += h[t].T", "dU += (t > 0) * h[t].T"),)),
    "RNN07 of a GRU": (
        "recurrent_gates",
        "updating",
        (("dH += h[t].T", "dH += (t > 0) * h[t].T"),),
    ),
    "RNN08": ("recurrent_states", "simple", (("dW +=", "dW ="), ("dU +=", "dU ="))),
    "RNN08 with biases": (
        "recurrent_states",
        "simple",
        (("dW +=", "dW ="), ("dU +=", "dU ="), ("db +=", "db =")),
    ),
    "RNN08 of a GRU's biases": (
        "recurrent_gates",
        "updating",
        (("db +=", "db ="), ("de +=", "de =")),
    ),
    "RNN09": ("recurrent_states", "simple", (("dz @ U.T", "dz @ U"),)),
    "RNN09 of an LSTM": (
        "recurrent_states",
        "gated",
        (("dz @ R.T", "z_i @ R[:, :3] + z_f @ R[:, 3:6] + z_g @ R[:, 6:9] + z_o @ R[:, 9:]"),),
    ),
    "RNN10": (
        "recurrent_gates",
        "simple",
        (
            (
                LOOP,
                "d_h, back = [np.zeros((7, 3))] * 5, np.zeros((7, 2))\n    for t in (4, 3, 2, 1):",
            ),
            ('"simple.h0": back.sum(axis=0)', '"simple.h0": np.zeros(2)'),
        ),
    ),
    "RNN11": (
        "recurrent_gates",
        "simple",
        ((LOOP, LOOP.replace("reversed(range(5))", "range(5)")),),
    ),
    "RNN12": (
        "recurrent_states",
        "simple",
        (
            ('"simple.weight_input": dW', '"simple.weight_input": dW / 5'),
            ('"simple.weight_hidden": dU', '"simple.weight_hidden": dU / 5'),
            ('"simple.bias": db', '"simple.bias": db / 5'),
        ),
    ),
    "RNN14": (
        "recurrent_states",
        "gated",
        (("d_s.sum(axis=0)", "np.zeros(3)"), ("d_c.sum(axis=0)", "np.zeros(3)")),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_gradient_through_time_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., Program]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, program=programmed(network, *edits), place=place)


@pytest.mark.parametrize("bound", [1, 0.1])
def test_clipped_gradients_are_named(
    bound: float, named: Callable[..., None], programmed: Callable[..., Program]
) -> None:
    right = programmed("recurrent_states")

    def clipped(parameters: Mapping[str, Array], data: Mapping[str, Array]) -> dict[str, Array]:
        found = right(parameters, data)
        return {name: np.minimum(np.maximum(g, -bound), bound) for name, g in found.items()}

    named("RNN13", "recurrent_states", program=clipped)


@pytest.mark.parametrize("network", ["recurrent_states", "recurrent_gates"])
def test_the_program_without_a_mistake_is_right(
    network: str, harmless: Callable[[str], None]
) -> None:
    harmless(network)


def test_an_unspoiled_recurrence_has_the_ops_gradient(references: Mapping[str, Reference]) -> None:
    sites = [s for r in references.values() for s in r.sites.values() if s.op.name in KINDS]
    assert {s.op.name for s in sites} == KINDS.keys()
    assert {s.options["output"] for s in sites if s.op.name == "lstm"} == {"steps", "states"}
    for site in sites:
        ours, right = KINDS[site.op.name](site).gradients(), site.gradients
        assert ours.parameters.keys() == right.parameters.keys()
        for name, gradient in right.parameters.items():
            np.testing.assert_allclose(ours.parameters[name], gradient, rtol=1e-9, atol=1e-13)
        for dx, of_x in zip(ours.inputs, right.inputs, strict=True):
            assert dx is not None
            assert of_x is not None
            np.testing.assert_allclose(dx, of_x, rtol=1e-9, atol=1e-13)
