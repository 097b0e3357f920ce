"""Adam's correction the wrong way round: the means are multiplied by 1 - b^t."""

from collections.abc import Iterator

from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.moments import remark
from gradcheck.paste.elsewhere.stage import Stage


def _look(stage: Stage) -> Iterator[Remark]:
    yield from remark(
        stage,
        "UPD03",
        "Adam's means are multiplied by 1 - b**t, not divided",
        "divide the means by 1 - b1**t and 1 - b2**t",
    )


CAUSE = Cause(code="UPD03", title="a correction the wrong way round", doc=__doc__, look=_look)
