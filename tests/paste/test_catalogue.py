"""Mistakes of the catalogue, planted in small programs: each comes out under its own code."""

import os

import pytest

from gradcheck.paste.sandbox.limits import Limits
from gradcheck.paste.session import Request, run

DEEP = """\
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))

def leaky(z):
    return np.where(z > 0, z, 0.1 * z)

rng = np.random.RandomState(0)
X, Y = rng.randn(7, 3), rng.rand(7, 4)
W1, b1 = rng.randn(3, 4), 0.1 * rng.randn(4)
W2, b2 = rng.randn(4, 4), 0.1 * rng.randn(4)
W3, b3 = rng.randn(4, 4), 0.1 * rng.randn(4)
m, lam = len(X), 0.1
for epoch in range(100):
    z1 = X @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    a2 = sigmoid(z2)
    z3 = a2 @ W3 + b3
    a3 = sigmoid(z3)
    loss = 0.5 * np.sum((a3 - Y) ** 2) / m + 0.5 * lam * np.sum(W2 ** 2)
    d3 = (a3 - Y) * sigmoid_prime(z3) / m
    dW3 = a2.T @ d3
    db3 = d3.sum(axis=0)
    da2 = d3 @ W3.T
    d2 = da2 * sigmoid_prime(z2)
    dW2 = a1.T @ d2 + lam * W2
    db2 = d2.sum(axis=0)
    da1 = d2 @ W2.T
    d1 = da1 * (1 - a1 ** 2)
    dW1 = X.T @ d1
    db1 = d1.sum(axis=0)
    W1 -= 0.1 * dW1
    b1 -= 0.1 * db1
    W2 -= 0.1 * dW2
    b2 -= 0.1 * db2
    W3 -= 0.1 * dW3
    b3 -= 0.1 * db3
"""

LOGISTIC = """\
import numpy as np
rng = np.random.RandomState(1)
X = rng.randn(9, 3)
y = (X[:, :1] > 0.1).astype(float)
w, b = rng.randn(3, 1), 0.2
for i in range(200):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    dz = p - y
    dw = X.T @ dz / len(X)
    db = np.mean(dz)
    w -= 0.5 * dw
    b -= 0.5 * db
"""

RECURRENT = """\
import numpy as np
rng = np.random.RandomState(2)
T = 4
xs, ts = rng.randn(T, 3, 1), rng.randn(T, 2, 1)
Wxh, Whh, Why = rng.randn(5, 3) * 0.5, rng.randn(5, 5) * 0.5, rng.randn(2, 5) * 0.5
bh = 0.1 * rng.randn(5, 1)
for n in range(100):
    hs = {-1: np.zeros((5, 1))}
    ys = {}
    loss = 0.0
    for t in range(T):
        hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1] + bh)
        ys[t] = Why @ hs[t]
        loss += 0.5 * np.sum((ys[t] - ts[t]) ** 2)
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh = np.zeros_like(bh)
    dhnext = np.zeros((5, 1))
    for t in reversed(range(T)):
        dy = ys[t] - ts[t]
        dWhy += dy @ hs[t].T
        dh = Why.T @ dy + dhnext
        draw = (1 - hs[t] * hs[t]) * dh
        dbh += draw
        dWxh += draw @ xs[t].T
        dWhh += draw @ hs[t - 1].T
        dhnext = Whh.T @ draw
    Wxh -= 0.01 * dWxh
    Whh -= 0.01 * dWhh
    Why -= 0.01 * dWhy
    bh -= 0.01 * dbh
"""


PLANTED = [
    ("SGN01", DEEP, "d3 = (a3 - Y)", "d3 = (Y - a3)"),
    ("SGN01", LOGISTIC, "dz = p - y", "dz = y - p"),
    ("SGN02", DEEP, "da1 = d2 @ W2.T", "da1 = -d2 @ W2.T"),
    ("SGN03", DEEP, "dW1 = X.T @ d1", "dW1 = -X.T @ d1"),
    ("SGN03", LOGISTIC, "db = np.mean(dz)", "db = np.mean(y - p)"),
    ("SGN06", DEEP, "d3 = (a3 - Y)", "d3 = np.abs(a3 - Y)"),
    ("AVG03", DEEP, "dW1 = X.T @ d1", "dW1 = X.T @ d1 / m"),
    ("AVG09", DEEP, "dW1 = X.T @ d1", "dW1 = 2 * X.T @ d1"),
    ("AVG10", DEEP, "db1 = d1.sum(axis=0)", "db1 = 4 * d1.sum(axis=0)"),
    ("AVG19", LOGISTIC, "dw = X.T @ dz / len(X)", "dw = X.T @ dz"),
    ("BIA02", DEEP, "db1 = d1.sum(axis=0)", "db1 = d1.mean(axis=0)"),
    ("BIA03", DEEP, "db2 = d2.sum(axis=0)", "db2 = d2.sum()"),
    ("BIA07", DEEP, "db1 = d1.sum(axis=0)", "db1 = dW1.sum(axis=0)"),
    ("BIA08", DEEP, "db1 = d1.sum(axis=0)", "db1 = da1.sum(axis=0)"),
    ("BIA10", DEEP, "db1 = d1.sum(axis=0)", "db1 = d2.sum(axis=0)"),
    ("ACT01", DEEP, "d1 = da1 * (1 - a1 ** 2)", "d1 = da1"),
    ("ACT02", DEEP, "d2 = da2 * sigmoid_prime(z2)", "d2 = da2 * sigmoid_prime(a2)"),
    ("ACT03", DEEP, "d2 = da2 * sigmoid_prime(z2)", "d2 = da2 * z2 * (1 - z2)"),
    ("ACT04", DEEP, "d2 = da2 * sigmoid_prime(z2)", "d2 = da2 * sigmoid(z2)"),
    ("ACT06", DEEP, "(1 - a1 ** 2)", "(1 - a1)"),
    ("ACT08", DEEP, "d2 = da2 * sigmoid_prime(z2)", "d2 = sigmoid_prime(z2)"),
    ("ACT09", DEEP, "d2 = da2 * sigmoid_prime(z2)", "d2 = da2 * sigmoid_prime(da2)"),
    ("ACT11", DEEP, "sigmoid_prime(z2)", "sigmoid_prime(z2) * sigmoid_prime(z2)"),
    ("ACT13", DEEP, "(1 - a1 ** 2)", "(1 - a2 ** 2)"),
    ("ACT22", DEEP, "d3 = (a3 - Y) * sigmoid_prime(z3) / m", "d3 = (a3 - Y) / m"),
    ("ACT23", DEEP, "sigmoid_prime(z3)", "sigmoid_prime(a3)"),
    ("LOS01", LOGISTIC, "dz = p - y", "dz = (p - y) * (p * (1 - p))"),
    ("MAT01", DEEP, "da2 = d3 @ W3.T", "da2 = d3 @ W3"),
    ("MAT02", DEEP, "dW3 = a2.T @ d3", "dW3 = d3.T @ a2"),
    ("MAT05", DEEP, "dW3 = a2.T @ d3", "dW3 = z2.T @ d3"),
    ("MAT06", DEEP, "dW3 = a2.T @ d3", "dW3 = a3.T @ d3"),
    ("MAT08", DEEP, "da2 = d3 @ W3.T", "da2 = d3 @ W2.T"),
    ("MAT09", DEEP, "da2 = d3 @ W3.T", "da2 = d3 @ dW3.T"),
    ("MAT10", DEEP, "da1 = d2 @ W2.T", "da1 = da2 @ W2.T"),
    ("REG01", DEEP, "dW2 = a1.T @ d2 + lam * W2", "dW2 = a1.T @ d2"),
    ("REG02", DEEP, "dW2 = a1.T @ d2 + lam * W2", "dW2 = a1.T @ d2 - lam * W2"),
    ("REG03", DEEP, "+ lam * W2\n", "+ 2 * lam * W2\n"),
    ("REG10", DEEP, "+ lam * W2\n", "+ lam * W3\n"),
    ("UPD01", DEEP, "W1 -= 0.1 * dW1", "W1 += 0.1 * dW1"),
    ("RNN01", RECURRENT, "dh = Why.T @ dy + dhnext", "dh = Why.T @ dy"),
    ("RNN03", RECURRENT, "draw = (1 - hs[t] * hs[t]) * dh", "draw = dh"),
    ("RNN04", RECURRENT, "(1 - hs[t] * hs[t])", "(1 - hs[t - 1] * hs[t - 1])"),
    ("RNN06", RECURRENT, "dWhh += draw @ hs[t - 1].T", "dWhh += draw @ hs[t].T"),
    ("RNN08", RECURRENT, "dWxh += draw @ xs[t].T", "dWxh = draw @ xs[t].T"),
    ("RNN09", RECURRENT, "dhnext = Whh.T @ draw", "dhnext = Whh @ draw"),
]

SLICE = 1 if os.environ.get("WHOLE") else 5
"""Every so manieth is planted; with WHOLE=1 in the environment, all of them."""


@pytest.mark.parametrize(("code", "text", "right", "wrong"), PLANTED[::SLICE])
def test_a_planted_fault_is_named(code: str, text: str, right: str, wrong: str) -> None:
    assert text.count(right) == 1
    report = run(Request(text=text.replace(right, wrong), name="text", limits=Limits(seconds=60.0)))
    (problem,) = report.problems
    errors = [finding for finding in problem.findings if finding.level == "error"]
    assert [finding.code for finding in errors] == [code], errors
