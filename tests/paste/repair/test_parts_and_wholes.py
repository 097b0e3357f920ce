"""Mistakes that need a whole rule, or two of which spoil one parameter: found by name and line."""

import numpy as np
import pytest

from gradcheck.paste.repair.scope import summing
from gradcheck.paste.session import Request, run
from gradcheck.report import ProblemReport

SOFTMAX_LAYERS = """\
import numpy as np

class Affine:
    def __init__(self, n, m, gen):
        self.w = gen.normal(size=(n, m))
        self.c = 0.1 * gen.normal(size=(m,))

    def ahead(self, x):
        self.x = x
        return x @ self.w + self.c

    def back(self, grad, rate):
        below = grad @ self.w.T
        self.w -= rate * self.x.T @ grad
        self.c -= rate * grad.sum(axis=0)
        return below

class Tanh:
    def ahead(self, x):
        self.y = np.tanh(x)
        return self.y

    def back(self, grad, rate):
        return grad * (1 - self.y ** 2)

class Softmax:
    def ahead(self, x):
        high = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = high / high.sum(axis=1, keepdims=True)
        return self.p

    def back(self, grad, rate):
        return self.p * (grad - np.sum(grad * self.p, axis=1, keepdims=True))

gen = np.random.default_rng(8)
data = gen.normal(size=(12, 4))
kinds = np.eye(3)[gen.integers(0, 3, 12)]
chain = [Affine(4, 6, gen), Tanh(), Affine(6, 3, gen), Softmax()]
for turn in range(50):
    out = data
    for layer in chain:
        out = layer.ahead(out)
    loss = -np.sum(kinds * np.log(out)) / len(data)
    grad = -kinds / out / len(data)
    for layer in reversed(chain):
        grad = layer.back(grad, 0.2)
"""

MARGINS = """\
import numpy as np

gen = np.random.default_rng(3)
data = gen.normal(size=(30, 5))
kinds = gen.integers(0, 4, 30)
W = 0.4 * gen.normal(size=(5, 4))
rows = np.arange(30)
reg, rate = 0.3, 0.05
for turn in range(60):
    scores = data @ W
    over = np.maximum(0, scores - scores[rows, kinds][:, None] + 1)
    over[rows, kinds] = 0
    loss = over.sum() / 30 + reg * np.sum(W ** 2)
    count = (over > 0).astype(float)
    count[rows, kinds] = -count.sum(axis=1)
    dW = data.T @ count / 30 + 2 * reg * W
    W -= rate * dW
"""

LEAKY = """\
import numpy as np

gen = np.random.default_rng(6)
X, Y = gen.normal(size=(14, 3)), gen.normal(size=(14, 1))
SLOPE, LAM = 0.2, 0.05
A, a = gen.normal(size=(3, 5)), 0.3 * gen.normal(size=(1, 5))
B, b = gen.normal(size=(5, 1)), 0.3 * gen.normal(size=(1, 1))

def leaky(z):
    return np.where(z > 0, z, SLOPE * z)

def leaky_prime(z):
    return np.where(z > 0, 1, SLOPE)

for turn in range(40):
    Z = X @ A + a
    H = leaky(Z)
    P = H @ B + b
    loss = np.mean((P - Y) ** 2) + LAM * (np.sum(A ** 2) + np.sum(B ** 2))
    dP = 2 * (P - Y) / len(X)
    dB = H.T @ dP + 2 * LAM * B
    db = dP.sum(axis=0, keepdims=True)
    dZ = dP @ B.T * leaky_prime(Z)
    dA = X.T @ dZ + 2 * LAM * A
    da = dZ.sum(axis=0, keepdims=True)
    A -= 0.1 * dA
    a -= 0.1 * da
    B -= 0.1 * dB
    b -= 0.1 * db
"""


def problem(text: str) -> ProblemReport:
    (found,) = run(Request(text=text, name="post.txt")).problems
    return found


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        (
            SOFTMAX_LAYERS,
            [
                (
                    "return self.p * (grad - np.sum(grad * self.p, axis=1, keepdims=True))",
                    "return grad * self.p * (1 - self.p)",
                    "SMX01",
                )
            ],
        ),
        (
            SOFTMAX_LAYERS,
            [
                (
                    "return self.p * (grad - np.sum(grad * self.p, axis=1, keepdims=True))",
                    "return grad * self.p",
                    "SMX03",
                )
            ],
        ),
        (
            MARGINS,
            [
                ("count[rows, kinds] = -count.sum(axis=1)", "count[rows, kinds] = -1", "LOS15"),
            ],
        ),
        (
            LEAKY,
            [
                ("np.where(z > 0, 1, SLOPE)", "np.where(z > 0, 1, 0)", "ACT15"),
                ("X.T @ dZ + 2 * LAM * A", "X.T @ dZ - 2 * LAM * A", "REG02"),
            ],
        ),
    ],
)
def test_they_are_named_and_mended(text: str, mistakes: list[tuple[str, str, str]]) -> None:
    assert problem(text).verdict == "right"
    wanted = set()
    for right, wrong, code in mistakes:
        line = text[: text.index(right)].count("\n") + 1
        wanted.add((line, code))
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    found = problem(text)
    assert found.verdict == "wrong"
    assert {(f.location.line, f.code) for f in found.findings if f.location} == wanted
    assert all(f.fix is not None for f in found.findings)


def test_two_mistakes_of_one_parameter_are_both_mended() -> None:
    text = MARGINS.replace("= -count.sum(axis=1)", "= -1").replace("2 * reg * W\n", "reg * W\n")
    found = problem(text)
    assert [f.code for f in found.findings] == ["LOS15", "REG03"]
    assert all(f.fix is not None for f in found.findings)


def test_the_axis_is_that_along_which_entries_add_up_to_one() -> None:
    rows = np.array([[0.2, 0.8], [0.5, 0.5], [0.9, 0.1]])
    assert list(summing(rows)) == [1]
    assert list(summing(rows.T)) == [0]
    assert list(summing(rows[0])) == [None]
    assert list(summing(rows + 0.1)) == []
    assert list(summing(np.eye(2))) == []


CHAIN = """\
import numpy as np

gen = np.random.default_rng(12)
X, Y = gen.normal(size=(11, 3)), gen.normal(size=(11, 2))
A, B = gen.normal(size=(3, 6)), gen.normal(size=(6, 2))
for turn in range(30):
    H = np.tanh(X @ A)
    K = H ** 2
    G = 0.25 * K
    P = G @ B
    loss = 0.5 * np.sum((P - Y) ** 2)
    dP = P - Y
    dB = G.T @ dP
    dG = dP @ B.T
    dK = 0.25 * dG
    dH = 2 * H * dK
    dA = X.T @ (dH * (1 - H ** 2))
    A -= 0.02 * dA
    B -= 0.02 * dB
"""


def test_what_makes_good_for_a_wrong_factor_behind_it_is_no_repair_of_it() -> None:
    found = problem(CHAIN.replace("dK = 0.25 * dG", "dK = 0.5 * dG"))
    (finding,) = found.findings
    assert finding.fix is not None
    assert [edit.old.strip() for edit in finding.fix.edits] == ["dK = 0.5 * dG"]
