"""Repairs of what programs have in several places, or say only elsewhere."""

from collections.abc import Callable
from typing import Any

Repaired = Callable[[str], "dict[str, Any] | None"]

UNROLLED = """\
import numpy as np

gen = np.random.RandomState(0)
X, Y = gen.randn(9, 3), gen.rand(9, 2)
theta = np.concatenate((gen.randn(4 * 4), gen.randn(2 * 5)))
reg = 0.5


def cost_and_grad(theta):
    T1, T2 = theta[:16].reshape(4, 4), theta[16:].reshape(2, 5)
    ones = np.ones((len(X), 1))
    A1 = np.hstack((ones, X))
    A2 = np.hstack((ones, np.tanh(A1 @ T1.T)))
    D = A2 @ T2.T - Y
    cost = 0.5 * np.sum(D ** 2) + 0.5 * reg * (np.sum(T1[:, 1:] ** 2) + np.sum(T2[:, 1:] ** 2))
    E = (D @ T2)[:, 1:] * (1 - A2[:, 1:] ** 2)
    G2 = D.T @ A2 + reg * T2
    G1 = E.T @ A1 + reg * T1
    return cost, np.concatenate((G1.ravel(), G2.ravel()))


for step in range(9):
    cost, grad = cost_and_grad(theta)
    theta = theta - 0.05 * grad
"""

UNNAMED = """\
import numpy as np


class Regressor:
    def __init__(self, d, k):
        gen = np.random.RandomState(0)
        self.p = {"U": gen.randn(d, k), "a": np.zeros(k), "V": gen.randn(k, 1)}

    def predict(self, x):
        p = self.p
        self.h = softplus(x @ p["U"] + p["a"])
        return self.h @ p["V"]

    def step(self, x, y, lr):
        p = self.p
        r = self.predict(x) - y
        loss = 0.5 * np.mean(r ** 2)
        dh = (r / len(x)) @ p["V"].T
        dz = dh * sigmoid(self.h)
        grads = {"V": self.h.T @ r / len(x), "U": x.T @ dz, "a": dz.sum(0)}
        for key in p:
            p[key] -= lr * grads[key]
        return loss


def softplus(v):
    return np.log(1 + np.exp(v))


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


gen = np.random.RandomState(1)
x, y = gen.randn(11, 3), gen.randn(11, 1)
model = Regressor(3, 5)
for i in range(9):
    loss = model.step(x, y, 0.05)
"""

MATRICES = """\
import numpy as np


def f(m):
    return np.tanh(m)


def df(out):
    return 1 - np.power(out, 2)


gen = np.random.RandomState(2)
X, y = np.asmatrix(gen.randn(11, 3)), np.asmatrix(gen.randn(11, 1))
U, V = np.asmatrix(gen.randn(3, 5)), np.asmatrix(gen.randn(5, 1))
for step in range(9):
    hidden = f(X * U)
    out = hidden * V
    off = out - y
    loss = 0.5 * np.sum(np.power(off, 2))
    back = np.multiply(off * V.T, df(hidden))
    U -= 0.01 * X.T * back
    V -= 0.01 * hidden.T * off
"""

MOMENTUM = """\
import numpy as np

gen = np.random.RandomState(5)
p = {f"W{k}": gen.randn(5, 5) * 0.6 for k in (1, 2, 3)}
v = {k: np.zeros_like(w) for k, w in p.items()}
x, t = gen.randn(9, 5), gen.rand(9, 5)
for epoch in range(9):
    h1 = np.tanh(x.dot(p["W1"]))
    h2 = np.tanh(h1.dot(p["W2"]))
    o = h2.dot(p["W3"])
    loss = 0.5 * np.sum((o - t) ** 2)
    g = {}
    d = o - t
    g["W3"] = h2.T.dot(d)
    d = d.dot(p["W3"].T) * (1 - h2 ** 2)
    g["W2"] = h1.T.dot(d)
    d = d.dot(p["W2"].T) * (1 - h1 ** 2)
    g["W1"] = x.T.dot(d)
    for k in p:
        v[k] = 0.9 * v[k] - 0.01 * g[k]
        p[k] += v[k]
"""

BATCHES = """\
import numpy as np

gen = np.random.RandomState(2)
X, y = gen.randn(24, 3), gen.randn(24)
w, b = gen.randn(3), 0.2
for epoch in range(9):
    gw, gb = np.zeros(3), 0.0
    for start in range(0, 24, 6):
        cost = 0.0
        for k in range(start, start + 6):
            miss = np.tanh(X[k] @ w + b) - y[k]
            cost += 0.5 * miss ** 2
            slope = miss * (1 - np.tanh(X[k] @ w + b) ** 2)
            gw += slope * X[k]
            gb += slope
        w = w - 0.01 * gw
        b = b - 0.01 * gb
"""

LINE = """\
import numpy as np

gen = np.random.RandomState(3)
X, y = gen.randn(50, 2), gen.randn(50, 1)
w, b = np.zeros((2, 1)), 0.0
for step in range(9):
    miss = X.dot(w) + b - y
    loss = 0.5 * np.mean(miss ** 2)
    w -= 0.1 * X.T.dot(miss) / 50
    b -= 0.1 * np.mean(miss)
"""


def made(found: "dict[str, Any] | None") -> list[tuple[str, str]]:
    assert found is not None
    return [(edit["old"], edit["new"]) for edit in found["done"][0]["edits"]]


def test_the_same_mistake_in_each_layers_line_is_one_edit(repaired: Repaired) -> None:
    found = repaired(UNROLLED)
    assert found is not None
    (edit,) = found["done"][0]["edits"]
    assert {part["line"] for part in edit["parts"]} == {17, 18}


def test_the_sum_that_a_function_is_applied_to_needs_no_name(repaired: Repaired) -> None:
    assert made(repaired(UNNAMED)) == [("self.h", "x @ p['U'] + p['a']")]


def test_matrices_are_multiplied_entry_by_entry_as_the_program_does(repaired: Repaired) -> None:
    wrong = MATRICES.replace("np.multiply(off * V.T, df(hidden))", "off * V.T")
    assert repaired(MATRICES) is None
    assert made(repaired(wrong)) == [("off * V.T", "np.multiply(off * V.T, df(hidden))")]


def test_a_factor_too_many_is_dropped_from_a_call_of_multiply(repaired: Repaired) -> None:
    wrong = MATRICES.replace("0.01 * hidden.T * off", "0.01 * hidden.T * np.multiply(off, df(out))")
    assert made(repaired(wrong)) == [("np.multiply(off, df(out))", "off")]


def test_right_gradients_stand_beside_wrong_ones_that_an_optimizer_uses(repaired: Repaired) -> None:
    wrong = MOMENTUM.replace('p["W2"].T', 'p["W2"]')
    assert made(repaired(wrong)) == [('p["W2"]', 'p["W2"].T')]


def test_accumulators_that_are_made_together_are_emptied_together(repaired: Repaired) -> None:
    found = repaired(BATCHES)
    assert found is not None
    (edit,) = found["done"][0]["edits"]
    assert edit["new"] == "gw, gb = np.zeros(3), 0.0"


def test_a_number_of_the_wrong_sign_and_size_is_mended_in_two_steps(repaired: Repaired) -> None:
    found = repaired(LINE.replace("b -= 0.1 * np.mean(miss)", "b += 0.1 * np.sum(miss)"))
    assert found is not None
    edits = found["done"][0]["edits"]
    assert len(edits) == 2
    assert {edit["kind"] for edit in edits} <= {"flip-update", "negate", "sum-to-mean"}


def test_gradients_without_names_stand_beside_each_other_too(repaired: Repaired) -> None:
    listed = MOMENTUM.split("    g = {}")[0]
    wrong = f"""{listed}
    d3 = o - t
    d2 = d3.dot(p["W3"].T) * (1 - h2 ** 2)
    d1 = d2.dot(p["W2"]) * (1 - h1 ** 2)
    for k, g in zip(p, [x.T.dot(d1), h1.T.dot(d2), h2.T.dot(d3)]):
        v[k] = 0.9 * v[k] + 0.1 * g
        p[k] -= 0.05 * v[k]
"""
    assert made(repaired(wrong)) == [('p["W2"]', 'p["W2"].T')]
