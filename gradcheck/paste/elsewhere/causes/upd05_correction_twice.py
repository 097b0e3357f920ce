"""Adam's correction made twice."""

from collections.abc import Iterator

from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.moments import remark
from gradcheck.paste.elsewhere.stage import Stage


def _look(stage: Stage) -> Iterator[Remark]:
    yield from remark(
        stage,
        "UPD05",
        "Adam's means are divided by 1 - b**t twice",
        "divide them once",
    )


CAUSE = Cause(code="UPD05", title="a correction made twice", doc=__doc__, look=_look)
