"""What a step keeps beside its parameters: of all that, what is of any effect."""

from gradcheck.paste.running.prepare import prepare
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.optimizing import effective, states
from gradcheck.paste.understanding.understand import understood

KEEPING = """\
import numpy as np

gen = np.random.default_rng(5)
X, Y = gen.normal(size=(6, 4)), gen.normal(size=(6, 4))
W = [0.5 * gen.normal(size=(4, 4)) for _ in range(3)]
speed = [np.zeros((4, 4)) for _ in range(3)]
last = [gen.normal(size=(4, 4)) for _ in range(3)]
outs, shares = [], []
for it in range(20):
    outs, shares = [X], []
    for w in W:
        outs.append(np.tanh(outs[-1] @ w))
        shares.append(outs[-1][:4] * outs[-1][:4])
    loss = 0.5 * np.sum((outs[-1] - Y) ** 2)
    d = outs[-1] - Y
    for k in range(2, -1, -1):
        d = d * (1 - outs[k + 1] ** 2)
        g = outs[k].T @ d
        d = d @ W[k].T
        step = 0.9 * speed[k] - 0.01 * (g + KICK)
        speed[k] = step
        last[k] = g
        W[k] += step
"""


def _told(source: str) -> tuple[set[str], set[str]]:
    """Return what the step keeps, and what of it is of some effect on its first parameter."""
    seen: list[tuple[set[str], set[str]]] = []

    def then(inquiry: Inquiry, *_: object) -> dict[str, object]:
        path, point = inquiry.parameters[0], inquiry.points[-1]
        kept = {str(other) for other, _ in states(inquiry, path)}
        telling = {str(other) for other, _ in effective(inquiry, path, point)}
        seen.append((kept, telling))
        return {}

    understood(prepare(source), then)
    return seen[0]


def test_what_is_made_anew_in_every_step_is_of_no_effect() -> None:
    kept, telling = _told(KEEPING.replace("KICK", "0"))
    assert {"shares[0]", "speed[0]", "last[0]"} <= kept
    same = {"w", "step"}  # Of W[2] and speed[0], other names.
    assert telling == {f"speed[{k}]" for k in range(3)} | same


def test_what_changes_an_update_is_of_effect_though_it_is_made_anew() -> None:
    _, telling = _told(KEEPING.replace("KICK", "0.1 * last[k]"))
    assert {f"{name}[{k}]" for name in ("speed", "last") for k in range(3)} <= telling
