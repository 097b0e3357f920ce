"""The search for the fewest and smallest edits that make all of a step's updates right."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Known
from gradcheck.paste.repair.foresight import Foresight
from gradcheck.paste.repair.growth import OTHERS, Growth, more
from gradcheck.paste.repair.states import Late, State
from gradcheck.paste.understanding.paths import Path
from gradcheck.record import record

DEPTH = 3
BEAM = 3
TRIED = 1600
_STEP = 0.25
"""So much of a wrong gradient counts when states are compared."""


@record
class Repairs:
    """The repairs that were found, the cheapest first, and the best of what is not one."""

    done: tuple[State, ...]
    near: State | None
    tried: int = 0


def search(bench: Bench, known: Known, start: State, foresight: Foresight, late: Late) -> Repairs:
    """Return the repairs of the fewest edits; none where nothing was found in time."""
    first = _searched(bench, known, start, foresight, late, hasty=True)
    if first.done or late() or first.near is None:
        return first
    found = _searched(bench, known, start, foresight, late, hasty=False)
    return found if found.done else first


def _searched(
    bench: Bench, known: Known, start: State, foresight: Foresight, late: Late, *, hasty: bool
) -> Repairs:
    states, near = [start], None
    for depth in range(DEPTH):
        most = TRIED // 2 if depth and hasty else TRIED
        done: list[State] = []
        grown: list[State] = []
        for state in states:
            left = more(bench, OTHERS) if done else most
            Growth(bench, known, foresight, state, late, hasty=hasty).run(left, done, grown)
        if done:
            wrong = start.shown.wrong
            done = [
                replace(
                    s,
                    late=foresight.is_late(s.changes, wrong),
                    missed=foresight.misses(s.changes, wrong),
                )
                for s in done
            ]
            # Of equals, what makes a gradient is to be mended rather than what applies it.
            updates = {statement.number for statement in bench.updating}
            done.sort(
                key=lambda s: (
                    s.cost,
                    s.missed,
                    not updates.isdisjoint(s.changes),
                    s.length,
                )
            )
            return Repairs(done=tuple(done), near=None, tried=bench.tried)
        states = _diverse(_distinct(sorted(grown, key=_closeness)))[:BEAM]
        near = states[0] if states else near
        if not states or late():
            break
    return Repairs(done=(), near=near, tried=bench.tried)


def _closeness(state: State) -> tuple[int, float]:
    """Order states by how much is wrong, and by cost: how far wrong values are off is chance."""
    return round(state.shown.score / _STEP), state.cost


def _diverse(states: Sequence[State]) -> list[State]:
    """Put states first with which other gradients are wrong than with the ones before them.

    What leaves the same wrong are mostly variants of one edit, none of which leads further.
    """
    seen: Counter[frozenset[Path]] = Counter()
    turns = []
    for state in states:
        turns.append(seen[state.shown.wrong])
        seen[state.shown.wrong] += 1
    return [states[k] for k in sorted(range(len(states)), key=turns.__getitem__)]


def _distinct(states: Sequence[State]) -> list[State]:
    found: dict[object, State] = {}
    for state in states:
        found.setdefault(tuple(sorted((n, c.text) for n, c in state.changes.items())), state)
    return list(found.values())
