"""Why a gradient is zero, proved by moving the parameter; and nothing where it is not."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from gradcheck.config.load import Loaded
from gradcheck.problem import Lost

Load = Callable[[str], Loaded]
Config = dict[str, Any]


def network(*layers: Config, loss: Any = "squared_error", **rest: Any) -> Config:
    """Write down a network on x with 3 features, its layers by position."""
    return {
        "network": {
            "inputs": {"x": [3]},
            "layers": [{f"layer{k}": v} for k, v in enumerate(layers)],
        },
        "loss": loss,
        "data": {"batch": 5, "x": {"normal": [0, 1]}, "y": {"normal": [0, 1]}},
        **rest,
    }


def dense(units: int, **options: Any) -> Config:
    return {"dense": {"units": units, **options}}


def lost(load_config: Load, config: Config, parameter: str) -> Lost | None:
    problem = load_config(yaml.safe_dump(config, sort_keys=False)).problem
    assert problem.lost is not None
    return problem.lost(problem.probe(0, 0), parameter)


DEAD = {"layer0.bias": {"constant": -30.0}}
CASES: dict[str, tuple[Config, str, Lost]] = {
    "a bias before a norm": (
        network(dense(7), {"batch_norm": None}, {"relu": None}, dense(2)),
        "layer0.bias",
        Lost(how="always", place="'layer1' (batch_norm)"),
    ),
    "a shift of all classes": (
        network(
            {"reshape": {"shape": [3, 1]}},
            {"dense": {"units": 2, "bias": False}},
            {"reshape": {"shape": [2, 3]}},
            {"scale_shift": {"axis": 1}},
            {"softmax": None},
            data={"batch": 5, "x": {"normal": [0, 1]}, "y": "probabilities"},
            loss="kl_divergence",
        ),
        "layer3.bias",
        Lost(how="always", place="'layer4' (softmax)"),
    ),
    "one class": (
        network(
            dense(1), loss="cross_entropy", data={"x": {"normal": [0, 1]}, "y": {"classes": 1}}
        ),
        "layer0.weight",
        Lost(how="always", place="the loss (cross_entropy)"),
    ),
    "output weights of zero": (
        network(dense(7), {"tanh": None}, dense(2), parameters={"layer2.weight": "zeros"}),
        "layer0.weight",
        Lost(how="always", place="'layer2' (dense)"),
    ),
    "inputs of zero": (
        network(dense(7), data={"x": {"constant": 0.0}, "y": {"normal": [0, 1]}, "batch": 5}),
        "layer0.weight",
        Lost(how="always", place="'layer0' (dense)", own=True),
    ),
    "a branch that leads nowhere": (
        network(dense(7), {"dense": {"units": 2}, "inputs": "x"}),
        "layer0.bias",
        Lost(how="unused"),
    ),
    "units that are off": (
        network(dense(7), {"relu": None}, dense(2), parameters=DEAD),
        "layer0.weight",
        Lost(how="nearby", place="'layer1' (relu)"),
    ),
    "a clipped activation": (
        network(dense(7), {"hard_tanh": None}, dense(2), parameters=DEAD),
        "layer0.bias",
        Lost(how="nearby", place="'layer1' (hard_tanh)"),
    ),
    "a margin that is kept": (
        network(
            dense(2),
            loss="hinge",
            parameters={"layer0.bias": {"constant": 30.0}},
            data={"batch": 5, "x": {"normal": [0, 1]}, "y": {"constant": 1.0}},
        ),
        "layer0.bias",
        Lost(how="nearby", place="the loss (hinge)"),
    ),
    "a loss at its least": (
        network(
            dense(2),
            data={"batch": 5, "x": {"normal": [0, 1]}, "y": "zeros"},
            parameters={"*": "zeros"},
        ),
        "layer0.weight",
        Lost(how="stationary"),
    ),
}


@pytest.mark.parametrize(("config", "parameter", "expected"), CASES.values(), ids=CASES)
def test_the_place_where_a_change_gets_lost_is_found(
    config: Config, parameter: str, expected: Lost, load_config: Load
) -> None:
    assert lost(load_config, config, parameter) == expected


@pytest.mark.parametrize(
    ("layers", "parameter"),
    [
        ((dense(7), {"batch_norm": None}, {"relu": None}, dense(2)), "layer0.weight"),
        ((dense(7), {"batch_norm": None}, {"relu": None}, dense(2)), "layer1.bias"),
        ((dense(7), {"layer_norm": None}, dense(2)), "layer0.bias"),
        ((dense(7), {"tanh": None}, dense(2)), "layer0.bias"),
        ((dense(7), {"relu": None}, dense(2)), "layer2.weight"),
    ],
)
def test_nothing_is_lost_where_the_gradient_is_not_zero(
    layers: tuple[Config, ...], parameter: str, load_config: Load
) -> None:
    assert lost(load_config, network(*layers), parameter) is None


def test_changes_of_terms_that_add_up_to_nothing_are_told(load_config: Load) -> None:
    """Targets pull one half up and the other down, by an absolute error that has no kink there."""
    config = network(
        {"dense": {"units": 1}},
        loss="absolute_error",
        data={"batch": 4, "x": {"constant": 0.0}, "y": [[1e6], [-1e6], [2e6], [-3e6]]},
    )

    assert lost(load_config, config, "layer0.bias") == Lost(how="cancelled")


def test_a_penalty_is_an_effect_too(load_config: Load) -> None:
    unused = network(dense(7), {"dense": {"units": 2}, "inputs": "x"})
    unused["regularization"] = {"l2": 0.1, "parameters": ["layer0.weight"]}

    assert lost(load_config, unused, "layer0.weight") is None
    assert lost(load_config, unused, "layer0.bias") == Lost(how="unused")
