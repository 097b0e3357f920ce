"""Programs that train nothing by updates: whose gradient a variable is that is called one."""

from collections.abc import Callable
from typing import Any

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
