"""Fixes of pasted text: proved as text, in the style of the lines as given."""

import pytest

from gradcheck.paste.reading.read import read
from gradcheck.paste.reading.rewriting import applied
from gradcheck.paste.session import Request, run
from gradcheck.report import ProblemReport


def prompted(text: str) -> str:
    rows = []
    for line in text.rstrip("\n").split("\n"):
        rows.append((">>> " if line[:1].strip() or not line else "... ") + line)
    return "\n".join(rows) + "\n"


def problem(text: str) -> ProblemReport:
    (found,) = run(Request(text=text, name="post.txt")).problems
    return found


@pytest.mark.parametrize("style", [str, prompted], ids=["plain", "prompts"])
def test_a_fix_changes_one_line_of_the_text_as_given(network: str, style: type[str]) -> None:
    wrong = network.replace("dZ = dH * (1 - H ** 2)", "dZ = dH * (1 - H)  # tanh'")
    text, whole = style(wrong), style(network)
    found = problem(text)
    (finding,) = found.findings
    assert found.verdict == "wrong"
    assert finding.fix is not None
    assert finding.fix.applicability == "verified"
    (edit,) = finding.fix.edits
    rows = text.split("\n")
    assert rows[edit.line - 1] == edit.old
    assert edit.new is not None
    assert edit.new.replace(" ", "").replace("H**2", "H ** 2".replace(" ", "")) == (
        whole.split("\n")[edit.line - 1].replace(" ", "") + "#tanh'"
    )
    assert problem(applied(read(text), finding.fix.edits)).verdict == "right"
    assert finding.location is not None
    assert finding.location.line == edit.line
    assert set(finding.parameters) == {"W1", "b1"}


def test_each_of_two_mistakes_is_found_by_its_name_and_line(network: str) -> None:
    text = network.replace("(P - Y) / n\n", "(Y - P) / n\n").replace("(1 - H ** 2)", "(1 - H)")
    found = problem(text)
    rows = text.split("\n")
    places = {f.code: rows[f.location.line - 1].strip() for f in found.findings if f.location}
    assert places == {"SGN01": "dP = (Y - P) / n", "ACT06": "dZ = dH * (1 - H)"}


UNITS = """\
import math
import random

random.seed(8)


class Unit:
    def __init__(self, n):
        self.weights = [random.uniform(-1, 1) for _ in range(n)]
        self.bias = 0.0


layers = [[Unit(2), Unit(2)], [Unit(2)]]


def forward(x):
    for layer in layers:
        new = []
        for u in layer:
            u.inputs = x
            s = u.bias + sum(w * v for w, v in zip(u.weights, x))
            u.out = 1 / (1 + math.exp(-s))
            new.append(u.out)
        x = new
    return x


def backward(t, lr):
    for li in (1, 0):
        for j, u in enumerate(layers[li]):
            if li == 1:
                err = u.out - t
            else:
                err = 0.0
                for v in layers[li + 1]:
                    err += v.weights[j] * v.delta
            u.delta = err * u.out * (1 - u.out)
        for u in layers[li]:
            for i in range(2):
                u.weights[i] -= lr * u.delta * u.inputs[i]
            u.bias -= lr * u.delta


for epoch in range(9):
    for x, t in [([0, 1], 1), ([1, 1], 0)]:
        out = forward(x)
        loss = 0.5 * (out[0] - t) ** 2
        backward(t, 0.6)
"""


def test_updates_of_all_turns_are_put_behind_the_last_one() -> None:
    """What the updates are computed from is called `err` here, and no loss of a second network."""
    found = problem(UNITS)
    assert found.verdict == "wrong"
    (finding,) = found.findings
    assert finding.code == "PRP01"
    assert finding.fix is not None
    assert finding.fix.applicability == "verified"
    added = [line for line in finding.fix.diff.splitlines() if line.startswith(("+", "-"))][2:]
    assert added == ["+    for li in (1, 0):"]
