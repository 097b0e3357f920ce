"""Gradient variables that are wrong: what an optimizer takes for the gradient of a parameter.

Where an optimizer keeps state, no update is a multiple of its gradient, right or wrong. What the
state does not change, and the update follows, is the gradient: the last such value on the way.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from gradcheck.paste.understanding.candidates import values
from gradcheck.paste.understanding.claim import Claim
from gradcheck.paste.understanding.fit import fit
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.optimizing import effective, is_collector
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.seen import computed, nth_back
from gradcheck.paste.understanding.steps import Step, Trial
from gradcheck.paste.understanding.uphill import signed
from gradcheck.paste.understanding.values import fills, frozen, same
from gradcheck.record import record

_NUDGE = 0.1
_MOST = 6


@record
class Behind:
    """The parameters that have state, and those of their gradient variables that were found."""

    stateful: frozenset[Path]
    claims: Mapping[Path, Claim]


def behind(
    inquiry: Inquiry,
    candidate: int,
    paths: Sequence[Path],
    known: Collection[int] = (),
    *,
    cut: bool = False,
) -> Behind:
    """Return what stands for the gradients of some parameters.

    `known` are sites that do so for others: they serve all, with a name or without. Where gradients
    are `cut` or rescaled there need be no state.
    """
    if not paths or not inquiry.found.others:
        return Behind(stateful=frozenset(), claims={})
    watched = _Watched(inquiry, candidate, known)
    found, stateful = {}, set()
    for path in paths:
        free = watched.free(path)
        if free is not None:
            stateful.add(path)
        elif cut:
            free = watched.before
        else:
            continue
        # What other updates follow, too, is on the way to the gradient rather than it.
        claims = [*islice(watched.claims(path, free, candidate), _MOST)]
        claims.sort(key=lambda one: (one.site not in known, not watched.is_own(path, one)))
        if claims:
            found[path], _ = signed(inquiry, path, claims[0])
    return Behind(stateful=frozenset(stateful), claims=found)


@record
class _Moved:
    """What another value of a state does: the updates it changes, and the sites it does not."""

    updates: frozenset[Path]
    same: frozenset[int]


class _Watched:
    """The step at its latest iteration with all values of the parameters' shapes recorded."""

    def __init__(self, inquiry: Inquiry, candidate: int, serving: Collection[int]) -> None:
        self._inquiry = inquiry
        self._serving = serving
        self._loss = inquiry.candidates[candidate]
        self._seen = computed(inquiry)
        self._point = max(inquiry.points, key=lambda one: one.first)
        self._step: Step = replace(inquiry.step, first=self._point.first, paths=inquiry.parameters)
        self._sites = self._seen.sites | {self._loss.site}
        self._plan = self._step.plan(self._sites)
        self._plain = self._trial({})
        self._states: dict[Path, _Moved | None] = {}

    @property
    def before(self) -> frozenset[int]:
        """The sites of values that updates are made from."""
        return self._seen.sites - {update.site for update in self._inquiry.found.updates}

    def _trial(self, more: Mapping[Path, Any], inject: Mapping[int, Any] | None = None) -> Trial:
        point = {**self._point.point, **more}
        return self._step.trial(point, self._plan, recorded=self._sites, inject=inject)

    def free(self, path: Path) -> frozenset[int] | None:
        """Return the sites that no state of a parameter's update changes; None without state.

        What the loss depends on is no state of an optimizer, but one of the network.
        """
        found: frozenset[int] | None = None
        for other, there in effective(self._inquiry, path, self._point):
            moved = self._moved(other, there)
            if moved is None or path not in moved.updates:
                continue
            if is_collector(self._inquiry, path, other, there, self._point):
                continue
            found = moved.same if found is None else found & moved.same
        return found

    def _moved(self, other: Path, there: Any) -> _Moved | None:
        """Return what another value of a state does; None of one that is none of an optimizer."""
        if other not in self._states:
            trial = self._trial({other: there})
            updates = [p for p in self._inquiry.parameters if self._changes(trial, p)]
            known = None
            if not trial.failed and updates and not self._moves_loss(trial):
                same = (site for site in self._seen.sites if self._is_same(trial, site))
                known = _Moved(updates=frozenset(updates), same=frozenset(same))
            self._states[other] = known
        return self._states[other]

    def _moves_loss(self, trial: Trial) -> bool:
        (loss,), (plain,) = (values([self._loss], run.events) for run in (trial, self._plain))
        return not same(float(loss), float(plain))

    def _changes(self, trial: Trial, path: Path) -> bool:
        return not np.array_equal(trial.change(path), self._plain.change(path))

    def _is_same(self, trial: Trial, site: int) -> bool:
        one, other = _values(trial, site), _values(self._plain, site)
        return len(one) == len(other) and all(map(np.array_equal, one, other))

    def claims(self, path: Path, free: frozenset[int], candidate: int) -> Iterator[Claim]:
        """Yield the stored values that the update follows, one of each site, the latest first."""
        shape = np.shape(self._point.point[path])
        known: set[int] = set()
        for site, back, found in reversed(list(self._seen.of(shape))):
            named = self._inquiry.machine.sites[site].names or site in self._serving
            if site in known or site not in free or not named:
                continue
            if not any(map(np.any, found)) or not self._is_followed(path, site, shape, back):
                continue
            known.add(site)
            pairs = zip(self._inquiry.points, found, strict=True)
            rows = tuple(point.rows(path, candidate, value) for point, value in pairs)
            yield Claim(site=site, rows=rows, fit=fit(rows), why="optimizer", back=back)

    def is_own(self, path: Path, claim: Claim) -> bool:
        """Tell whether no other parameter's update follows a claim."""
        trial = self._nudged(claim.site, np.shape(self._point.point[path]), claim.back)
        others = [other for other in self._inquiry.parameters if other != path]
        return not trial.failed and not any(self._changes(trial, other) for other in others)

    def _is_followed(self, path: Path, site: int, shape: tuple[int, ...], back: int) -> bool:
        trial = self._nudged(site, shape, back)
        return not trial.failed and self._changes(trial, path)

    def _nudged(self, site: int, shape: tuple[int, ...], back: int) -> Trial:
        own = [e for e in self._plain.events if e.site == site and fills(np.shape(e.value), shape)]
        left = nth_back(own, back)
        if left is None:
            return self._plain

        def nudge(value: Any) -> Any:
            nonlocal left
            if not fills(np.shape(value), shape):
                return 0.0
            left -= 1
            value = frozen(value)
            moved = value if np.any(value) else np.ones_like(value)
            return _NUDGE * moved if left == -1 else 0.0

        return self._trial({}, {site: nudge})


def _values(trial: Trial, site: int) -> list[Any]:
    return [event.value for event in trial.events if event.site == site]
