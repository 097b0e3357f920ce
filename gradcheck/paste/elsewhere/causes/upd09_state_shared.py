"""One state for several parameters: the gradient of one moves another."""

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.optimizer import Optimizer, optimizer
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.paths import Path

_MOST = 4


def _look(stage: Stage) -> Iterator[Remark]:
    box = optimizer(stage)
    if box is None:
        return
    for one, other in permutations(list(box.claims)[:_MOST], 2):
        if box.claims[one].site != box.claims[other].site and _is_moved(box, one, other):
            yield Remark(
                message=f"{one} and {other} share what the optimizer keeps",
                evidence=(f"{other} moves by the gradient of {one}, its own being zero",),
                help="keep a velocity, or running means, for each parameter of its own",
                place=box.place(other),
                parameters=(str(one), str(other)),
            )
            return


def _is_moved(box: Optimizer, one: Path, other: Path) -> bool:
    """Tell whether the gradient of one parameter moves another, whose own is zero."""
    still = {one: [0.0, 0.0], other: [0.0, 0.0]}
    plain = box.answer(other, still)
    moved = box.answer(other, {**still, one: [1.0, 1.0]})
    return plain is not None and moved is not None and not np.allclose(plain.steps, moved.steps)


CAUSE = Cause(code="UPD09", title="a shared state", doc=__doc__, look=_look)
