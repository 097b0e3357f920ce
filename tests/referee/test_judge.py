"""Verdicts on single entries: the first glance, multiples, and how often claims are asked for."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.config.load import Loaded
from gradcheck.network import sited
from gradcheck.outer import Outer
from gradcheck.problem import Claims, Probe, Problem
from gradcheck.referee import check
from gradcheck.referee.glance import BLOCK, glance
from gradcheck.referee.gradients import Numeric
from gradcheck.referee.kinks import Interval
from gradcheck.report import Check

Load = Callable[[str], Loaded]

EPS = float(np.finfo(float).eps)
COUNT = 2 * BLOCK + 4999

TEXT = """
network:
  inputs: {x: [3]}
  layers: [{hidden: {dense: {units: 97}}}, {hidden_out: tanh}, {output: {dense: {units: 2}}}]
loss: squared_error
data: {batch: 5, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
parameters: {"*.bias": {normal: [0, 1]}}
"""


def numeric(value: Array, bar: Array | Outer, interval: Interval | None = None) -> Numeric:
    return Numeric(
        method="complex_step", entries=None, value=value, bar=bar, interval=interval, along=None
    )


@pytest.fixture
def value() -> Array:
    return np.random.default_rng(3).normal(size=COUNT)


def test_a_glance_sees_which_entries_are_right_and_which_is_worst(value: Array) -> None:
    wrong = {7: 3e-9, BLOCK: -1e-7, COUNT - 1: 1e-12}
    claimed = value.copy()
    for place, error in wrong.items():
        claimed[place] += error

    found = glance(numeric(value, np.full(COUNT, 1e-15)), claimed, EPS, 0.0)

    assert np.flatnonzero(found.right == 0).tolist() == sorted(wrong)
    assert found.worst.index == BLOCK
    assert found.worst.difference == pytest.approx(1e-7, rel=1e-6)
    assert found.worst.bar == pytest.approx(1e-15 + 8 * EPS * abs(value[BLOCK]))
    assert not found.evidence.exact


def test_bars_that_are_products_mean_the_same_as_an_array_of_them(value: Array) -> None:
    rng = np.random.default_rng(5)
    rows, columns = rng.uniform(size=COUNT // 7), rng.uniform(size=7) * 1e-9
    value = value[: len(rows) * 7]
    claimed = value + 1e-9 * rng.uniform(size=len(value))
    bars = Outer(rows, columns)

    found, wanted = (glance(numeric(value, b), claimed, EPS, 0.0) for b in (bars, bars[:]))

    np.testing.assert_array_equal(found.right, wanted.right)
    assert 0 < found.right.sum() < len(value)
    assert found.worst == wanted.worst


@pytest.mark.parametrize("few", [0, 3, COUNT // 2])
def test_entries_off_by_rounding_are_passed_over_but_for_the_worst(value: Array, few: int) -> None:
    rng = np.random.default_rng(11)
    bar = rng.uniform(1, 9, size=COUNT) * 1e-15
    claimed = value + rng.uniform(-0.4, 0.4, size=COUNT) * bar
    claimed[rng.permutation(COUNT)[:few]] *= 1 + 1e-9

    found = glance(numeric(value, bar), claimed, EPS, 0.0)

    gap, bars = np.abs(claimed - value), bar + 8 * EPS * np.abs(claimed)
    np.testing.assert_array_equal(found.right, gap <= bars)
    assert found.worst.index == np.argmax(gap / bars)
    assert found.worst.difference == gap[found.worst.index]
    assert found.worst.bar == pytest.approx(bars[found.worst.index], rel=1e-15)


def test_claims_that_are_no_numbers_are_not_right(value: Array) -> None:
    claimed = value.copy()
    claimed[[11, BLOCK + 3]] = [np.nan, np.inf]

    found = glance(numeric(value, np.full(COUNT, 1e-15)), claimed, EPS, 0.0)

    assert np.flatnonzero(found.right == 0).tolist() == [11, BLOCK + 3]


def test_bars_that_would_hide_mistakes_leave_entries_open(value: Array) -> None:
    bar = np.full(COUNT, 1e-15)
    bar[13] = 1e-3 * np.abs(value).max()

    found = glance(numeric(value, bar), value, EPS, 0.0)

    assert np.flatnonzero(found.right == 0).tolist() == [13]


def test_what_lies_between_the_sides_of_a_kink_is_right(value: Array) -> None:
    sides = Interval(low=value - 0.5, high=value + 1, open_ended=np.zeros(COUNT, dtype=bool))
    claimed = value + 0.9
    claimed[17] = value[17] - 0.6

    found = glance(numeric(value, np.full(COUNT, 1e-15), sides), claimed, EPS, 0.0)

    assert np.flatnonzero(found.right == 0).tolist() == [17]


def test_a_tolerance_is_in_units_of_the_largest_entry(value: Array) -> None:
    error = 1e-3 * np.abs(value).max()

    for share, right in ((1.01e-3, COUNT), (0.99e-3, 0)):
        found = glance(numeric(value, np.full(COUNT, 1e-15)), value + error, EPS, share)
        assert found.right.sum() == right


def counted(
    problem: Problem, change: Callable[[dict[str, Array]], None]
) -> tuple[Problem, list[str]]:
    """Return a problem with changed claims, and the list of the probes they are asked for at."""
    asked: list[str] = []

    def claims(probes: Sequence[Probe]) -> Sequence[Claims]:
        found = []
        for probe, own in zip(probes, problem.claims(probes), strict=True):
            asked.append(probe.name)
            copies = {name: np.array(claim) for name, claim in own.items()}
            change(copies)
            found.append(copies)
        return found

    return replace(problem, claims=claims), asked


def checks(loaded: Loaded, problem: Problem) -> dict[str, Check]:
    return {c.parameter: c for c in check(problem, loaded.settings).checks}


@pytest.mark.parametrize("settled", [True, False])
def test_right_claims_are_asked_for_once_at_each_probe_and_again_by_whoever_may_differ(
    settled: bool, load_config: Load
) -> None:
    """Asked for twice, they show whether they are a function of the point."""
    loaded = load_config(TEXT)
    problem, asked = counted(replace(loaded.problem, settled=settled), lambda claims: None)

    assert {c.verdict for c in checks(loaded, problem).values()} == {"right"}
    again = [] if settled else ["given"]
    assert sorted(asked) == ["generated 1", "generated 2", "given", *again]


@pytest.mark.parametrize("factor", [10.0, -1.0, 0.5, 1 + 1e-4])
def test_a_multiple_of_a_gradient_is_wrong_in_every_entry(factor: float, load_config: Load) -> None:
    loaded = load_config(TEXT)

    def change(claims: dict[str, Array]) -> None:
        claims["hidden.weight"] *= factor

    problem, asked = counted(loaded.problem, change)
    found = checks(loaded, problem)

    assert {n for n, c in found.items() if c.verdict == "wrong"} == {"hidden.weight"}
    assert found["hidden.weight"].wrong_entries == 291
    assert found["hidden.weight"].ratio == pytest.approx(factor, rel=1e-9)
    assert len(found["hidden.weight"].wrong_at) == 3
    assert len(asked) <= 12


def test_a_multiple_that_one_probe_showed_to_be_wrong_is_known_at_others(load_config: Load) -> None:
    loaded = load_config(TEXT.replace("tanh", "relu").replace("batch: 5", "batch: 2"))

    def change(claims: dict[str, Array]) -> None:
        claims["hidden.weight"] *= 7.0

    problem, asked = counted(loaded.problem, change)
    found = checks(loaded, problem)["hidden.weight"]

    assert found.verdict == "wrong"
    assert 0 < found.wrong_entries < found.entries
    assert len(found.wrong_at) == 3
    assert Counter(asked) == {"given": 3, "generated 1": 1, "generated 2": 1}


def test_right_entries_among_multiples_are_right(load_config: Load) -> None:
    loaded = load_config(TEXT)

    def change(claims: dict[str, Array]) -> None:
        claims["hidden.weight"][1:] *= 3.0

    problem, _ = counted(loaded.problem, change)

    assert checks(loaded, problem)["hidden.weight"].wrong_entries == 2 * 97


@pytest.mark.parametrize("name", ["hidden.weight", "output.bias"])
def test_a_zero_claim_is_no_multiple_but_wrong(name: str, load_config: Load) -> None:
    loaded = load_config(TEXT)

    def change(claims: dict[str, Array]) -> None:
        claims[name][:] = 0

    problem, _ = counted(loaded.problem, change)
    found = checks(loaded, problem)

    assert {n for n, c in found.items() if c.verdict == "wrong"} == {name}
    assert found[name].wrong_entries == found[name].entries


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error"])
def test_gradients_made_stretch_by_stretch_are_judged_like_those_at_hand(
    loss: str, load_config: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load_config(TEXT.replace("squared_error", loss))

    def change(claims: dict[str, Array]) -> None:
        claims["hidden.weight"][1, 13] += 1e-7
        claims["output.weight"] *= 3.0

    for problem in (loaded.problem, counted(loaded.problem, change)[0]):
        wanted = checks(loaded, problem)
        with monkeypatch.context() as patched:
            patched.setattr(sited, "LARGE", 0)
            found = checks(loaded, problem)
        for name, one in found.items():
            other = wanted[name]
            assert one.verdict == other.verdict
            assert one.wrong_entries == other.wrong_entries
            assert one.entries_checked == other.entries_checked == one.entries
        wrong = 0 if problem is loaded.problem else 2
        assert sum(one.verdict == "wrong" for one in found.values()) == wrong
