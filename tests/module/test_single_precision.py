"""Code that computes in single precision: right gradients are never called wrong."""

from typing import Any

import numpy as np
import pytest

from gradcheck import check
from gradcheck.numeric.estimate import EPS
from gradcheck.numeric.precision import coarsest
from gradcheck.settings import Settings

Array = Any

SAMPLES, INPUTS, OUTPUTS = 5, 3, 2


class Dense:
    """A dense layer that may lose digits on its way forward."""

    mean = False

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.W, self.b = rng.normal(size=(INPUTS, OUTPUTS)), rng.normal(size=OUTPUTS)

    def forward(self, x: Array) -> Array:
        self.x = x
        return self.computed(x)

    def computed(self, x: Array) -> Array:
        return x @ self.W + self.b

    def backward(self, dy: Array) -> Array:
        self.dW = self.x.T @ dy
        self.db = dy.mean(axis=0) if self.mean else dy.sum(axis=0)
        return dy @ self.W.T


class Single(Dense):
    def computed(self, x: Array) -> Array:
        narrow = [a.astype(np.float32) for a in (x, self.W, self.b)]
        return narrow[0] @ narrow[1] + narrow[2]


class SingleInside(Single):
    def computed(self, x: Array) -> Array:
        return super().computed(x).astype(np.float64)


class SingleInput(Dense):
    def computed(self, x: Array) -> Array:
        return super().computed(x.astype(np.float32))


class SingleOutput(Dense):
    def computed(self, x: Array) -> Array:
        return super().computed(x).astype(np.float32)


class Half(Dense):
    def computed(self, x: Array) -> Array:
        return super().computed(x).astype(np.float16)


KINDS = [Single, SingleInside, SingleInput, SingleOutput, Half]


def _checked(layer: Dense, seed: int) -> Any:
    x = np.random.default_rng(100 + seed).normal(size=(SAMPLES, INPUTS))
    (report,) = check(layer, inputs=x, settings=Settings(points=2)).problems
    return report


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_right_is_not_called_wrong(kind: type[Dense], seed: int) -> None:
    report = _checked(kind(seed), seed)
    assert report.verdict in ("right", "undecided")
    assert {c.reason for c in report.checks if c.verdict == "undecided"} <= {"noise", "precision"}
    assert "CHK01" in [finding.code for finding in report.findings]


@pytest.mark.parametrize("kind", [Single, SingleInside, SingleInput])
def test_what_is_wrong_by_more_than_rounding_is_found(kind: type[Dense]) -> None:
    layer = kind(1)
    layer.mean = True
    report = _checked(layer, 1)
    assert [c.parameter for c in report.checks if c.verdict == "wrong"] == ["b"]


def test_double_precision_is_not_taken_for_less() -> None:
    report = _checked(Dense(1), 1)
    assert report.verdict == "right"
    assert not report.findings


@pytest.mark.parametrize(
    ("results", "eps"),
    [
        (lambda p: np.tanh(p["x"]) * 1e6, EPS),
        (lambda p: p["x"] * 1e-7 + 1e5, EPS),
        (lambda p: np.maximum(p["x"], 0), EPS),
        (lambda p: np.round(p["x"] * 8), EPS),
        (lambda p: np.sign(p["x"]), EPS),
        (lambda p: np.tanh(p["x"].astype(np.float32)), 2.0**-23),
        (lambda p: np.array([np.sum(p["x"]).astype(np.float32)]), 2.0**-23),
        (lambda p: p["x"].astype(np.float16) * 2.0, 2.0**-10),
    ],
)
def test_the_precision_is_told_by_what_moves_change(results: Any, eps: float) -> None:
    x = np.random.default_rng(7).normal(size=(5, 3))
    assert coarsest(results, {"x": x})[0] == eps


def _narrow(values: Any) -> dict[str, Array]:
    return {name: value.astype(np.float32) for name, value in values.items()}


class Regression:
    """A loss, its gradients and a training step; any of them may be in single precision."""

    def __init__(self, seed: int, *, loss: bool, claims: bool, factor: float = 1.0) -> None:
        rng = np.random.default_rng(seed)
        self.x, self.y = rng.normal(size=(SAMPLES, INPUTS)), rng.normal(size=(SAMPLES, OUTPUTS))
        self.first = {"w": rng.normal(size=(INPUTS, OUTPUTS)), "b": rng.normal(size=OUTPUTS)}
        self.narrow_loss, self.narrow_claims, self.factor = loss, claims, factor

    def parts(self, p: Any, narrow: bool) -> tuple[dict[str, Array], Array, Array]:
        given = {**p, "x": self.x, "y": self.y}
        given = _narrow(given) if narrow else given
        a = np.tanh(given["x"] @ given["w"] + given["b"])
        return given, a, a - given["y"]

    def loss(self, p: Any) -> float:
        _, _, error = self.parts(p, self.narrow_loss)
        return float(np.sum(error**2) / 2)

    def grads(self, p: Any) -> dict[str, Array]:
        given, a, error = self.parts(p, self.narrow_claims)
        delta = error * (1 - a * a)
        found = {"w": given["x"].T @ delta, "b": delta.sum(axis=0)}
        # Handed out as doubles, which show nothing of where they come from.
        return {n: v.astype(float) * (self.factor if n == "b" else 1.0) for n, v in found.items()}

    def mixed_step(self, p: Any, lr: float) -> dict[str, Array]:
        return {name: p[name] - lr * g for name, g in self.grads(p).items()}

    def step(self, p: Any, lr: float) -> dict[str, Array]:
        after = self.mixed_step(p, lr)
        return (
            {n: v.astype(float) for n, v in _narrow(after).items()} if self.narrow_claims else after
        )


ONCE = Settings(points=1)

WAYS = {
    "closure": lambda it: check(lambda p: (it.loss(p), it.grads(p)), it.first, settings=ONCE),
    "loss and gradients": lambda it: check(it.loss, it.first, it.grads, settings=ONCE),
    "step": lambda it: check(it.step, it.first, loss=it.loss, settings=ONCE),
    "mixed step": lambda it: check(it.mixed_step, it.first, loss=it.loss, settings=ONCE),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", [1, 3])
@pytest.mark.parametrize(("loss", "claims"), [(True, True), (False, True), (True, False)])
def test_losses_and_steps_that_are_right_are_not_called_wrong(
    way: str, seed: int, loss: bool, claims: bool
) -> None:
    (report,) = WAYS[way](Regression(seed, loss=loss, claims=claims)).problems
    assert report.verdict in (("right", "undecided") if loss else ("right",)), report.message
    assert "CHK01" in [finding.code for finding in report.findings]


@pytest.mark.parametrize("way", WAYS)
def test_single_precision_does_not_hide_what_is_wrong(way: str) -> None:
    (report,) = WAYS[way](Regression(1, loss=False, claims=True, factor=1.001)).problems
    assert [c.parameter for c in report.checks if c.verdict == "wrong"] == ["b"]


@pytest.mark.parametrize("way", WAYS)
def test_losses_and_steps_in_doubles_are_taken_for_that(way: str) -> None:
    (report,) = WAYS[way](Regression(1, loss=False, claims=False)).problems
    assert report.verdict == "right"
    assert not report.findings


@pytest.mark.parametrize("sizes", [(20, 10, 5), (30, 20, 6)])
@pytest.mark.parametrize(("factor", "verdict"), [(1.0, "undecided"), (1.5, "wrong")])
def test_larger_losses_in_single_precision_hide_no_more_than_they_must(
    sizes: tuple[int, int, int], factor: float, verdict: str
) -> None:
    samples, inputs, outputs = sizes
    rng = np.random.default_rng(1)
    x = rng.normal(size=(samples, inputs)).astype(np.float32) / np.float32(np.sqrt(inputs))
    y = rng.normal(size=(samples, outputs)).astype(np.float32)
    first = {"w": rng.normal(size=(inputs, outputs)), "b": rng.normal(size=outputs)}

    def cost(p: Any) -> Any:
        given = _narrow(p)
        a = np.tanh(x @ given["w"] + given["b"])
        delta = (a - y) * (1 - a * a)
        gradients = {"w": x.T @ delta, "b": np.float32(factor) * delta.sum(axis=0)}
        return np.sum((a - y) ** 2) / np.float32(2), gradients

    (report,) = check(cost, first, settings=ONCE).problems
    assert {c.parameter: c.verdict for c in report.checks} == {"w": "undecided", "b": verdict}


@pytest.mark.parametrize("seed", range(8))
def test_a_loss_that_hardly_follows_is_not_taken_for_half_precision(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(40, 10)).astype(np.float32), rng.normal(size=(10, 5))
    found = coarsest(
        lambda p: np.array([np.sum(np.tanh(x @ p["w"].astype(np.float32)) ** 2)]), {"w": w}
    )
    assert found[0] == 2.0**-23
