"""What reports say of gradients that are wrong in part, or by next to nothing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck import check
from gradcheck.settings import Settings

Array = Any

INPUTS, OUTPUTS = 7, 11


class Dense:
    """A dense layer whose weights' gradient is spoilt."""

    def __init__(self, spoil: Callable[[Array], Array], inputs: int, outputs: int) -> None:
        rng = np.random.default_rng(3)
        self.W, self.spoil = rng.normal(size=(inputs, outputs)), spoil

    def forward(self, x: Array) -> Array:
        self.x = x
        return x @ self.W

    def backward(self, dy: Array) -> Array:
        self.dW = self.spoil(self.x.T @ dy)
        return dy @ self.W.T


def _scaled(place: Any, factor: float) -> Callable[[Array], Array]:
    def spoilt(gradient: Array) -> Array:
        gradient = gradient.copy()
        gradient[place] *= factor
        return gradient

    return spoilt


def _told(
    spoil: Callable[[Array], Array], inputs: int = INPUTS, outputs: int = OUTPUTS
) -> tuple[str, str]:
    x = np.random.default_rng(5).normal(size=(5, inputs))
    result = check(Dense(spoil, inputs, outputs), inputs=x, settings=Settings(points=2))
    (error,) = [f for f in result.problems[0].findings if f.level == "error"]
    (line,) = [line for line in error.evidence if line.startswith("W: ")]
    return line, error.help or ""


COLUMN, ROW = (slice(None), 3), (2, slice(None))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_scaled(COLUMN, 1.1), "only column 3 (7 of 77), there exactly 1.1 times the true"),
        (_scaled(ROW, -1), "only row 2 (11 of 77), there exactly -1 times the true gradient"),
        (_scaled(COLUMN, 0), "only column 3 (7 of 77), there exactly 0 times the true gradient"),
        (_scaled((2, 3), 2), "scattered entries (1 of 77), "),
        (lambda g: 2 * g, "every entry, exactly 2 times the true gradient"),
        (lambda g: g * (1 + 1e-8), "every entry, exactly 1.00000001 times the true gradient"),
    ],
)
def test_it_is_told_which_entries_are_wrong_and_how(
    spoil: Callable[[Array], Array], said: str
) -> None:
    assert said in _told(spoil)[0]


def test_a_factor_of_the_whole_gradient_is_told_once_though_zeros_hide_it_in_places() -> None:
    rng = np.random.default_rng(5)
    x, weights = rng.normal(size=(5, INPUTS)), rng.normal(size=OUTPUTS)
    weights[3] = 0

    def loss(p: dict[str, Array]) -> float:
        return float((x @ p["W"] ** 3 @ weights).sum())

    def tripled(p: dict[str, Array]) -> dict[str, Array]:
        return {"W": 9 * p["W"] ** 2 * np.outer(x.sum(axis=0), weights)}

    result = check(loss, {"W": rng.normal(size=(INPUTS, OUTPUTS))}, tripled)

    (error,) = [f for f in result.problems[0].findings if f.level == "error"]
    (line,) = [line for line in error.evidence if line.startswith("W: ")]
    assert "(70 of 77), exactly 3 times the true gradient" in line
    assert line.count("exactly") == 1


@pytest.mark.parametrize(
    "spoil", [_scaled(COLUMN, 1 + 1e-10), lambda g: g * (1 + 1e-11), lambda g: g + 1e-9]
)
def test_next_to_nothing_is_no_factor_of_one(spoil: Callable[[Array], Array]) -> None:
    line, advice = _told(spoil)
    assert "1 times" not in line + advice
    assert "off in norm" in line


def test_entries_that_are_right_are_no_evidence_for_those_that_nobody_looked_at() -> None:
    line, advice = _told(_scaled(COLUMN, 1.1), 307, 101)
    assert "along a random direction" in line
    assert "none of" in line
    assert "times the true gradient" not in line
    assert "times the gradient" not in advice
