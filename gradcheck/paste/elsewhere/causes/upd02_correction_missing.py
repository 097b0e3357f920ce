"""Adam without its correction: the first steps are as large as its means are small at first."""

from collections.abc import Iterator

from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.moments import remark
from gradcheck.paste.elsewhere.stage import Stage


def _look(stage: Stage) -> Iterator[Remark]:
    yield from remark(
        stage,
        "UPD02",
        "Adam's means start at zero, and nothing makes up for it",
        "divide the means by 1 - b1**t and 1 - b2**t, with t counted from 1",
    )


CAUSE = Cause(code="UPD02", title="a missing correction", doc=__doc__, look=_look)
