"""The network: gradients and moved losses against those of plain forward passes."""

import itertools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import yaml

from gradcheck.array import Array
from gradcheck.catalogues import OPS
from gradcheck.chance import Chance
from gradcheck.config.load import Loaded
from gradcheck.numeric import directions
from gradcheck.numeric.complex_step import STEP
from gradcheck.problem import Effort, Moves, Probe, Problem
from gradcheck.referee import check

Load = Callable[[str], Loaded]

SLICE = range(1000, 1020)
SITED = [name for name, op in OPS.all().items() if op.sites is not None]
MOST_USES = 4
"""How often a parameter may be shared, at the most."""

BRANCHED = """
network:
  inputs: {x: [3], z: [5]}
  layers:
    - first: {dense: {units: 5}, inputs: x}
    - second: {dense: {units: 5}, inputs: z}
    - sum: {add: , inputs: [first, second]}
    - bent: tanh
    - again: {dense: {units: 5}, share: {weight: second.weight, bias: first.bias}}
    - product: {multiply: , inputs: [again, bent, second]}
    - back: {dense: {units: 3, bias: false}, inputs: product, share: {weight: first.weight.T}}
    - joined: {concat: , inputs: [back, x, bent]}
    - output: {dense: {units: 2}}
loss: {squared_error: {factor: 0.5, reduction: batch_mean, scale: 3.0, offset: 7.0}}
regularization: {l2: 0.3, parameters: ["*"]}
data: {batch: 7, x: {normal: [0, 1]}, z: {normal: [0, 1]}, y: {normal: [0, 1]}}
parameters: {"*.bias": {normal: [0, 1]}}
"""


def entries_of(problem: Problem, name: str, scale: float = 1.0) -> Moves:
    size = int(np.prod(problem.shapes[name]))
    return Moves(parameter=name, scale=np.full(size, scale), indices=np.arange(size))


def by_complex_step(problem: Problem, probe: Probe, name: str) -> Array:
    """Differentiate by every entry, each with a whole forward pass of its own."""
    values, _ = problem.plain(probe, entries_of(problem, name), np.array([1j * STEP]))
    return np.asarray(values[0].imag / STEP).reshape(problem.shapes[name])


def assert_close(found: Array, wanted: Array, rtol: float = 1e-11) -> None:
    """Hold arrays against each other in units of the largest entry."""
    scale = float(np.max(np.abs(wanted), initial=0.0))
    np.testing.assert_allclose(found, wanted, rtol=rtol, atol=rtol * scale + 1e-300)


def test_backprop_through_branches_and_shared_weights_is_the_complex_step(
    load_config: Load,
) -> None:
    problem = load_config(BRANCHED).problem
    probe = problem.probe(0, 0)
    (claims,) = problem.claims([probe])

    assert set(claims) == set(problem.shapes)
    assert len(claims) == 6
    for name, claim in claims.items():
        assert np.abs(claim).min() > 0
        assert_close(claim, by_complex_step(problem, probe, name))


@pytest.mark.parametrize("seed", SLICE)
def test_structure_and_backprop_agree_with_plain_forward_passes(
    seed: int, random_networks: ModuleType, load_config: Load
) -> None:
    assert_agreement(load_config(random_networks.text(seed)).problem)


@pytest.mark.parametrize("name", SITED)
def test_so_they_do_with_each_op_that_has_parameters(
    name: str, random_networks: ModuleType, load_config: Load
) -> None:
    seed = next(k for k in itertools.count(2000) if name in ops_of(random_networks.config(k)))

    assert_agreement(load_config(random_networks.text(seed)).problem)


def ops_of(config: dict[str, Any]) -> set[str]:
    """Return the keys under which layers stand, ops among them."""
    return {
        key for entry in config["network"]["layers"] for layer in entry.values() for key in layer
    }


def assert_agreement(problem: Problem) -> None:
    """On ill-conditioned networks rounding grows: a ten-millionth is beyond doubt."""
    probe = problem.probe(1, 0)
    (claims,) = problem.claims([probe])
    scale = max(float(np.max(np.abs(claim))) for claim in claims.values())
    evaluations = 0
    for name in problem.shapes:
        plain = by_complex_step(problem, probe, name)
        for effort in (Effort(), Effort(each=True)):
            found = problem.derivative(probe, name, None, effort)
            assert found is not None
            evaluations += 0 if effort.each else found.evaluations
            assert not effort.each or not 0 < found.evaluations < plain.size
            assert (found.magnitude[:] >= np.abs(found.value[:]) * (1 - 1e-12)).all()
            np.testing.assert_allclose(found.value[:], plain.ravel(), rtol=1e-7, atol=1e-12 * scale)
        if not problem.kinks(probe):
            np.testing.assert_allclose(claims[name], plain, rtol=1e-7, atol=1e-12 * scale)
    assert 0 < evaluations <= sum(map(np.prod, problem.shapes.values())) * MOST_USES


STEPS = np.array([0.0, 1e-3, -0.5, 1j * STEP, -1j * STEP])


@pytest.mark.parametrize("seed", range(1100, 1130))
def test_moved_losses_are_those_of_plain_forward_passes(
    seed: int, random_networks: ModuleType, load_config: Load
) -> None:
    problem = load_config(random_networks.text(seed)).problem
    probe = problem.probe(0, 0)
    rng = np.random.default_rng(seed)
    for name, shape in problem.shapes.items():
        size = int(np.prod(shape))
        chosen = rng.permutation(size)[:7]
        lines = [
            Moves(parameter=name, scale=rng.uniform(0.1, 1, len(chosen)), indices=chosen),
            Moves(
                parameter=name,
                scale=rng.uniform(0.1, 1, 2),
                directions=np.stack([directions.draw(Chance([k]), shape) for k in range(2)]),
            ),
        ]
        for moves in lines:
            values, magnitudes = problem.evaluate(probe, moves, STEPS, None)
            plain, sizes = problem.plain(probe, moves, STEPS)

            assert values.shape == plain.shape == (len(STEPS), len(moves))
            largest = magnitudes.real.max()
            np.testing.assert_allclose(values.real, plain.real, rtol=1e-9, atol=1e-12 * largest)
            slopes = np.abs(plain.imag).max() / STEP
            np.testing.assert_allclose(
                values.imag / STEP,
                plain.imag / STEP,
                rtol=1e-7,
                atol=1e-9 * slopes + 1e-14 * largest,
            )
            assert (magnitudes.real >= np.abs(values.real) * (1 - 1e-9)).all()
            assert (sizes.real >= np.abs(plain.real) * (1 - 1e-9)).all()


def test_many_lines_are_cut_into_pieces_without_a_seam(load_config: Load) -> None:
    text = BRANCHED.replace("batch: 7", "batch: 997")
    problem = load_config(text).problem
    probe = problem.probe(0, 0)
    moves = entries_of(problem, "second.weight")

    values, _ = problem.evaluate(probe, moves, np.array([0.25]), None)

    plain, _ = problem.plain(probe, moves, np.array([0.25]))
    np.testing.assert_allclose(values, plain, rtol=1e-12)
    assert len(np.unique(values)) == len(moves)


def test_structure_needs_no_more_evaluations_than_pre_activations(load_config: Load) -> None:
    problem = load_config(BRANCHED).problem
    probe = problem.probe(0, 0)

    found = problem.derivative(probe, "output.weight", None, Effort(limit=2))

    assert found is not None
    assert found.evaluations == 2
    another = problem.probe(1, 0)
    assert problem.derivative(another, "output.weight", None, Effort(limit=1)) is None


def test_each_entry_is_moved_where_that_is_asked_for(load_config: Load) -> None:
    problem = load_config(BRANCHED).problem
    probe = problem.probe(0, 0)

    found = problem.derivative(probe, "output.weight", None, Effort(each=True))
    again = problem.derivative(probe, "output.weight", None, Effort(each=True))

    assert found is not None
    assert again is not None
    assert found.evaluations == len(found.value) == 22
    assert again.evaluations == 0
    np.testing.assert_array_equal(again.value[:], found.value[:])


DEEP = """
network:
  inputs: {x: [3]}
  layers:
    - below: {dense: {units: 5}}
    - below_out: sigmoid
    - hidden: {dense: {units: 7}}
    - hidden_out: sigmoid
    - output: {dense: {units: 2}}
loss: squared_error
data: {batch: 5, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
parameters: {"*.bias": {normal: [0, 1]}}
"""
LAYERS = {layer: {f"{layer}.weight", f"{layer}.bias"} for layer in ("below", "hidden", "output")}


@pytest.mark.parametrize(
    ("planted", "wrong"),
    [
        (["ACT02@hidden_out"], LAYERS["below"] | LAYERS["hidden"]),
        (["ACT02@below_out"], LAYERS["below"]),
        (["ACT01@below_out"], LAYERS["below"]),
        (["SGN01"], LAYERS["below"] | LAYERS["hidden"] | LAYERS["output"]),
        (["AVG01"], LAYERS["below"] | LAYERS["hidden"] | LAYERS["output"]),
        (["BIA01@hidden"], {"hidden.bias"}),
        (["BIA01@output.bias"], {"output.bias"}),
        (["BIA01@below", "BIA01@output"], {"below.bias", "output.bias"}),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else "",
)
def test_a_planted_fault_changes_what_lies_below_it(
    planted: list[str], wrong: set[str], load_config: Load
) -> None:
    text = DEEP + yaml.safe_dump({"gradients": {"faults": planted}})
    loaded = load_config(text)
    (right,) = load_config(DEEP).problem.claims([loaded.problem.probe(0, 0)])
    (claims,) = loaded.problem.claims([loaded.problem.probe(0, 0)])

    changed = {name for name in claims if not np.array_equal(claims[name], right[name])}
    checks = check(loaded.problem, loaded.settings).checks

    assert changed == wrong
    assert {c.parameter for c in checks if c.verdict == "wrong"} == wrong
    assert {c.parameter for c in checks if c.verdict == "right"} == set(claims) - wrong
