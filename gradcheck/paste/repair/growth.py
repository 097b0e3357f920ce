"""The edits of one state, tried in the order of what is likely and what promises to help."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from gradcheck.paste.repair.additions import completed
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known, candidates
from gradcheck.paste.repair.carries import carries
from gradcheck.paste.repair.foresight import Foresight
from gradcheck.paste.repair.judging import Shown
from gradcheck.paste.repair.leanings import DECAY
from gradcheck.paste.repair.making import written
from gradcheck.paste.repair.states import Late, State, attempt

EAGER = 100
"""So many edits are tried before it is known what others promise."""

SIGHT = 0.5
OTHERS = 60
"""So many more edits are tried where one rights all, to know of its equals."""

PASSED = 100
"""So many of the likelier edits are tried yet, where one that was tried before them rights all."""

PURSUED = 6
"""So many edits that promise to mend the first of two mistakes are looked behind."""

PATIENCE = 2.0
WAITING = 150
"""How much less likely an edit may be than one that rights a part, to be tried alone yet, and how
many such edits are."""

_FACTORS = frozenset(
    ("divide", "multiply", "drop-factor", "sum-to-mean", "square", "drop-square", "change-number")
)
_SIGNS = frozenset(("swap-operands", "negate", "flip-update", "complement"))
_SAME = 1e-6


class Growth:
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
        self._left = 0
        """So many edits are tried yet."""
        self._first: Sequence[Edit] = ()
        """The edits that promise to help where the way back first goes wrong."""
        self._rest: Sequence[Edit] = ()
        """The edits that promise nothing."""
        self._behind: Sequence[Edit] = ()
        """Those that wait for them, although some are likelier."""
        self._is_done = False
        """Whether all is right already, and only equals are looked for."""

    def run(self, left: int, done: list[State], grown: list[State]) -> None:
        """Try up to `left` edits, and add the states that help to `done` and `grown`."""
        self._left = left
        self._behind = edits = self._others()
        self._try(self._first, done, grown)
        self._behind = []
        if not done and not grown:
            done += self._carried()
            if done:
                return
        self._try(self._likely(edits), done, grown)
        wrong = self._state.shown.wrong
        if self._hasty and not done and not any(s.shown.wrong < wrong for s in grown):
            done += self._pursued()
            if done:
                return
        self._try(self._rest, done, grown)

    def _try(self, edits: Iterable[Edit], done: list[State], grown: list[State]) -> None:
        for edit in edits:
            if self._left <= 0 or self._late():
                break
            if not self._is_worth(edit):
                continue
            self._left -= 1
            after = attempt(self._bench, self._known, self._state, edit)
            if after is not None:
                (grown if after.shown.wrong else done).append(after)
                self._narrow_down(edit, after)

    def _narrow_down(self, edit: Edit, after: State) -> None:
        """Look for no less likely edits than those that may be as good as one that helps."""
        drifted = after.shown.drifted
        if not after.shown.wrong:
            self._is_done = not drifted
            # What makes the gradients those of another learning rate is the last resort.
            self._limit = min(self._limit, edit.rank + SIGHT + drifted)
            others = more(self._bench, OTHERS + self._passed_over(edit))
            self._left = self._left if drifted else min(self._left, others)
        elif self._hasty and after.shown.wrong < self._state.shown.wrong:
            # What mends the way back where it first goes wrong is hardly right by chance.
            sure = any(edit is one for one in self._first)
            self._limit = min(self._limit, edit.rank + (0.0 if sure else PATIENCE))
            others = OTHERS + self._passed_over(edit) if sure else WAITING
            self._left = min(self._left, more(self._bench, others))
            self._narrow = True

    def _others(self) -> Sequence[Edit]:
        """Return all edits but the first ones: what promises to help where it first goes wrong."""
        edits = self.edits()
        self._first = self._turning(edits) or self.promised(filter(self._is_first, edits))
        early = {id(edit) for edit in self._first}
        return [edit for edit in edits if id(edit) not in early]

    def _likely(self, edits: Sequence[Edit]) -> Iterator[Edit]:
        """Yield the likeliest edits first, then those that promise to help; keep all others."""
        eager = EAGER // 3 if self._bench.slow else EAGER
        yield from edits[:eager]
        edits = [edit for edit in edits[eager:] if self._is_worth(edit)]
        if not edits or self._is_done or self._left <= 0:
            yield from edits
            return
        outlook = self._foresight.outlook(self._state.changes, edits, self._late)
        yield from (edit for edit in edits if outlook.promises(edit))
        self._rest = [e for e in edits if not outlook.is_vain(e) and not outlook.promises(e)]

    def _turning(self, edits: Iterable[Edit]) -> list[Edit]:
        """Return the edits of a sign where only that goes wrong first: none makes another value."""
        first = self._foresight.origin(self._state.shown.wrong)
        if first is None or first.factor is None or abs(first.factor + 1) > _SAME:
            return []
        return [edit for edit in edits if edit.kind in _SIGNS and self._is_first(edit)]

    def _carried(self) -> list[State]:
        """Return repairs of the first of two mistakes, and of what turns of a loop hand on."""
        bench, known = self._bench, self._known
        if next(carries(bench, known, self._state), None) is None:
            return []
        for state in self._half():
            done = completed(bench, carries(bench, known, state), state, self._late)
            if done:
                return [*done]
        return []

    def _half(self) -> Iterator[State]:
        """Yield the program with the first of two mistakes mended, which rights no gradient yet."""
        start = self._state
        for edit in self._first[:PURSUED]:
            both = None if self._late() else written(self._known, start.changes, edit)
            shown = self._bench.tells(both[1]) if both else None
            if both is not None and shown is not None and shown.wrong <= start.shown.wrong:
                yield State(changes=both[1], shown=shown, edits=(*start.edits, both[0]))

    def _pursued(self) -> list[State]:
        """Return repairs of two mistakes, one behind the other, that spoil the same gradients.

        To mend the first alone rights no gradient; but then the way back goes wrong further on, and
        what makes a derivative there is what is missing yet.
        """
        bench, known = self._bench, self._known
        for state in self._half():
            behind = Growth(bench, known, self._foresight, state, self._late, hasty=True)
            tried = (
                attempt(bench, known, state, other)
                for other in behind.promised(behind.edits())
                if {part.number for part in other.parts}.isdisjoint(state.changes)
                and not self._late()
            )
            done = [after for after in tried if after is not None and not after.shown.wrong]
            if done:
                return done
        return []

    def edits(self) -> list[Edit]:
        """Return all edits of the state, the likeliest first."""
        ratios, likely = evidence(self._state.shown)
        changes, wrong = self._state.changes, self._state.shown.wrong
        return candidates(self._known, changes, wrong, ratios, likely)

    def promised(self, edits: Iterable[Edit]) -> list[Edit]:
        """Return those of some edits that promise to help."""
        some = list(edits)
        outlook = self._foresight.outlook(self._state.changes, some, self._late)
        return [edit for edit in some if outlook.promises(edit)]

    def _passed_over(self, edit: Edit) -> int:
        """Count the likelier edits that have not had their turn yet, up to a number."""
        likelier = (other for other in self._behind if other.rank < edit.rank)
        return len([*islice(likelier, PASSED)])

    def _is_worth(self, edit: Edit) -> bool:
        """Tell whether an edit is to be tried yet."""
        if edit.rank > self._limit:
            return False
        return not self._narrow or edit.feeds is None or edit.feeds >= self._state.shown.wrong

    def _is_first(self, edit: Edit) -> bool:
        """Tell edits of the statement at which the way back first goes wrong, or of its helpers."""
        first = self._foresight.origin(self._state.shown.wrong)
        if first is None:
            return False
        return all(self._foresight.is_at(first, part.number) for part in edit.parts)


def more(bench: Bench, count: int) -> int:
    """Return how many edits to try, fewer of a slow program."""
    return count // 10 if bench.slow else count


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
        return ratios, _FACTORS | _SIGNS if any(r < 0 for r in ratios) else _FACTORS
    return ratios, frozenset()
