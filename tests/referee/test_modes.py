"""Modes: what is evaluated, how often, and what that finds."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.config.load import Loaded
from gradcheck.problem import Claims, Probe, Problem
from gradcheck.referee import Outcome, check
from gradcheck.settings import Mode

Load = Callable[[str], Loaded]

LAYERS = {
    "dense": "[{a: {dense: {units: 7}}}, {b: relu}, {c: {dense: {units: 2}}}]",
    "convolution": (
        "[{r: {reshape: {shape: [1, 3, 5]}}}, {a: {conv2d: {channels: 2, kernel: [2, 2]}}}, "
        "{b: tanh}, {f: flatten}, {c: {dense: {units: 2}}}]"
    ),
    "recurrent": (
        "[{r: {reshape: {shape: [5, 3]}}}, {a: {lstm: {units: 2, output: last}}}, "
        "{c: {dense: {units: 2}}}]"
    ),
    "mixing samples": "[{a: {dense: {units: 7}}}, {b: batch_norm}, {c: {dense: {units: 2}}}]",
}
"""Networks on 15 features whose parameters are all of them at one site."""


def load(load_config: Load, layers: str) -> Loaded:
    return load_config(
        f"network: {{inputs: {{x: [15]}}, layers: {layers}}}\n"
        "loss: squared_error\n"
        "data: {batch: 11, x: {normal: [0, 1]}, y: {normal: [0, 1]}}\n"
        'parameters: {"*.bias": {normal: [0, 1]}}\n'
    )


def checked(loaded: Loaded, problem: Problem, mode: Mode) -> Outcome:
    return check(problem, replace(loaded.settings, mode=mode, points=1))


@pytest.mark.parametrize("layers", LAYERS.values(), ids=LAYERS)
def test_exhaustive_evaluates_the_loss_for_every_entry(layers: str, load_config: Load) -> None:
    loaded = load(load_config, layers)

    full = checked(loaded, loaded.problem, "full")
    exhaustive = checked(loaded, loaded.problem, "exhaustive")

    assert {c.verdict for o in (full, exhaustive) for c in o.checks} == {"right"}
    assert exhaustive.entries_checked == exhaustive.entries_total
    assert exhaustive.evaluations >= exhaustive.entries_total
    assert exhaustive.audits == full.audits > 0


@pytest.mark.parametrize("mode", ["full", "exhaustive"])
@pytest.mark.parametrize("layers", LAYERS.values(), ids=LAYERS)
def test_one_part_in_ten_thousand_million_is_found_in_one_entry(
    layers: str, mode: Mode, load_config: Load
) -> None:
    loaded = load(load_config, layers)
    largest: dict[str, int] = {}

    def claims(probes: Sequence[Probe]) -> list[Claims]:
        (own,) = loaded.problem.claims(probes)
        copies: dict[str, Array] = {name: np.array(claim) for name, claim in own.items()}
        place = largest.setdefault("place", int(np.argmax(np.abs(copies["c.weight"]))))
        copies["c.weight"].flat[place] *= 1 + 1e-10
        return [copies]

    found = checked(loaded, replace(loaded.problem, claims=claims), mode)

    assert {c.parameter for c in found.checks if c.verdict == "wrong"} == {"c.weight"}
    assert sum(c.wrong_entries for c in found.checks) == 1
