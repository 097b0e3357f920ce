"""The first wrong statement of programs for whose repair there is no time."""

from typing import Any

import pytest

from gradcheck.paste.repair import service
from gradcheck.paste.running.prepare import prepare
from gradcheck.paste.understanding import understand


def first(source: str) -> dict[str, Any]:
    """Tell where the mistake must be, all that there is without time for a search."""
    (step,) = understand.understood(
        prepare(source),
        lambda inquiry, choice, told: {
            "repair": choice
            and service.repair(inquiry, choice, told, source, lambda: True, lambda _: None)
        },
    )["steps"]
    found: dict[str, Any] = step["repair"]["first"]
    return found


RECURRENT = """\
import numpy as np

gen = np.random.RandomState(2)
xs = [gen.randn(3, 1) for _ in range(5)]
ts = [gen.randn(2, 1) for _ in range(5)]
U, W, V = gen.randn(4, 3) * 0.5, gen.randn(4, 4) * 0.5, gen.randn(2, 4) * 0.5
b = np.zeros((4, 1))
for epoch in range(50):
    hs, os = {-1: np.zeros((4, 1))}, {}
    loss = 0.0
    for t in range(5):
        hs[t] = np.tanh(U @ xs[t] + W @ hs[t - 1] + b)
        os[t] = V @ hs[t]
        loss += 0.5 * np.sum((os[t] - ts[t]) ** 2)
    dU, dW, dV, db = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V), np.zeros_like(b)
    later = np.zeros((4, 1))
    for t in reversed(range(5)):
        do = os[t] - ts[t]
        dV += do @ hs[t].T
        dh = V.T @ do + later
        draw = (1 - hs[t] ** 2) * dh
        db += draw
        dU += draw @ xs[t].T
        dW += draw @ hs[t - 1].T
        later = W.T @ draw
    for p, g in ((U, dU), (W, dW), (V, dV), (b, db)):
        p -= 0.01 * g
"""

STACKED = """\
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

gen = np.random.RandomState(4)
X, Y = gen.randn(9, 4), gen.rand(9, 2)
layers = [gen.randn(4, 5) * 0.7, gen.randn(5, 3) * 0.7, gen.randn(3, 2) * 0.7]
for epoch in range(100):
    outs = [X]
    for w in layers:
        outs.append(sigmoid(outs[-1] @ w))
    loss = 0.5 * np.sum((outs[-1] - Y) ** 2)
    slope = outs[-1] * (1 - outs[-1])
    delta = (outs[-1] - Y) * slope
    grads = []
    for l in (2, 1, 0):
        grads.append(outs[l].T @ delta)
        slope = outs[l] * (1 - outs[l])
        delta = (delta @ layers[l].T) * slope
    for w, g in zip(layers, reversed(grads)):
        w -= 0.05 * g
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        pytest.param(
            RECURRENT, "draw = (1 - hs[t] ** 2) * dh", "draw = (1 - hs[t]) * dh", id="at-once"
        ),
        pytest.param(
            RECURRENT, "later = W.T @ draw", "later = W.T @ dh", id="handed-to-the-next-turn"
        ),
        pytest.param(
            RECURRENT, "dW += draw @ hs[t - 1].T", "dW += draw @ hs[t].T", id="a-gradient-alone"
        ),
        pytest.param(
            STACKED,
            "delta = (delta @ layers[l].T) * slope",
            "delta = (delta @ layers[l].T) * slope ** 2",
            id="behind-a-slope",
        ),
    ],
)
def test_the_first_wrong_statement_is_pointed_at(text: str, right: str, wrong: str) -> None:
    assert text.count(right) == 1
    source = text.replace(right, wrong)
    assert source.splitlines()[first(source)["line"] - 1].strip() == wrong


def test_a_factor_that_comes_in_half_way_is_found_where_it_does() -> None:
    source = NETWORK.replace("dH = dP @ W2.T", "dH = 3 * (dP @ W2.T)")
    found = first(source)
    assert source.splitlines()[found["line"] - 1].strip() == "dH = 3 * (dP @ W2.T)"
    assert found["fact"] == "`dH = 3 * (dP @ W2.T)` puts the factor 3 in"


NETWORK = """\
import numpy as np

gen = np.random.RandomState(6)
X, Y = gen.randn(8, 3), gen.randn(8, 2)
W1, W2 = gen.randn(3, 5), gen.randn(5, 2)
for epoch in range(50):
    H = np.tanh(X @ W1)
    P = H @ W2
    loss = 0.5 * np.sum((P - Y) ** 2)
    dP = P - Y
    dW2 = H.T @ dP
    dH = dP @ W2.T
    dZ = dH * (1 - H ** 2)
    W2 -= 0.01 * dW2
    W1 -= 0.01 * X.T @ dZ
"""
