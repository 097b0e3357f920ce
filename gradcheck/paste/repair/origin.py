"""Where a way back first goes wrong: the first statement to make what is no derivative.

Only what a derivative runs through should be one: it doubles when those before it are doubled.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.repair.influence import Influence
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.repair.sums import collects
from gradcheck.paste.repair.targets import Targets
from gradcheck.paste.understanding.paths import Path
from gradcheck.record import record

_SEEDS = 3
_CLOSE = 1e-9
_NEAR = 1e-5
_TURNS = 2
_MOST_SOURCES = 16


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

    What a right gradient is made from as well is right: but one of that may be zero, whatever it is
    made from.
    """
    carriers, sums, all_wrong = _carriers(targets), targets.sums, frozenset(wrong)
    complete = {last.number for last in sums.values()}
    suspects = [
        statement
        for statement in targets.backward
        if statement.number in carriers
        and influences[statement.number].known
        and statement.number not in sums
        and (
            statement.number in complete
            or statement.number in targets.filled
            or not (_hands_on(statement) or collects(statement))
        )
    ]
    reach = {statement.number: influences[statement.number].parameters for statement in suspects}
    alone = [s for s in suspects if reach[s.number] <= all_wrong]
    others = [s for s in suspects if reach[s.number] > all_wrong]
    return _first(targets, influences, alone) or _first(targets, influences, others)


def _first(
    targets: Targets, influences: Mapping[int, Influence], suspects: Sequence[Statement]
) -> Origin | None:
    sums, turned = targets.sums, _turned(targets)
    table, usual = targets.table, _factor(targets, _carriers(targets))
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
            if turn == 0 and statement.number in turned:
                return _origin(statement, targets, -1.0)
            if any(abs(abs(factor) - 1) < _NEAR for factor in found):
                continue
            source = _handed_on(targets, statement, sums) if turn else None
            if source is not None:
                return _origin(source, targets, None)
            return _origin(statement, targets, found[0] if found else None)
    return None


def _origin(statement: Statement, targets: Targets, factor: float | None) -> Origin:
    """Blame what an array is filled by rather than what hands it on."""
    fillers = targets.filled.get(statement.number, ())
    parts = (n for n, last in targets.sums.items() if last.number == statement.number)
    every = frozenset([*parts, *(one.number for one in fillers), statement.number])
    return Origin(statement=fillers[-1] if fillers else statement, factor=factor, parts=every)


def _handed_on(
    targets: Targets, statement: Statement, sums: Mapping[int, Statement]
) -> Statement | None:
    """Return what first goes wrong of that which the next turn of a statement begins with.

    Of what leads there, the last is what is carried on; None where that is a derivative, too: then
    the statement itself goes wrong.
    """
    sources = [*_sources(targets, statement)]
    for source in sources[:-1]:
        values = targets.values(source)
        told = values[0].shape in targets.table.shapes and not collects(source)
        if (
            told
            and source.number not in sums
            and not any(map(targets.table.matches, values[:_TURNS]))
        ):
            return source
    for source in sources[-1:]:
        values = targets.values(source)[: len(source.sites)]
        if not all(map(targets.table.is_carried, values)):
            return source
    return None


def _sources(targets: Targets, statement: Statement) -> Iterator[Statement]:
    """Yield what a statement's second turn follows of that which is made behind its first one.

    What the second turn itself makes, the first one has made as well.
    """
    begin, end = sorted(targets.places(statement))[:_TURNS]
    own = {getattr(s.function, "name", None) for s in targets.backward}
    last = {
        s.number: max((p for p in targets.places(s) if begin < p < end), default=-1)
        for s in targets.backward
        if not _is_handed(s.node.value, own)
    }
    between = [s for s in targets.backward if last.get(s.number, -1) >= 0]
    before = targets.values(statement)
    for source in sorted(between, key=lambda s: last[s.number])[-_MOST_SOURCES:]:
        always = targets.doubled(source).get(statement.number, [])
        once = targets.doubled(source, last[source.number]).get(statement.number, [])
        if min(len(always), len(once)) < _TURNS or not np.array_equal(always[0], before[0]):
            continue
        if not np.array_equal(once[1], before[1]):
            yield source


def _is_handed(value: ast.expr, own: Collection[str | None]) -> bool:
    """Tell what only passes on what was computed elsewhere, as the `own` functions do."""
    match value:
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return True
        case ast.Tuple(elts=elements):
            return all(_is_handed(element, own) for element in elements)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in own
    return False


def _hands_on(statement: Statement) -> bool:
    """Tell what only gives a name to what there is, or to some of it."""
    return isinstance(statement.node.value, ast.Name | ast.Attribute | ast.Subscript)


def _factor(targets: Targets, carriers: Collection[int]) -> float:
    """Return the factor of the first derivative that is made; it is carried through."""
    made = [s for s in targets.backward if s.number in carriers and targets.values(s)]
    found = (f for s in made for f in targets.table.matches(targets.values(s)[0]).values())
    return next(found, 1.0)


@lru_cache(maxsize=1)
def _turned(targets: Targets) -> frozenset[int]:
    """Return the statements that make minus what their names say, where the first such makes it.

    Of those that have no such names a minus says nothing: `y - a` may be a value itself.
    """
    signs: dict[int, float] = {}
    for statement in targets.backward:
        values = targets.values(statement) if statement.number in _carriers(targets) else []
        for k, factor in targets.table.matches(values[0]).items() if values else ():
            if _is_named(statement, targets.table.targets[k].name):
                signs.setdefault(statement.number, np.sign(factor))
    first = next(iter(signs.values()), 1.0)
    return frozenset(number for number, sign in signs.items() if sign != first)


def _is_named(statement: Statement, name: str) -> bool:
    """Tell what is stored under the name of a derivative by something: `dvar` by `var`."""
    match statement.node:
        case ast.Assign(targets=[ast.Name(id=own) | ast.Attribute(attr=own)]):
            return own.lower() in (f"d{name.lower()}", f"d_{name.lower()}", f"grad_{name.lower()}")
    return False


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
