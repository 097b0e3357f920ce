"""Large layers, which are checked in part, and the functions that courses have people write."""

from typing import Any

import numpy as np
import pytest

from gradcheck import check

Array = Any

SAMPLES, INPUTS, HIDDEN, CLASSES = 7, 5, 11, 3


def _draw(*shape: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(size=shape)


class Wide:
    """A dense layer with ReLU of so many numbers that not all of them can be moved."""

    scale = np.ones(101)

    def __init__(self) -> None:
        self.W, self.b = _draw(307, 101) / 17, _draw(101, seed=2)

    def forward(self, x: Array) -> Array:
        self.x, self.z = x, x @ self.W + self.b
        return np.maximum(self.z, 0)

    def backward(self, dy: Array) -> Array:
        delta = dy * (self.z > 0)
        self.dW, self.db = self.x.T @ delta * self.scale, delta.sum(axis=0)
        return delta @ self.W.T


class OneColumn(Wide):
    """One column of the gradient is off; a handful of entries may well miss it."""

    scale = np.where(np.arange(101) == 13, 1.1, 1.0)


def test_a_wide_layer_takes_few_evaluations_and_says_what_it_left_out() -> None:
    (report,) = check(Wide(), inputs=_draw(13, 307, seed=3)).problems
    assert report.verdict == "right", report
    assert report.evaluations <= 1000
    assert 0 < report.entries_checked < report.entries_total == 307 * 101 + 101 + 13 * 307
    assert any("left out" in remark and "entries of W" in remark for remark in report.remarks)
    assert any("settings=Settings(budget=" in remark for remark in report.remarks)
    assert not any("--" in remark for remark in report.remarks)


def test_one_wrong_column_of_a_wide_layer_is_found() -> None:
    (report,) = check(OneColumn(), inputs=_draw(13, 307, seed=3)).problems
    assert [c.parameter for c in report.checks if c.verdict == "wrong"] == ["W"]


def bn_forward(x: Array, gamma: Array, beta: Array, bn_param: Any) -> Any:
    mean, var = np.mean(x, axis=0), np.var(x, axis=0)
    bn_param["running_mean"] = 0.9 * bn_param.get("running_mean", 0 * mean) + 0.1 * mean
    std = np.sqrt(var + 1e-5)
    xhat = (x - mean) / std
    return gamma * xhat + beta, (xhat, gamma, std)


def bn_backward(dout: Array, cache: Any) -> Any:
    xhat, gamma, std = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def bn_backward_without_variance(dout: Array, cache: Any) -> Any:
    _, gamma, std = cache
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0)) / std, *bn_backward(dout, cache)[1:]


@pytest.mark.parametrize(
    ("backward", "wrong"), [(bn_backward, []), (bn_backward_without_variance, ["x"])]
)
def test_a_pair_for_batch_norm_with_running_means(backward: Any, wrong: list[str]) -> None:
    param: dict[str, Array] = {}
    given = (_draw(SAMPLES, INPUTS), _draw(INPUTS), _draw(INPUTS, seed=2), param)
    (report,) = check((bn_forward, backward), inputs=given).problems
    assert {c.parameter for c in report.checks} == {"x", "gamma", "beta"}
    assert [c.parameter for c in report.checks if c.verdict == "wrong"] == wrong
    assert report.verdict == ("wrong" if wrong else "right")
    codes = [f.code for f in report.findings if f.level == "error"]
    assert codes == (["BNM03"] if wrong else [])


class TwoLayerNet:
    """A network with its parameters in a dict and both loss and gradients in one method."""

    decay = 1.0

    def __init__(self) -> None:
        self.params = {"W1": _draw(INPUTS, HIDDEN), "b1": _draw(HIDDEN),
                       "W2": _draw(HIDDEN, CLASSES, seed=2), "b2": _draw(CLASSES)}  # fmt: skip

    def loss(self, x: Array, y: Array) -> Any:
        p = self.params
        hidden = np.maximum(0, x @ p["W1"] + p["b1"])
        scores = hidden @ p["W2"] + p["b2"]
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares, rows = scores / scores.sum(axis=1, keepdims=True), np.arange(len(y))
        loss = -np.log(shares[rows, y]).mean() + 0.05 * (
            (p["W1"] ** 2).sum() + (p["W2"] ** 2).sum()
        )
        delta = shares.copy()
        delta[rows, y] -= 1
        delta /= len(y)
        back = delta @ p["W2"].T * (hidden > 0)
        return loss, {
            "W1": x.T @ back + 0.1 * p["W1"], "b1": back.sum(axis=0),
            "W2": hidden.T @ delta + 0.1 * self.decay * p["W2"], "b2": delta.sum(axis=0),
        }  # fmt: skip


@pytest.mark.parametrize(("decay", "wrong"), [(1.0, []), (0.5, ["W2"])])
def test_the_loss_of_a_network_with_its_own_parameters(decay: float, wrong: list[str]) -> None:
    network = TwoLayerNet()
    network.decay = decay
    x, y = _draw(SAMPLES, INPUTS, seed=3), np.arange(SAMPLES) % CLASSES
    (report,) = check(lambda: network.loss(x, y), network.params).problems
    assert [c.parameter for c in report.checks if c.verdict == "wrong"] == wrong
    assert report.verdict == ("wrong" if wrong else "right")
