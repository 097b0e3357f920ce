"""Programs that train nothing by updates: whose gradient a variable is that is called one."""

from collections.abc import Callable
from typing import Any

import pytest

from gradcheck.paste.understanding.words import gradient_of

LONELY = """\
x = 2.0
y = 3.0
w = 0.5
loss = (w * x - y) ** 2
grad = 2 * (w * x - y) * x
"""

HALVING = """\
import numpy as np
x = np.random.RandomState(0).rand(20)
y = 2.2 * x
low, high = -5.0, 5.0
for i in range(50):
    c = (low + high) / 2
    loss = np.mean((c * x - y) ** 2)
    g = np.mean(2 * (c * x - y) * x)
    if g > 0:
        high = c
    else:
        low = c
"""

PERCEPTRON = """\
import numpy as np
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
labels = np.array([0, 0, 0, 1])
w, b = np.zeros(2), 0
for epoch in range(20):
    for x, t in zip(X, labels):
        out = 1 if np.dot(w, x) + b >= 0 else 0
        error = t - out
        w = w + 0.1 * error * x
        b = b + 0.1 * error
"""


def test_a_bare_gradient_is_that_of_what_is_no_data(understand: Callable[[str], Any]) -> None:
    assert understand(LONELY).names("right") == {"w"}
    assert understand(LONELY).names("wrong") == set()
    assert understand(LONELY.replace(" * x\n", " * w\n")).names("wrong") == {"w"}


def test_a_gradient_that_steers_something_else_is_nobodys(
    understand: Callable[[str], Any],
) -> None:
    assert understand(HALVING).steps == []


def test_a_step_function_has_no_gradient_and_that_is_said(
    understand: Callable[[str], Any],
) -> None:
    (judged,) = understand(PERCEPTRON).judged
    assert {check.verdict for check in judged.checks} == {"undecided"}
    assert all("step" in (check.reason or "") for check in judged.checks)


PICKED = """\
import numpy as np

def squash(v):
    return 1 / (1 + np.exp(-v))

def neighbour_cost_and_gradients(centre, word, table, others=3):
    picked = []
    while len(picked) < others:
        other = np.random.randint(0, table.shape[0])
        if other != word:
            picked.append(other)
    gradCen = np.zeros(centre.shape)
    gradTable = np.zeros(table.shape)
    p = squash(np.dot(table[word], centre))
    cost = -np.log(p)
    gradCen += (p - 1) * table[word]
    gradTable[word] += (p - 1) * centre
    for row in picked:
        p = squash(np.dot(table[row], centre))
        cost -= np.log(1 - p)
        gradCen += p * table[row]
        gradTable[row] += p * centre
    return cost, gradCen, gradTable
"""


def test_what_only_picks_rows_is_a_number_and_other_data_are_of_one_sample(
    understand: Callable[[str], Any],
) -> None:
    right = understand(PICKED)
    assert (right.names("right"), right.names("wrong")) == ({"centre", "table"}, set())
    wrong = understand(PICKED.replace("gradCen += p *", "gradCen += (1 - p) *"))
    assert (wrong.names("right"), wrong.names("wrong")) == ({"table"}, {"centre"})


@pytest.mark.parametrize(
    ("parameter", "other", "is_so"),
    [
        ("predicted", "gradPred", True),
        ("W1", "grad_W1", True),
        ("outputVectors", "dout", False),
        ("output", "grad_hidden", False),
        ("weights", "grad_w", False),
    ],
)
def test_a_gradient_may_have_a_shorter_name(parameter: str, other: str, is_so: bool) -> None:
    assert gradient_of([parameter], [other]) is is_so
