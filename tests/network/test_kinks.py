"""Kinks: the elements that sit on one, what a nudge does to them, and those that never leave it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.config.load import Loaded
from gradcheck.numeric.complex_step import STEP
from gradcheck.problem import Claims, Effort, Moves, Nudge, Probe, Problem
from gradcheck.referee import check

Load = Callable[[str], Loaded]

KINK = """
network: {inputs: {x: [1]}, layers: [{hidden: {dense: {units: 1}}}, {relu_out: relu}]}
loss: {absolute_error: {reduction: sum}}
data: {batch: 1, x: 2.0, y: -3.0}
parameters: {hidden.weight: 0.0, hidden.bias: 0.0}
regularization: {l1: 0.25, parameters: ["*"]}
"""


def test_a_nudge_takes_each_side_of_a_kink(load_config: Load) -> None:
    problem = load_config(KINK).problem
    probe = problem.probe(0, 0)
    kinks = {kink.node: kink for kink in problem.kinks(probe)}
    size = kinks["relu_out"].size

    def slope(shifts: dict[str, float]) -> float:
        nudge = Nudge(shifts={n: np.full(kinks[n].shape, s) for n, s in shifts.items()})
        found = problem.derivative(probe, "hidden.weight", nudge, Effort())
        moves = Moves(parameter="hidden.weight", scale=np.ones(1), indices=np.zeros(1, dtype=int))
        moved = problem.evaluate(probe, moves, np.array([1j * STEP]), nudge)[0][0, 0].imag / STEP
        assert found is not None
        assert moved == pytest.approx(found.value[0], rel=1e-12)
        return float(moved)

    assert set(kinks) == {"relu_out", "l1(hidden.weight)", "l1(hidden.bias)"}
    assert kinks["l1(hidden.weight)"].parameter == "hidden.weight"
    assert kinks["relu_out"].parameter is None
    assert slope({"relu_out": size, "l1(hidden.weight)": size}) == pytest.approx(2.25)
    assert slope({"relu_out": size, "l1(hidden.weight)": -size}) == pytest.approx(1.75)
    assert slope({"relu_out": -size, "l1(hidden.weight)": -size}) == pytest.approx(-0.25)


POOLED = """
network:
  inputs: {x: [2, 4, 6]}
  layers:
    - bend: {conv2d: {channels: 3, kernel: [1, 1]}}
    - bend_out: relu
    - pooled: {max_pool2d: {kernel: [2, 2]}}
    - flat: flatten
    - output: {dense: {units: 2}}
loss: squared_error
data: {batch: 5, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
parameters: {bend.bias: [-1.1, -0.7, 0.3]}
"""


def test_equal_elements_that_never_move_are_no_kink(load_config: Load) -> None:
    """Zeros that a relu hands to a max-pool are, as long as none of them is on its kink."""
    problem = load_config(POOLED).problem
    probe = problem.probe(0, 0)

    assert problem.kinks(probe) == []
    assert problem.resting(probe)
    assert {c.verdict for c in check(problem, load_config(POOLED).settings).checks} == {"right"}


def test_where_nothing_is_on_a_kink_nothing_rests_on_one(load_config: Load) -> None:
    problem = load_config(POOLED.replace("bend_out: relu", "bend_out: softplus")).problem
    assert problem.kinks(problem.probe(0, 0)) == []
    assert not problem.resting(problem.probe(0, 0))


def test_equal_elements_that_move_are_one(load_config: Load) -> None:
    problem = load_config(POOLED).problem
    own = problem.probe(0, 0)
    x = own.data["x"].copy()
    x[3, :, 2:, 4:] = [[[1.0]], [[-0.5]]]
    parameters = {**own.parameters, "bend.bias": np.array([3.0, -5.0, 7.0])}
    probe = replace(own, data={**own.data, "x": x}, parameters=parameters)

    found = problem.kinks(probe)

    assert {kink.node for kink in found} == {"pooled"}
    assert {kink.index for kink in found} == {
        (3, channel, h, w) for channel in (0, 2) for h in (2, 3) for w in (4, 5)
    }


def test_behind_a_kink_every_tie_counts(load_config: Load) -> None:
    """A relu at its kink may open a path on which the tie matters."""
    problem = load_config(POOLED).problem
    own = problem.probe(0, 0)
    parameters = {**own.parameters, "bend.bias": np.array([0.0, -0.7, 0.3])}
    x = own.data["x"].copy()
    x[3, :, 2, 4] = 0
    probe = replace(own, data={**own.data, "x": x}, parameters=parameters)

    found = problem.kinks(probe)

    assert {kink.index for kink in found if kink.node == "bend_out"} == {(3, 0, 2, 4)}
    assert len([kink for kink in found if kink.node == "pooled"]) > 4


SEQUENCE = """
network:
  inputs: {x: [3, 2]}
  layers:
  - recurrent: {rnn: {units: 5, activation: relu, initial: %s, output: %s}}
  - head: {dense: {units: 2}}
loss: squared_error
data: {batch: 7, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
parameters: {recurrent.bias: zeros}
"""


def padded(problem: Problem) -> Probe:
    """Return the given probe with two samples' first steps set to zero, as padding is."""
    probe = problem.probe(0, 0)
    x = probe.data["x"].copy()
    x[[1, 4], :2] = 0.0
    return replace(probe, data={**probe.data, "x": x})


def test_kinks_within_a_recurrent_layer_are_told_by_sample_step_and_unit(load_config: Load) -> None:
    problem = load_config(SEQUENCE % ("zeros", "steps")).problem

    found = problem.kinks(padded(problem))

    assert {kink.node for kink in found} == {"recurrent"}
    assert {kink.shape for kink in found} == {(7, 3, 5)}
    assert {kink.index[:2] for kink in found} == {(1, 0), (1, 1), (4, 0), (4, 1)}
    assert len(found) == 4 * 5


def test_units_of_a_recurrent_layer_with_tanh_have_none(load_config: Load) -> None:
    text = (SEQUENCE % ("zeros", "steps")).replace("relu", "tanh")
    problem = load_config(text).problem
    assert problem.kinks(padded(problem)) == []


@pytest.mark.parametrize("initial", ["zeros", "learned"])
@pytest.mark.parametrize("output", ["steps", "last"])
def test_padding_before_a_recurrent_layer_is_right_and_hides_nothing(
    initial: str, output: str, load_config: Load
) -> None:
    loaded = load_config(SEQUENCE % (initial, output))
    problem = loaded.problem
    own = replace(problem, probe=lambda k, attempt: padded(problem), probes=1)

    def spoiled(probes: Sequence[Probe]) -> Sequence[Claims]:
        return [{**c, "head.weight": c["head.weight"] * 1.001} for c in problem.claims(probes)]

    right = check(own, loaded.settings)
    wrong = check(replace(own, claims=spoiled), loaded.settings)

    assert {c.verdict for c in right.checks} == {"right"}
    assert [c.parameter for c in wrong.checks if c.verdict == "wrong"] == ["head.weight"]
