"""Where a way back first goes wrong: the first statement to make what is no derivative.

Only what a derivative runs through should be one: it doubles when those before it are doubled.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.repair.influence import Influence
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.repair.sums import collects, completing
from gradcheck.paste.repair.targets import Targets
from gradcheck.paste.repair.wording import read, stored
from gradcheck.paste.understanding.paths import Path
from gradcheck.record import record

_SEEDS = 3
_CLOSE = 1e-9
_NEAR = 1e-5
_TURNS = 2


@record
class Origin:
    """A statement that passes on no derivative, or one times a `factor` that is its own.

    Where it completes a sum, `parts` are the numbers of the statements that make the rest of it.
    """

    statement: Statement
    factor: float | None
    parts: frozenset[int] = frozenset()

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of all statements that may be to blame."""
        return self.parts | {self.statement.number}


def origin(
    targets: Targets, influences: Mapping[int, Influence], wrong: Collection[Path]
) -> Origin | None:
    """Return the statement that, first in time, passes on what is no derivative.

    What a right gradient is made from as well is right.
    """
    carriers, sums = _carriers(targets), completing(targets.backward)
    complete = {last.number for last in sums.values()}
    suspects = [
        statement
        for statement in targets.backward
        if statement.number in carriers
        and influences[statement.number].known
        and influences[statement.number].parameters <= set(wrong)
        and statement.number not in sums
        and (statement.number in complete or not (_hands_on(statement) or collects(statement)))
    ]
    table, usual = targets.table, _factor(targets, carriers)
    for turn in range(_TURNS):
        for statement in suspects:
            values = targets.values(statement)
            shapes = table.shapes
            if len(influences[statement.number].parameters) == 1:
                # It may be the gradient of that parameter.
                shapes -= {targets.own[path] for path in influences[statement.number].parameters}
            if turn >= len(values) or values[turn].shape not in shapes:
                continue
            found = [factor / usual for factor in table.matches(values[turn]).values()]
            if any(abs(abs(factor) - 1) < _NEAR for factor in found):
                continue
            source = _handed_on(statement, targets.backward) if turn else None
            if source is not None:
                return _origin(source, sums, None)
            return _origin(statement, sums, found[0] if found else None)
    return None


def _origin(statement: Statement, sums: Mapping[int, Statement], factor: float | None) -> Origin:
    parts = (number for number, last in sums.items() if last.number == statement.number)
    return Origin(statement=statement, factor=factor, parts=frozenset(parts))


def _handed_on(statement: Statement, backward: Collection[Statement]) -> Statement | None:
    """Return what hands something on to the next turn of a statement that was right before."""
    needed = read(statement)
    found = [one for one in backward if one.order > statement.order and stored(one) & needed]
    return found[0] if len(found) == 1 else None


def _hands_on(statement: Statement) -> bool:
    """Tell what only gives a name to what there is, or to some of it."""
    return isinstance(statement.node.value, ast.Name | ast.Attribute | ast.Subscript)


def _factor(targets: Targets, carriers: Collection[int]) -> float:
    """Return the factor of the first derivative that is made; it is carried through."""
    made = [s for s in targets.backward if s.number in carriers and targets.values(s)]
    found = (f for s in made for f in targets.table.matches(targets.values(s)[0]).values())
    return next(found, 1.0)


@lru_cache(maxsize=1)
def _carriers(targets: Targets) -> frozenset[int]:
    """Return the statements whose first values double with one of the first derivatives made."""
    found: set[int] = set()
    for statement in list(_made(targets))[:_SEEDS]:
        doubled = targets.doubled(statement)
        found |= {
            other.number
            for other in targets.backward
            if _is_double(targets.values(other), doubled.get(other.number, []))
        }
    return frozenset(found)


def _made(targets: Targets) -> Iterator[Statement]:
    for statement in targets.backward:
        values = targets.values(statement)
        if values and targets.table.matches(values[0]):
            yield statement


def _is_double(values: list[Array], doubled: list[Array]) -> bool:
    if not values or not doubled or doubled[0].shape != values[0].shape:
        return False
    one, other = 2 * values[0], doubled[0]
    return bool(np.any(one)) and bool(np.linalg.norm(one - other) <= _CLOSE * np.linalg.norm(one))
