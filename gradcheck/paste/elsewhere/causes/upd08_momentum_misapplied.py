"""Momentum that brakes where it should roll on, or that holds the learning rate twice."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.optimizer import Optimizer, is_one_of, optimizer
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.paths import Path

_CLOSE = 1e-6
_LEAST = 0.05


def _look(stage: Stage) -> Iterator[Remark]:
    box = optimizer(stage)
    if box is None:
        return
    for path in box.claims:
        found = next(_misapplied(box, path), None)
        if found is not None:
            yield found
            return


def _misapplied(box: Optimizer, path: Path) -> Iterator[Remark]:
    """Yield what the steps show that follow a single gradient, and none after it."""
    plain, twice = (box.answer(path, {path: [size, 0.0, 0.0]}) for size in (1.0, 2.0))
    if plain is None or twice is None:
        return
    if not np.allclose(twice.steps, 2 * np.array(plain.steps), rtol=_CLOSE):
        return
    shares = list(_shares(plain.steps))
    if len(shares) < 2 or not np.isclose(shares[0], shares[1], rtol=_CLOSE):
        return
    share, rate = shares[0], _share(plain.steps[0], box.direction(path))
    if -1 < share < -_LEAST:
        yield Remark(
            message="the momentum goes back by what it went before",
            evidence=(
                (
                    f"after one gradient and none since, the second step of {path} is {share:.3g} "
                    "times the first, the third that again"
                ),
            ),
            help="give what is kept of the velocity the sign that it came with",
            place=box.place(path),
            parameters=(str(path),),
        )
    if rate is None:
        return
    # The rate itself may be a square of another's, or a running mean may take its share of it.
    usual, size, root = [1.0, *box.numbers], abs(rate), float(np.sqrt(abs(rate)))
    others = [size, size / (1 - share)] if share < 1 else [size]
    if is_one_of(root, box.rates) and not any(is_one_of(one, usual) for one in others):
        yield Remark(
            message=f"the learning rate {root:.3g} is applied twice",
            evidence=(f"the first step of {path} is {size:.3g} times its gradient",),
            help="multiply either the gradient or the velocity by the rate, not both",
            place=box.place(path),
            parameters=(str(path),),
        )


def _shares(steps: Sequence[Array]) -> Iterator[float]:
    """Yield how much of each step the next one is."""
    for one, other in pairwise(steps):
        share = _share(other, one)
        if share is not None:
            yield share


def _share(one: Array, other: Array) -> float | None:
    """Return by what one thing is a multiple of another; None where it is none."""
    size = float(np.sum(other * other))
    share = float(np.sum(one * other)) / size if size else 0.0
    return share if share and np.allclose(one, share * other, rtol=_CLOSE, atol=0) else None


CAUSE = Cause(code="UPD08", title="a misapplied momentum", doc=__doc__, look=_look)
