"""A column against a row: the residual, or the accuracy, has an entry for every pair of samples."""

import ast
import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.pairs import pairs
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.record import record


@record
class _Meeting:
    """Two sides that meet, by their shapes: `verb` is what becomes of them, `result` its name."""

    site: int
    one: tuple[int, ...]
    other: tuple[int, ...]
    sides: tuple[str, str]
    verb: str
    result: str

    @property
    def is_outer(self) -> bool:
        """Whether they are a column and a row of the same samples."""
        count = math.prod(self.other)
        return (
            math.prod(self.one) == count > 1
            and {len(self.one), len(self.other)} == {1, 2}
            and math.prod(np.broadcast_shapes(self.one, self.other)) == count**2
        )


def _look(stage: Stage) -> Iterator[Remark]:
    if not stage.origin.data:
        return
    for meetings in (_differences, _comparisons):
        outer = next((one for one in meetings(stage) if one.is_outer), None)
        if outer is not None:
            yield _remark(stage, outer)
            return


def _differences(stage: Stage) -> Iterator[_Meeting]:
    for pair in pairs(stage):
        yield _Meeting(
            site=pair.site,
            one=pair.prediction.shape,
            other=pair.target.shape,
            sides=("the prediction", "the target"),
            verb="broadcast to",
            result="their difference",
        )


def _comparisons(stage: Stage) -> Iterator[_Meeting]:
    """Yield the comparisons that the first step makes, as to count what it gets right."""
    nodes = stage.inquiry.machine.nodes
    sites = frozenset(number for number, node in nodes.items() if isinstance(node, ast.Compare))
    step = replace(stage.step, paths=None)
    trial = step.trial({}, step.plan(sites), rate=0.0) if sites else None
    for event in trial.events if trial else ():
        if event.site in sites and not _is_meant(event.left, event.right):
            yield _Meeting(
                site=event.site,
                one=np.shape(event.left),
                other=np.shape(event.right),
                sides=("the left side", "the right side"),
                verb="compared in",
                result="what comes out",
            )


def _is_meant(left: Array, right: Array) -> bool:
    """Tell tables that are wanted: of labels and their kinds, or of all pairs of labels."""
    one, other = np.ravel(left), np.ravel(right)
    kinds = np.arange(len(one))
    return any(np.array_equal(a, b) for a, b in ((one, other), (one, kinds), (other, kinds)))


def _remark(stage: Stage, found: _Meeting) -> Remark:
    site, count = stage.sites[found.site], math.prod(found.other)
    shape = np.broadcast_shapes(found.one, found.other)
    how = "reshape(-1, 1)" if len(found.other) == 1 else "ravel()"
    return Remark(
        message=f"`{site.text}` is {found.verb} a table of all pairs of samples",
        evidence=(
            f"{found.sides[0]} has shape {found.one}, {found.sides[1]} {found.other}",
            f"{found.result} has shape {shape}: {math.prod(shape)} numbers for {count}",
        ),
        help=f"give {found.sides[1]} the other's shape: {how}",
        place=stage.place(found.site),
    )


CAUSE = Cause(code="TRN12", title="a column against a row", doc=__doc__, look=_look)
