"""Repairs of programs with planted mistakes: the planted line comes out, as it was."""

import ast
from collections.abc import Callable
from typing import Any

import pytest

Repaired = Callable[[str], "dict[str, Any] | None"]


def planted(text: str, *edits: tuple[str, str]) -> str:
    for right, wrong in edits:
        assert text.count(right) == 1, right
        text = text.replace(right, wrong)
    return text


def lines(text: str, state: dict[str, Any]) -> dict[str, str | None]:
    """Return what changes make of statements, without regard to spaces."""
    return {change["old"]: change["new"] for change in state["changes"]}


def test_a_right_program_needs_no_repair(network: str, layers: str, repaired: Repaired) -> None:
    assert repaired(network) is None
    assert repaired(layers) is None


@pytest.mark.parametrize(
    ("right", "wrong", "kind"),
    [
        ("dP = (P - Y) / n", "dP = (Y - P) / n", "swap-operands"),
        ("dZ = dH * (1 - H ** 2)", "dZ = dH * (1 - H)", "complement"),
        ("dZ = dH * (1 - H ** 2)", "dZ = dH * (1 - Z ** 2)", "replace-name"),
        ("db1 = dZ.sum(axis=0)", "db1 = dZ.sum()", "change-axis"),
        ("dW1 = X.T @ dZ + reg * W1", "dW1 = X.T @ dZ + 2 * reg * W1", "drop-factor"),
        ("dW1 = X.T @ dZ + reg * W1", "dW1 = X.T @ dZ", "add-term"),
        ("W2 -= lr * dW2", "W2 += lr * dW2", "flip-update"),
    ],
)
def test_one_wrong_statement_of_a_script_is_made_what_it_was(
    network: str, repaired: Repaired, right: str, wrong: str, kind: str
) -> None:
    found = repaired(planted(network, (right, wrong)))
    assert found is not None
    best = found["done"][0]
    assert [edit["kind"] for edit in best["edits"]] == [kind]
    ((old, new),) = lines(network, best).items()
    assert old == wrong
    assert new is not None
    assert ast.dump(ast.parse(new)) == ast.dump(ast.parse(right))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("grad_w = self.outputs[l].T @ delta", "grad_w = self.outputs[l - 1].T @ delta"),
        ("delta = back * here * (1 - here)", "delta = back * here"),
        ("back = delta @ self.weights[l].T", "back = delta @ self.weights[l]"),
    ],
)
def test_one_wrong_statement_of_a_method_is_found_where_it_was_planted(
    layers: str, repaired: Repaired, right: str, wrong: str
) -> None:
    found = repaired(planted(layers, (right, wrong)))
    if found is None or not found["done"]:
        pytest.fail(f"no repair of {wrong}")
    assert list(lines(layers, found["done"][0])) == [wrong]


def test_a_name_is_replaced_wherever_its_statement_has_it_and_nowhere_else(
    repaired: Repaired,
) -> None:
    text = """\
import numpy as np

gen = np.random.default_rng(8)
thorns, sting = gen.normal(size=(11, 3)), gen.random(size=(11, 1))
A, B = gen.normal(size=(3, 5)), gen.normal(size=(5, 1))
for turn in range(90):
    p = 1 / (1 + np.exp(-thorns @ A))
    q = 1 / (1 + np.exp(-p @ B))
    loss = 0.5 * np.sum((q - sting) ** 2)
    dq = (q - sting) * q * (1 - q)
    dp = dq @ B.T * q * (1 - q)
    B -= 0.2 * p.T @ dq
    A -= 0.2 * thorns.T @ dp
"""
    found = repaired(text)
    assert found is not None
    assert lines(text, found["done"][0]) == {
        "dp = dq @ B.T * q * (1 - q)": "dp = dq @ B.T * p * (1 - p)"
    }


@pytest.mark.parametrize("wrong", ["back[h < 0] = 0", "back[h > 0] = 0", "back[x <= 0] = 0"])
def test_a_mask_of_the_wrong_entries_is_set_right_where_it_is_made(
    wrong: str, repaired: Repaired
) -> None:
    text = f"""\
import numpy as np

gen = np.random.default_rng(3)
U, V = gen.normal(size=(5, 5)), gen.normal(size=(5, 2))
x, want = gen.normal(size=(13, 5)), gen.normal(size=(13, 2))
for turn in range(70):
    h = np.maximum(x @ U, 0)
    off = h @ V - want
    loss = 0.5 * np.sum(off ** 2)
    back = off @ V.T
    {wrong}
    V -= 0.01 * h.T @ off
    U -= 0.01 * x.T @ back
"""
    found = repaired(text)
    assert found is not None
    assert lines(text, found["done"][0]) == {wrong: "back[h <= 0] = 0"}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("self.g += self.x.T @ d", "self.g = self.x.T @ d"),
        ("g = self.x.T @ d\n        self.g = self.g + g", "self.g = g"),
    ],
)
def test_a_gradient_that_is_never_emptied_is_set_anew(
    wrong: str, right: str, repaired: Repaired
) -> None:
    text = f"""\
import numpy as np


class Layer:
    def __init__(self, w):
        self.w, self.g = w, np.zeros_like(w)

    def back(self, d):
        {wrong}
        return d @ self.w.T


gen = np.random.default_rng(5)
under, over = Layer(gen.normal(size=(3, 5))), Layer(gen.normal(size=(5, 2)))
silt, flow = gen.normal(size=(11, 3)), gen.normal(size=(11, 2))
for turn in range(80):
    under.x, over.x = silt, np.tanh(silt @ under.w)
    off = over.x @ over.w - flow
    loss = 0.5 * np.sum(off ** 2)
    under.back(over.back(off) * (1 - over.x ** 2))
    for layer in (under, over):
        layer.w -= 0.01 * layer.g
"""
    found = repaired(text)
    assert found is not None
    assert [*lines(text, found["done"][0]).values()] == [right]


def test_two_independent_mistakes_are_two_edits(network: str, repaired: Repaired) -> None:
    text = planted(
        network,
        ("dZ = dH * (1 - H ** 2)", "dZ = dH * (1 - H)"),
        ("db2 = dP.sum(axis=0)", "db2 = n * dP.sum(axis=0)"),
    )
    found = repaired(text)
    assert found is not None
    best = found["done"][0]
    assert len(best["edits"]) == 2
    assert set(lines(text, best)) == {"dZ = dH * (1 - H)", "db2 = n * dP.sum(axis=0)"}


RECURRENT = """\
import numpy as np

gen = np.random.default_rng(5)
A = 0.5 * gen.normal(size=(6, 3))
B = 0.4 * gen.normal(size=(6, 6))
c = 0.1 * gen.normal(size=6)
V = 0.5 * gen.normal(size=(2, 6))
rate = 0.05

for turn in range(200):
    words = gen.normal(size=(5, 3))
    wanted = gen.normal(size=2)
    states = {-1: np.zeros(6)}
    for t in range(5):
        states[t] = np.tanh(A @ words[t] + B @ states[t - 1] + c)
    out = V @ states[4]
    loss = 0.5 * np.sum((out - wanted) ** 2)
    d_out = out - wanted
    dV = np.outer(d_out, states[4])
    dA = np.zeros_like(A)
    dB = np.zeros_like(B)
    dc = np.zeros_like(c)
    back = V.T @ d_out
    for t in range(4, -1, -1):
        inner = back * (1 - states[t] ** 2)
        dA += np.outer(inner, words[t])
        dB += np.outer(inner, states[t - 1])
        dc += inner
        back = B.T @ inner
    A -= rate * dA
    B -= rate * dB
    c -= rate * dc
    V -= rate * dV
"""


def test_two_mistakes_one_behind_the_other_are_both_mended(repaired: Repaired) -> None:
    # To mend either alone rights no gradient.
    assert repaired(RECURRENT) is None
    wrong = planted(
        RECURRENT,
        ("back * (1 - states[t] ** 2)", "back * (1 - states[t - 1] ** 2)"),
        ("back = B.T @ inner", "back = B @ inner"),
    )
    found = repaired(wrong)
    assert found is not None
    assert lines(wrong, found["done"][0]) == {
        "inner = back * (1 - states[t - 1] ** 2)": "inner = back * (1 - states[t] ** 2)",
        "back = B @ inner": "back = B.T @ inner",
    }


def test_the_same_mistake_in_two_places_is_one_edit(network: str, repaired: Repaired) -> None:
    text = planted(
        network,
        ("    dP = (P - Y) / n\n", ""),
        ("dW2 = H.T @ dP", "dW2 = H.T @ (Y - P) / n"),
        ("db2 = dP.sum(axis=0)", "db2 = (P - Y).sum(axis=0) / n"),
        ("dH = dP @ W2.T", "dH = (Y - P) @ W2.T / n"),
    )
    found = repaired(text)
    assert found is not None
    best = found["done"][0]
    assert [edit["kind"] for edit in best["edits"]] == ["swap-operands"]
    assert len(best["edits"][0]["parts"]) == 2


def test_stale_weights_are_read_before_they_change(network: str, repaired: Repaired) -> None:
    text = planted(
        network,
        ("    W2 -= lr * dW2\n", ""),
        ("    dH = dP @ W2.T\n", "    W2 -= lr * dW2\n    dH = dP @ W2.T\n"),
    )
    found = repaired(text)
    assert found is not None
    best = found["done"][0]
    assert [edit["kind"] for edit in best["edits"]] == ["move-statement"]
    assert lines(text, best)["dH = dP @ W2.T"] is None


def test_an_accumulator_that_is_overwritten_accumulates(repaired: Repaired) -> None:
    text = """\
import numpy as np

gen = np.random.default_rng(2)
X = gen.normal(size=(7, 3))
Y = gen.normal(size=7)
w = gen.normal(size=3)
b = 0.3
for epoch in range(20):
    loss = 0.0
    dw = np.zeros(3)
    db = 0.0
    for x, y in zip(X, Y):
        error = x @ w + b - y
        loss += 0.5 * error ** 2
        dw = error * x
        db += error
    w -= 0.05 * dw
    b -= 0.05 * db
"""
    found = repaired(text)
    assert found is not None
    assert lines(text, found["done"][0]) == {"dw = error * x": "dw += error * x"}


def test_no_repair_touches_the_forward_pass(network: str, repaired: Repaired) -> None:
    """The loss halves what the backward pass does not: both could be changed, one may."""
    text = planted(network, ("loss = 0.5 * np.sum((P", "loss = 0.5 * np.sum(np.abs(P"))
    text = text.replace("- Y) ** 2) / n", "- Y) ** 3) / n")
    found = repaired(text)
    assert found is not None
    forward = {"Z", "H", "P", "loss"}
    for state in found["done"]:
        assert all(change["old"].split(" ")[0] not in forward for change in state["changes"])


def test_statements_are_told_forward_and_backward_with_what_they_change(
    network: str, repaired: Repaired
) -> None:
    found = repaired(planted(network, ("dP = (P - Y) / n", "dP = (Y - P) / n")))
    assert found is not None
    source = network.split("\n")
    roles = {source[one["line"] - 1].strip().split(" ")[0]: one for one in found["influences"]}
    assert all(roles[name]["forward"] for name in ("Z", "H", "P"))
    assert not any(roles[name]["forward"] for name in ("dP", "dW2", "dZ", "db1"))
    assert roles["dZ"]["parameters"] == ["W1", "b1"]
    assert roles["dP"]["parameters"] == ["W1", "W2", "b1", "b2"]


def test_a_statement_of_several_lines_hinders_no_repair(network: str, repaired: Repaired) -> None:
    """Parts of it, as `P` and `- Y` on lines of their own, are no expressions by themselves."""
    text = planted(network, ("dP = (P - Y) / n", "dP = (1 * P\n      - 1 * Y\n      - 0 * Y) / n"))
    found = repaired(planted(text, ("dZ = dH * (1 - H ** 2)", "dZ = dH * (1 - Z ** 2)")))
    assert found is not None
    assert list(lines(text, found["done"][0]).values()) == ["dZ = dH * (1 - H ** 2)"]


def test_what_goes_over_several_lines_is_edited_there(network: str, repaired: Repaired) -> None:
    text = planted(network, ("dZ = dH * (1 - H ** 2)", "dZ = (dH\n      * (1 - Z\n         ** 2))"))
    found = repaired(text)
    assert found is not None
    assert list(lines(text, found["done"][0]).values()) == [
        "dZ = (dH\n      * (1 - H\n         ** 2))"
    ]


LEAKY = """\
import numpy as np

gen = np.random.default_rng(19)
peaks, floods = gen.normal(size=(13, 3)), gen.normal(size=(13, 2))
up, down = gen.normal(size=(3, 7)), gen.normal(size=(7, 2))
leak = 0.15

def bend(t):
    return np.where(t > 0, t, leak * t)

def bend_slope(t):
    return (t > 0).astype(float)

for turn in range(90):
    level = peaks @ up
    flow = bend(level) @ down
    loss = 0.5 * np.mean(np.sum((flow - floods) ** 2, axis=1))
    off = (flow - floods) / 13
    back = off @ down.T * bend_slope(level)
    down -= 0.1 * bend(level).T @ off
    up -= 0.1 * peaks.T @ back
"""


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("(t > 0).astype(float)", "np.where(t > 0, 1.0, leak)"),
        ("(t > 0) * 1", "np.where(t > 0, 1.0, leak)"),
        ("np.where(t > 0, 1, 0)", "np.where(t > 0, 1, leak)"),
    ],
)
def test_the_slope_of_units_that_are_off_is_that_of_the_forward_pass(
    repaired: Repaired, given: str, wanted: str
) -> None:
    text = LEAKY.replace("(t > 0).astype(float)", given)
    found = repaired(text)
    assert found is not None
    assert lines(text, found["done"][0]) == {f"return {given}": f"return {wanted}"}


def test_a_penalty_of_the_wrong_sign_and_half_its_share_is_one_mistake(
    network: str, repaired: Repaired
) -> None:
    right = "dW1 = X.T @ dZ + reg * W1"
    text = network.replace("0.5 * reg", "reg")
    wrong = planted(text, (right, "dW1 = X.T @ dZ - reg * W1"))
    found = repaired(wrong)
    assert found is not None
    assert "dW1 = X.T @ dZ + 2 * reg * W1" in lines(wrong, found["done"][0]).values()


def test_a_square_is_put_into_the_derivative_and_not_into_what_it_is_taken_at(
    repaired: Repaired,
) -> None:
    text = LEAKY.replace("np.where(t > 0, t, leak * t)", "np.tanh(t)")
    text = text.replace("bend_slope(level)", "bend_slope(bend(level))")
    text = text.replace("bend(level)", "height").replace(
        "    flow", "    height = bend(level)\n    flow"
    )
    wrong = text.replace("(t > 0).astype(float)", "1 - t")
    found = repaired(wrong)
    assert found is not None
    assert lines(wrong, found["done"][0]) == {"return 1 - t": "return 1 - t**2"}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("grad[who] += d", "np.add.at(grad, who, d)"),
        ("grad[who] = d", "np.add.at(grad, who, d)"),
        ("grad[who] -= -d", "np.subtract.at(grad, who, -d)"),
    ],
)
def test_rows_that_are_looked_up_repeatedly_are_added_to_each_time(
    wrong: str, right: str, repaired: Repaired
) -> None:
    text = f"""\
import numpy as np

gen = np.random.default_rng(6)
people, town = gen.normal(size=(5, 3)), gen.normal(size=(3, 2))
who, rent = gen.integers(0, 5, 14), gen.normal(size=(14, 2))
for turn in range(50):
    row = people[who]
    off = row @ town - rent
    loss = 0.5 * np.mean(np.sum(off ** 2, axis=1))
    off = off / len(who)
    d = off @ town.T
    grad = np.zeros_like(people)
    {wrong}
    town -= 0.3 * row.T @ off
    people -= 0.3 * grad
"""
    found = repaired(text)
    assert found is not None
    assert lines(text, found["done"][0]) == {wrong: right}
