"""Units of single numbers that are saturated from the start: their weights are parameters too."""

from gradcheck.paste.session import Request, run

WEIGHED = """\
import math
import random

random.seed(11)
rows = [([61.0, 880.0], 0.2), ([57.0, 910.0], 0.7), ([83.0, 655.0], 0.4), ([72.0, 320.0], 0.9)]
inner = [[random.choice([-1, 1]) * random.uniform(0.4, 0.9) for _ in range(3)] for _ in range(3)]
outer = [random.uniform(-1, 1) for _ in range(4)]
rate = 0.3


def weighed(w, inputs):
    z = w[-1]
    for i, value in enumerate(inputs):
        z += w[i] * value
    return 1 / (1 + math.exp(-z))


for epoch in range(50):
    total = 0.0
    for x, want in rows:
        h = [weighed(w, x) for w in inner]
        o = weighed(outer, h)
        total += 0.5 * (o - want) ** 2
        d = (o - want) * o * (1 - o)
        back = [d * outer[j] * h[j] * (1 - h[j]) for j in range(3)]
        for j in range(3):
            outer[j] -= rate * d * h[j]
        outer[3] -= rate * d
        for j in range(3):
            for i in range(2):
                inner[j][i] -= rate * back[j] * x[i]
            inner[j][2] -= rate * back[j]
"""


def test_their_weights_are_checked_and_their_saturation_is_told() -> None:
    (problem,) = run(Request(text=WEIGHED, name="post.py")).problems
    assert problem.verdict == "right"
    assert {check.parameter for check in problem.checks} == {"inner", "outer"}
    assert [finding.code for finding in problem.findings] == ["TRN03"]


def test_a_mistake_in_what_comes_back_to_them_is_found_and_mended() -> None:
    text = WEIGHED.replace("[d * outer[j]", "[-d * outer[j]")
    (problem,) = run(Request(text=text, name="post.py")).problems
    wrong = {check.parameter for check in problem.checks if check.verdict == "wrong"}
    assert wrong == {"inner"}
    (error,) = [finding for finding in problem.findings if finding.level == "error"]
    assert error.fix is not None
    assert error.fix.applicability == "verified"
