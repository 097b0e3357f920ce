"""Other sizes of a network: it stays the same in kind, and its gradients are right."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.config.load import Loaded
from gradcheck.network.backward import gradients
from gradcheck.network.forward import loss, run
from gradcheck.network.resize import SMALL, reduced, reduced_probe

CONFIG = """
network:
  inputs: {x: [3, 37, 37], z: [101]}
  layers:
    - edges: {conv2d: {channels: 48, kernel: 3}, inputs: x}
    - bent: relu
    - mean: {global_avg_pool: }
    - seen: {dense: {units: 101}}
    - both: {add: , inputs: [seen, z]}
    - wide: {dense: {units: 67}}
    - again: {dense: {units: 101}, share: {weight: wide.weight.T}}
    - output: {dense: {units: 53}}
loss: cross_entropy
regularization: {l2: 0.1}
data: {batch: 41, x: {normal: [0, 1]}, z: {normal: [0, 1]}, y: {classes: 53}}
"""

Load = Callable[[str], Loaded]


def test_large_sizes_become_small_ones_and_equal_ones_stay_equal(load_config: Load) -> None:
    loaded = load_config(CONFIG)
    probe = loaded.problem.probe(0, 0)
    small = reduced(loaded.network, probe.data)
    assert small is not None
    shapes = {name: spec.shape for name, spec in small.parameters.items()}
    channels, _, rows, columns = shapes["edges.weight"][0], *small.inputs["x"][1:]
    units = shapes["seen.weight"][1]
    assert (rows, columns) == (rows, rows)
    assert max(channels, rows, *shapes["wide.weight"]) <= 2 * SMALL
    assert len({channels, rows, *shapes["wide.weight"]}) == 4
    assert small.inputs == {"x": (41, 3, rows, rows), "z": (41, units)}
    assert shapes["output.weight"] == (units, 53)
    assert shapes["wide.weight"][::-1] == (
        shapes["again.bias"][0] and shapes["wide.weight"][1],
        units,
    )


def test_kept_sizes_stay(load_config: Load) -> None:
    loaded = load_config(CONFIG)
    small = reduced(loaded.network, loaded.problem.probe(0, 0).data, [101, 48])
    assert small is not None
    assert small.parameters["seen.weight"].shape == (48, 101)
    assert small.parameters["wide.weight"].shape[1] <= SMALL


def test_a_network_without_large_sizes_has_no_smaller_one(load_config: Load) -> None:
    loaded = load_config(
        CONFIG.replace("37", "7").replace("101", "11").replace("67", "13").replace("48", "5")
    )
    assert reduced(loaded.network, loaded.problem.probe(0, 0).data) is None


@pytest.mark.parametrize("layer", ["group_norm: {groups: 11}", "reshape: {shape: [5, 11]}"])
def test_a_size_that_a_layer_insists_on_can_not_be_another(layer: str, load_config: Load) -> None:
    loaded = load_config(
        "network:\n  inputs: {x: [55]}\n  layers:\n"
        f"    - hidden: {{{layer}}}\n"
        "    - flat: {flatten: }\n"
        "    - output: {dense: {units: 2}}\n"
        "loss: squared_error\n"
        "data: {batch: 3, x: {normal: [0, 1]}, y: {normal: [0, 1]}}\n"
    )
    assert reduced(loaded.network, loaded.problem.probe(0, 0).data) is None


def test_a_reduced_network_works_on_some_entries_of_the_whole_probe(load_config: Load) -> None:
    loaded = load_config(CONFIG)
    probe = loaded.problem.probe(1, 0)
    small = reduced(loaded.network, probe.data)
    assert small is not None
    fewer = reduced_probe(probe, small)
    assert np.array_equal(fewer.data["y"], probe.data["y"])
    for name, value in fewer.parameters.items():
        assert value.shape == small.parameters[name].shape
        assert np.isin(value, probe.parameters[name]).all()
        assert len(np.unique(value)) == value.size
    found = gradients(small, run(small, fewer.parameters, fewer.data)).parameters
    for name, value in fewer.parameters.items():
        moved = replace(fewer, parameters={**fewer.parameters, name: value + 1e-20j})
        slope = loss(small, run(small, moved.parameters, moved.data)).imag / 1e-20
        assert slope == pytest.approx(float(np.sum(found[name])), rel=1e-9)
