"""Training steps that are observed: the change of parameters over the learning rate."""

from typing import Any

import numpy as np
import pytest

from gradcheck import check

Array = Any

SAMPLES, INPUTS, HIDDEN, OUTPUTS = 3, 5, 7, 2


def _draw(*shape: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(size=shape)


DATA = _draw(SAMPLES, INPUTS, seed=2), _draw(SAMPLES, OUTPUTS, seed=3)


class Network:
    """Two layers that train themselves, with a velocity and a counter beside the weights."""

    stale = False
    factor = 1.0

    def __init__(self) -> None:
        self.W1, self.W2 = _draw(INPUTS, HIDDEN), _draw(HIDDEN, OUTPUTS, seed=5)
        self.velocity, self.seen, self.lr = np.zeros((HIDDEN, OUTPUTS)), 0.0, 0.05

    def predict(self, x: Array) -> Array:
        self.hidden = np.tanh(x @ self.W1)
        return self.hidden @ self.W2

    def loss(self, x: Array, y: Array) -> Any:
        return 0.5 * ((self.predict(x) - y) ** 2).sum()

    def train(self, x: Array, y: Array) -> None:
        delta = self.predict(x) - y
        self.velocity = self.lr * self.hidden.T @ delta * self.factor
        if self.stale:
            self.W2 -= self.velocity
        first = x.T @ ((delta @ self.W2.T) * (1 - self.hidden**2))
        if not self.stale:
            self.W2 -= self.velocity
        self.W1 = self.W1 - self.lr * first
        self.seen += 1


class Stale(Network):
    stale = True


class Doubled(Network):
    factor = 2.0


def test_a_right_step_is_right_and_leaves_the_network_as_it_was() -> None:
    network = Network()
    before = network.W1.copy(), network.W2.copy()
    (report,) = check(network, inputs=DATA, step="train", loss="loss").problems
    assert report.verdict == "right", report
    assert {c.parameter for c in report.checks} == {"W1", "W2"}
    assert np.array_equal(network.W1, before[0])
    assert np.array_equal(network.W2, before[1])
    assert network.lr == 0.05


def test_a_network_that_has_been_trained_before_is_no_other_case() -> None:
    network = Network()
    network.train(*DATA)
    assert check(network, inputs=DATA, step="train", loss="loss").ok


def test_a_weight_that_is_updated_too_early_is_named_by_how_the_rate_spoils_it() -> None:
    (report,) = check(Stale(), inputs=DATA, step="train", loss="loss").problems
    assert [c.parameter for c in report.checks if c.verdict == "wrong"] == ["W1"]
    assert [f.code for f in report.findings if f.level == "error"] == ["PRP01"]


def test_a_factor_in_the_step_is_told() -> None:
    report = check(Doubled(), inputs=DATA, step="train", loss="loss")
    assert [c.parameter for c in report.problems[0].checks if c.verdict == "wrong"] == ["W2"]
    assert "exactly 2 times the true gradient" in str(report)


def _cost(p: Any) -> Any:
    return 0.5 * ((DATA[0] @ p["w"] - DATA[1]) ** 2).sum()


def test_a_function_that_returns_new_parameters_is_a_step() -> None:
    def update(p: Any, lr: float) -> Any:
        return {"w": p["w"] - lr * DATA[0].T @ (DATA[0] @ p["w"] - DATA[1])}

    assert check(update, {"w": _draw(INPUTS, OUTPUTS)}, loss=_cost).ok


def test_a_function_that_updates_in_place_needs_its_rate_told() -> None:
    def update(p: Any) -> None:
        p["w"] -= 0.1 * DATA[0].T @ (DATA[0] @ p["w"] - DATA[1])

    own = {"w": _draw(INPUTS, OUTPUTS)}
    assert check(update, own, loss=_cost, rates=(0.1,)).ok
    assert "the learning rate of update is unknown" in str(check(update, own, loss=_cost))
    assert not check(update, own, loss=_cost, rates=(0.2,)).ok


@pytest.mark.parametrize("steps", [2, 3])
def test_several_steps_in_one_are_no_gradient_and_nobody_is_accused(steps: int) -> None:
    def update(p: Any, lr: float) -> Any:
        w = p["w"]
        for _ in range(steps):
            w = w - lr * DATA[0].T @ (DATA[0] @ w - DATA[1])
        return {"w": w}

    (report,) = check(update, {"w": _draw(INPUTS, OUTPUTS)}, loss=_cost).problems
    assert report.verdict == "error"
    assert "a single step of plain gradient descent" in str(report.message)


def test_a_step_that_goes_equally_far_everywhere_is_no_gradient_either() -> None:
    def adam(p: Any, lr: float) -> Any:
        gradient = DATA[0].T @ (DATA[0] @ p["w"] - DATA[1])
        return {"w": p["w"] - lr * gradient / np.sqrt(gradient**2 + 1e-16)}

    (report,) = check(adam, {"w": _draw(INPUTS, OUTPUTS)}, loss=_cost).problems
    assert report.verdict == "error"
    assert "Adam" in str(report.message)
