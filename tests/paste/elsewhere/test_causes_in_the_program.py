"""Causes in what the program computes: each that is planted is found, at its line."""

from collections.abc import Callable
from typing import Any

import pytest

Remarks = Callable[[str], "list[dict[str, Any]]"]

REBOUND = """\
    for p, s in zip((W1, W2), (dW1, dW2)):
        p = p - lr * s
    for q, s in zip((b1, b2), (db1, db2)):
        q = q - lr * s
"""
UPDATE = """\
def update(W1, b1, W2, b2, dW1, db1, dW2, db2):
    W1, b1 = W1 - 0.5 * dW1, b1 - 0.5 * db1
    W2 = W2 - 0.5 * dW2
    b2 = b2 - 0.5 * db2
"""

CASES: dict[str, tuple[str, list[tuple[str, str]], dict[str, str | None]]] = {
    "no bias": (
        "network",
        [
            (" @ W1 + b1", " @ W1"),
            (" @ W2 + b2", " @ W2"),
            ("    b1 -= lr * db1\n", ""),
            ("    b2 -= lr * db2\n", ""),
            ("X = rng.randn(41, 3)", "X = 2 + rng.randn(41, 3)"),
        ],
        {"TRN08": "A1 = "},
    ),
    "a line without a bias": (
        "line",
        [("w @ x + c", "w @ x"), ("        c = c - speed * gc\n", "")],
        {"TRN08": "miss = "},
    ),
    "updated into a local": (
        "network",
        [("W1 -= lr * dW1", "W = W1 - lr * dW1")],
        {"TRN09": "W = "},
    ),
    "never updated": ("network", [("    W1 -= lr * dW1\n", "")], {"TRN09": None}),
    "another loss": (
        "network",
        [("* A2 * (1 - A2) / len(X)", "/ len(X)")],
        {"TRN10": "loss = "},
    ),
    "softmax of everything": (
        "softmax",
        [("e.sum(axis=1, keepdims=True)", "e.sum()")],
        {"TRN11": "d = "},
    ),
    "a column against a row": (
        "network",
        [
            ("Y = 0.5 + 0.3 * np.sin(X[:, :1] + 0.4 * X[:, 1:2])", "Y = np.cos(X[:, 0]) / 3 + 0.5"),
            ("(A2 - Y) *", "np.sum(A2 - Y, axis=1, keepdims=True) *"),
        ],
        {"TRN12": "loss = "},
    ),
    "an accuracy of all pairs": (
        "network",
        [
            ("lr = 0.5\n", "lr = 0.5\nkinds = X[:, 0] > 0\n"),
            (
                "    W1 -= lr * dW1\n",
                "    W1 -= lr * dW1\n    hits = np.mean((A2 > 0.5) == kinds)\n",
            ),
        ],
        {"TRN12": "hits = "},
    ),
    "all updated into locals": (
        "network",
        [
            (
                "lr = 0.5\n",
                UPDATE,
            ),
            ("    W1 -= lr * dW1\n    b1 -= lr * db1\n    W2 -= lr * dW2\n", ""),
            ("b2 -= lr * db2", "update(W1, b1, W2, b2, dW1, db1, dW2, db2)"),
            ("range(3000)", "range(7)"),
        ],
        {"TRN09": "W1, b1 = "},
    ),
    "all updated into locals, many times": (
        "network",
        [
            ("lr = 0.5\n", UPDATE),
            ("    W1 -= lr * dW1\n    b1 -= lr * db1\n    W2 -= lr * dW2\n", ""),
            ("b2 -= lr * db2", "update(W1, b1, W2, b2, dW1, db1, dW2, db2)"),
        ],
        {"TRN09": "W1, b1 = "},
    ),
    "updated under the names of a loop": (
        "network",
        [
            ("    W1 -= lr * dW1\n    b1 -= lr * db1\n    W2 -= lr * dW2\n", ""),
            (
                "    b2 -= lr * db2",
                REBOUND,
            ),
        ],
        {"TRN09": "p = "},
    ),
    "a wrong gradient check": (
        "checked",
        [("/ (2 * eps)", "/ eps")],
        {"TRN14": "print("},
    ),
    "three kinds of a known data set against one output": (
        "flowers",
        [("(flowers.target > 0).reshape(-1, 1) * 1.0", "flowers.target.reshape(-1, 1)")],
        {"TRN07": "cost = "},
    ),
    "a wrong gradient check, known by its function": (
        "checked",
        [
            ("print(", "def numeric(found):\n    return found\nown = numeric(numerical)\nprint("),
            ("dW - numerical", "dW - own"),
            ("/ (2 * eps)", "/ eps"),
        ],
        {"TRN14": "print("},
    ),
    "a gradient check that moves on": (
        "checked",
        [("    W[i, 0] += eps\n    numerical", "    numerical"), ("1e-5", "0.1")],
        {"TRN14": "print("},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_planted_cause_is_found_at_its_line(
    name: str, program: Callable[..., str], remarks: Remarks
) -> None:
    base, changes, expected = CASES[name]
    source = program(base, *changes)
    found = {remark["code"]: remark for remark in remarks(source)}
    assert found.keys() == expected.keys()
    rows = source.split("\n")
    for code, text in expected.items():
        assert found[code]["evidence"]
        if text is not None:
            assert rows[found[code]["place"]["line"] - 1].strip().startswith(text)


@pytest.mark.parametrize(
    "comparison", ["kinds[:, None] == np.arange(len(kinds))", "kinds[:, None] == kinds"]
)
def test_tables_of_labels_that_are_meant_are_left_in_peace(
    comparison: str, program: Callable[..., str], remarks: Remarks
) -> None:
    kinds = "lr = 0.5\nkinds = np.arange(len(X)) % 3\n"
    step = f"    W1 -= lr * dW1\n    hits = np.sum({comparison})\n"
    assert remarks(program("network", ("lr = 0.5\n", kinds), ("    W1 -= lr * dW1\n", step))) == []


COUNTED = """\
import numpy as np

gen = np.random.default_rng(43)
x = gen.normal(size=(9, 2))
want = x @ np.array([0.5, -1.0])
slope = np.array([0.1, 0.3])
for epoch in range(20):
    got = x @ slope
    loss = np.mean((want - got) ** 2)
    g = 2 * (got - want) / 9
    slope = slope - 0.1 * x.T @ g
"""


def test_targets_are_no_parameters_that_a_step_forgets(remarks: Remarks) -> None:
    assert remarks(COUNTED) == []


MARGINS = """\
import numpy as np
rng = np.random.RandomState(8)
X = np.c_[rng.uniform(400, 3000, 60), rng.uniform(1, 9, 60)]
y = np.where(X[:, 0] + 300 * X[:, 1] > 3000, 1, -1)
w, b = np.zeros(2), 0.0
for step in range(300):
    f = X @ w + b
    loss = np.mean(np.log(1 + np.exp(-y * f)))
    s = y / (1 + np.exp(y * f))
    w -= 0.1 * -(s @ X) / len(X)
    b -= 0.1 * -s.mean()
"""


def test_inputs_are_known_where_no_prediction_is_held_against_a_target(remarks: Remarks) -> None:
    scaled = MARGINS.replace("w, b =", "X = (X - X.mean(axis=0)) / X.std(axis=0)\nw, b =")
    assert [remark["code"] for remark in remarks(MARGINS)] == ["TRN01", "TRN06"]
    assert remarks(scaled) == []


NORMED = """\
import numpy as np
rng = np.random.RandomState(8)
X = rng.randn(50, 3) * 2 + 1
y = X[:, :1] - X[:, 1:2] ** 2
p = {"W": 0.5 * rng.randn(3, 6), "g": np.ones(6), "V": 0.4 * rng.randn(6, 1), "c": np.zeros(1)}
kept = {}

def norm(z, memory, training=True):
    running_mean = memory.get("running_mean", np.zeros(6))
    if training:
        mu, sd = z.mean(axis=0), np.sqrt(z.var(axis=0) + 1e-5)
        memory["running_mean"] = 0.9 * running_mean + 0.1 * mu
        return (z - mu) / sd, sd
    return z - running_mean, 1.0

for turn in range(200):
    x, t = X[turn % 5::5], y[turn % 5::5]
    memory = MEMORY
    n, sd = norm(x @ p["W"], memory)
    h = np.tanh(n * p["g"])
    r = h @ p["V"] + p["c"] - t
    loss = np.mean(r ** 2)
    d = 2 * r / len(x)
    e = d @ p["V"].T * (1 - h ** 2)
    dn = e * p["g"]
    dz = (dn - dn.mean(axis=0) - n * (dn * n).mean(axis=0)) / sd
    p["V"] -= 0.05 * h.T @ d
    p["c"] -= 0.05 * d.sum(axis=0)
    p["g"] -= 0.05 * (e * n).sum(axis=0)
    p["W"] -= 0.05 * x.T @ dz
"""


def test_running_means_that_are_lost_are_told_and_those_that_run_are_not(remarks: Remarks) -> None:
    lost = NORMED.replace("MEMORY", "{}")
    (found,) = remarks(lost)
    assert found["code"] == "TRN16"
    assert "0.9 * running_mean" in lost.split("\n")[found["place"]["line"] - 1]
    assert remarks(NORMED.replace("MEMORY", "kept")) == []
