"""The faults of biases' gradients against their wrong formulas, written by hand."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.config.load import Loaded

Edits: TypeAlias = tuple[tuple[str, str], ...]
Program: TypeAlias = Callable[[Mapping[str, Array], Mapping[str, Array]], dict[str, Array]]

CASES: dict[str, tuple[str, str | None, Edits]] = {
    "BIA01": ("deep_tanh", "second", (("d2.sum(axis=0)", "zeros_like(second.bias)"),)),
    "BIA02": ("sigmoid_regression", "hidden", (("d_hidden.sum(axis=0)", "d_hidden.mean(axis=0)"),)),
    "BIA02 of positions": (
        "loss_hinge_sequence",
        "hidden",
        (("rows.sum(axis=0)", "rows.mean(axis=0)"),),
    ),
    "BIA03": (
        "sigmoid_regression",
        "output",
        (("delta.sum(axis=0)", "delta.sum() * ones_like(output.bias)"),),
    ),
    "BIA03 of a convolution": (
        "loss_hinge_sequence",
        "hidden",
        (("rows.sum(axis=0)", "rows.sum() * ones_like(hidden.bias)"),),
    ),
    "BIA04": ("loss_leaky_logits", "second", (("d2.sum(axis=0)", "d2.sum(axis=1)"),)),
    "BIA04 in the first layer": (
        "loss_silu_huber",
        "first",
        (("d1.sum(axis=0)", "d1.sum(axis=1)"),),
    ),
    "BIA06 the first": ("sigmoid_regression", "hidden", (("d_hidden.sum(axis=0)", "d_hidden[0]"),)),
    "BIA06 the last": (
        "loss_hinge_sequence",
        "scores",
        (("delta.sum(axis=(0, 1))", "delta[-1].sum(axis=0)"),),
    ),
    "BIA07": ("deep_tanh", "second", (("d2.sum(axis=0)", "(first_out.T @ d2).sum(axis=0)"),)),
    "BIA07 of a convolution": (
        "loss_hinge_sequence",
        "hidden",
        (("rows.sum(axis=0)", "(rows.T @ patches).sum(axis=1)"),),
    ),
    "BIA08": ("deep_tanh", "first", (("d1.sum(axis=0)", "(d2 @ second.weight.T).sum(axis=0)"),)),
    "BIA08 of a ReLU": (
        "relu_classifier",
        "hidden",
        (("d_hidden.sum(axis=0)", "(d_middle @ middle.weight.T).sum(axis=0)"),),
    ),
    "BIA10": (
        "deep_tanh",
        None,
        (("grad.second.bias = d2.sum(axis=0)", "grad.second.bias = d1.sum(axis=0)"),),
    ),
    "BIA10 the other": (
        "loss_leaky_logits",
        None,
        (("grad.first.bias = d1.sum(axis=0)", "grad.first.bias = d2.sum(axis=0)"),),
    ),
    "BIA12": (
        "loss_hinge_sequence",
        "hidden",
        (("rows.sum(axis=0)", "d_hidden[:, :, 0].sum(axis=0)"),),
    ),
    "BIA12 the last": (
        "loss_hinge_sequence",
        "hidden",
        (("rows.sum(axis=0)", "d_hidden[:, :, -1].sum(axis=0)"),),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_gradient_of_a_bias_is_named(
    case: str, named: Callable[..., None], edited: Callable[..., str]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, backward=edited(network, *edits), place=place)


def folded(cut: slice, *, first: bool) -> Program:
    """Return backprop through layers whose bias is a row of the weight, its share cut off so."""

    def stacked(weight: Array, bias: Array) -> Array:
        return np.vstack([bias, weight] if first else [weight, bias])

    def program(parameters: Mapping[str, Array], data: Mapping[str, Array]) -> dict[str, Array]:
        w1, b1, w2, b2, w3, b3 = parameters.values()
        a0, ones = data["x"], np.ones((len(data["x"]), 1))
        z1 = a0 @ w1 + b1
        a1 = np.tanh(z1)
        a2 = np.tanh(a1 @ w2 + b2)
        yhat = 1 / (1 + np.exp(-(a2 @ w3 + b3)))
        d3 = 2 * (yhat - data["y"]) * yhat * (1 - yhat)
        d2 = (d3 @ stacked(w3, b3).T)[:, cut] * (1 - a2**2)
        d1 = d2 @ w2.T * (1 - a1**2)
        found = (a0.T @ d1, ones.T @ d1, a1.T @ d2, ones.T @ d2, a2.T @ d3, ones.T @ d3)
        return {k: g.reshape(p.shape) for (k, p), g in zip(parameters.items(), found, strict=True)}

    return program


@pytest.mark.parametrize(("cut", "first"), [(slice(None, -1), True), (slice(1, None), False)])
def test_a_bias_cut_off_at_the_wrong_end_is_named(
    cut: slice, first: bool, named: Callable[..., None]
) -> None:
    named("BIA11", "deep_tanh", program=folded(cut, first=first), place="third")


@pytest.mark.parametrize(("cut", "first"), [(slice(1, None), True), (slice(None, -1), False)])
def test_a_bias_cut_off_at_its_own_end_is_right(
    cut: slice, first: bool, loaded: Mapping[str, Loaded]
) -> None:
    problem = loaded["deep_tanh"].problem
    probe = problem.probe(1, 0)
    (right,) = problem.claims([probe])
    for name, gradient in folded(cut, first=first)(probe.parameters, probe.data).items():
        np.testing.assert_allclose(gradient, right[name], rtol=1e-12, atol=1e-14)
