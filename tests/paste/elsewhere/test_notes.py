"""Remarks as the user sees them: notes of the catalogue, at a line of the text."""

from collections.abc import Callable

import pytest

from gradcheck.catalogues import FAULTS
from gradcheck.paste.elsewhere.look import CAUSES
from gradcheck.paste.session import Request, run


def test_a_cause_becomes_a_note_at_its_line_and_the_verdict_stays_right(
    program: Callable[..., str],
) -> None:
    source = program("line", ("speed=0.1", "speed=7.0"))
    text = f"Why does this explode?\n\n```python\n{source}```\nThanks!\n"
    (problem,) = run(Request(text=text, name="post.md")).problems
    assert problem.verdict == "right"
    (note,) = problem.findings
    assert (note.code, note.level) == ("TRN01", "note")
    assert note.location is not None
    assert text.split("\n")[note.location.line - 1].startswith("def fit(")
    assert any("curvature" in line for line in note.evidence)


THROWN = """\
import numpy as np
rng = np.random.RandomState(1)
X = rng.randn(40, 2)
y = np.sin(X[:, :1]) * X[:, 1:]
p = {"W": 0.7 * rng.randn(2, 8), "b": np.zeros(8), "V": 0.4 * rng.randn(8, 1), "c": np.zeros(1)}
m = {k: np.zeros_like(v) for k, v in p.items()}
v = {k: np.zeros_like(u) for k, u in p.items()}

def train(steps, lr=0.01, b1=0.9, b2=0.999):
    for t in range(1, steps + 1):
        h = np.tanh(X @ p["W"] + p["b"])
        r = h @ p["V"] + p["c"] - y
        loss = np.mean(r ** 2)
        d = 2 * r / len(X)
        e = d @ p["V"].T * (1 - h ** 2)
        g = {"W": X.T @ e, "b": e.sum(axis=0), "V": h.T @ d, "c": d.sum(axis=0)}
        for k in p:
            m[k] = b1 * m[k] + (1 - b1) * g[k]
            v[k] = b2 * v[k] + (1 - b2) * g[k] ** 2
            p[k] -= lr * (m[k] / (1 - b1 ** t)) / (np.sqrt(v[k] / (1 - b2 ** t)) + 1e-8)

train(500, lr=2.0)
"""


@pytest.mark.parametrize(("rate", "codes"), [("2.0", ["TRN01"]), ("0.2", [])])
def test_an_optimizer_that_throws_the_loss_about_is_told_where_its_rate_is_given(
    rate: str, codes: list[str]
) -> None:
    text = THROWN.replace("lr=2.0", f"lr={rate}")
    (problem,) = run(Request(text=text, name="post.py")).problems
    assert [note.code for note in problem.findings] == codes
    for note in problem.findings:
        assert note.location is not None
        assert text.split("\n")[note.location.line - 1].startswith("train(500")


@pytest.mark.parametrize("code", CAUSES.all())
def test_each_cause_is_explained_with_its_test(code: str) -> None:
    fault = FAULTS.find(code)
    assert fault is not None
    assert fault.level != "error"
    assert "on pasted code" in " ".join((fault.doc or "").lower().split())
