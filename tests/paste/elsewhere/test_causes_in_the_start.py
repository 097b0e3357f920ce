"""Causes in rates, weights and data: each that is planted is found, at its line."""

from collections.abc import Callable
from typing import Any

import pytest

Remarks = Callable[[str], "list[dict[str, Any]]"]

WILD = ("X = rng.randn(41, 3)", "X = 90 + 40 * rng.randn(41, 3)")
TAME = ("np.sin(X[:, :1] + 0.4 * X[:, 1:2])", "np.sin((X[:, :1] + X[:, 1:2]) / 60)")

SUMS = "".join(f"            sum{n} = row[0] + {n}.0\n" for n in range(12))
OFTEN = f"    for row in X:\n        for again in range(10):\n{SUMS}"
"""Much to be seen in each sample: it is looked at in a few of them."""

CASES: dict[str, tuple[str, list[tuple[str, str]], dict[str, str | None]]] = {
    "a rate too small for slow steps": (
        "network",
        [("lr = 0.5", "lr = 1e-8"), ("    Z1 = X @ W1 + b1\n", f"    Z1 = X @ W1 + b1\n{OFTEN}")],
        {"TRN02": "lr = "},
    ),
    "targets below a softplus": (
        "network",
        [
            ("0.5 + 0.3 * np.sin", "np.sin"),
            ("1 / (1 + np.exp(-Z2))", "np.log(1 + np.exp(Z2))"),
            ("* A2 * (1 - A2)", "* (1 - np.exp(-A2))"),
        ],
        {"TRN07": "loss"},
    ),
    "targets below an exponential": (
        "network",
        [
            ("0.5 + 0.3 * np.sin", "np.sin"),
            ("1 / (1 + np.exp(-Z2))", "np.exp(Z2)"),
            ("* A2 * (1 - A2)", "* A2"),
        ],
        {"TRN07": "loss"},
    ),
    "rate too large": ("line", [("speed=0.1", "speed=7.0")], {"TRN01": "def fit("}),
    "rate too small": ("network", [("lr = 0.5", "lr = 1e-8")], {"TRN02": "lr = "}),
    "large weights": ("network", [("(3, 7) * 0.6", "(3, 7) * 60")], {"TRN03": "A1 = "}),
    "dead from the start": (
        "relu",
        [("b1 = np.zeros((1, 7))", "b1 = np.full((1, 7), -9.0)")],
        {"TRN04": "A1 = "},
    ),
    "dead after some steps": (
        "relu",
        [
            ("1 / (1 + np.exp(-Z2))", "Z2"),
            (" * A2 * (1 - A2)", ""),
            ("b2 = np.zeros((1, 1))", "b2 = np.full((1, 1), 200.0)"),
            ("rng.randn(7, 1) * 0.6", "1 + rng.rand(7, 1)"),
            ("lr = 0.5", "lr = 0.01"),
        ],
        {"TRN04": "A1 = "},
    ),
    "zeros": (
        "network",
        [("rng.randn(3, 7) * 0.6", "np.zeros((3, 7))"), ("rng.randn(7, 1) * 0.6", "0 * X[:7, :1]")],
        {"TRN05": "W1 = "},
    ),
    "ones": (
        "network",
        [
            ("rng.randn(3, 7) * 0.6", "np.ones((3, 7))"),
            ("rng.randn(7, 1) * 0.6", "np.ones((7, 1))"),
        ],
        {"TRN05": "W1 = "},
    ),
    "lists of zeros": (
        "lists",
        [("r.randn(a, b) / np.sqrt(a)", "np.zeros((a, b))")],
        {"TRN05": "self."},
    ),
    "inputs that saturate": ("network", [WILD, TAME], {"TRN03": "A1 = ", "TRN06": "X = "}),
    "inputs that diverge": (
        "line",
        [("x = gen.rand(2, 53)", "x = 80 * gen.rand(2, 53)")],
        {"TRN01": "def fit(", "TRN06": "x = "},
    ),
    "targets out of range": ("network", [("0.5 + 0.3 * np.sin", "2 * np.sin")], {"TRN07": "loss"}),
    "class numbers": (
        "network",
        [
            ("0.5 + 0.3 * np.sin(X[:, :1] + 0.4 * X[:, 1:2])", "rng.randint(0, 4, (41, 1))"),
            ("randn(7, 1)", "randn(7, 4)"),
            ("zeros((1, 1))", "zeros((1, 4))"),
        ],
        {"TRN07": "loss"},
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
