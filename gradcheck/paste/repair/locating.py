"""Where the first mistake is, when no repair was found: the first value that is no derivative.

Statements of loops and helpers run several times, and in a time loop what is wrong in one turn
spoils all that follow. So values are compared turn by turn, in the order in which they were made.
What only multiplies derivatives, as the slope of an activation does, is none and need not be; nor
need a part be of which a right derivative is made.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.paste.repair.adjoints import Adjoint, Match, Slopes, at, match
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.influence import Influence
from gradcheck.paste.repair.judging import Shown
from gradcheck.paste.repair.search import Late
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.repair.wording import adds_up, begins, inner, only_names, read, stored
from gradcheck.paste.understanding.values import same
from gradcheck.record import record

_TURNS = 3
"""How many turns of a statement are looked at, from either end."""

_MOST_RUNS = 900
_SECONDS = 3.0
"""How long all runs may take, by the time of one of them."""
_EXACT = 1e-5
_NOISE = 0.1


@record
class First:
    """The first statement that seems wrong, and what is known of it."""

    statement: Statement
    fact: str | None


@record
class _Made:
    """A value that a backward statement has made; `place` is its event's."""

    statement: Statement
    place: int
    turn: int
    value: Array
    match: Match | None


def first_wrong(
    bench: Bench,
    statements: Mapping[int, Statement],
    influences: Mapping[int, Influence],
    shown: Shown,
    late: Late,
) -> First | None:
    """Return the first statement that what is wrong comes from, and nothing that is right.

    Where no value tells, it is the first that most of what is wrong is made from.
    """
    suspects = [
        statements[number]
        for number, one in influences.items()
        if one.known and not one.forward and one.parameters and one.parameters <= shown.wrong
    ]
    suspects = [one for one in suspects if not only_names(one) and not begins(one.node.value)]
    found = _Turns(bench, statements, influences, late).first({s.number for s in suspects}, shown)
    if found is not None:
        return found
    reach = {s.number: len(influences[s.number].parameters) for s in suspects}
    likeliest = max(suspects, key=lambda s: reach[s.number], default=None)
    return First(statement=likeliest, fact=None) if likeliest else None


class _Turns:
    """The values of one step, statement by statement and turn by turn."""

    def __init__(
        self,
        bench: Bench,
        statements: Mapping[int, Statement],
        influences: Mapping[int, Influence],
        late: Late,
    ) -> None:
        self._bench = bench
        self._late = late
        self._influences = influences
        forward = [statements[n] for n, one in influences.items() if one.forward]
        backward = [
            statements[n] for n, one in influences.items() if not one.forward and one.parameters
        ]
        self._of = {site: one for one in backward for site in one.sites}
        self._sources = {site: one for one in forward for site in [*one.sites, *inner(one.node)]}
        self._sites = frozenset((*self._of, *self._sources))
        self._scaled = {
            name for one in forward if isinstance(one.node, ast.AugAssign) for name in stored(one)
        }
        """What is changed in place, so that a value of this name is not the one that counts."""
        self._slopes = Slopes(bench, self._sites)

    def first(self, suspects: set[int], shown: Shown) -> First | None:
        made = list(self._made())
        known = list(self._known({one.value.shape for one in made}))
        if not known:
            return None
        made = [
            _Made(
                statement=one.statement,
                place=one.place,
                turn=one.turn,
                value=one.value,
                match=match(one.value, known),
            )
            for one in made
        ]
        behind = self._behind(made)
        shapes = {one.directions.shape[1:] for one in known}
        ratios = _ratios(shown)
        factors: list[float] = []
        for k, one in enumerate(made):
            suspected = one.statement.number in suspects and one.place in behind
            if one.match is None:
                if suspected and one.value.shape in shapes and not _is_part(one, made[k + 1 :]):
                    return _carried(one, made[:k]) or First(
                        statement=one.statement, fact=no_derivative(one.statement.text)
                    )
                continue
            found = one.match
            if suspected and found.by not in self._scaled:
                off = _off(found.factor, factors, ratios)
                if off is not None:
                    text = one.statement.text
                    fact = f"`{text}` makes {off:.6g} times the derivative by {found.by}"
                    return First(statement=one.statement, fact=fact)
            factors.append(found.factor)
        return None

    def _made(self) -> Iterator[_Made]:
        """Yield what could be derivatives by something the forward pass computes."""
        turns: dict[int, int] = defaultdict(int)
        for place, event in enumerate(self._slopes.plain.events):
            statement = self._of.get(event.site)
            if statement is None:
                continue
            turn = turns[event.site]
            turns[event.site] += 1
            if np.size(event.value) < 2 or turn >= _TURNS or self._is_gradient(statement, event):
                continue
            yield _Made(
                statement=statement,
                place=place,
                turn=turn,
                value=np.asarray(event.value),
                match=None,
            )

    def _is_gradient(self, statement: Statement, event: Any) -> bool:
        """Tell a parameter's gradient, and what is added up, from derivatives by values."""
        if adds_up(statement):
            return True
        fed = self._influences[statement.number].parameters
        if len(fed) != 1:
            return False
        own = np.shape(self._bench.points[0].point[next(iter(fed))])
        return np.shape(event.value) in (own, own[::-1])

    def _known(self, shapes: set[tuple[int, ...]]) -> Iterator[Adjoint]:
        """Yield derivatives by values of some shapes, by what statements store before the rest."""
        found: dict[int, list[Array]] = defaultdict(list)
        for event in self._slopes.plain.events:
            if event.site in self._sources:
                found[event.site].append(np.asarray(event.value))
        usable = [
            (distance, site not in self._sources[site].sites, site, turn, value)
            for site, values in found.items()
            for distance, turn, value in _ends(values)
            if value.shape in shapes and value.size > 1
        ]
        usable.sort(key=lambda one: one[:4])
        for _, _, site, turn, value in usable[: self._slopes.most(_SECONDS, _MOST_RUNS)]:
            if self._late():
                return
            one = self._slopes.by(site, value, self._sources[site].text, turn)
            if one is not None:
                yield one

    def _behind(self, made: Sequence[_Made]) -> set[int]:
        """Return the places whose values are made from the first derivative that is right."""
        start = next((one for one in made if one.match), None)
        if start is None:
            return {one.place for one in made}
        site = self._slopes.plain.events[start.place].site
        size = _NOISE * float(np.sqrt(np.mean(start.value**2)))
        noise = size * Chance([site]).normal(size=start.value.shape)
        moved = self._slopes.run({site: at(start.turn, noise)}, self._sites)
        plain = self._slopes.plain.events
        if moved.failed or len(moved.events) < len(plain):
            return {one.place for one in made}
        return {
            one.place
            for one in made
            if not same(moved.events[one.place].value, plain[one.place].value)
        }


def _ends(values: Sequence[Array]) -> Iterator[tuple[int, int, Array]]:
    """Yield the first and last turns and their values, each with how far it is from an end."""
    for turn, value in enumerate(values):
        distance = min(turn, len(values) - 1 - turn)
        if distance < _TURNS:
            yield distance, turn, value


def _is_part(one: _Made, later: Sequence[_Made]) -> bool:
    """Tell whether the next value that reads what a statement has stored is a right derivative."""
    kept = stored(one.statement)
    for other in later:
        if kept & read(other.statement):
            return other.match is not None
    return False


def _carried(one: _Made, earlier: Sequence[_Made]) -> First | None:
    """Return what handed something wrong on to the next turn of a statement that was right."""
    before = [other for other in earlier if other.statement is one.statement]
    if not before or before[-1].match is None:
        return None
    needed = read(one.statement)
    later = {
        other.statement.number: other.statement
        for other in earlier
        if other.place > before[-1].place
        and other.statement.order > one.statement.order
        and stored(other.statement) & needed
    }
    if len(later) != 1:
        return None
    (statement,) = later.values()
    text = one.statement.text
    fact = f"`{text}` is a derivative of the loss in one turn, but not in the next, with this"
    return First(statement=statement, fact=fact)


def _ratios(shown: Shown) -> list[float]:
    """Return the factors by which gradients are off that are off by nothing else."""
    scale = shown.scale
    if not scale:
        return []
    return [shown.fits[path].scale / scale for path in shown.wrong if shown.fits[path].exact]


def _off(factor: float, earlier: Sequence[float], ratios: Sequence[float]) -> float | None:
    """Return by how much a factor differs from those before, where gradients are off by that."""
    if any(_equal(factor, one) for one in earlier):
        return None
    found = (ratio for one in earlier for ratio in ratios if _equal(factor, ratio * one))
    return next(found, None)


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= _EXACT * abs(other)


def no_derivative(text: str) -> str:
    return f"`{text}` makes no derivative of the loss: by no value, and times no factor"
