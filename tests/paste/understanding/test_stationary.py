"""Loops that move numbers there and back, or not at all: what is training of it, and what not."""

from collections.abc import Callable
from typing import Any

import pytest

AT_REST = """
import numpy as np

class Pair:
    def __init__(self, sizes):
        self.M = [np.zeros((p, q)) for p, q in zip(sizes, sizes[1:])]
        self.c = [np.zeros(q) for q in sizes[1:]]

    def run(self, x):
        self.out = [x]
        for M, c in zip(self.M, self.c):
            self.out.append(np.tanh(self.out[-1] @ M + c))
        return self.out[-1]

    def fit(self, x, t, turns):
        for turn in range(turns):
            e = self.run(x) - t
            if turn % 50 == 0:
                print("loss", 0.5 * (e ** 2).sum())
            e = e * (1 - self.out[-1] ** 2)
            for k in (1, 0):
                back = (e @ self.M[k].T) * (1 - self.out[k] ** 2)
                self.M[k] -= 0.05 * (self.out[k].T @ e)
                self.c[k] -= 0.05 * e.sum(axis=0)
                e = back

pair = Pair([2, 3, 1])
pair.fit(np.array([[-1., 0.5], [1., -0.5]]), np.array([[1.], [-1.]]) ** 2 * [[1.], [-1.]], 3000)
"""

CHECKED = """
import numpy as np

rng = np.random.RandomState(5)
X, t = rng.randn(20, 3), rng.randn(20, 2)
theta = {"W": rng.randn(3, 2), "b": rng.randn(2)}

def both(theta):
    e = X @ theta["W"] + theta["b"] - t
    return 0.5 * (e ** 2).sum(), {"W": X.T @ e, "b": e.sum(axis=0)}

def differences(theta, name, h=1e-4):
    V = theta[name].copy()
    out = np.zeros_like(V)
    for at in np.ndindex(*V.shape):
        V[at] += h
        up = both(theta)[0]
        V[at] -= 2 * h
        down = both(theta)[0]
        V[at] += h
        out[at] = (up - down) / (2 * h)
    return out

print(abs(differences(theta, "W") - both(theta)[1]["W"]).max())
"""

TRAINED = """
for turn in range(200):
    loss, g = both(theta)
    for name in theta:
        theta[name] -= 0.002 * g[name]
"""


def test_what_starts_at_rest_is_judged_elsewhere(understand: Callable[[str], Any]) -> None:
    result = understand(AT_REST)
    assert result.names("right") == {"pair.M[0]", "pair.M[1]", "pair.c[0]", "pair.c[1]"}


def test_what_starts_at_rest_may_be_wrong(understand: Callable[[str], Any]) -> None:
    result = understand(AT_REST.replace(" * (1 - self.out[k] ** 2)", ""))
    assert result.names("right") == {"pair.M[1]", "pair.c[1]"}
    assert result.names("wrong") == {"pair.M[0]", "pair.c[0]"}


@pytest.mark.parametrize("copied", [".copy()", ""])
def test_a_check_that_moves_there_and_back_trains_nothing(
    copied: str, understand: Callable[[str], Any]
) -> None:
    source = CHECKED.replace(".copy()", copied)
    assert not understand(source).steps
    result = understand(source + TRAINED)
    assert len(result.steps) == 1
    assert result.names("right") == {"theta['W']", "theta['b']"}
