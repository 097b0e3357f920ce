"""Losses as functions and as layers: right ones are silent, mistakes have names."""

from typing import Any

import numpy as np
import pytest

from gradcheck import check
from gradcheck.settings import Settings

Array = Any

SAMPLES, CLASSES = 5, 7

SCORES = np.random.default_rng(1).normal(size=(SAMPLES, CLASSES))
LABELS = np.random.default_rng(2).integers(0, CLASSES, SAMPLES)
VALUES = np.random.default_rng(3).normal(size=(SAMPLES, CLASSES))


def softmax_loss(x: Array, y: Array, slip: str = "") -> Any:
    shifted = np.exp(x - x.max(axis=1, keepdims=True))
    shares, rows = shifted / shifted.sum(axis=1, keepdims=True), np.arange(len(y))
    dx = shares.copy()
    dx[rows, y] -= slip != "label"
    dx /= {"no mean": 1, "mean twice": len(y) ** 2}.get(slip, len(y))
    return -np.log(shares[rows, y]).mean(), -dx if slip == "sign" else dx


def svm_loss(x: Array, y: Array, slip: str = "") -> Any:
    rows = np.arange(len(y))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    margins[rows, y] = 0
    dx = (margins > 0) * 1.0
    if slip != "right class":
        dx[rows, y] -= 1 if slip == "one" else (margins > 0).sum(axis=1)
    return margins.sum() / len(y), dx / (1 if slip == "no mean" else len(y))


def squared_loss(x: Array, y: Array, slip: str = "") -> Any:
    apart = x - y
    factor = {"no two": 1, "rows": 2 * CLASSES}.get(slip, 2)
    return (apart**2).mean(), factor * apart / apart.size


class Layer:
    """A loss as a layer whose backward pass takes nothing."""

    def __init__(self, function: Any, slip: str) -> None:
        self.function, self.slip = function, slip

    def forward(self, x: Array, y: Array) -> Any:
        self.x, self.y = x, y
        return self.function(x, y)[0]

    def backward(self) -> Array:
        return self.function(self.x, self.y, self.slip)[1]


class Chained(Layer):
    """A loss as a layer whose backward pass takes an upstream gradient."""

    def backward(self, dout: float = 1.0) -> Array:
        return dout * super().backward()


CASES = [
    (softmax_loss, LABELS, "no mean", "AVG01"),
    (softmax_loss, LABELS, "mean twice", "AVG02"),
    (softmax_loss, LABELS, "sign", "SGN01"),
    (softmax_loss, LABELS, "label", "LOS27"),
    (svm_loss, LABELS, "right class", "LOS14"),
    (svm_loss, LABELS, "one", "LOS15"),
    (svm_loss, LABELS, "no mean", "AVG01"),
    (squared_loss, VALUES, "no two", "AVG06"),
    (squared_loss, VALUES, "rows", "AVG07"),
]


def _codes(result: Any) -> list[str]:
    (report,) = result.problems
    assert report.verdict in ("right", "wrong"), report.message
    return [finding.code for finding in report.findings if finding.level == "error"]


@pytest.mark.parametrize(("function", "target", "slip", "code"), CASES)
def test_mistakes_of_a_function_that_returns_a_loss_have_names(
    function: Any, target: Array, slip: str, code: str
) -> None:
    def loss(p: Any, slip: str = "") -> Any:
        return function(p["x"], target, slip)

    parameters = {"x": SCORES.copy()}
    assert _codes(check(lambda p: loss(p, slip), parameters)) == [code]
    assert check(loss, parameters).ok


@pytest.mark.parametrize("kind", [Layer, Chained])
@pytest.mark.parametrize(("function", "target", "slip", "code"), CASES)
def test_mistakes_of_a_layer_that_is_a_loss_have_names(
    kind: type[Layer], function: Any, target: Array, slip: str, code: str
) -> None:
    settings = Settings(points=2)
    found = check(kind(function, slip), inputs=(SCORES, target), settings=settings)
    assert _codes(found) == [code]
    assert check(kind(function, ""), inputs=(SCORES, target)).ok


def test_a_loss_that_nobody_knows_gets_no_name() -> None:
    def odd(p: Any) -> Any:
        apart = p["x"] - VALUES
        return np.sum(apart**4 + np.abs(apart) ** 3), 2 * apart

    assert _codes(check(odd, {"x": SCORES.copy()})) == ["GRD01"]
