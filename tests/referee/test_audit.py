"""The audit: what it holds against plain forward passes, and what it does not let pass."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.config.load import Loaded
from gradcheck.errors import InternalError
from gradcheck.problem import Derivative, Problem
from gradcheck.referee import check

Load = Callable[[str], Loaded]

TEXT = """
network:
  inputs: {x: [3]}
  layers: [{hidden: {dense: {units: 11}}}, {hidden_out: tanh}, {output: {dense: {units: 2}}}]
loss: squared_error
data: {batch: 5, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
parameters: {"*.bias": {normal: [0, 1]}}
"""
SIZES = {"hidden.weight": 33, "hidden.bias": 11, "output.weight": 22, "output.bias": 2}


def spoiled(problem: Problem, name: str, change: Callable[[Array], Array]) -> Problem:
    """Return a problem whose shortcut to one gradient goes wrong."""

    def derivative(*given: Any) -> Derivative | None:
        found = problem.derivative(*given)
        if found is None or given[1] != name:
            return found
        return replace(found, value=change(found.value[:]))

    return replace(problem, derivative=derivative)


def test_sixteen_entries_and_a_direction_of_each_parameter_are_audited(load_config: Load) -> None:
    loaded = load_config(TEXT)

    found = check(loaded.problem, loaded.settings)

    assert found.audits == sum(min(16, size) + 1 for size in SIZES.values())
    assert {c.verdict for c in found.checks} == {"right"}


def test_they_go_through_plain_forward_passes(load_config: Load) -> None:
    loaded = load_config(TEXT)
    moved: dict[str, int] = dict.fromkeys(SIZES, 0)

    def plain(*given: Any) -> tuple[Array, Array]:
        moves, steps = given[1], given[2]
        moved[moves.parameter] += len(moves) * int((steps.imag != 0).sum())
        return loaded.problem.plain(*given)

    check(replace(loaded.problem, plain=plain), loaded.settings)

    assert moved == {name: min(16, size) + 1 for name, size in SIZES.items()}


def test_without_the_audit_the_report_counts_none(load_config: Load) -> None:
    loaded = load_config(TEXT)

    found = check(loaded.problem, replace(loaded.settings, audit=False))

    assert found.audits == 0
    assert {c.method for c in found.checks} == {"complex_step"}
    assert {c.verdict for c in found.checks} == {"right"}


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("factor", [1 + 1e-7, -1.0, 0.0])
def test_a_shortcut_that_is_wrong_everywhere_is_refuted(
    name: str, factor: float, load_config: Load
) -> None:
    loaded = load_config(TEXT)
    problem = spoiled(loaded.problem, name, lambda value: value * factor)

    with pytest.raises(InternalError, match=f"{name}.*defect of gradcheck"):
        check(problem, loaded.settings)


def test_so_is_one_that_is_wrong_in_one_entry(load_config: Load) -> None:
    """The direction goes through all entries."""
    loaded = load_config(TEXT)

    def change(value: Array) -> Array:
        return np.where(np.arange(len(value)) == 29, value * (1 + 1e-5), value)

    with pytest.raises(InternalError, match="direction"):
        check(spoiled(loaded.problem, "hidden.weight", change), loaded.settings)


def test_a_loss_that_is_not_complex_safe_is_left_to_differences(load_config: Load) -> None:
    loaded = load_config(TEXT)

    def plain(*given: Any) -> tuple[Array, Array]:
        values, magnitudes = loaded.problem.plain(*given)
        return values.real + 0.3j * values.imag, magnitudes

    found = check(replace(loaded.problem, plain=plain), loaded.settings)

    assert {c.method for c in found.checks} == {"differences"}
    assert {c.verdict for c in found.checks} == {"right"}


@pytest.mark.parametrize("name", SIZES)
def test_shortcuts_are_held_against_the_loss_where_no_kink_is(name: str, load_config: Load) -> None:
    """At the config's own point a sample of zeros puts a whole row of units on their kink."""
    rows = [[0.0, 0.0, 0.0], [1.0, -2.0, 0.5], [0.3, 0.7, -1.1], [2.0, 0.1, 0.9], [-0.6, 1.3, 0.2]]
    text = TEXT.replace("tanh", "relu").replace("{normal: [0, 1]}, y", f"{rows}, y")
    loaded = load_config(text.replace('"*.bias": {normal: [0, 1]}', '"*.bias": zeros'))
    problem = loaded.problem
    assert problem.kinks(problem.probe(0, 0))
    assert not problem.kinks(problem.probe(1, 0))

    with pytest.raises(InternalError, match=f"{name}.*defect of gradcheck"):
        check(spoiled(problem, name, lambda value: value * (1 + 1e-7)), loaded.settings)


POOLED = """
network:
  inputs: {x: [1, 4, 4]}
  layers:
  - bend: {conv2d: {channels: 2, kernel: 3, padding: 1}}
  - bend_out: relu
  - pooled: {max_pool2d: {kernel: 2}}
  - flat: flatten
  - output: {dense: {units: 2}}
loss: squared_error
data: {batch: 5, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
parameters: {bend.bias: [-1.1, 0.3]}
"""


@pytest.mark.parametrize("name", ["bend.weight", "output.bias"])
def test_what_rests_on_a_kink_excuses_no_wrong_shortcut(name: str, load_config: Load) -> None:
    """Pools of zeros alone tie, and stay."""
    loaded = load_config(POOLED)
    problem = loaded.problem
    assert problem.resting(problem.probe(0, 0))
    assert not problem.kinks(problem.probe(0, 0))

    with pytest.raises(InternalError, match=f"{name}.*defect of gradcheck"):
        check(spoiled(problem, name, lambda value: value * (1 + 1e-7)), loaded.settings)
