"""Where a loss that is not finite comes from: the parameter, the data, or the layer and sample."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import yaml

from gradcheck.config.load import Loaded
from gradcheck.errors import NumericError
from gradcheck.referee import check

Load = Callable[[str], Loaded]

CONFIG: dict[str, Any] = {
    "network": {
        "inputs": {"x": [3]},
        "layers": [
            {"z": {"dense": {"units": 5}}},
            {"act": "exp"},
            {"out": {"dense": {"units": 2}}},
        ],
    },
    "loss": "squared_error",
    "data": {"batch": 7, "x": {"normal": [0, 1]}, "y": {"normal": [0, 1]}},
}


def trouble(load_config: Load, config: dict[str, Any], change: Callable[[Any], None]) -> str:
    problem = load_config(yaml.safe_dump(config, sort_keys=False)).problem
    own = problem.probe(0, 0)
    probe = replace(own, parameters=dict(own.parameters), data=dict(own.data))
    change(probe)
    assert problem.trouble is not None
    with np.errstate(all="ignore"):
        return problem.trouble(probe)


def test_a_parameter_is_named_with_its_entry(load_config: Load) -> None:
    def spoil(probe: Any) -> None:
        probe.parameters["out.weight"] = probe.parameters["out.weight"].copy()
        probe.parameters["out.weight"][4, 1] = np.nan

    assert trouble(load_config, CONFIG, spoil) == "the parameter out.weight is nan at [4, 1]"


def test_data_are_named_with_their_entry(load_config: Load) -> None:
    def spoil(probe: Any) -> None:
        probe.data["y"] = np.where(np.eye(7)[:, :2] == 1, np.inf, probe.data["y"])

    assert trouble(load_config, CONFIG, spoil) == "the data y is inf at [0, 0]"


def test_the_layer_the_sample_and_what_it_was_given_are_named(load_config: Load) -> None:
    def spoil(probe: Any) -> None:
        probe.parameters["z.bias"] = np.zeros(5)
        probe.parameters["z.weight"] = np.eye(3, 5)
        probe.data["x"] = np.zeros((7, 3))
        probe.data["x"][5, 2] = 800.0

    assert trouble(load_config, CONFIG, spoil) == (
        "act (exp) makes the first inf in sample 5, at [5, 2], of 800"
    )


def test_a_loss_is_named_with_the_row_that_it_was_given(load_config: Load) -> None:
    config = {
        **CONFIG,
        "loss": {"cross_entropy": {"from": "probabilities"}},
        "data": {**CONFIG["data"], "y": {"classes": 2}},
    }

    def spoil(probe: Any) -> None:
        probe.parameters["out.weight"] = np.zeros((5, 2))
        probe.parameters["out.bias"] = np.array([-0.5, -0.25])

    assert trouble(load_config, config, spoil) == (
        "the loss (cross_entropy) makes the first nan in sample 0, of numbers from -0.5 to -0.25"
    )


def test_terms_that_are_too_large_only_together_are_told(load_config: Load) -> None:
    def spoil(probe: Any) -> None:
        probe.data["y"] = np.full((7, 2), 1.2e154)

    assert "not their sum" in trouble(load_config, CONFIG, spoil)


def test_the_referee_tells_it_with_the_point(load_config: Load) -> None:
    problem = load_config(yaml.safe_dump(CONFIG, sort_keys=False)).problem
    own = problem.probe(0, 0)
    bad = replace(own, parameters={**own.parameters, "z.bias": np.full(5, 1e4)})
    spoiled = replace(problem, probe=lambda number, attempt: bad)
    settings = load_config(yaml.safe_dump(CONFIG, sort_keys=False)).settings

    with np.errstate(all="ignore"), pytest.raises(NumericError) as caught:
        check(spoiled, settings)

    assert "at the given point: act (exp) makes the first inf in sample 0" in str(caught.value)
