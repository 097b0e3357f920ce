"""A learning rate far too small: all planned steps together hardly change the loss."""

from collections.abc import Iterator

from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.plans import planned
from gradcheck.paste.elsewhere.stage import Stage

_SHARE, _SURE = 0.04, 0.01
"""What all planned steps at their first speed should change of the loss, and do not."""

_GAIN = 0.1
"""What a few steps change of it at a rate that is worth naming."""

_TIMES = tuple(10**power for power in range(1, 9))
_FAR = 1000
"""Where the loss does change by more than what is sure, only a rate as small as this is told."""

_MANY = 100
"""Fewer planned steps than this are not a training, but a trial."""


def _look(stage: Stage) -> Iterator[Remark]:
    if not (stage.is_right and stage.walks and stage.is_own):
        return
    count, start = planned(stage), stage.loss_at(0.0)
    steps = stage.walk(1.0).steps
    if count is None or count < _MANY or not start > 0 or not steps:
        return
    share = (1 - stage.loss_at(1.0) / start) * count / steps
    if not 0 < share < _SHARE:
        return
    times = next((n for n in _TIMES if 1 - stage.loss_at(n) / start > _GAIN), None)
    if times is None or (share > _SURE and times < _FAR):
        return
    faster = stage.loss_at(times)
    yield Remark(
        message="the learning rate is so small that nothing seems to happen",
        evidence=(
            f"at its first speed the loss falls by {share:.1g} of itself in all {count} steps",
            f"at {times} times the rate, {steps} steps take it from {start:.3g} to {faster:.3g}",
        ),
        help=f"multiply the rate by {times}",
        place=stage.rate_place,
    )


CAUSE = Cause(code="TRN02", title="a rate far too small", doc=__doc__, look=_look)
