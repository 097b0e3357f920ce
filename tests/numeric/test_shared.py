"""Results that are shared: computed once of what is known, and never those of something else."""

from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.numeric.shared import Shared, once, sharing
from gradcheck.numeric.split import Split


class Counted:
    """A function of arrays that counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, *arrays: Array) -> Array:
        self.calls += 1
        return sum(np.exp(a) for a in arrays)  # type: ignore[return-value]


@pytest.fixture
def known() -> Array:
    return np.random.default_rng(3).normal(size=(5, 7))


def test_without_sharing_each_call_is_made(known: Array) -> None:
    function = Counted()
    once(function, known)
    once(function, known)
    assert function.calls == 2


def test_known_arrays_and_their_views_are_computed_once(known: Array) -> None:
    function = Counted()
    with sharing(Shared([known])):
        found = [once(function, known.T) for _ in range(3)]
    assert function.calls == 1
    np.testing.assert_array_equal(found[2], np.exp(known.T))


def test_results_are_known_in_their_turn(known: Array) -> None:
    function = Counted()
    with sharing(Shared([known])):
        found = [once(function, once(np.tanh, known)) for _ in range(3)]
    assert function.calls == 1
    np.testing.assert_array_equal(found[1], np.exp(np.tanh(known)))


def test_other_arrays_are_computed_each_time(known: Array) -> None:
    function = Counted()
    fresh = known.copy()
    with sharing(Shared([known])):
        first = once(function, fresh)
        fresh += 1
        second = once(function, fresh)
    assert function.calls == 2
    assert not np.allclose(first, second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda a: a[:3], lambda a: a[2:]),
        (lambda a: a, lambda a: a.T),
        (lambda a: a.reshape(7, 5), lambda a: a.T),
        (lambda a: a[:, :3], lambda a: a[:, ::2][:, :3]),
    ],
)
def test_different_views_have_results_of_their_own(known: Array, one: Any, other: Any) -> None:
    with sharing(Shared([known])):
        for view in (one(known), other(known)):
            np.testing.assert_array_equal(once(np.tanh, view), np.tanh(view))


@pytest.mark.parametrize(("one", "other"), [(2, 3), (0.0, -0.0), (1, 1.5), (2.0, 2)])
def test_numbers_are_told_apart(known: Array, one: float, other: float) -> None:
    with sharing(Shared([known])), np.errstate(divide="ignore"):
        for value in (one, other):
            np.testing.assert_array_equal(once(np.divide, known, value), known / np.float64(value))


def test_functions_are_told_apart(known: Array) -> None:
    with sharing(Shared([known])):
        np.testing.assert_array_equal(once(np.sin, known), np.sin(known))
        np.testing.assert_array_equal(once(np.cos, known), np.cos(known))


def test_arithmetic_of_split_arrays_is_the_same(known: Array) -> None:
    rng = np.random.default_rng(5)
    matrix, roots = rng.normal(size=(7, 3)), rng.normal(size=(2, 11, 5, 7))

    def computed(root: Array) -> Split:
        x = Split(known, root)
        return np.tanh((x**2 - x / 3.0) @ matrix + 0.5) * np.exp(x @ matrix)  # type: ignore[no-any-return]

    with sharing(Shared([known, matrix])):
        shared = [computed(root) for root in roots]
    for found, root in zip(shared, roots, strict=True):
        wanted = computed(root)
        np.testing.assert_array_equal(found.real, wanted.real)
        np.testing.assert_array_equal(found.imag, wanted.imag)
    assert shared[0].real is shared[1].real
