"""Programs that write no loss, and minimise one that is none of the usual ones."""

import pytest

from gradcheck.paste.session import Request, run

PROGRAM = """\
import numpy as np
gen = np.random.default_rng(4)
X, Y = gen.normal(size=(23, 3)), gen.uniform(size=(23, 2))
A, B = 0.5 * gen.normal(size=(3, 7)), 0.5 * gen.normal(size=(7, 2))
importance, of_kind = gen.uniform(1, 3, size=(23, 1)), np.array([0.4, 1.9])
for turn in range(200):
    H = np.tanh(X @ A)
    P = 1 / (1 + np.exp(-H @ B))
    R = P - Y
    G = {derivative} * P * (1 - P)
    gB = H.T @ G
    A -= 0.1 * (X.T @ ((G @ B.T) * (1 - H * H)))
    B -= 0.1 * gB
"""


def verdict(derivative: str) -> str:
    text = PROGRAM.format(derivative=derivative)
    (problem,) = run(Request(text=text, name="post.txt")).problems
    assert (problem.understood or {})["loss"]["basis"] == "inferred"
    return problem.verdict


@pytest.mark.parametrize(
    "derivative",
    [
        "R / np.sqrt(1 + R ** 2)",
        "np.clip(R, -0.1, 0.1)",
        "R * np.abs(R)",
        "R ** 3",
        "np.where(R > 0, 0.9 * R, 0.1 * R)",
        "np.array([1.0, 3.0]) * R",
        "importance * R",
        "R * of_kind[(Y > 0.5).astype(int)]",
    ],
)
def test_another_derivative_of_the_residual_is_no_mistake(derivative: str) -> None:
    assert verdict(derivative) == "undecided"


@pytest.mark.parametrize(
    "derivative",
    ["R ** 2", "np.abs(R)", "R * (1 + P)", "R * H.mean(axis=1, keepdims=True)", "R * X[:, :1]"],
)
def test_what_belongs_to_no_loss_still_is(derivative: str) -> None:
    assert verdict(derivative) == "wrong"


HUBER = """\
import numpy as np
gen = np.random.default_rng(9)
A, t = gen.normal(size=(25, 3)), 3 * gen.normal(size=(25, 1))
BEND = 0.7
w, c = gen.normal(size=(3, 1)), np.zeros((1, 1))


def huber(off):
    flat = BEND * np.abs(off) - 0.5 * BEND ** 2
    return np.where(np.abs(off) < BEND, 0.5 * off ** 2, flat).mean()


for turn in range(300):
    off = A @ w + c - t
    slope = np.where(np.abs(off) < BEND, off, BEND * np.sign(off)) / len(t)
    w -= 0.1 * A.T @ slope
    c -= 0.1 * slope.sum(axis=0, keepdims=True)
    if turn % 50 == 0:
        print(turn, huber(A @ w + c - t))
"""


def test_a_loss_that_is_only_printed_is_known_by_the_name_of_its_function() -> None:
    (problem,) = run(Request(text=HUBER, name="post.txt")).problems
    assert problem.verdict == "right"
    wrong = HUBER.replace("BEND * np.sign(off))", "np.sign(off))")
    (problem,) = run(Request(text=wrong, name="post.txt")).problems
    assert (problem.understood or {})["loss"]["name"] == "huber"
    (finding,) = problem.findings
    assert finding.code == "LOS19"
    assert finding.fix is not None
    assert "BEND * np.sign(off)" in finding.fix.diff
