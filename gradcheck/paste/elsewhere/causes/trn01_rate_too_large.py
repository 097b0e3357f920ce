"""A learning rate beyond stability: the loss rises, and at a smaller rate it falls.

An optimizer's steps can be no larger than its rate, so that too large ones need not end far off:
they throw the loss up, and then about.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.curvature import LIMIT, sharpness
from gradcheck.paste.elsewhere.stage import Stage

_SHARES = tuple(10**power for power in range(1, 8))
"""The parts of the rate that are tried until the loss falls."""

_GROWN = 10.0
"""So much the loss must grow with an optimizer: its limit is not known, and it may begin rudely."""

_CALM = 2.0
"""So much it may grow on the way at a rate that is none too large."""

_LEFT, _FALLEN = 0.25, 0.5
"""More than the one share of the loss is left where it stays up; at most the other, once fallen."""

_FIRST, _LONG = 10, 100
"""So many steps show whether the loss is thrown up, and so many whether it stays up."""


def _look(stage: Stage) -> Iterator[Remark]:
    if not (stage.is_right and stage.walks and stage.is_own):
        return
    yield from _thrown(stage) if _is_tamed(stage) else _risen(stage)


def _is_tamed(stage: Stage) -> bool:
    """Tell steps of an optimizer, after which the loss is not far above its start."""
    return not stage.is_plain and stage.loss_at(1.0) <= _GROWN * stage.loss_at(0.0)


def _thrown(stage: Stage) -> Iterator[Remark]:
    """Yield what is to be said of a loss that is thrown up and stays up, and else would fall."""
    start = stage.loss_at(0.0)
    if not max(stage.losses(1.0, _FIRST), default=0.0) > _GROWN * start > 0:
        return
    course = stage.losses(1.0, _LONG)
    tried = _SHARES if _late(course) > _LEFT * start else ()
    share = next((n for n in tried if _is_calmer(stage.losses(1 / n, _LONG), course)), None)
    if share is not None:
        yield Remark(
            message="the optimizer's steps throw the loss about, and smaller ones let it fall",
            evidence=(
                f"the loss is {start:.3g} at the start, and thrown up to {max(course):.3g}",
                f"it is about {_late(course):.3g} after {_LONG} steps",
                f"and at a rate {share} times smaller {_late(stage.losses(1 / share, _LONG)):.3g}",
            ),
            help=_help(stage, share, None),
            place=stage.rate_place,
        )


def _is_calmer(calm: Sequence[float], course: Sequence[float]) -> bool:
    """Tell losses that fall without such a rise, and to less than a half of those others."""
    start, end = calm[0], _late(calm)
    return max(calm) < _CALM * start and end < _FALLEN * min(start, _late(course))


def _late(losses: Sequence[float]) -> float:
    """Return about what the loss has come to in the end."""
    late = sorted(losses[-len(losses) // 4 :])
    return late[len(late) // 2]


def _risen(stage: Stage) -> Iterator[Remark]:
    start, end = stage.loss_at(0.0), stage.loss_at(1.0)
    if not np.isfinite(start) or end <= start:
        return
    share = next((n for n in _SHARES if stage.loss_at(1 / n) < start), None)
    if share is None:
        return
    found = sharpness(stage) if stage.is_plain else None
    if stage.is_plain and not (found and found > LIMIT):
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
