"""Random networks: right gradients are never accused, and one spoiled entry is always found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import yaml

from gradcheck.array import Array
from gradcheck.catalogues import OPS
from gradcheck.config.load import Loaded
from gradcheck.problem import Claims, Probe, Problem
from gradcheck.referee import check
from gradcheck.report import Check
from gradcheck.session import Request, Target, run

Load = Callable[[str], Loaded]

SLICE = range(60)
CAPABLE = 300
"""Seeds among which every op must occur."""


@pytest.mark.parametrize("seed", SLICE)
def test_right_gradients_are_right(seed: int, random_networks: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "network.yaml"
    path.write_text(random_networks.text(seed), "utf-8")

    (report,) = run(Request(targets=[Target(path=path, name=path.name)])).problems

    assert report.verdict == "right", (report.message, report.checks)
    assert report.entries_checked == report.entries_total > 0
    assert report.audits > 0


@pytest.mark.parametrize(
    ("seed", "allowed"),
    [
        # All samples are alike before batch norm, which multiplies their rounding by 1/sqrt(eps).
        (101886, {"right", "undecided"}),
        # Where pooling makes all logits equal, softmax leaves the same rounding error everywhere.
        (308259, {"right"}),
        # Two groups of like samples cancel in batch norm, off alike by how 1/7 is rounded.
        (2001106, {"right"}),
        # Outputs that are all alike cancel in the cosine, at a tie of max-pooling.
        (5000406, {"right"}),
        # Outputs that tanh saturates rest on kinks of hinge losses, or tie, and hardly leave them.
        (5017996, {"right"}),
        (5022040, {"right"}),
        # Channels that are all alike, less their mean, are nothing or one unit of rounding.
        (5024146, {"right"}),
        # A bias before batch norm has the gradient of its penalty, and what cancels leaves.
        (7008550, {"right"}),
        # Two normalisations of features that are all alike make a bend that steps pass over.
        (7009202, {"right"}),
    ],
)
def test_what_rounding_leaves_is_not_accused(
    seed: int, allowed: set[str], random_networks: ModuleType, tmp_path: Path
) -> None:
    path = tmp_path / "network.yaml"
    path.write_text(random_networks.text(seed), "utf-8")
    (problem,) = run(Request(targets=[Target(path=path, name="network")])).problems
    assert {problem.verdict, *(check.verdict for check in problem.checks)} <= allowed


@pytest.mark.parametrize(
    ("seed", "parameters"),
    [
        # A saturated gate takes a state that is nearly the candidate: slopes cancel within it.
        (9000421, {"normal": [0, 12]}),
        (9100285, {"normal": [0, 12]}),
        (9300562, {"normal": [0, 12]}),
        (9300962, {"normal": [0, 12]}),
        # Outputs that are all alike have no distances but those that rounding leaves.
        (9000227, "ones"),
    ],
)
def test_nor_is_what_it_leaves_of_hostile_parameters(
    seed: int, parameters: Any, random_networks: ModuleType, load_config: Load
) -> None:
    config = random_networks.config(seed) | {"parameters": {"*": parameters}}
    if parameters == "ones":
        config["data"]["x0"] = {"integers": [-2, 2]}
    loaded = load_config(yaml.safe_dump(config, sort_keys=False))
    assert {c.verdict for c in check(loaded.problem, loaded.settings).checks} == {"right"}


def test_a_seed_always_makes_the_same_network(random_networks: ModuleType) -> None:
    texts = [random_networks.text(seed) for seed in SLICE]

    assert texts == [random_networks.text(seed) for seed in SLICE]
    assert len(set(texts)) == len(texts)


def test_every_op_takes_part(random_networks: ModuleType) -> None:
    seen: set[str] = set()
    for seed in range(CAPABLE):
        config = random_networks.config(seed)
        for layer in config["network"]["layers"]:
            seen.update(*layer.values())
        seen.update(config["loss"], config.get("regularization", {}))

    assert set(OPS.all()) - seen == set()


def test_networks_are_varied(random_networks: ModuleType) -> None:
    configs = [random_networks.config(seed) for seed in range(CAPABLE)]
    entries = [entry for c in configs for entry in c["network"]["layers"]]
    layers = [layer for entry in entries for layer in entry.values()]
    shared = [name for layer in layers for name in layer.get("share", {}).values()]
    losses = [loss for c in configs for loss in c["loss"].values()]

    assert {name.endswith(".T") for name in shared} == {True, False}
    assert {loss.get("scale", 1) for loss in losses} >= {1, 1e-8, -2.0}
    assert {loss.get("offset", 0) for loss in losses} >= {0, 1e8}
    assert {c["data"]["batch"] for c in configs} >= {1, 2, 11}
    assert max(len(c["network"]["inputs"]) for c in configs) >= 3
    assert max(len(c["network"]["layers"]) for c in configs) >= 8


def spoiled(problem: Problem, name: str, change: Callable[[Array], None]) -> Problem:
    """Return a problem whose claim for one parameter is changed, wherever it is asked."""

    def claims(probes: Sequence[Probe]) -> Sequence[Claims]:
        found: list[Mapping[str, Array]] = []
        for own in problem.claims(probes):
            copy = np.array(own[name])
            change(copy)
            found.append({**own, name: copy})
        return found

    return replace(problem, claims=claims)


def large_entry(problem: Problem, rng: np.random.Generator) -> tuple[str, int] | None:
    """Choose an entry of at least its tensor's median size; None if there is none to choose."""
    (claims,) = problem.claims([problem.probe(0, 0)])
    names = [name for name in claims if np.median(np.abs(claims[name])) > 1e-12]
    if not names:
        return None
    name = names[rng.integers(len(names))]
    sizes = np.abs(claims[name]).ravel()
    return name, int(rng.choice(np.flatnonzero(sizes >= np.median(sizes))))


def checks_of(problem: Problem, loaded: Loaded, **settings: object) -> dict[str, Check]:
    found = check(problem, replace(loaded.settings, **settings)).checks  # type: ignore[arg-type]
    return {entry.parameter: entry for entry in found}


def smooth(problem: Problem) -> bool:
    """Tell whether no kink touches the claims at the probes that are used."""
    return not any(problem.kinks(problem.probe(number, 0)) for number in range(3))


@pytest.mark.parametrize("seed", range(500, 540))
def test_one_entry_off_by_a_millionth_is_found(
    seed: int, random_networks: ModuleType, load_config: Load
) -> None:
    loaded = load_config(random_networks.text(seed))
    chosen = large_entry(loaded.problem, np.random.default_rng(seed))
    if chosen is None or not smooth(loaded.problem):
        return
    name, entry = chosen

    def change(claim: Array) -> None:
        claim.flat[entry] *= 1 + 1e-6

    checks = checks_of(spoiled(loaded.problem, name, change), loaded)

    assert checks[name].verdict == "wrong"
    assert checks[name].wrong_entries == 1
    worst = checks[name].worst
    assert worst is not None
    assert worst.index == np.unravel_index(entry, loaded.problem.shapes[name])
    assert {n for n, c in checks.items() if c.verdict == "wrong"} == {name}


def test_the_slice_for_spoiled_entries_is_not_empty(
    random_networks: ModuleType, load_config: Load
) -> None:
    problems = (load_config(random_networks.text(seed)).problem for seed in range(500, 540))

    assert (
        sum(large_entry(p, np.random.default_rng(0)) is not None and smooth(p) for p in problems)
        > 20
    )


@pytest.mark.parametrize("seed", range(600, 620))
def test_differences_find_an_error_of_a_hundred_bars(
    seed: int, random_networks: ModuleType, load_config: Load
) -> None:
    loaded = load_config(random_networks.text(seed))
    chosen = large_entry(loaded.problem, np.random.default_rng(seed))
    if chosen is None or not smooth(loaded.problem):
        return
    name, entry = chosen
    extra = 100 * largest_bar(loaded.problem, loaded, name, entry)

    def change(claim: Array) -> None:
        claim.flat[entry] += extra

    checks = checks_of(
        spoiled(loaded.problem, name, change), loaded, method="differences", points=1
    )

    assert checks[name].verdict == "wrong"
    assert checks[name].wrong_entries == 1


def largest_bar(problem: Problem, loaded: Loaded, name: str, entry: int) -> float:
    """Return the bar that is printed for one entry, which is made the worst for that."""

    def change(claim: Array) -> None:
        claim.flat[entry] += 10 * np.max(np.abs(claim))

    checks = checks_of(spoiled(problem, name, change), loaded, method="differences", points=1)
    bar = checks[name].bar
    assert bar is not None
    return bar


IMAGES = """
network:
  inputs: {x: [784]}
  layers:
  - hidden: {dense: {units: 100}}
  - hidden_out: sigmoid
  - output: {dense: {units: 10}}
loss: cross_entropy
data: {batch: 32, x: {uniform: [0, 1]}, y: {classes: 10}}
check: {points: 1}
"""


def test_one_of_eighty_thousand_entries_off_by_a_ten_billionth_is_found(load_config: Load) -> None:
    loaded = load_config(IMAGES)
    name = "hidden.weight"
    (claims,) = loaded.problem.claims([loaded.problem.probe(0, 0)])
    sizes = np.abs(claims[name]).ravel()
    entry = int(np.argsort(sizes)[sizes.size // 2])

    def change(claim: Array) -> None:
        claim.flat[entry] *= 1 + 1e-10

    checks = checks_of(spoiled(loaded.problem, name, change), loaded)

    assert checks[name].verdict == "wrong"
    assert checks[name].wrong_entries == 1
    worst = checks[name].worst
    assert worst is not None
    assert worst.index == np.unravel_index(entry, (784, 100))
    assert {n for n, c in checks.items() if c.verdict == "wrong"} == {name}
