"""Another loss: the gradients are exact, but for another one than the program writes.

Or the one that is written has a sign wrong.
"""

from collections.abc import Iterator

from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.slips import is_slip


def _look(stage: Stage) -> Iterator[Remark]:
    near = stage.choice.around
    if near is not None and is_slip(stage.inquiry.machine.nodes[near.site]):
        yield Remark(
            message="the two terms of the cross-entropy that is written have opposite signs",
            evidence=("it has no minimum: what makes one term smaller makes the other larger",),
            help="put both terms in parentheses: -(t*log(a) + (1 - t)*log(1 - a))",
            place=stage.place(near.site),
        )
        return
    other, written = stage.told["other"], stage.told["loss"]
    if not other or not written:
        return
    name = f"the {written['name']}" if written["formula"] else f"`{written['name']}`"
    yield Remark(
        message=f"the gradients belong to the {other['name']}, not to {name}",
        evidence=(
            f"every update is the gradient of {other['formula']}, to rounding",
            f"{name}, which is written, has other gradients",
        ),
        help=f"write the {other['name']} as the loss, or repair the gradients: one of the two",
        place=stage.place(stage.loss.site),
    )


CAUSE = Cause(code="TRN10", title="another loss", doc=__doc__, look=_look)
