"""Adam's count of steps is advanced once for each parameter."""

from collections.abc import Iterator

from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.moments import remark
from gradcheck.paste.elsewhere.stage import Stage


def _look(stage: Stage) -> Iterator[Remark]:
    yield from remark(
        stage,
        "UPD10",
        "Adam's t grows by more than one in a step",
        "advance t once in a step, outside of the loop over the parameters",
    )


CAUSE = Cause(code="UPD10", title="a count that is too fast", doc=__doc__, look=_look)
