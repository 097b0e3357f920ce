"""A survey of the loops of a statement: which of them change numbers, time after time."""

import time
from collections.abc import Mapping
from types import FrameType
from typing import Any

import numpy as np

from gradcheck.paste.understanding.instrument import Plan
from gradcheck.paste.understanding.machine import Scene
from gradcheck.paste.understanding.paths import Path, leaves, scopes
from gradcheck.paste.understanding.runtime import Stop
from gradcheck.paste.understanding.values import frozen, same
from gradcheck.record import record

WATCHED = 4
"""So many iterations of each loop are looked at, of those that change something."""

_MOST_WATCHED = 32

_ENOUGH = 3
_SMALL = 0.3
_WAIT = 4
_LONG_WAIT = 10


@record
class Turns:
    """What the first iterations of a loop did, in the order in which the loops were entered.

    `changed` has, for each iteration that came to its end, the paths whose numbers differ.
    `outer` are the loops that were running around it, the outermost first.
    """

    loop: int
    outer: tuple[int, ...]
    count: int
    changed: tuple[frozenset[Path], ...]


class _Watch:
    """Looks at every number before and after the first iterations of each loop."""

    def __init__(self, functions: Mapping[int, str], seconds: float, patience: float) -> None:
        self._functions = functions
        self._deadline = time.process_time() + seconds
        self._patience = patience
        self.done = False
        self._running: list[tuple[int, int, dict[Path, Any] | None]] = []
        self._slow: dict[int, list[frozenset[Path]]] = {}
        self.turns: dict[int, dict[int, frozenset[Path]]] = {}
        self.outer: dict[int, tuple[int, ...]] = {}
        self.counts: dict[int, int] = {}

    def __call__(self, loop: int, count: int, frame: FrameType, ending: bool) -> bool:
        if self.done:
            raise Stop
        if ending:
            self._ended(loop, frame)
            if time.process_time() > self._deadline:
                self.done = True
                raise Stop
        else:
            self._begun(loop, count, frame)
        return False

    def _begun(self, loop: int, count: int, frame: FrameType) -> None:
        if loop not in self.outer:
            self.outer[loop] = tuple(number for number, _, _ in self._running)
        self.counts[loop] = count + 1
        values = _values(frame) if self._watches(loop, count) else None
        self._running.append((loop, count, values))

    def _watches(self, loop: int, count: int) -> bool:
        """Tell whether to look at an iteration: so many that do nothing may come before others."""
        if count < WATCHED:
            return True
        seen = self.turns.get(loop, {})
        return count < _MOST_WATCHED and sum(map(bool, seen.values())) < WATCHED

    def _ended(self, loop: int, frame: FrameType) -> None:
        while self._running:
            number, count, before = self._running.pop()
            if number == loop:
                break
        else:
            return
        if before is None:
            return
        after = _values(frame)
        differing = {p for p, old in before.items() if p in after and not same(old, after[p])}
        self.turns.setdefault(loop, {})[count] = frozenset(differing)
        slow = {path for path in differing if _is_slow(before[path], after[path])}
        self._slow.setdefault(loop, []).append(frozenset(slow))
        if self._settled(loop):
            self._hurry(loop)

    def _hurry(self, settled: int) -> None:
        """Wait not much longer, and shorter still if the loops around have turned a few times.

        Around a function's loop, a loop that calls the function should come to an end first.
        """
        around = [loop for loop, _, _ in self._running]
        if all(len(self.turns.get(loop, ())) > 1 for loop in around):
            waits = 1
        else:
            own = self._functions[settled]
            waits = _WAIT if all(self._functions[loop] == own for loop in around) else _LONG_WAIT
        self._deadline = min(self._deadline, time.process_time() + self._patience * waits)

    def _settled(self, loop: int) -> bool:
        """Tell whether a loop has changed the same numbers a little, often enough."""
        turns = self._slow[loop]
        return len(turns) >= _ENOUGH and bool(frozenset.intersection(*turns[1:]))


def _is_slow(old: Any, new: Any) -> bool:
    """Tell changes that are small against what was there, as those of parameters are."""
    if np.shape(old) != np.shape(new) or np.size(old) < 2:
        return False
    return bool(np.linalg.norm(np.subtract(new, old)) < _SMALL * np.linalg.norm(old))


@record
class Survey:
    """The loops of a statement that were entered; `whole` tells a run that came to its own end."""

    loops: tuple[Turns, ...]
    whole: bool


def survey(scene: Scene, seconds: float, patience: float) -> Survey:
    """Run a statement and watch its loops, `patience` seconds longer once one seems to train."""
    machine = scene.machine
    functions = {number: site.function for number, site in machine.sites.items()}
    watch = _Watch(functions, seconds, patience)
    scene.snapshot.restore()
    machine.install(Plan(sites=frozenset()))
    machine.runtime.watch = watch
    try:
        ran = machine.run(scene.start, None, seconds)
    finally:
        machine.runtime.watch = None
    loops = tuple(
        Turns(
            loop=loop,
            outer=watch.outer[loop],
            count=count,
            changed=tuple(watch.turns.get(loop, {}).values()),
        )
        for loop, count in watch.counts.items()
    )
    return Survey(loops=loops, whole=not ran.slow and not watch.done)


def _values(frame: FrameType) -> dict[Path, Any]:
    return {leaf.path: frozen(leaf.thing) for leaf in leaves(scopes(frame))}
