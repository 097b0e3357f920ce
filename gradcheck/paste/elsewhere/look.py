"""The round of all causes: what each of them has to say about one training step."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.catalogue import Catalogue
from gradcheck.paste.elsewhere.cause import Cause
from gradcheck.paste.elsewhere.stage import Origin, Stage
from gradcheck.paste.running.assumptions import Assumption
from gradcheck.paste.running.datasets import KNOWN_SHAPE
from gradcheck.paste.running.helpers import INITIAL_WORDS
from gradcheck.paste.running.prepare import Prepared
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.machine import Machine
from gradcheck.paste.verdicts import judged

CAUSES = Catalogue(package="gradcheck.paste.elsewhere.causes", attribute="CAUSE", kind=Cause)

_ALL = tuple(CAUSES.all().values())  # Once its doors are shut, a child can't import anything.


_SLOW = 0.5
"""Steps that take more seconds than this, with all their hooks, are not looked at."""


def elsewhere(
    inquiry: Inquiry, choice: Choice, told: Mapping[str, Any], program: Prepared
) -> list[dict[str, Any]]:
    """Return what else keeps a step from learning, as plain data, in the order of the codes."""
    if inquiry.base.seconds > _SLOW:
        return []
    wrong = any(check.verdict == "wrong" for check in judged(told).checks)
    stage = Stage(
        inquiry,
        choice,
        told,
        origin=_origin(inquiry, program.assumptions),
        is_right=not wrong,
        again=lambda: Machine(program.tree, program.namespace(), program.flags),
    )
    return [
        {"code": cause.code, **vars(remark)} for cause in _ALL for remark in _heard(cause, stage)
    ]


def _origin(inquiry: Inquiry, assumptions: Sequence[Assumption]) -> Origin:
    """Tell what is the poster's own; where values are made up, any of the program's may be."""
    made = {a.name for a in assumptions if a.is_made_up}
    roots = {path.root for path in inquiry.parameters}
    supplied = {a.name for a in assumptions if a.kind == "helper" and INITIAL_WORDS in a.what}
    drawn = any(a.kind == "driver" for a in assumptions)
    others = [a for a in assumptions if a.is_made_up and a.what != KNOWN_SHAPE]
    return Origin(data=not made, classes=not others, start=not (drawn or supplied or made & roots))


def _heard(cause: Cause, stage: Stage) -> Iterator[Any]:
    """Yield a cause's remarks; values of a kind that it does not foresee give none."""
    try:
        with np.errstate(all="ignore"):
            yield from list(cause.look(stage))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return
