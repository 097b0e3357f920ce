"""What the user says of a program: the step, the loss and the parameters."""

from collections.abc import Mapping
from typing import Any

import pytest

from gradcheck.paste.absence import absent
from gradcheck.paste.running.prepare import Prepared, prepare
from gradcheck.paste.understanding.understand import understood
from gradcheck.paste.understanding.wishes import wishes
from gradcheck.paste.verdicts import judged

SOURCE = """\
import numpy as np
np.random.seed(0)
X = np.random.randn(7, 3)
Y = np.random.rand(7, 2)
W1 = np.random.randn(3, 5)
W2 = np.random.randn(5, 2)
params = [W1, W2]
lr = 0.1
for it in range(1000):
    H = np.tanh(X @ W1)
    out = H @ W2
    loss = np.mean((out - Y)**2)
    score = np.mean(np.abs(out - Y))
    d = 2*(out - Y)/out.size
    dW2 = H.T @ d
    dH = d @ W2.T
    dW1 = X.T @ (dH * (1 - H**2))
    W1 -= lr*dW1
    W2 -= lr*dW2
for k in range(20):
    out = np.tanh(X @ W1) @ W2
    W2 -= 0.1*(np.tanh(X @ W1).T @ (out-Y))
"""


@pytest.fixture(scope="module")
def program() -> Prepared:
    return prepare(SOURCE)


def told(program: Prepared, **request: Any) -> Mapping[str, Any]:
    return understood(program, wanted=wishes(request))


@pytest.mark.parametrize(("line", "found"), [(9, 9), (13, 9), (22, 20)])
def test_a_line_names_the_loop_around_it(program: Prepared, line: int, found: int) -> None:
    (step,) = told(program, step=line)["steps"]
    assert step["line"] == found
    assert step["given"] == ["step"]


def test_a_line_without_a_loop_is_refused_with_the_lines_of_the_steps(program: Prepared) -> None:
    answer = told(program, step=3)
    assert answer["steps"] == []
    assert answer["refused"] == {"subject": "step", "asked": 3, "candidates": [9, 20]}
    assert absent(answer, lambda line: line + 100) == (
        "--step: expected the line of a loop that trains, or one inside it, found 103; "
        "found in this program: 109, 120"
    )


@pytest.mark.parametrize(
    ("loss", "verdict"),
    [
        ("loss", "right"),
        ("score", "wrong"),
        ("mse", "right"),
        ("Squared-Error", "right"),
        ("absolute error", "wrong"),
        ("0.25*np.sum((out - Y)**2)", "right"),
        ("np.sum(np.cosh(out - Y))", "wrong"),
    ],
)
def test_the_loss_is_that_which_is_given(program: Prepared, loss: str, verdict: str) -> None:
    step = told(program, step=9, loss=loss)["steps"][0]
    assert step["loss"]["basis"] == "given"
    assert step["given"] == ["step", "loss"]
    assert {check.verdict for check in judged(step).checks} == {verdict}


@pytest.mark.parametrize("loss", ["nowhere", "np.mean(", "lr*2", "import os", "1/0"])
def test_what_is_no_loss_is_refused_with_what_may_be(program: Prepared, loss: str) -> None:
    answer = told(program, step=9, loss=loss)
    assert answer["steps"] == []
    assert answer["refused"]["asked"] == loss
    assert answer["refused"]["candidates"][:2] == ["loss", "score"]
    assert "loss, score, squared error" in absent(answer, int)


@pytest.mark.parametrize("name", ["W1", "params[0]"])
def test_parameters_are_those_which_are_given(program: Prepared, name: str) -> None:
    (step,) = told(program, parameters=[name])["steps"]
    assert [one["name"] for one in step["parameters"]] == [name]
    assert {check.verdict for check in judged(step).checks} == {"right"}


def test_an_unknown_parameter_is_refused_with_those_there_are(program: Prepared) -> None:
    answer = told(program, parameters=["W1", "W7"])
    assert answer["steps"] == []
    assert answer["refused"]["asked"] == "W7"
    assert answer["refused"]["candidates"] == ["W1", "W2"]


def test_a_pass_without_a_loop_has_wishes_too() -> None:
    source = SOURCE.split("for it")[0] + "".join(
        line.strip() + "\n" for line in SOURCE.splitlines()[9:17]
    )
    (step,) = told(prepare(source), loss="0.5*np.sum((out - Y)**2)", parameters=["W1"])["steps"]
    assert [one["name"] for one in step["parameters"]] == ["W1"]
    assert step["loss"]["basis"] == "given"
    assert judged(step).checks[0].verdict == "right"


def test_without_a_step_it_is_said_what_was_looked_for_and_what_there_is() -> None:
    answer = understood(prepare("total = 3.5\nfor i in range(5):\n    total = total + i\n"))
    message = absent(answer, lambda line: line + 10)
    assert "a loop that changes numbers" in message
    assert "line 12 changes total" in message
    assert "--step" in message
    failing = absent(understood(prepare("x = [1, 2]\nx.missing()\n")), int)
    assert "line 2: AttributeError" in failing
    assert "--set NAME=EXPR" in failing
