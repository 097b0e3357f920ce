"""Repairs of gradients that an optimizer takes: what it makes of them is no multiple of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from gradcheck.paste.session import Request, run
from gradcheck.paste.verdicts import ASCENT

Repaired = Callable[[str], "dict[str, Any] | None"]

ADAM = """\
import numpy as np

gen = np.random.default_rng(5)
X, Y = gen.normal(size=(11, 3)), gen.normal(size=(11, 2))
p = {"A": gen.normal(size=(3, 5)), "B": gen.normal(size=(5, 2))}
m = {k: np.zeros_like(v) for k, v in p.items()}
s = {k: np.zeros_like(v) for k, v in p.items()}
for t in range(1, 60):
    U = X @ p["A"]
    H = np.log1p(np.exp(U))
    P = H @ p["B"]
    loss = 0.5 * np.sum((P - Y) ** 2)
    g = {}
    dP = P - Y
    g["B"] = H.T @ dP
    dU = dP @ p["B"].T / (1 + np.exp(-U))
    g["A"] = X.T @ dU
    for k in p:
        m[k] = 0.9 * m[k] + 0.1 * g[k]
        s[k] = 0.99 * s[k] + 0.01 * g[k] ** 2
        p[k] -= 0.01 * m[k] / (1 - 0.9 ** t) / (np.sqrt(s[k] / (1 - 0.99 ** t)) + 1e-8)
"""

MOMENTUM = """\
import random
from math import exp, log

random.seed(4)
rows = [[random.uniform(-1, 1) for _ in range(3)] for _ in range(13)]
labels = [1 if a - b > 0.1 else 0 for a, b, c in rows]
w = [random.uniform(-0.5, 0.5) for _ in range(3)]
c = 0.2
push, push_c = [0.0, 0.0, 0.0], 0.0
for epoch in range(50):
    grad, grad_c, loss = [0.0, 0.0, 0.0], 0.0, 0.0
    for row, label in zip(rows, labels):
        z = c
        for v, x in zip(w, row):
            z += v * x
        out = 1 / (1 + exp(-z))
        loss -= label * log(out) + (1 - label) * log(1 - out)
        for i, x in enumerate(row):
            grad[i] += (out - label) * x
        grad_c += out - label
    for i in range(3):
        push[i] = 0.9 * push[i] - 0.05 * grad[i]
        w[i] += push[i]
    push_c = 0.9 * push_c - 0.05 * grad_c
    c += push_c
"""


def mended(text: str, right: str, wrong: str, repaired: Repaired) -> list[str]:
    """Return what becomes of a planted statement, in every repair that touches it alone."""
    assert text.count(right) == 1
    found = repaired(text.replace(right, wrong))
    assert found is not None
    assert found["done"], "nothing was found"
    lone = [state["changes"] for state in found["done"] if len(state["changes"]) == 1]
    return [changes[0]["new"] for changes in lone if changes[0]["old"] == wrong]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('dU = dP @ p["B"].T / (1 + np.exp(-U))', 'dU = dP @ p["B"].T / (1 + np.exp(U))'),
        ('dU = dP @ p["B"].T / (1 + np.exp(-U))', 'dU = dP @ p["B"].T / (1 - np.exp(-U))'),
        ('dU = dP @ p["B"].T / (1 + np.exp(-U))', 'dU = dP @ p["B"].T / np.exp(-U)'),
    ],
)
def test_one_of_the_gradients_that_adam_takes_is_made_right(
    repaired: Repaired, right: str, wrong: str
) -> None:
    assert mended(ADAM, right, wrong, repaired)


def test_all_gradients_that_adam_takes_are_made_right_where_none_was(repaired: Repaired) -> None:
    assert "dP = P - Y" in mended(ADAM, "dP = P - Y", "dP = P + Y", repaired)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("grad[i] += (out - label) * x", "grad[i] += (x - label) * out"),
        ("grad[i] += (out - label) * x", "grad[i] += (out - label)"),
        ("w[i] += push[i]", "w[i] = push[i]"),
    ],
)
def test_a_gradient_that_momentum_takes_is_made_right(
    repaired: Repaired, right: str, wrong: str
) -> None:
    new = mended(MOMENTUM, right, wrong, repaired)
    assert any(
        text.replace("(", "").replace(")", "") in right.replace("(", "").replace(")", "")
        for text in new
    )


def test_state_that_is_made_in_the_first_step_is_state(repaired: Repaired) -> None:
    programs = Path(__file__).parent.parent / "understanding" / "programs"
    source = yaml.safe_load((programs / "adam_lazy_alike.yaml").read_text())["source"]
    right = "back = 2 * (out - y) / len(y)"
    assert right in mended(source, right, "back = 2 * (out + y) / len(y)", repaired)


def test_a_step_that_follows_right_gradients_uphill_is_turned_round(repaired: Repaired) -> None:
    wrong = ADAM.replace("p[k] -= 0.01 * m[k]", "p[k] += 0.01 * m[k]")
    found = repaired(wrong)
    assert found is not None
    best = found["done"][0]
    assert [edit["kind"] for edit in best["edits"]] == ["turn-step"]
    assert best["changes"][0]["new"].startswith("p[k] -= 0.01 * m[k]")
    kinds = {edit["kind"] for state in found["done"] for edit in state["edits"]}
    assert kinds == {"turn-step"}


def test_a_gradient_is_mended_on_top_of_a_step_that_is_turned_round(repaired: Repaired) -> None:
    wrong = ADAM.replace("p[k] -= 0.01 * m[k]", "p[k] += 0.01 * m[k]")
    found = repaired(wrong.replace("np.exp(-U))\n", "np.exp(U))\n"))
    assert found is not None
    kinds = [edit["kind"] for edit in found["done"][0]["edits"]]
    assert kinds[0] == "turn-step"
    assert len(kinds) == 2


def test_a_reversed_residual_is_not_taken_for_a_step_uphill(repaired: Repaired) -> None:
    assert "dP = P - Y" in mended(ADAM, "dP = P - Y", "dP = Y - P", repaired)


def test_a_step_uphill_is_not_said_to_be_a_wrong_gradient() -> None:
    text = ADAM.replace("p[k] -= 0.01 * m[k]", "p[k] += 0.01 * m[k]")
    (found,) = run(Request(text=text, name="post.txt")).problems
    (finding,) = [one for one in found.findings if one.level == "error"]
    assert finding.code == "UPD01"
    assert finding.fix is not None
    assert "goes uphill" in finding.message
    assert {check.reason for check in found.checks} == {ASCENT}
    assert not any("minus the gradient" in line for line in finding.evidence)
