"""Calls of the API that fit no protocol: the answer names the form to write."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck import check

Array = Any

X, Y = np.random.default_rng(1).normal(size=(5, 3)), np.random.default_rng(2).normal(size=(5, 2))
W, B = np.random.default_rng(3).normal(size=(3, 2)), np.random.default_rng(4).normal(size=2)
P = {"w": W, "b": B}


class Net:
    """A network whose loss takes a batch and reads the parameters where they stand."""

    def __init__(self) -> None:
        self.params = {"W": W.copy()}

    def loss(self, x: Array, y: Array) -> Any:
        error = x @ self.params["W"] - y
        return np.sum(error**2) / 2, {"W": x.T @ error}


class Trainer:
    def __init__(self) -> None:
        self.W = W.copy()

    def train(self, x: Array, y: Array, lr: float) -> None:
        self.W -= lr * x.T @ (x @ self.W - y)

    def loss(self, x: Array, y: Array) -> Any:
        return np.sum((x @ self.W - y) ** 2) / 2


class Dense:
    def __init__(self) -> None:
        self.W = W.copy()

    def forward(self, x: Array) -> Array:
        self.x = x
        return x @ self.W

    def backward(self, dy: Array) -> Array:
        self.dW = self.x.T @ dy
        return dy @ self.W.T


def forward(x: Array, w: Array) -> Any:
    return x @ w, (x, w)


def backward(dy: Array, cache: Any) -> Any:
    x, w = cache
    return dy @ w.T, x.T @ dy


def cost(w: Array, b: Array) -> Any:
    return np.sum((X @ w + b - Y) ** 2)


def both(p: Any) -> Any:
    error = X @ p["w"] - Y
    return np.sum(error**2) / 2, {"w": X.T @ error}


def update(p: Any, lr: float) -> Any:
    return {"w": p["w"] - lr * both(p)[1]["w"]}


net, trainer, dense = Net(), Trainer(), Dense()

LAMBDA = "check(lambda: net.loss(x, y), net.params)"
PAIR = "check((forward, backward), inputs=(x, w))"

CALLS: list[tuple[Callable[[], Any], str]] = [
    (lambda: check(net.loss, net.params, inputs=(X, Y)), LAMBDA),
    (lambda: check(net.loss, net.params), LAMBDA),
    (lambda: check(net, inputs=(X, Y)), LAMBDA),
    (lambda: check(net, net.params), LAMBDA),
    (
        lambda: check(cost, P, lambda w, b: P),
        'check(lambda p: cost(p["w"], p["b"]), parameters, gr',
    ),
    (lambda: check(cost, (W, B)), "check(lambda p: cost(*p), parameters)"),
    (lambda: check(both), 'check(both, {"w": w})'),
    (lambda: check(both(P), P), "check((forward, backward), inputs=(x, w))"),
    (lambda: check(both(P)[0], P), "the function itself rather than what it returns"),
    (lambda: check(P, both), "check(loss, parameters, gradients)"),
    (lambda: check(lambda p: both(p)[0], P), "check(loss, parameters, gradients)"),
    (lambda: check(lambda p: both(p)[1], P, lambda p: both(p)[0]), "the loss comes first"),
    (lambda: check(both, P, "gradients"), "a dict of arrays or a function"),
    (lambda: check(both, {"w": W.tolist()}), "np.array(..., dtype=float)"),
    (lambda: check(both, {"first": {"w": W}}), "one flat dict"),
    (lambda: check(forward, backward, inputs=(X, W)), "check((forward, backward), inputs=...)"),
    (lambda: check([forward, backward], inputs=(X, W)), PAIR),
    (lambda: check((forward, backward)), PAIR),
    (lambda: check((forward,), inputs=(X, W)), PAIR),
    (lambda: check(Dense, inputs=X), "check(Dense(...), inputs=x)"),
    (lambda: check(dense), "check(dense, inputs=x)"),
    (lambda: check(dense, X), "check(dense, inputs=x)"),
    (lambda: check(dense.forward, inputs=X), "check(dense, inputs=x)"),
    (lambda: check(dense, {"W": W}, inputs=X), 'parameters=["W", "b"]'),
    (lambda: check(dense, inputs=(5, 3)), "inputs=rng.normal(size=(5, 3))"),
    (lambda: check("layers.py:Dense", inputs=X), "gradcheck module layers.py:Dense"),
    (lambda: check("configs/sine.yaml"), "gradcheck check configs/sine.yaml"),
    (lambda: check(trainer.train, inputs=(X, Y)), 'check(trainer, inputs=(x, y), step="train"'),
    (lambda: check(trainer, step="train", loss="loss"), "expected inputs=(x, y)"),
    (lambda: check(trainer, inputs=(X, Y), step="fit", loss="loss"), "no method 'fit'"),
    (lambda: check(update, {"w": W}), "check(update, parameters, loss=loss)"),
    (lambda: check(update, W, loss=both), "check(update, {'w': w}, loss=loss)"),
    (lambda: check(update, {"w": W}, loss="loss"), "check(update, parameters, loss=loss)"),
    (lambda: check(both, P, both, loss=both), "check(loss, parameters, gradients)"),
]


@pytest.mark.parametrize("call", [*range(len(CALLS))])
def test_a_call_that_fits_no_protocol_is_told_which_form_to_write(call: int) -> None:
    make, form = CALLS[call]
    (report,) = make().problems
    assert report.verdict == "error"
    assert form in str(report.message)


def test_the_forms_that_are_shown_can_be_written() -> None:
    assert check(lambda: net.loss(X, Y), net.params).ok
    assert check(dense, inputs=X).ok
    assert check((forward, backward), inputs=(X, W)).ok
    assert check(trainer, inputs=(X, Y), step="train", loss="loss").ok
    assert check(update, {"w": W}, loss=lambda p: both(p)[0]).ok


def test_settings_of_another_type_are_refused() -> None:
    with pytest.raises(TypeError, match=r"Settings\(points=5"):
        check(both, {"w": W}, settings={"points": 5})  # type: ignore[arg-type]
