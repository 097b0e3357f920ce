"""What holds for every fault: its name, its explanation, and what planting it does."""

import functools
import importlib
import inspect
import pickle
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest

import gradcheck.faults
from gradcheck.array import Array
from gradcheck.catalogues import FAULTS
from gradcheck.fault import Fault
from gradcheck.network.plant import Plant
from gradcheck.network.planted import Reference, plants

ENTRIES = list(FAULTS.all().values())
PLANTED = [fault for fault in ENTRIES if fault.plantable]
HEADINGS = ["Rule", "Symptom", "Cause", "Fix", "Hidden when", "Sources"]


@pytest.fixture(params=ENTRIES, ids=lambda fault: fault.code)
def fault(request: pytest.FixtureRequest) -> Fault:
    entry: Fault = request.param
    return entry


@pytest.fixture(params=PLANTED, ids=lambda fault: fault.code)
def planted(request: pytest.FixtureRequest) -> Fault:
    entry: Fault = request.param
    return entry


Ways: TypeAlias = Callable[[Fault], dict[str, list[Plant]]]


@pytest.fixture(scope="module")
def ways(references: Mapping[str, Reference]) -> Ways:
    """Return what lists every way in which a fault can be made, by the network that allows it."""

    @functools.cache
    def listed(fault: Fault) -> dict[str, list[Plant]]:
        found = {name: list(plants(reference, fault)) for name, reference in references.items()}
        return {name: made for name, made in found.items() if made}

    return listed


def test_no_module_on_disk_is_left_out() -> None:
    (folder,) = gradcheck.faults.__path__
    files = [path for path in Path(folder).rglob("*.py") if not path.name.startswith("_")]
    assert len(files) == len(ENTRIES) > 0
    for path in files:
        assert (path.parent / "__init__.py").exists(), path


def test_every_module_is_named_for_its_faults_code_and_slug() -> None:
    for module in FAULTS.modules():
        entry = importlib.import_module(module).FAULT
        name = module.rpartition(".")[2]
        assert re.fullmatch(r"[A-Z]{3}\d\d", entry.code), module
        assert name == f"{entry.code} {entry.slug}".lower().replace(" ", "_").replace("-", "_")


def test_no_two_faults_share_a_slug() -> None:
    slugs = [fault.slug for fault in ENTRIES]
    assert len(set(slugs)) == len(slugs)


def test_families_share_a_folder_and_the_letters_of_their_codes() -> None:
    seen: dict[str, set[tuple[str, str]]] = {}
    for module in FAULTS.modules():
        entry = importlib.import_module(module).FAULT
        seen.setdefault(entry.family, set()).add((module.split(".")[-2], entry.code[:3]))
    assert {family: len(places) for family, places in seen.items()} == dict.fromkeys(seen, 1)


def test_a_fault_file_averages_under_sixty_lines() -> None:
    (folder,) = gradcheck.faults.__path__
    lengths = [
        len(path.read_text("utf-8").splitlines())
        for path in Path(folder).rglob("*.py")
        if path.name != "__init__.py"
    ]
    assert sum(lengths) / len(ENTRIES) < 60


def test_the_title_is_one_lower_case_statement_without_a_full_stop(fault: Fault) -> None:
    assert fault.title[0].islower() or not fault.title[1].islower()
    assert not fault.title.endswith(".")
    assert len(fault.title) <= 100


def test_the_explanation_has_all_headings_filled_in_order(fault: Fault) -> None:
    doc = inspect.cleandoc(fault.doc or "")
    parts = re.split(r"^## (.+)$", doc, flags=re.MULTILINE)
    assert parts[1::2] == (HEADINGS if fault.plantable else HEADINGS[-len(parts[1::2]) :])
    assert set(HEADINGS[1:]) <= set(parts[1::2])
    for heading, text in zip(parts[1::2], parts[2::2], strict=True):
        assert len(text.split()) > 3 or heading == "Hidden when", heading
    assert parts[0].strip().endswith(".")


def test_the_rule_of_a_fault_that_can_be_planted_has_a_derivation(planted: Fault) -> None:
    rule = inspect.cleandoc(planted.doc or "").partition("## Rule")[2].partition("## ")[0]
    assert 2 <= sum(line.startswith("    ") for line in rule.splitlines()) <= 4


def test_a_fault_that_can_be_planted_shows_the_wrong_formula_and_the_right_one(
    planted: Fault,
) -> None:
    assert planted.wrong
    assert planted.right
    assert planted.wrong != planted.right


def test_a_fault_fits_in_two_networks_and_not_in_all(planted: Fault, ways: Ways) -> None:
    fitting = ways(planted)
    assert len(fitting) >= 2, f"{planted.code} fits in {list(fitting)} only"


def test_planted_a_fault_changes_gradients_and_keeps_their_shapes(
    planted: Fault, references: Mapping[str, Reference], ways: Ways
) -> None:
    spoiled = 0
    for name, made in ways(planted).items():
        right = references[name].gradients
        for plant in made:
            wrong = references[name].planted([plant])
            assert wrong.keys() == right.keys()
            for parameter, gradient in wrong.items():
                assert gradient.shape == right[parameter].shape, (name, plant, parameter)
                assert gradient.dtype == np.float64, (name, plant, parameter)
            spoiled += any(not np.allclose(wrong[k], right[k]) for k in right)
    assert spoiled


def test_planting_changes_nothing_of_the_right_pass(
    planted: Fault, references: Mapping[str, Reference], ways: Ways
) -> None:
    for name, made in ways(planted).items():
        reference = references[name]
        before = {node: _bytes(reference, node) for node in reference.sites}
        for plant in made:
            reference.planted([plant])
        assert {node: _bytes(reference, node) for node in reference.sites} == before


def _bytes(reference: Reference, node: str) -> bytes:
    site = reference.sites[node]
    given: tuple[Array | None, ...] = site.gradients.inputs
    arrays = site.inputs, dict(site.parameters), site.output, site.cache, site.upstream, given
    return pickle.dumps(arrays)


def test_planting_twice_gives_the_same_gradients(
    planted: Fault, references: Mapping[str, Reference], ways: Ways
) -> None:
    for name, made in ways(planted).items():
        once, again = (references[name].planted(made[:1]) for _ in range(2))
        np.testing.assert_equal(once, again)
