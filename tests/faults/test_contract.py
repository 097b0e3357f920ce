"""What holds for every fault: its name, its explanation, and what planting it does."""

import copy
import importlib
import inspect
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

import gradcheck.faults
from gradcheck.array import Array
from gradcheck.catalogues import FAULTS
from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients

ENTRIES = list(FAULTS.all().values())
PLANTED = [fault for fault in ENTRIES if fault.inject]
HEADINGS = ["Symptom", "Cause", "Fix", "Hidden when", "Sources"]


@pytest.fixture(params=ENTRIES, ids=lambda fault: fault.code)
def fault(request: pytest.FixtureRequest) -> Fault:
    entry: Fault = request.param
    return entry


@pytest.fixture(params=PLANTED, ids=lambda fault: fault.code)
def planted(request: pytest.FixtureRequest) -> Fault:
    entry: Fault = request.param
    return entry


def inject(fault: Fault, site: Site) -> Gradients | None:
    assert fault.inject is not None
    return fault.inject(site)


def arrays(gradients: Gradients) -> dict[int | str, Array]:
    """Name all gradients that there are."""
    given = ((k, g) for k, g in enumerate(gradients.inputs) if g is not None)
    named: list[tuple[int | str, Array]] = [*given, *gradients.parameters.items()]
    return dict(named)


def differ(wrong: Gradients, right: Gradients) -> bool:
    mine, truth = arrays(wrong), arrays(right)
    return mine.keys() != truth.keys() or not all(
        mine[name].shape == truth[name].shape and np.allclose(mine[name], truth[name])
        for name in mine
    )


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


def test_families_share_a_folder_and_the_letters_of_their_codes() -> None:
    seen: dict[str, set[tuple[str, str]]] = {}
    for module in FAULTS.modules():
        entry = importlib.import_module(module).FAULT
        seen.setdefault(entry.family, set()).add((module.split(".")[-2], entry.code[:3]))
    assert {family: len(places) for family, places in seen.items()} == dict.fromkeys(seen, 1)


def test_the_title_is_one_lower_case_statement_without_a_full_stop(fault: Fault) -> None:
    assert fault.title[0].islower() or fault.title[1].isupper()
    assert not fault.title.endswith(".")
    assert len(fault.title) <= 100


def test_the_explanation_has_all_headings_filled_in_order(fault: Fault) -> None:
    doc = inspect.cleandoc(fault.doc or "")
    parts = re.split(r"^## (.+)$", doc, flags=re.MULTILINE)
    assert parts[1::2] == HEADINGS
    for heading, text in zip(parts[1::2], parts[2::2], strict=True):
        assert len(text.split()) > 3, heading
    assert parts[0].strip().endswith(".")


def test_the_explanation_shows_the_wrong_and_the_right_code(fault: Fault) -> None:
    code = [line for line in (fault.doc or "").splitlines() if line.startswith("    ")]
    assert any("# wrong" in line for line in code)
    assert any("# right" in line for line in code)


def test_a_planted_fault_changes_the_gradient_somewhere_and_fits_not_everywhere(
    planted: Fault, sites: Mapping[str, Site]
) -> None:
    results = {name: (inject(planted, site), site.gradients) for name, site in sites.items()}
    fitting = [name for name, (wrong, _) in results.items() if wrong is not None]
    spoiled = [name for name, (wrong, right) in results.items() if wrong and differ(wrong, right)]
    assert spoiled
    assert len(fitting) < len(sites)


def test_a_planted_fault_changes_none_of_the_sites_arrays(
    planted: Fault, sites: Mapping[str, Site]
) -> None:
    for name, site in sites.items():
        before = copy.deepcopy(site)
        inject(planted, site)
        for what in ("inputs", "parameters", "options", "output", "cache", "upstream"):
            np.testing.assert_equal(getattr(site, what), getattr(before, what), err_msg=name)
        np.testing.assert_equal(arrays(site.gradients), arrays(before.gradients), err_msg=name)


def test_a_planted_fault_answers_in_the_form_of_the_right_gradients(
    planted: Fault, sites: Mapping[str, Site]
) -> None:
    for site in sites.values():
        wrong = inject(planted, site)
        if wrong is not None:
            assert len(wrong.inputs) == len(site.gradients.inputs)
            assert arrays(wrong).keys() == arrays(site.gradients).keys()


def test_planting_twice_gives_the_same_gradients(planted: Fault, sites: Mapping[str, Site]) -> None:
    for site in sites.values():
        once, again = inject(planted, site), inject(planted, site)
        assert (once is None) == (again is None)
        if once is not None and again is not None:
            np.testing.assert_equal(arrays(once), arrays(again))
