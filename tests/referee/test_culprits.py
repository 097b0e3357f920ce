"""The search for the few wrong entries: it finds exactly them, in a handful of measurements."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.config.load import Loaded
from gradcheck.numeric import directions, noise
from gradcheck.numeric.sweep import STEPS
from gradcheck.problem import Claims, Probe, Problem
from gradcheck.referee import Outcome, check
from gradcheck.referee.culprits import ENOUGH, Gap, culprits

LARGE = 786_433
NOISE = 1e-9

Load = Callable[[str], Loaded]


class Measuring:
    """Measures errors along directions with some noise, and counts."""

    def __init__(self, error: Array) -> None:
        self.error = error
        self.count = 0

    def __call__(self, direction: Array) -> Gap:
        self.count += 1
        value = float(direction @ self.error) + NOISE * (-1) ** self.count / 3
        return Gap(value=value, bar=NOISE)


def searched(error: Array, seed: int = 0) -> tuple[list[int], int]:
    """Search as a comparison does; return what was found and the measurements taken."""
    measure = Measuring(error)
    direction = directions.draw(Chance([seed]), error.shape)
    found = culprits(direction, measure(direction), measure)
    return found, measure.count


def planted(size: int, places: Sequence[int], scale: float = 1.0) -> Array:
    error = np.zeros(size)
    error[list(places)] = scale * Chance([7]).uniform(0.3, 2, len(places))
    return error


@pytest.mark.parametrize(
    ("count", "most", "scale"), [(1, 3, 1.0), (1, 3, 1e-3), (3, 23, 1.0), (10, 85, 1.0)]
)
def test_a_handful_of_measurements_find_each_of_a_few_wrong_entries(
    count: int, most: int, scale: float
) -> None:
    for seed in range(3):
        places = sorted(int(i) for i in Chance([seed]).sample(LARGE, count))
        found, taken = searched(planted(LARGE, places, scale), seed)

        assert found == places
        assert taken <= most


@given(st.sets(st.integers(0, 996), max_size=11), st.integers(0, 99))
def test_exactly_the_wrong_entries_are_found(places: set[int], seed: int) -> None:
    found, taken = searched(planted(997, sorted(places)), seed)

    assert found == sorted(places)
    assert taken <= 1 + 12 * len(places)


def test_nothing_is_looked_for_where_nothing_differs() -> None:
    assert searched(np.zeros(LARGE)) == ([], 1)


def test_a_search_among_wrong_entries_everywhere_ends_with_some_of_them() -> None:
    found, taken = searched(planted(997, range(997)))

    assert len(found) == ENOUGH
    assert taken <= 5 * ENOUGH


def test_what_was_found_is_kept_when_the_budget_ends_the_search() -> None:
    measure = Measuring(planted(997, [11, 503, 701]))

    def until_the_budget_ends(direction: Array) -> Gap:
        if measure.count > 8:
            raise StopIteration
        return measure(direction)

    direction = directions.draw(Chance([1]), (997,))
    found = culprits(direction, measure(direction), until_the_budget_ends)

    assert found
    assert set(found) < {11, 503, 701}


CONFIG = """
network:
  inputs: {x: [211]}
  layers:
    - hidden: {dense: {units: 97}}
    - hidden_out: tanh
    - output: {dense: {units: 3}}
loss: squared_error
data: {batch: 5, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
"""
SIZE = 211 * 97


def spoiled(problem: Problem, places: Sequence[int], factor: float) -> Problem:
    """Return the problem with some entries of a claim multiplied by a factor, at every probe."""

    def claims(probes: Sequence[Probe]) -> list[Claims]:
        found: list[Claims] = []
        for own in problem.claims(probes):
            weight = np.array(own["hidden.weight"])
            weight.flat[list(places)] *= factor
            found.append({**own, "hidden.weight": weight})
        return found

    return replace(problem, claims=claims)


def quickly(loaded: Loaded, places: Sequence[int] = (), factor: float = 1.001) -> Outcome:
    settings = replace(loaded.settings, mode="quick", points=2)
    return check(spoiled(loaded.problem, places, factor), settings)


@pytest.mark.parametrize(("count", "most"), [(1, 8), (3, 32), (10, 110)])
def test_quick_mode_names_the_wrong_entries_of_a_large_parameter(
    count: int, most: int, load_config: Load
) -> None:
    loaded = load_config(CONFIG)
    places = [int(i) for i in Chance([3]).sample(SIZE, count)]
    right, wrong = quickly(loaded), quickly(loaded, places)
    (found,) = [c for c in wrong.checks if c.verdict == "wrong"]

    assert {c.verdict for c in right.checks} == {"right"}
    assert found.parameter == "hidden.weight"
    assert found.wrong_entries == count
    assert found.worst is not None
    assert int(np.ravel_multi_index(found.worst.index, (211, 97))) in places
    # Beside the search: confirmations by second looks at points nearby, of each entry and the
    # direction, twice. And the sweep that explains the worst entry.
    sweep = 2 * len(STEPS) + 1 + noise.POINTS
    assert wrong.evaluations - right.evaluations <= most + 2 * (2 * count + 2) + count + sweep


def test_what_few_picked_entries_have_in_common_is_not_said_of_all(load_config: Load) -> None:
    outcome = quickly(load_config(CONFIG), [4321], factor=2.0)
    (found,) = [c for c in outcome.checks if c.verdict == "wrong"]

    assert (found.ratio, found.cosine, found.relative) == (None, None, None)


def test_a_factor_in_front_of_all_is_seen_in_a_sample(load_config: Load) -> None:
    outcome = quickly(load_config(CONFIG), range(SIZE), factor=-2.0)
    (found,) = [c for c in outcome.checks if c.verdict == "wrong"]

    assert found.ratio == -2.0
    assert 30 < found.wrong_entries < 60
    assert found.pattern is not None
    assert "every one of the" in found.pattern


def test_entries_that_are_not_finite_are_found_at_once(load_config: Load) -> None:
    outcome = quickly(load_config(CONFIG), [77, 1234], factor=float("nan"))
    (found,) = [c for c in outcome.checks if c.verdict == "wrong"]

    assert found.wrong_entries == 2
