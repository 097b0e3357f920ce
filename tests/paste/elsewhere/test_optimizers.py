"""Optimizers with mistakes in them: the gradients are right, and the steps are told apart."""

from collections.abc import Callable
from typing import Any

import pytest

Remarks = Callable[[str], "list[dict[str, Any]]"]

ADAM = """\
import numpy as np
rng = np.random.RandomState(1)
X = rng.randn(23, 3)
y = X @ np.array([[1.0], [-2.0], [0.5]]) + 0.3
p = {"w": 0.5 * rng.randn(3, 1), "b": np.full((1, 1), 0.2)}
m = {k: np.zeros_like(v) for k, v in p.items()}
v = {k: np.zeros_like(u) for k, u in p.items()}
lr, b1, b2 = 0.02, 0.9, 0.999
t = 0
for i in range(300):
    r = X @ p["w"] + p["b"] - y
    loss = np.mean(r ** 2)
    g = {"w": 2 * X.T @ r / len(X), "b": 2 * r.mean(axis=0, keepdims=True)}
    t += 1
    for k in p:
        m[k] = b1 * m[k] + (1 - b1) * g[k]
        v[k] = b2 * v[k] + (1 - b2) * g[k] ** 2
        mh = m[k] / (1 - b1 ** t)
        vh = v[k] / (1 - b2 ** t)
        p[k] -= lr * mh / (np.sqrt(vh) + 1e-8)
"""

MOMENTUM = """\
import numpy as np
rng = np.random.RandomState(1)
X = rng.randn(23, 3)
y = X @ np.array([[1.0], [-2.0], [0.5]]) + 0.3
w, c = 0.5 * rng.randn(3, 1), 0.5 * rng.randn(3, 1)
vw, vc = np.zeros((3, 1)), np.zeros((3, 1))
lr, mu = 0.03, 0.8
for i in range(300):
    r = X @ w + np.tanh(X) @ c - y
    loss = np.mean(r ** 2)
    dw = 2 * X.T @ r / len(X)
    dc = 2 * np.tanh(X).T @ r / len(X)
    vw = mu * vw - lr * dw
    vc = mu * vc - lr * dc
    w += vw
    c += vc
"""

RMSPROP = """\
import numpy as np
rng = np.random.RandomState(1)
X = rng.randn(23, 3)
y = X @ np.array([[1.0], [-2.0], [0.5]]) + 0.3
w = 0.5 * rng.randn(3, 1)
cache = np.zeros((3, 1))
for i in range(300):
    r = X @ w - y
    loss = np.mean(r ** 2)
    dw = 2 * X.T @ r / len(X)
    cache = 0.9 * cache + 0.1 * dw ** 2
    w -= 0.01 * dw / (np.sqrt(cache) + 1e-8)
"""

MISTAKES: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("UPD02", ADAM, [("m[k] / (1 - b1 ** t)", "m[k]"), ("v[k] / (1 - b2 ** t)", "v[k]")]),
    ("UPD03", ADAM, [("/ (1 - b1 ** t)", "* (1 - b1 ** t)"), ("/ (1 - b2 ", "* (1 - b2 ")]),
    ("UPD04", ADAM, [("1 - b1 ** t", "1 - b1"), ("1 - b2 ** t", "1 - b2")]),
    ("UPD05", ADAM, [("1 - b1 ** t)", "1 - b1 ** t) ** 2"), ("1 - b2 ** t)", "1 - b2 ** t) ** 2")]),
    ("UPD06", RMSPROP, [("0.1 * dw ** 2", "0.1 * w ** 2")]),
    ("UPD08", MOMENTUM, [("mu * vw", "-mu * vw"), ("mu * vc", "-mu * vc")]),
    ("UPD08", MOMENTUM, [("w += vw", "w += lr * vw"), ("c += vc", "c += lr * vc")]),
    ("UPD09", MOMENTUM, [("vc = mu * vc", "vw = mu * vw"), ("c += vc", "c += vw")]),
    ("UPD10", ADAM, [("    t += 1\n    for k in p:\n", "    for k in p:\n        t += 1\n")]),
]


@pytest.mark.parametrize(("code", "text", "changes"), MISTAKES)
def test_an_optimizer_with_a_mistake_is_noticed(
    remarks: Remarks, code: str, text: str, changes: list[tuple[str, str]]
) -> None:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    assert [one["code"] for one in remarks(text) if one["code"].startswith("UPD")] == [code]


NESTEROV = [("w += vw", "w += mu * vw - lr * dw"), ("c += vc", "c += mu * vc - lr * dc")]
DAMPED = [("- lr * dw", "- (1 - mu) * lr * dw"), ("- lr * dc", "- (1 - mu) * lr * dc")]
ADAGRAD = [("0.9 * cache + 0.1 * dw ** 2", "cache + dw ** 2")]


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (ADAM, []),
        (ADAM, [("np.sqrt(vh) + 1e-8", "np.sqrt(vh + 1e-8)")]),
        (ADAM, [("p[k] -= lr * mh", "p[k] -= lr * (b1 * mh + (1 - b1) * g[k] / (1 - b1 ** t))")]),
        (MOMENTUM, []),
        (MOMENTUM, NESTEROV),
        (MOMENTUM, DAMPED),
        (MOMENTUM, [("0.03, 0.8", "0.1, 0.9"), *DAMPED]),
        (RMSPROP, []),
        (RMSPROP, ADAGRAD),
    ],
)
def test_nothing_is_said_of_an_optimizer_that_is_right(
    remarks: Remarks, text: str, changes: list[tuple[str, str]]
) -> None:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    assert [one for one in remarks(text) if one["code"].startswith("UPD")] == []
