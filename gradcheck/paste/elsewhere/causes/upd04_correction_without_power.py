"""Adam's correction of the first step, for ever: by 1 - b, not by 1 - b^t."""

from collections.abc import Iterator

from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.moments import remark
from gradcheck.paste.elsewhere.stage import Stage


def _look(stage: Stage) -> Iterator[Remark]:
    yield from remark(
        stage,
        "UPD04",
        "Adam's means are divided by 1 - b in every step, as if t stayed 1",
        "divide by 1 - b1**t and 1 - b2**t, with a t that grows by one in every step",
    )


CAUSE = Cause(code="UPD04", title="a correction without a power", doc=__doc__, look=_look)
