"""Squares of the weights where an optimizer should collect those of the gradients."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.optimizer import Optimizer, optimizer
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.optimizing import states
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.values import frozen, same

_CLOSE = 1e-9


def _look(stage: Stage) -> Iterator[Remark]:
    box = optimizer(stage)
    if box is None:
        return
    for path in box.claims:
        kept = _squared(box, path)
        if kept is not None:
            yield Remark(
                message=f"{kept} collects the squares of {path}, not of its gradient",
                evidence=(
                    f"after a step it is a multiple of the squares of {path}",
                    "another gradient leaves it as it is",
                ),
                help=f"collect the squares of the gradient of {path}",
                place=box.place(path),
                parameters=(str(path),),
            )
            return


def _squared(box: Optimizer, path: Path) -> Path | None:
    """Return what is kept, steers a parameter's steps, and is made of the parameter's squares."""
    plain, twice = box.answer(path, {path: [1.0]}), box.answer(path, {path: [2.0]})
    if plain is None or twice is None:
        return None
    squares = np.asarray(frozen(box.stage.start[path])) ** 2
    if squares.size < 2 or not np.any(squares):
        return None
    for kept, (value, *_) in plain.kept.items():
        factor = float(np.sum(value * squares) / np.sum(squares**2))
        is_multiple = np.allclose(value, factor * squares, rtol=_CLOSE, atol=0)
        is_still = same(value, twice.kept[kept][0])
        if factor > 0 and is_multiple and is_still and _steers(box, path, kept):
            return kept
    return None


def _steers(box: Optimizer, path: Path, kept: Path) -> bool:
    stage = box.stage
    there = dict(states(stage.inquiry, path))[kept]
    step = replace(stage.step, paths=(path, kept))
    plan = step.plan(frozenset())
    plain, moved = step.trial({}, plan), step.trial({kept: there}, plan)
    return not moved.failed and not same(plain.change(path), moved.change(path))


CAUSE = Cause(code="UPD06", title="squares of the weights", doc=__doc__, look=_look)
