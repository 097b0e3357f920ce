"""The search for the fewest and smallest edits that make all of a step's updates right."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field, replace
from typing import TypeAlias

from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known, candidates
from gradcheck.paste.repair.foresight import Foresight
from gradcheck.paste.repair.judging import Shown
from gradcheck.paste.repair.leanings import DECAY
from gradcheck.paste.repair.making import tentative, written
from gradcheck.paste.repair.statements import Changes
from gradcheck.record import record

Late: TypeAlias = Callable[[], bool]
"""Tells that time is up."""

DEPTH = 3
BEAM = 3
TRIED = 1600
EAGER = 100
"""So many edits are tried before it is known what others promise."""

SIGHT = 0.5
OTHERS = 60
"""So many more edits are tried where one rights all, to know of its equals."""

PURSUED = 6
"""So many edits that promise to mend the first of two mistakes are looked behind."""

PATIENCE = 2.0
WAITING = 150
"""How much less likely an edit may be than one that rights a part, to be tried alone yet, and how
many such edits are."""

_GAIN = 0.3
"""By how much fewer gradients must be wrong, in whole ones, for half a repair to be pursued."""

_LATE = 1.0

_FACTORS = frozenset(
    ("divide", "multiply", "drop-factor", "sum-to-mean", "square", "drop-square", "change-number")
)
_SIGNS = frozenset(("swap-operands", "negate", "flip-update", "complement"))
_SAME = 1e-6


@record
class State:
    """A program on its way to being right: the edits so far and what they give."""

    changes: Changes
    shown: Shown
    edits: tuple[Edit, ...] = ()
    late: bool = False
    """Whether it only makes good for what has gone wrong before it on the way back."""

    @property
    def cost(self) -> float:
        extra = self.shown.drifted + _LATE * self.late
        return sum(edit.cost for edit in self.edits) + len(self.edits) + extra

    @property
    def length(self) -> int:
        """How long the changed statements are: of equal edits, the shortest is plainest."""
        return sum(len(change.text or "") for change in self.changes.values())


@record
class Repairs:
    """The repairs that were found, the cheapest first, and the best of what is not one."""

    done: tuple[State, ...]
    near: State | None
    tried: int = 0
    rest: tuple[State, ...] = field(default=())


def search(bench: Bench, known: Known, start: State, foresight: Foresight, late: Late) -> Repairs:
    """Return the repairs of the fewest edits; none where nothing was found in time."""
    first = _searched(bench, known, start, foresight, late, hasty=True)
    if first.done or late():
        return first
    pursued = _pursued(bench, known, start, foresight, late)
    if pursued:
        return Repairs(done=tuple(pursued), near=None, tried=bench.tried)
    if late() or first.near is None:
        return first
    found = _searched(bench, known, start, foresight, late, hasty=False)
    return found if found.done else first


def _pursued(
    bench: Bench, known: Known, start: State, foresight: Foresight, late: Late
) -> list[State]:
    """Return repairs of two mistakes, one behind the other, by which the same gradients are wrong.

    To mend the first alone rights no gradient; but then the way back goes wrong further on, and
    what makes a derivative there is what is missing yet.
    """
    growth = _Growth(bench, known, foresight, start, late, hasty=True)
    for edit in growth.promised(growth.first())[:PURSUED]:
        both = None if late() else written(known, start.changes, edit)
        shown = bench.tells(both[1]) if both else None
        if both is None or shown is None or not shown.wrong <= start.shown.wrong:
            continue
        state = State(changes=both[1], shown=shown, edits=(*start.edits, both[0]))
        behind = _Growth(bench, known, foresight, state, late, hasty=True)
        tried = (
            attempt(bench, known, state, other)
            for other in behind.promised(behind.edits())
            if {part.number for part in other.parts}.isdisjoint(state.changes) and not late()
        )
        done = [after for after in tried if after is not None and not after.shown.wrong]
        if done:
            return sorted(done, key=lambda s: (s.cost, s.length))
    return []


def _searched(
    bench: Bench, known: Known, start: State, foresight: Foresight, late: Late, *, hasty: bool
) -> Repairs:
    states, near = [start], None
    for depth in range(DEPTH):
        most = TRIED // 2 if depth and hasty else TRIED
        done: list[State] = []
        grown: list[State] = []
        for state in states:
            left = _more(bench, OTHERS) if done else most
            _Growth(bench, known, foresight, state, late, hasty=hasty).run(left, done, grown)
        if done:
            wrong = start.shown.wrong
            done = [replace(s, late=foresight.is_late(s.changes, wrong)) for s in done]
            done.sort(key=lambda s: (s.cost, foresight.misses(s.changes, wrong), s.length))
            return Repairs(done=tuple(done), near=None, tried=bench.tried)
        grown.sort(key=lambda state: (state.shown.score, state.cost))
        states = _distinct(grown)[:BEAM]
        near = states[0] if states else near
        if not states or late():
            break
    return Repairs(done=(), near=near, tried=bench.tried)


class _Growth:
    """The edits of one state, tried in their order.

    A hasty one, as soon as one edit rights a part, tries only those yet that could right all.
    """

    def __init__(
        self,
        bench: Bench,
        known: Known,
        foresight: Foresight,
        state: State,
        late: Late,
        *,
        hasty: bool,
    ) -> None:
        self._bench = bench
        self._foresight = foresight
        self._known = known
        self._state = state
        self._late = late
        self._hasty = hasty
        self._limit = float("inf")
        """How unlikely an edit may be to be tried yet."""
        self._narrow = False
        """Whether only those are tried yet that could right all."""
        self._is_done = False
        """Whether all is right already, and only equals are looked for."""

    def run(self, left: int, done: list[State], grown: list[State]) -> None:
        """Try up to `left` edits, and add the states that help to `done` and `grown`."""
        wrong = self._state.shown.wrong
        for edit in self._ordered():
            if left <= 0 or self._late():
                break
            if not self._is_worth(edit):
                continue
            left -= 1
            after = attempt(self._bench, self._known, self._state, edit)
            if after is None:
                continue
            if not after.shown.wrong:
                done.append(after)
                self._is_done = not after.shown.drifted
                # What makes the gradients those of another learning rate is the last resort.
                far = SIGHT + after.shown.drifted
                self._limit = min(self._limit, edit.rank + far)
                left = left if after.shown.drifted else min(left, _more(self._bench, OTHERS))
                continue
            grown.append(after)
            if self._hasty and after.shown.wrong < wrong:
                self._limit, self._narrow = min(self._limit, edit.rank + PATIENCE), True
                left = min(left, _more(self._bench, WAITING))

    def _ordered(self) -> Iterator[Edit]:
        """Yield the likeliest edits first, then those that promise to help, and all others.

        First of all come those that promise to help where the way back first goes wrong.
        """
        state, edits = self._state, self.edits()
        first = self.promised(filter(self._is_first, edits))
        yield from first
        early = {id(edit) for edit in first}
        edits = [edit for edit in edits if id(edit) not in early]
        eager = EAGER // 3 if self._bench.slow else EAGER
        yield from edits[:eager]
        edits = [edit for edit in edits[eager:] if self._is_worth(edit)]
        if not edits or self._is_done:
            yield from edits
            return
        outlook = self._foresight.outlook(state.changes, edits, self._late)
        rest = [edit for edit in edits if not outlook.is_vain(edit)]
        yield from (edit for edit in rest if outlook.promises(edit))
        yield from (edit for edit in rest if not outlook.promises(edit))

    def edits(self) -> list[Edit]:
        """Return all edits of the state, the likeliest first."""
        ratios, likely = evidence(self._state.shown)
        changes, wrong = self._state.changes, self._state.shown.wrong
        return candidates(self._known, changes, wrong, ratios, likely)

    def first(self) -> list[Edit]:
        """Return those at the statement at which the way back first goes wrong."""
        return [*filter(self._is_first, self.edits())]

    def promised(self, edits: Iterable[Edit]) -> list[Edit]:
        """Return those of some edits that promise to help."""
        some = list(edits)
        outlook = self._foresight.outlook(self._state.changes, some, self._late)
        return [edit for edit in some if outlook.promises(edit)]

    def _is_worth(self, edit: Edit) -> bool:
        """Tell whether an edit is to be tried yet."""
        if edit.rank > self._limit:
            return False
        return not self._narrow or edit.feeds is None or edit.feeds >= self._state.shown.wrong

    def _is_first(self, edit: Edit) -> bool:
        """Tell edits of the statement at which the way back first goes wrong."""
        first = self._foresight.origin(self._state.shown.wrong)
        return first is not None and {part.number for part in edit.parts} == {
            first.statement.number
        }


def _more(bench: Bench, count: int) -> int:
    return count // 10 if bench.slow else count


def attempt(bench: Bench, known: Known, state: State, edit: Edit) -> State | None:
    """Return the state after an edit, if it helps: at one point, at all, and moves no loss."""
    changes = tentative(known, state.changes, edit)
    if changes is None:
        return None
    shown = bench.tells(changes, 1)
    if shown is None or not better(shown, state.shown):
        return None
    both = written(known, state.changes, edit)
    if both is None:
        return None
    edit, changes = both
    shown = bench.tells(changes)
    if shown is None or not better(shown, state.shown) or not bench.is_harmless(changes):
        return None
    return State(changes=changes, shown=shown, edits=(*state.edits, edit))


def better(new: Shown, old: Shown) -> bool:
    return new.wrong <= old.wrong and new.score < old.score - _GAIN


def evidence(shown: Shown) -> tuple[tuple[float, ...], frozenset[str]]:
    """Return the factors by which gradients are off, and the kinds of edits that they suggest."""
    if shown.decayed:
        return (), DECAY
    if shown.scale is None:
        return (), frozenset()
    exact = [shown.fits[path] for path in shown.wrong if shown.fits[path].factored]
    ratios = tuple(dict.fromkeys(one.scale / shown.scale for one in exact))
    if exact and len(exact) == len(shown.wrong):
        if all(abs(r + 1) < _SAME for r in ratios):
            return ratios, _SIGNS
        return ratios, _FACTORS
    return ratios, frozenset()


def _distinct(states: Sequence[State]) -> list[State]:
    found: dict[object, State] = {}
    for state in states:
        found.setdefault(tuple(sorted((n, c.text) for n, c in state.changes.items())), state)
    return list(found.values())
