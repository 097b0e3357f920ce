"""Traps for those who read pasted code: right programs that look wrong, and mistakes that hide.

Each program is right as it is, and nothing is said against it; with its change it is wrong in the
parameters that are named, and only there.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from gradcheck.paste.running.prepare import prepare
from gradcheck.paste.understanding.understand import understood
from gradcheck.paste.verdicts import judged
from gradcheck.record import record


@record
class Trap:
    """A right program, the change that spoils it, and what is wrong then."""

    text: str
    change: tuple[str, str]
    wrong: frozenset[str]


DATA = """\
import math
import random
import numpy as np
rng = np.random.RandomState(8)
X = rng.randn(9, 3)
Y = rng.rand(9, 2)
W1, b1 = rng.randn(3, 4), 0.1 * rng.randn(4)
W2, b2 = rng.randn(4, 2), 0.1 * rng.randn(2)
lr, m = 0.1, len(X)
"""

FORWARD = """\
    A = np.tanh(X @ W1 + b1)
    P = A @ W2 + b2
"""

BACKWARD = """\
    d2 = (P - Y) / m
    dW2, db2 = A.T @ d2, d2.sum(axis=0)
    d1 = d2 @ W2.T * (1 - A ** 2)
    dW1, db1 = X.T @ d1, d1.sum(axis=0)
"""

UPDATE = """\
    W1 -= lr * dW1
    b1 -= lr * db1
    W2 -= lr * dW2
    b2 -= lr * db2
"""

LOOP = "for i in range(1000):\n"
LOSS = "    loss = 0.5 * np.sum((P - Y) ** 2) / m\n"
SLOPE = ("d2 @ W2.T * (1 - A ** 2)", "d2 @ W2.T * (1 - A)")
FIRST = frozenset({"W1", "b1"})

SAMPLE = """\
ws = [0.3, -0.2]
bias = 0.1
rows = [(0.5, 1.5, 1), (-1.0, 0.4, 0), (0.2, -0.7, 1), (1.1, 0.3, 0)]
"""

TRAPS: Mapping[str, Trap] = {
    "names that NumPy has no more": Trap(
        text=DATA.replace("rng.rand(9, 2)", "rng.rand(9, 2).astype(np.float)")
        + LOOP
        + FORWARD
        + "    loss = 0.5 * np.sum((P - Y) ** 2) / m + 0 * np.math.sqrt(2)\n"
        + BACKWARD
        + UPDATE,
        change=SLOPE,
        wrong=FIRST,
    ),
    "weights that go by a second name": Trap(
        text=DATA
        + "weights = {'first': W1, 'second': W2}\nshifts = [b1, b2]\n"
        + LOOP
        + FORWARD
        + LOSS
        + BACKWARD
        + "    for w, g in zip(weights.values(), (dW1, dW2)):\n        w -= lr * g\n"
        + "    for b, g in zip(shifts, (db1, db2)):\n        b -= lr * g\n",
        change=SLOPE,
        wrong=FIRST,
    ),
    "a loop that builds the data": Trap(
        text=DATA
        + "rows = []\nfor i in range(60):\n    rows.append(X[i % 9] + 0.01 * i)\n"
        + "X, Y = np.array(rows), np.tile(Y, (7, 1))[:60]\n"
        + LOOP
        + FORWARD
        + LOSS
        + BACKWARD
        + UPDATE,
        change=SLOPE,
        wrong=FIRST,
    ),
    "an endless loop that catches everything": Trap(
        text=DATA
        + "while True:\n    try:\n"
        + "".join(
            f"    {line}\n" for line in (FORWARD + LOSS + BACKWARD + UPDATE).splitlines() if line
        )
        + "    except:\n        pass\n",
        change=SLOPE,
        wrong=FIRST,
    ),
    "exponentials that overflow away from the start": Trap(
        text="import math\n" + SAMPLE + "for epoch in range(500):\n"
        "    for x1, x2, t in rows:\n"
        "        s = ws[0] * x1 + ws[1] * x2 + bias\n"
        "        p = 1 / (1 + math.exp(-40 * s))\n"
        "        error = 0.5 * (p - t) ** 2\n"
        "        d = (p - t) * 40 * p * (1 - p)\n"
        "        ws[0] -= 0.01 * d * x1\n"
        "        ws[1] -= 0.01 * d * x2\n"
        "        bias -= 0.01 * d\n",
        change=("d * x2", "d * x1"),
        wrong=frozenset({"ws"}),
    ),
    "units that are all off for the first sample": Trap(
        text=DATA
        + "X[0], b1 = 0, b1 - 1\n"
        + "for epoch in range(100):\n    for x, y in zip(X, Y):\n"
        + "        a = np.maximum(0, x @ W1 + b1)\n        p = a @ W2 + b2\n"
        + "        loss = 0.5 * np.sum((p - y) ** 2)\n        d2 = p - y\n"
        + "        d1 = W2 @ d2 * (a > 0)\n"
        + "        W2 -= lr * np.outer(a, d2)\n        b2 -= lr * d2\n"
        + "        W1 -= lr * np.outer(x, d1)\n        b1 -= lr * d1\n",
        change=("W2 @ d2 * (a > 0)", "W2 @ d2 * a"),
        wrong=FIRST,
    ),
    "weights that all start at zero": Trap(
        text=DATA.replace("W2, b2 = rng.randn(4, 2)", "W2, b2 = np.zeros((4, 2))")
        + LOOP
        + FORWARD
        + LOSS
        + BACKWARD
        + UPDATE,
        change=SLOPE,
        wrong=FIRST,
    ),
    "counters, averages and histories": Trap(
        text=DATA
        + "smooth, seen, best, history = 1.0, 0, 1e9, []\n"
        + LOOP
        + "    order = rng.permutation(m)\n    X, Y = X[order], Y[order]\n"
        + FORWARD
        + LOSS
        + "    smooth = 0.99 * smooth + 0.01 * loss\n    seen += m\n"
        + "    best = min(best, loss)\n    history.append(loss)\n"
        + BACKWARD
        + UPDATE,
        change=SLOPE,
        wrong=FIRST,
    ),
    "an update that forgets the weight": Trap(
        text=DATA + LOOP + FORWARD + LOSS + BACKWARD + UPDATE,
        change=("b2 -= lr * db2", "b2 = lr * db2"),
        wrong=frozenset({"b2"}),
    ),
    "names that sound like losses": Trap(
        text=DATA
        + LOOP
        + "    l1 = np.tanh(X @ W1 + b1)\n    l2 = l1 @ W2 + b2\n"
        + "    l2_error = l2 - Y\n    total = 0.5 * np.sum(l2_error ** 2)\n"
        + "    d_L_d_l1 = l2_error @ W2.T\n    l1_error = d_L_d_l1 * (1 - l1 ** 2)\n"
        + "    W2 -= 0.01 * l1.T @ l2_error\n    b2 -= 0.01 * l2_error.sum(axis=0)\n"
        + "    W1 -= 0.01 * X.T @ l1_error\n    b1 -= 0.01 * l1_error.sum(axis=0)\n",
        change=("(1 - l1 ** 2)", "(1 - l1)"),
        wrong=FIRST,
    ),
    "a printed metric that is not the loss": Trap(
        text=DATA
        + LOOP
        + FORWARD
        + "    print('Error:', np.mean(np.abs(Y - P)))\n"
        + BACKWARD
        + UPDATE,
        change=SLOPE,
        wrong=FIRST,
    ),
    "no loss is written, and the cross-entropy explains it": Trap(
        text=DATA
        + LOOP
        + FORWARD.replace("P = A @ W2 + b2", "P = 1 / (1 + np.exp(-(A @ W2 + b2)))")
        + BACKWARD
        + UPDATE,
        change=("db1 = X.T @ d1, d1.sum(axis=0)", "db1 = X.T @ d1, d1.sum()"),
        wrong=frozenset({"b1"}),
    ),
    "the cross-entropy's shortcut, right with its loss alone": Trap(
        text=DATA
        + LOOP
        + FORWARD.replace("P = A @ W2 + b2", "P = 1 / (1 + np.exp(-(A @ W2 + b2)))")
        + "    loss = -np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P)) / m\n"
        + BACKWARD
        + UPDATE,
        change=(
            "-np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P)) / m",
            "0.5 * np.sum((P - Y) ** 2) / m",
        ),
        wrong=frozenset({"W1", "b1", "W2", "b2"}),
    ),
    "a cost that is added up sample by sample": Trap(
        text=DATA
        + "for epoch in range(100):\n    cost = 0\n    for x, y in zip(X, Y):\n"
        + "        a = np.tanh(x @ W1 + b1)\n        p = a @ W2 + b2\n"
        + "        cost += 0.5 * np.sum((p - y) ** 2)\n        d2 = p - y\n"
        + "        d1 = W2 @ d2 * (1 - a ** 2)\n"
        + "        W2 -= lr * np.outer(a, d2)\n        b2 -= lr * d2\n"
        + "        W1 -= lr * np.outer(x, d1)\n        b1 -= lr * d1\n",
        change=("(1 - a ** 2)", "(1 - a)"),
        wrong=FIRST,
    ),
    "two parameters that differ by the number of samples": Trap(
        text=DATA
        + "w, c = rng.randn(3, 1), 0.5\nt = Y[:, :1]\n"
        + LOOP
        + "    p = X @ w + c\n    loss = np.mean((p - t) ** 2)\n"
        + "    w -= 0.05 * 2 * X.T @ (p - t) / m\n    c -= 0.05 * 2 * np.mean(p - t)\n",
        change=("X.T @ (p - t) / m", "X.T @ (p - t)"),
        wrong=frozenset({"w"}),
    ),
    "a residual and an update that are both turned round": Trap(
        text=DATA
        + LOOP
        + FORWARD
        + LOSS
        + BACKWARD.replace("(P - Y) / m", "Y - P")
        + UPDATE.replace("-=", "+="),
        change=("d2 = Y - P", "d2 = P - Y"),
        wrong=frozenset({"W1", "b1", "W2", "b2"}),
    ),
    "gradients that are clipped in place": Trap(
        text=DATA
        + LOOP
        + FORWARD
        + LOSS
        + BACKWARD
        + "    for g in (dW1, db1, dW2, db2):\n        np.clip(g, -0.05, 0.05, out=g)\n"
        + UPDATE,
        change=SLOPE,
        wrong=FIRST,
    ),
    "gradients that an optimizer is handed in a list, and squares by parts": Trap(
        text=DATA
        + "P_ = [W1, b1, W2, b2]\n"
        + "M_, V_ = [np.zeros_like(p) for p in P_], [np.zeros_like(p) for p in P_]\n"
        + "def apply(t, grads):\n    for i, (p, g) in enumerate(zip(P_, grads)):\n"
        + "        M_[i] = 0.9 * M_[i] + 0.1 * g\n"
        + "        V_[i] = 0.99 * V_[i] + 0.01 * g * g\n"
        + "        p -= lr * M_[i] / (1 - 0.9 ** t) / (np.sqrt(V_[i] / (1 - 0.99 ** t)) + 1e-8)\n"
        + "for i in range(1, 1000):\n"
        + FORWARD
        + LOSS
        + "    d2 = (P - Y) / m\n    d1 = d2 @ W2.T * (1 - A ** 2)\n"
        + "    apply(i, [X.T @ d1, d1.sum(axis=0), A.T @ d2, d2.sum(axis=0)])\n",
        change=SLOPE,
        wrong=FIRST,
    ),
    "masks that are drawn anew in every step": Trap(
        text=DATA
        + "gen = np.random.default_rng(3)\n"
        + LOOP
        + "    H = np.tanh(X @ W1 + b1)\n    M = (gen.random(H.shape) < 0.7) / 0.7\n"
        + "    A = H * M\n    P = A @ W2 + b2\n"
        + LOSS
        + BACKWARD.replace("(1 - A ** 2)", "M * (1 - H ** 2)")
        + UPDATE,
        change=("W2.T * M * (1", "W2.T * (1"),
        wrong=FIRST,
    ),
}


def checks(text: str) -> list[Any]:
    steps = json.loads(json.dumps(understood(prepare(text))))["steps"]
    return [check for step in steps for check in judged(step).checks]


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_catches_nobody(name: str) -> None:
    trap = TRAPS[name]
    right = checks(trap.text)
    assert right
    assert {check.verdict for check in right} == {"right"}
    assert trap.text.count(trap.change[0]) == 1
    wrong = {
        check.parameter
        for check in checks(trap.text.replace(*trap.change))
        if check.verdict == "wrong"
    }
    assert wrong == trap.wrong
