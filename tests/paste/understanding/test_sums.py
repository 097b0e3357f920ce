"""A number that is added up over the samples, under a name that no loss has."""

from collections.abc import Callable
from typing import Any

SKIPGRAM = """\
import numpy as np
rng = np.random.default_rng(5)
inner, outer = rng.normal(0, 0.5, (12, 4)), rng.normal(0, 0.5, (12, 4))

def squash(a):
    return 1 / (1 + np.exp(-a))

total = 0.0
for word, near in rng.integers(0, 12, (200, 2)):
    far = rng.integers(0, 12, 3)
    v, u, U = inner[word], outer[near], outer[far]
    total += -np.log(squash(u @ v)) - np.sum(np.log(squash(-U @ v)))
    one = squash(u @ v) - 1
    others = squash(U @ v)
    dv = one * u + U.T @ others
    du, dU = one * v, np.outer(others, v)
    inner[word] -= 0.05 * dv
    outer[near] -= 0.05 * du
    np.subtract.at(outer, far, 0.05 * dU)
"""

REWARDS = """\
import numpy as np
rng = np.random.RandomState(2)
W = 0.3 * rng.randn(3, 2)
total = 0.0
for i in range(300):
    s, after = rng.randn(3), rng.randn(3)
    q = s @ W
    a = int(np.argmax(q))
    total += np.max(q)
    target = s[a] + 0.9 * np.max(after @ W)
    gap = np.tanh(target - q[a])
    W[:, a] += 0.05 * gap * s
"""


def test_it_is_the_loss_where_no_other_fits(understand: Callable[[str], Any]) -> None:
    wrong = SKIPGRAM.replace("others = squash(U @ v)", "others = squash(-U @ v)")
    assert understand(SKIPGRAM).names("right") == {"inner", "outer"}
    assert understand(wrong).names("wrong") == {"inner", "outer"}
    assert understand(wrong).loss["name"] == "total"


def test_what_is_no_loss_by_its_form_is_none(understand: Callable[[str], Any]) -> None:
    result = understand(REWARDS)
    assert all(step["loss"]["name"] != "total" for step in result.steps if step["loss"])
