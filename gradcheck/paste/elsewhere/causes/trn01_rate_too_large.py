"""A learning rate beyond stability: the loss rises, and at a smaller rate it falls."""

from collections.abc import Iterator

import numpy as np

from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.curvature import LIMIT, sharpness
from gradcheck.paste.elsewhere.stage import Stage

_SHARES = (10, 100, 1000, 10_000)
"""The parts of the rate that are tried until the loss falls."""

_GROWN = 10.0
"""So much the loss must grow with an optimizer: its limit is not known, and it may begin rudely."""


def _look(stage: Stage) -> Iterator[Remark]:
    if not (stage.is_right and stage.walks and stage.is_own):
        return
    start, end = stage.loss_at(0.0), stage.loss_at(1.0)
    if not np.isfinite(start) or end <= start:
        return
    share = next((n for n in _SHARES if stage.loss_at(1 / n) < start), None)
    if share is None:
        return
    found = sharpness(stage) if stage.is_plain else None
    if stage.is_plain and not (found and found > LIMIT):
        return
    if not stage.is_plain and end <= _GROWN * start:
        return
    yield Remark(
        message="the loss rises, and at a smaller learning rate it falls",
        evidence=tuple(_facts(stage, share, found)),
        help=_help(stage, share, found),
        place=stage.rate_place,
    )


def _facts(stage: Stage, share: int, found: float | None) -> Iterator[str]:
    steps, end = stage.walk(1.0).steps, stage.loss_at(1.0)
    after = f"{end:.3g}" if np.isfinite(end) else "no finite number"
    yield f"the loss is {stage.loss_at(0.0):.3g} at the start, and after {steps} steps {after}"
    yield f"at a rate {share} times smaller it is {stage.loss_at(1 / share):.3g} then"
    if found:
        yield (
            f"the rate times the largest curvature is {found:.3g} at the start; steps are stable "
            f"below {LIMIT:g}"
        )


def _help(stage: Stage, share: int, found: float | None) -> str:
    if found and stage.rate:
        return f"make the rate smaller than {LIMIT * stage.rate / found:.2g}"
    return f"divide the rate by {share}"


CAUSE = Cause(code="TRN01", title="a rate beyond stability", doc=__doc__, look=_look)
