"""Each fault against its wrong formula, written once more in plain NumPy."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.catalogues import FAULTS
from gradcheck.fault import Site
from gradcheck.op import Gradients

Make = Callable[..., Site]


def inject(code: str, site: Site) -> Gradients | None:
    fault = FAULTS.find(code)
    assert fault is not None
    assert fault.inject is not None
    return fault.inject(site)


def wrong_input(code: str, site: Site) -> Array:
    """Return the first input's gradient, the parameters' being the right ones."""
    wrong = inject(code, site)
    assert wrong is not None
    assert wrong.inputs[0] is not None
    assert wrong.inputs[1:] == site.gradients.inputs[1:]
    assert wrong.parameters == site.gradients.parameters
    return wrong.inputs[0]


def wrong_parameters(code: str, site: Site) -> Mapping[str, Array]:
    """Return the parameters' gradients, the inputs' being the right ones."""
    wrong = inject(code, site)
    assert wrong is not None
    assert wrong.inputs is site.gradients.inputs
    return wrong.parameters


def sites_without(code: str, sites: Mapping[str, Site]) -> set[str]:
    return {name for name, site in sites.items() if inject(code, site) is None}


LOSSES = {"mean loss", "summed loss", "cross-entropy"}
LAYERS = {
    "dense", "dense, its bias targeted", "dense in a summed loss", "dense without bias",
}  # fmt: skip
UNHIDDEN = LOSSES | LAYERS | {"output sigmoid"}


def test_sgn01_subtracts_the_prediction_from_the_target(make_loss: Make) -> None:
    site = make_loss(factor=0.5)
    yhat, y = site.inputs
    np.testing.assert_allclose(wrong_input("SGN01", site), (y - yhat) / 7, rtol=1e-15)


def test_sgn01_of_cross_entropy_is_the_target_less_the_softmax(make_loss: Make) -> None:
    site = make_loss("cross_entropy")
    z, y = site.inputs
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(wrong_input("SGN01", site), (np.eye(3)[y] - p) / 7, rtol=1e-13)


def test_avg01_is_the_gradient_of_the_sum(make_loss: Make) -> None:
    site = make_loss(factor=0.5)
    yhat, y = site.inputs
    np.testing.assert_allclose(wrong_input("AVG01", site), yhat - y, rtol=1e-15)


@pytest.mark.parametrize("averaged", [7.0, 21.0])
def test_avg01_takes_back_whatever_the_loss_divides_by(averaged: float, make_loss: Make) -> None:
    site = make_loss("binary_cross_entropy", averaged=averaged, **{"from": "logits"})
    z, y = site.inputs
    expected = 1 / (1 + np.exp(-z)) - y
    np.testing.assert_allclose(wrong_input("AVG01", site), expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("target", "hit"), [(None, "weight"), ("weight", "weight"), ("bias", "bias")]
)
def test_avg19_forgets_the_mean_of_one_parameter(
    target: str | None, hit: str, make_dense: Make
) -> None:
    site = make_dense(target=target)
    x, delta = site.inputs[0], 7 * site.upstream
    undivided = {"weight": x.T @ delta, "bias": np.ones(7) @ delta}
    found = wrong_parameters("AVG19", site)
    for name in ("weight", "bias"):
        expected = undivided[name] if name == hit else undivided[name] / 7
        np.testing.assert_allclose(found[name], expected, rtol=1e-13)


def test_avg19_does_not_fit_a_parameter_that_the_node_has_not(make_dense: Make) -> None:
    assert inject("AVG19", make_dense(target="gain")) is None


@pytest.mark.parametrize("target", [None, "bias"])
def test_bia01_leaves_the_bias_at_zero_and_the_weight_alone(
    target: str | None, make_dense: Make
) -> None:
    site = make_dense(target=target)
    found = wrong_parameters("BIA01", site)
    np.testing.assert_array_equal(found["bias"], np.zeros(3))
    np.testing.assert_array_equal(found["weight"], site.gradients.parameters["weight"])


def test_bia01_does_not_fit_a_weight(make_dense: Make) -> None:
    assert inject("BIA01", make_dense(target="weight")) is None


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
def test_act01_hands_on_what_arrived(name: str, make_activation: Make) -> None:
    site = make_activation(name)
    np.testing.assert_array_equal(wrong_input("ACT01", site), site.upstream)


def sigmoid(z: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-z)))


AT_ACTIVATION: Mapping[str, Callable[[Array], Array]] = {
    "sigmoid": lambda z: sigmoid(sigmoid(z)) * (1 - sigmoid(sigmoid(z))),
    "tanh": lambda z: 1 - np.tanh(np.tanh(z)) ** 2,
    "relu": lambda z: (z > 0) * 1.0,
}


@pytest.mark.parametrize("name", AT_ACTIVATION)
def test_act02_takes_the_derivative_at_the_activation(name: str, make_activation: Make) -> None:
    site = make_activation(name)
    expected = site.upstream * AT_ACTIVATION[name](site.inputs[0])
    np.testing.assert_allclose(wrong_input("ACT02", site), expected, rtol=1e-13)


def test_act02_and_mat15_use_the_activations_options(make_activation: Make) -> None:
    site = make_activation("elu", alpha=2.3)
    (z,) = site.inputs
    a = np.where(z > 0, z, 2.3 * np.expm1(z))
    at_a, at_z = (site.upstream * np.where(v > 0, 1, 2.3 * np.exp(v)) for v in (a, z))
    np.testing.assert_allclose(wrong_input("ACT02", site), at_a, rtol=1e-13)
    np.testing.assert_allclose(
        wrong_input("MAT15", site), np.outer(at_z.sum(axis=1), np.ones(5)), rtol=1e-12
    )


AT_PREACTIVATION: Mapping[str, Callable[[Array], Array]] = {
    "sigmoid": lambda z: z - z * z,
    "tanh": lambda z: (1 - z) * (1 + z),
}


@pytest.mark.parametrize("name", AT_PREACTIVATION)
def test_act03_feeds_the_activations_formula_with_z(name: str, make_activation: Make) -> None:
    site = make_activation(name)
    expected = site.upstream * AT_PREACTIVATION[name](site.inputs[0])
    np.testing.assert_allclose(wrong_input("ACT03", site), expected, rtol=1e-13, atol=1e-15)


def test_mat15_gives_every_unit_the_dot_product_over_all(make_activation: Make) -> None:
    site = make_activation("tanh")
    found = wrong_input("MAT15", site)
    for n, z in enumerate(site.inputs[0]):
        dot = np.dot(site.upstream[n], 1 - np.tanh(z) ** 2)
        np.testing.assert_allclose(found[n], np.full(5, dot), rtol=1e-12)


def test_faults_of_the_loss_fit_losses_only(sites: Mapping[str, Site]) -> None:
    assert sites_without("SGN01", sites) == set(sites) - LOSSES
    assert sites_without("AVG01", sites) == set(sites) - {"mean loss", "cross-entropy"}


def test_faults_of_parameters_fit_layers_only(sites: Mapping[str, Site]) -> None:
    assert sites_without("AVG19", sites) == set(sites) - (LAYERS - {"dense in a summed loss"})
    assert sites_without("BIA01", sites) == set(sites) - (LAYERS - {"dense without bias"})


def test_faults_of_activations_fit_hidden_elementwise_ones_only(
    sites: Mapping[str, Site],
) -> None:
    nowhere = UNHIDDEN | {"hidden softmax"}
    assert sites_without("ACT01", sites) == nowhere
    assert sites_without("ACT02", sites) == nowhere
    assert sites_without("ACT03", sites) == nowhere | {"hidden relu", "hidden leaky relu"}
    assert sites_without("MAT15", sites) == nowhere | {"one hidden sigmoid"}


@pytest.mark.parametrize("code", ["GRD01", "GRD02", "GRD03"])
def test_findings_without_a_known_mistake_cannot_be_planted(code: str) -> None:
    fault = FAULTS.find(code)
    assert fault is not None
    assert fault.inject is None
    assert fault.family == "mismatch"
