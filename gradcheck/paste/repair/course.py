"""The course of a repair: what is wrong in the formulas first, then in the order of statements.

At a vanishing learning rate weights are never stale. So the formulas are repaired there, and
what is still wrong at the real rate is a matter of order.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, product

from gradcheck.paste.repair.additions import completed, moved_to
from gradcheck.paste.repair.ascent import descending, follow
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Known
from gradcheck.paste.repair.carries import carries
from gradcheck.paste.repair.copies import copies
from gradcheck.paste.repair.depths import depths
from gradcheck.paste.repair.emptying import emptyings
from gradcheck.paste.repair.foresight import Foresight
from gradcheck.paste.repair.judging import Shown
from gradcheck.paste.repair.moves import moves
from gradcheck.paste.repair.resets import resets
from gradcheck.paste.repair.search import BEAM, Repairs, search
from gradcheck.paste.repair.states import Late, State

_MOVES = 3


def repaired(bench: Bench, known: Known, start: State, foresight: Foresight, late: Late) -> Repairs:
    """Return the repairs of a program that is wrong at its real learning rate.

    Where the step goes uphill, it is turned first, and all else is repaired on top of that.
    """
    turned = descending(bench, known, start, late)
    if turned:
        if not turned[0].shown.wrong:
            return Repairs(done=turned, near=None, tried=bench.tried)
        start = turned[0]
        follow(bench, start.changes)
        found = search(bench, known, start, foresight, late)
        return replace(found, near=found.near or start)
    bench.small = True
    small = bench.tells({})
    if small is None or not _differ(small, start.shown) or _is_beyond(small, start.shown):
        bench.small = False
        # An accumulator that several turns fill is hardly ever meant to go on through more, nor
        # is what is read in every turn meant to stay zero.
        added = chain(*(adding(bench, known, start) for adding in (resets, emptyings, carries)))
        done = completed(bench, added, start, late)
        if done:
            return Repairs(done=done, near=None, tried=bench.tried)
        found = search(bench, known, start, foresight, late)
        return found if found.done else _copied(bench, known, start, found, late)
    states: tuple[State, ...] = (State(changes={}, shown=small),)
    if small.wrong:
        first = search(bench, known, states[0], foresight, late)
        states = first.done[:BEAM] or ((first.near,) if first.near else ())
    bench.small = False
    return _ordered(bench, known, [*states, start], late)


_BARS = 10.0
_BEYOND = 256.0
"""So many times larger than at the real rate, a gradient is no gradient any more."""


def _differ(small: Shown, full: Shown) -> bool:
    """Tell whether claims are worth something else at a vanishing learning rate."""
    pairs = [(small.fits[path], full.fits[path]) for path in full.wrong]
    return any(
        abs(one.residual - other.residual) > _BARS * (one.bar + other.bar) for one, other in pairs
    )


def _is_beyond(small: Shown, full: Shown) -> bool:
    """Tell whether some update does not shrink with the rate, as `np.subtract.at(...)` does not."""
    pairs = [(small.fits[path].scale, full.fits[path].scale) for path in full.wrong]
    return any(abs(one) > _BEYOND * abs(other) > 0 for one, other in pairs)


def _copied(bench: Bench, known: Known, start: State, found: Repairs, late: Late) -> Repairs:
    """Move statements in or out, or add one, where no edit of one helps."""
    states = (start, *((found.near,) if found.near else ()))
    for state, proposed in product(states, (depths, copies)):
        done = completed(bench, proposed(bench, known, state), state, late)
        if done:
            return Repairs(done=done, near=None, tried=bench.tried)
    return found


def _ordered(bench: Bench, known: Known, states: list[State], late: Late) -> Repairs:
    """Put statements in order, on top of repaired formulas."""
    done: list[State] = []
    near: State | None = None
    for state in states:
        shown = bench.tells(state.changes)
        if shown is None:
            continue
        now = State(changes=state.changes, shown=shown, edits=state.edits)
        for _ in range(_MOVES):
            if not now.shown.wrong:
                break
            after = next(_better(bench, known, now, late), None)
            if after is None:
                break
            now = after
        if not now.shown.wrong:
            done.append(now)
            break
        near = near or now
    return Repairs(done=tuple(done), near=near, tried=bench.tried)


def _better(bench: Bench, known: Known, state: State, late: Late) -> Iterator[State]:
    found = []
    for edit, changes in moves(bench, known, state):
        if late():
            break
        after = moved_to(bench, state, edit, changes)
        if after is None:
            continue
        if not after.shown.wrong:
            yield after
            return
        found.append(after)
    yield from sorted(found, key=lambda s: (s.shown.score, s.cost))
