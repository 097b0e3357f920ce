"""Weight decays of steps that see a batch, held against the penalty in the loss of all the data."""

from collections.abc import Callable
from typing import Any

import pytest

from gradcheck.paste.session import Request, run

PROGRAM = """\
import random
import numpy as np

gen = np.random.default_rng(3)

class Scorer:
    def __init__(self, wide, high):
        self.a = gen.normal(size=(high, wide)) / 2
        self.s = np.zeros((high, 1))

    def score(self, x):
        return 1 / (1 + np.exp(-(self.a @ x + self.s)))

    def cost(self, herd, decay):
        loss = 0.0
        for x, y in herd:
            p = self.score(x)
            loss -= np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)){mean}
        return loss{penalty}

    def learn(self, herd, rounds, size, rate, decay):
        count = len(herd)
        for turn in range(rounds):
            random.shuffle(herd)
            for group in [herd[k:k + size] for k in range(0, count, size)]:
                self.step(group, rate, decay, {handed})
            print(turn, self.cost(herd, decay))

    def step(self, group, rate, lam, n):
        ga, gs = np.zeros(self.a.shape), np.zeros(self.s.shape)
        for x, y in group:
            d = self.score(x) - y
            ga = ga + d @ x.T
            gs = gs + d
        self.a = (1 - rate * lam / n) * self.a - rate / len(group) * ga
        self.s = self.s - rate / len(group) * gs

herd = [(gen.normal(size=(3, 1)), np.eye(2)[:, [k % 2]]) for k in range(20)]
Scorer(3, 2).learn(herd, 5, 4, 0.3, 0.8)
"""
MEAN = " / len(herd)"
PENALTY = " + decay / (2 * len(herd)) * np.sum(self.a ** 2)"


def text(handed: str = "count", mean: str = MEAN, penalty: str = PENALTY) -> str:
    return PROGRAM.format(handed=handed, mean=mean, penalty=penalty)


def test_a_decay_by_the_size_of_a_batch_is_too_strong() -> None:
    (problem,) = run(Request(text=text("len(group)"), name="post.txt")).problems
    assert problem.verdict == "wrong"
    finding = problem.findings[0]
    assert finding.location is not None
    assert finding.fix is not None
    assert (finding.code, finding.location.line) == ("REG10", 26)
    assert finding.fix.applicability == "verified"
    assert "+                self.step(group, rate, decay, count)" in finding.fix.diff


def test_the_loss_of_all_data_is_that_of_a_step_if_its_penalty_is(
    understand: Callable[[str], Any],
) -> None:
    found = understand(text())
    assert found.loss["name"] == "self.cost(herd, decay)"
    assert not found.names("wrong") | found.names("undecided")


@pytest.mark.parametrize(
    "given",
    [
        {"handed": "len(group)", "penalty": ""},
        {"handed": "1", "mean": "", "penalty": " + decay / 2 * np.sum(self.a ** 2)"},
    ],
    ids=["a loss without a penalty", "a loss that is no mean"],
)
def test_another_loss_of_all_data_tells_nothing(
    given: dict[str, str], understand: Callable[[str], Any]
) -> None:
    found = understand(text(**given))
    assert found.loss["basis"] == "inferred"
    assert not found.names("wrong") | found.names("undecided")
