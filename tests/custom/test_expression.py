"""Layers and losses by expression: right ones pass in silence, planted mistakes are found."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradcheck.report import ProblemReport

Config = dict[str, Any]
Checked = Callable[..., ProblemReport]
Network = Callable[..., Config]

ZEROS = {"hidden.weight": "zeros", "hidden.bias": "zeros"}
BEFORE = {"hidden.weight", "hidden.bias"}


def wrong(problem: ProblemReport) -> set[str]:
    return {check.parameter for check in problem.checks if check.verdict == "wrong"}


def methods(problem: ProblemReport) -> set[str]:
    return {check.method for check in problem.checks}


RIGHT: dict[str, tuple[Config | str, dict[str, Any]]] = {
    "gelu": ("z * sigmoid(1.702 * z)", {}),
    "own name": ("hidden * tanh(hidden)", {}),
    "parameters": (
        {
            "expression": "b * z + tanh(c * z) @ W",
            "parameters": {"b": [1], "c": [5], "W": [5, 5]},
        },
        {},
    ),
    "batch mixed": ("z - mean(z, axis=0)", {}),
    "softmax": ("softmax(z) * z", {}),
    "normed": ("z / sqrt(sum(z**2, axis=1, keepdims=True) + 1e-9)", {}),
    "power to learn": ({"expression": "(1 + z**2) ** p", "parameters": {"p": 1}}, {}),
    "dead relu": ("maximum(z, 0)", {"parameters": ZEROS}),
    "dead by activation": ("relu(z) + 0.5 * z", {"parameters": ZEROS}),
    "dead comparison": ("where(z > 0, z, 0.1 * z)", {"parameters": ZEROS}),
    "dead with parameters": (
        {"expression": "where(z > 0, z, a * z)", "parameters": {"a": [5]}},
        {"parameters": ZEROS},
    ),
    "ties": (
        "z * max(z, axis=1, keepdims=True)",
        {"parameters": {"hidden.weight": "ones", "hidden.bias": "zeros"}},
    ),
    "guarded": ("where(z == 0, 1, sin(z) / z)", {"parameters": ZEROS}),
    "threshold to learn": (
        {"expression": "sign(z) * maximum(abs(z) - b, 0)", "parameters": {"b": [1]}},
        {"parameters": {"act.b": [0.5]}},
    ),
    "parameter at its kink": (
        {"expression": "abs(b) * tanh(z)", "parameters": {"b": [5]}},
        {"parameters": {"act.b": "zeros"}},
    ),
    "saturated": ("tanh(z)", {"parameters": {"hidden.weight": {"normal": [0, 1000]}}}),
}


@pytest.mark.parametrize("name", RIGHT)
def test_our_own_backprop_through_an_expression_is_right(
    name: str, network: Network, checked: Checked
) -> None:
    act, more = RIGHT[name]
    problem = checked(network(act, **more))
    assert problem.verdict == "right", problem
    assert problem.entries_checked == problem.entries_total > 30


@pytest.mark.parametrize(
    ("act", "dz"),
    [
        ("z * sigmoid(1.702 * z)", "(d @ out.weight.T) * act_prime(hidden)"),
        ("z * sigmoid(1.702 * z)", "(d @ out.weight.T) * act_prime(hidden) * (act(hidden) == act)"),
        ("z**3 - z", "(d @ out.weight.T) * (3 * hidden**2 - 1)"),
    ],
)
def test_a_hand_derived_backward_is_right(
    act: str, dz: str, network: Network, checked: Checked
) -> None:
    problem = checked(network(act, dz))
    assert problem.verdict == "right"
    assert methods(problem) == {"complex_step"}


@pytest.mark.parametrize("side", [">", ">="])
def test_at_a_kink_each_side_of_the_derivative_is_right(
    side: str, network: Network, checked: Checked
) -> None:
    dz = f"(d @ out.weight.T) * (hidden {side} 0)"
    assert checked(network("maximum(z, 0)", dz, parameters=ZEROS)).verdict == "right"


@pytest.mark.parametrize(
    "dz",
    [
        "(d @ out.weight.T) * act_prime(act)",
        "(d @ out.weight.T)",
        "(d @ out.weight.T) * act_prime(hidden) * (1 + 1e-10)",
        "-(d @ out.weight.T) * act_prime(hidden)",
    ],
)
def test_a_planted_mistake_is_found_where_it_is(
    dz: str, network: Network, checked: Checked
) -> None:
    problem = checked(network("z * sigmoid(1.702 * z)", dz))
    assert problem.verdict == "wrong"
    assert wrong(problem) == BEFORE


def test_a_mistake_is_found_beside_kinks(network: Network, checked: Checked) -> None:
    bad = checked(network("maximum(z, 0)", "2 * (d @ out.weight.T) * (hidden > 0)"))
    assert wrong(bad) == BEFORE


def test_a_layers_parameters_are_handed_to_its_function(network: Network, checked: Checked) -> None:
    act = {"expression": "z * sigmoid(b * z)", "parameters": {"b": [5]}}
    more = "dz = (d @ out.weight.T) * act_prime(hidden)\nslope = act(hidden) / hidden"
    dz = more.removeprefix("dz = ") + (
        "\ngrad.act.b = sum(d @ out.weight.T * hidden**2 * slope * (1 - slope), axis=0)"
    )
    assert checked(network(act, dz)).verdict == "right"
    assert wrong(checked(network(act, dz.replace("hidden**2", "hidden")))) == {"act.b"}


@pytest.mark.parametrize("fault", ["ACT01", "ACT02", "MAT15"])
def test_faults_can_be_planted_at_an_expression(
    fault: str, network: Network, checked: Checked
) -> None:
    act = {"expression": "z * sigmoid(b * z)", "parameters": {"b": [5]}}
    problem = checked(network(act, gradients={"faults": [f"{fault}@act"]}))
    assert wrong(problem) == BEFORE


def test_elementwise_expressions_are_evaluated_by_structure(
    network: Network, checked: Checked
) -> None:
    builtin, own = checked(network({"tanh": {}})), checked(network("tanh(z)"))
    # A loss with something of the user's in it is asked for twice at each point.
    assert own.evaluations == builtin.evaluations + len(own.probes)
    assert checked(network("z - mean(z, axis=0)")).evaluations > own.evaluations


LOSSES = {
    "(yhat - y)**2 + 0.1 * abs(yhat)": "2 * (yhat - y) + 0.1 * sign(yhat)",
    "mean((yhat - y)**2)": "2 * (yhat - y) / y.size",
    "where(y > yhat, 0.9 * (y - yhat), 0.1 * (yhat - y))": "where(y > yhat, -0.9, 0.1)",
    "sum((yhat - y)**4, axis=1)": "4 * (yhat - y)**3",
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_by_expression_is_judged(loss: str, network: Network, checked: Checked) -> None:
    slope = LOSSES[loss]
    reduction = {} if loss.startswith("mean") else {"reduction": "sum"}
    config = network(
        "tanh(z)", "(d @ out.weight.T) * (1 - act**2)", loss={"expression": loss, **reduction}
    )
    backward = config["gradients"]["backward"].replace("yhat - y", slope, 1)
    assert checked({**config, "gradients": {"backward": backward}}).verdict == "right"
    off = backward.replace(f"d = {slope}", f"d = ({slope}) * 1.0001")
    assert len(wrong(checked({**config, "gradients": {"backward": off}}))) == 4


def test_our_own_backprop_through_a_loss_is_right(network: Network, checked: Checked) -> None:
    for loss in LOSSES:
        assert checked(network("tanh(z)", loss={"expression": loss})).verdict == "right"


def test_the_mean_over_the_batch_is_the_default(network: Network, checked: Checked) -> None:
    config = network("tanh(z)", "(d @ out.weight.T) * (1 - act**2)")
    config["loss"] = {"expression": "(yhat - y)**2 / 2"}
    assert len(wrong(checked(config))) == 4
    text = config["gradients"]["backward"].replace("yhat - y", "(yhat - y) / m")
    assert checked({**config, "gradients": {"backward": text}}).verdict == "right"


def test_a_gate_of_two_inputs_is_differentiated_by_both(checked: Checked, network: Network) -> None:
    config = network("tanh(z)")
    config["network"]["layers"][1:2] = [
        {"gate": {"dense": {"units": 5}, "inputs": ["x"]}},
        {
            "act": {
                "expression": "hidden * maximum(gate, 0) + tanh(gate)",
                "inputs": ["hidden", "gate"],
            }
        },
    ]
    problem = checked(config)
    assert problem.verdict == "right"
    assert methods(problem) == {"complex_step"}
    # At a kink that only the second input moves, differences decide.
    dead = {"gate.*": "zeros"}
    stuck = checked({**config, "parameters": dead})
    assert stuck.verdict in ("right", "undecided")
    assert any("differences" in method for method in methods(stuck))
    config["network"]["layers"][2]["act"]["inputs"] = ["gate", "hidden"]
    nudged = checked({**config, "parameters": dead})
    assert (nudged.verdict, methods(nudged)) == ("right", {"complex_step"})


def test_parameters_are_shared_like_any_other(checked: Checked, network: Network) -> None:
    act = {"expression": "b * tanh(z)", "parameters": {"b": [5]}}
    config = network(act)
    config["network"]["layers"].insert(2, {"again": {**act, "share": {"b": "act.b"}}})
    problem = checked(config)
    assert problem.verdict == "right"
    assert [check.parameter for check in problem.checks].count("act.b") == 1


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    words = ["tanh", "abs", "relu", "softplus", "leaky_relu", "-", "1 - ", "sigmoid"]
    unary = st.tuples(st.sampled_from(words), inner)
    pairs = st.tuples(st.sampled_from(["maximum", "minimum"]), inner, inner)
    reduced = st.tuples(st.sampled_from(["mean", "max", "sum"]), inner, st.sampled_from("01"))
    return st.one_of(
        unary.map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda p: f"({' '.join(p)})"),
        pairs.map(lambda p: f"{p[0]}({p[1]}, {p[2]})"),
        st.tuples(inner, inner).map(lambda p: f"where({p[0]} > 0, {p[0]}, {p[1]} * {p[0]})"),
        reduced.map(lambda p: f"{p[0]}({p[1]} + 0 * z, axis={p[2]}, keepdims=True)"),
    )


GROWN = st.recursive(st.sampled_from(["z", "b", "0.7"]), _grown, max_leaves=6)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GROWN, st.sampled_from([{}, {"*": "zeros"}, {"act.b": "zeros"}, {"hidden.*": "ones"}]))
def test_no_random_expression_is_ever_accused(
    network: Network, checked: Checked, text: str, init: dict[str, str]
) -> None:
    act = {"expression": f"z + b + {text}", "parameters": {"b": [5]}}
    data = {"batch": 7, "x": {"integers": [-1, 1]}, "y": {"normal": [0, 1]}}
    config = network(act, data=data, parameters=init, check={"inputs": ["x"]})
    assert checked(config, points=1).verdict in ("right", "undecided")
