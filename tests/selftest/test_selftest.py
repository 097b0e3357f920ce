"""The self-test: it finds what is planted, and fails when something is not found."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from gradcheck.catalogues import FAULTS, OPS
from gradcheck.cli import main
from gradcheck.config.claims import Policy
from gradcheck.config.load import Loaded, Loader
from gradcheck.referee import check
from gradcheck.selftest.grounds import FOLDER
from gradcheck.selftest.memory import Memory
from gradcheck.selftest.run import Errand, Tried, gathered, tried
from gradcheck.selftest.summary import Summary, lines

CODES = [fault.code for fault in FAULTS.all().values() if fault.plantable][::3]


@pytest.fixture(scope="module")
def loader() -> Loader:
    return Loader(ops=OPS, faults=FAULTS, policy=Policy())


@pytest.fixture(scope="module")
def outcome(loader: Loader) -> list[Tried]:
    """Return what comes of every fault in two of the small networks."""
    return [
        one
        for name in ("loss_softmax_squared", "square_score")
        for one in tried(
            Errand(path=FOLDER / f"{name}.yaml", codes=frozenset(CODES), pairs=4), loader
        )
    ]


def summed(outcome: list[Tried]) -> Summary:
    codes = sorted({trial.codes[0] for one in outcome for trial in one.singles})
    return gathered([outcome], 1, codes, lambda name, share: None)


def test_every_fault_of_two_networks_is_detected_and_named(outcome: list[Tried]) -> None:
    summary = summed(outcome)
    assert summary.ways > 50
    assert not [text for text in summary.failures if "pairs" not in text], summary.failures
    assert summary.pairs_listed >= summary.pairs - 1
    assert summary.silent == summary.networks == 2
    assert summary.alone > 0.9 * summary.ways


def test_a_fault_in_what_is_not_claimed_has_no_effect(loader: Loader) -> None:
    frozen = Path(__file__).parents[2] / "configs" / "frozen_layers.yaml"
    (one,) = tried(Errand(path=frozen, codes=frozenset({"ACT02", "AVG09"}), pairs=0), loader)
    idle = {trial.places for trial in one.singles if trial.equivalent}
    assert ("at body_out",) in idle
    assert ("at head.weight",) not in idle
    assert all(trial.detected and trial.found for trial in one.singles if not trial.equivalent)


def test_what_is_not_detected_or_not_named_fails(outcome: list[Tried]) -> None:
    first = outcome[0]
    for change in ({"detected": False}, {"named": ()}, {"accused": ("hidden.bias",)}):
        trial = replace(first.singles[0], **change)
        spoiled = replace(first, singles=(trial, *first.singles[1:]))
        assert any(trial.codes[0] in text for text in summed([spoiled]).failures)


def test_pairs_that_stay_unexplained_and_loud_right_networks_fail(outcome: list[Tried]) -> None:
    mute = replace(outcome[0], doubles=tuple(replace(t, named=()) for t in outcome[0].doubles))
    assert any("pairs are explained" in text for text in summed([mute]).failures)
    loud = replace(outcome[0], silent=False)
    assert any("right networks are silent" in text for text in summed([loud]).failures)


def test_the_matrix_has_a_row_for_each_fault(outcome: list[Tried]) -> None:
    summary = summed(outcome)
    rows = list(lines(summary))
    assert sum(row.split()[0] in CODES for row in rows if row) == len(summary.rows)
    assert rows[-1].endswith("with nothing above a note")


def test_a_problem_that_remembers_gives_the_same_checks(loader: Loader) -> None:
    (loaded,) = loader.load(FOLDER / "relu_classifier.yaml", "net")
    assert isinstance(loaded, Loaded)
    remembering = Memory(loaded.problem).problem()
    plain = check(loaded.problem, loaded.settings)
    for _ in range(2):
        again = check(remembering, loaded.settings)
        assert [c.verdict for c in again.checks] == [c.verdict for c in plain.checks]
        for one, other in zip(again.checks, plain.checks, strict=True):
            np.testing.assert_equal(one.difference, other.difference)


def test_the_command_plants_what_it_is_told_and_reports() -> None:
    config = str(FOLDER / "sigmoid_regression.yaml")
    done = CliRunner().invoke(
        main,
        ["selftest", config, "--only", "sgn01", "--only", "ACT02", "--pairs", "2", "--jobs", "1"],
    )
    assert done.exit_code == 0, done.output
    assert "2 single faults, 2 of them the only explanation" in done.output
    assert "2 pairs, 2 explained" in done.output


def test_an_unknown_fault_is_refused() -> None:
    done = CliRunner().invoke(main, ["selftest", "--only", "XYZ99"])
    assert done.exit_code == 2
    assert "XYZ99" in done.output


@pytest.mark.parametrize(
    "code", ["SGN01", "AVG09", "CNV04", "LST05", "ATT03", "BNM07", "EMB01", "PRP05"]
)
def test_a_demonstration_shows_its_fault_by_name(code: str) -> None:
    done = CliRunner().invoke(main, ["demo", code.lower()])
    assert done.exit_code == 0, done.output
    assert f"error[{code}]" in done.output or f"alternatives: {code}" in done.output
    assert "gradients:\n  faults: ['" + code in done.output


@pytest.fixture
def demo() -> Callable[[str], str]:
    def shown(code: str) -> str:
        done = CliRunner().invoke(main, ["demo", code], standalone_mode=False)
        return f"{done.exception}{done.output}"

    return shown


def test_what_can_not_be_planted_says_so(demo: Callable[[str], str]) -> None:
    assert "can't be planted" in demo("TRN01")
    assert "there is no fault 'NOPE'" in demo("NOPE")
