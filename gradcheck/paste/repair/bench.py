"""The bench: what a changed program claims, held against the slopes that were measured before.

Backward edits do not move the loss, so the slopes of the program as given stay true; a change that
does move a loss is none that we may make.
"""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import CodeType
from typing import Any, TypeAlias

import numpy as np

from gradcheck.paste.repair.behind import behind
from gradcheck.paste.repair.forms import Forms
from gradcheck.paste.repair.judging import Judge, Shown
from gradcheck.paste.repair.losses import has_loss, share_of
from gradcheck.paste.repair.points import steady, widened
from gradcheck.paste.repair.statements import Change, Changes, Statement, blocks, statements
from gradcheck.paste.repair.visits import Look, Visits
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.claim import Claim, Decay
from gradcheck.paste.understanding.claims import bare, claimed
from gradcheck.paste.understanding.fit import Rows, fit
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.measure import Measured
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.seen import computed
from gradcheck.paste.understanding.sites import of
from gradcheck.paste.understanding.steps import Step, Trial
from gradcheck.paste.understanding.values import frozen, same

Claims: TypeAlias = Mapping[Path, Any]

_SLOW = 0.02
_SMALL = 2.0**-17
"""The share of the learning rate at which weights are as good as not stale."""

_CUT = frozenset(("clipping", "rescaling"))
"""Ways from a gradient to its update that other gradients, or none at all, steer."""


class Bench:
    """A measured step of a program with its loss chosen, to try changes of its text on."""

    def __init__(
        self,
        inquiry: Inquiry,
        choice: Choice,
        source: str,
        rate: float | None,
        overwritten: Collection[str] = (),
    ) -> None:
        inquiry = widened(inquiry, overwritten)
        self.inquiry = inquiry
        self.machine = inquiry.machine
        self.slow = _is_slow(inquiry)
        """Whether a run of the step takes so long that few can be made."""
        self.candidate = choice.candidate
        self.loss = inquiry.candidates[choice.candidate]
        self.inferred = self.loss.standard is not None
        self.parameters = tuple(inquiry.parameters)
        self._take_claims(overwritten)
        found = statements(self.machine.tree, source)
        self.statements: Mapping[int, Statement] = {s.number: s for s in found}
        self.blocks = {s.number: s for s in blocks(self.machine.tree, source)}
        self.step = replace(inquiry.step, paths=self.parameters)
        self.sites = frozenset({self.loss.site, *(c.site for c in self.claims.values())})
        self.plan = self.step.plan(self.sites)
        start = self.step.scene.start
        self._forms = Forms(
            self.machine.tree,
            {**self.blocks, **self.statements},
            self.plan,
            self.machine.flags,
            start,
        )
        self.small = False
        """Whether claims are taken at a very small learning rate."""
        self.signs: Mapping[Path, float] = {p: c.sign for p, c in self.claims.items()}
        """By which sign each update follows its gradient variable."""
        self.tried = 0
        self.points = self._points()
        self._decays |= self._hidden()
        self._judge = Judge(self.points, None if self.inferred else rate, inferred=self.inferred)

    def _take_claims(self, overwritten: Collection[str]) -> None:
        """Tell gradient variables from plain updates, and weight decays from both."""
        inquiry = self.inquiry
        # What is overwritten has its mistake in the update itself, whatever that is made from.
        claims = {
            path: claim
            for path, claim in claimed(inquiry, self.candidate).items()
            if str(path) not in overwritten
        }
        self.claims: Mapping[Path, Claim] = {p: c for p, c in claims.items() if not c.decay}
        odd = [path for path in self._odd() if path not in claims]
        serving = {claim.site for claim in self.claims.values()}
        cut = any(claim.why in _CUT for claim in claims.values())
        wrong = behind(inquiry, self.candidate, odd, serving, cut=cut)
        self._stateful = not wrong.stateful <= wrong.claims.keys()
        if wrong.claims and not self._stateful:
            # What is right is to be held against them as a gradient variable, too.
            others = [path for path in inquiry.decided(self.candidate) if path not in odd]
            right = behind(inquiry, self.candidate, [p for p in others if p not in claims])
            exact = {path: one for path, one in right.claims.items() if one.fit.exact}
            self.claims = {**self.claims, **exact}
        self.claims = {} if self._stateful else {**self.claims, **wrong.claims}
        if wrong.claims and self.claims:
            self.claims = {**bare(inquiry, self.candidate, self.claims, computed(inquiry))}
        self._decays = {path: claim.decay for path, claim in claims.items() if claim.decay}

    def _hidden(self) -> Mapping[Path, Decay]:
        """Return the decays that stale weights hide: at a vanishing rate, others' are theirs."""
        odd = [path for path in self._odd() if path not in {**self.claims, **self._decays}]
        known, found = self._decays, dict[Path, Decay]()
        self.small = True
        for decay in dict.fromkeys(known.values()) if odd else ():
            self._decays = {**known, **dict.fromkeys(odd, decay)}
            claims = [self._claims(point) for point in self.points] if self.edit({}) else [None]
            rows = [
                self._rows(point, one)
                for point, one in zip(self.points, claims, strict=False)
                if one is not None
            ]
            if len(rows) == len(self.points):
                exact = [path for path in odd if fit([row[path] for row in rows]).exact]
                found |= dict.fromkeys(exact, decay)
        self.small, self._decays = False, known
        return found

    def _odd(self) -> list[Path]:
        """Return the parameters whose updates are not multiples of their gradients."""
        fits = self.inquiry.fits[self.candidate]
        return [path for path in self.inquiry.decided(self.candidate) if not fits[path].exact]

    def _points(self) -> Sequence[Measured]:
        """Return the points of the inquiry, those first that show most parameters.

        All are at the first iteration, where what is changed in one shows in the loss of a later.
        """
        points = self.inquiry.points
        if self._stateful or self._is_carried(max(points, key=lambda one: one.first)):
            points = [*steady(self.inquiry)] or points
        # Where a loss is computed now and then, nothing is felt in the iterations between.
        felt = [one for one in points if np.isfinite(one.losses[self.candidate])] or points
        return sorted(felt, key=lambda one: (-one.telling, one.first))

    def _is_carried(self, last: Measured) -> bool:
        """Tell whether the loss at an iteration depends on the updates of those before."""
        changes = {s.number: Change(number=s.number, text=None) for s in self.updating}
        if last.first == min(one.first for one in self.inquiry.points) or not changes:
            return False
        share = share_of(self.loss, self._trial(last, rate=0.0)) if self.edit({}) else None
        trial = self._trial(last, rate=0.0) if self.edit(changes) else None
        if trial is None or trial.failed:
            return True
        if share is not None and same(share, share_of(self.loss, trial)):
            return False
        return not has_loss(self.loss, trial, last.losses[self.candidate])

    @cached_property
    def updating(self) -> Sequence[Statement]:
        """The statements that change parameters."""
        sites = {update.site for update in self.inquiry.found.updates}
        return [
            statement
            for statement in self.statements.values()
            if not sites.isdisjoint(of(node) for node in ast.walk(statement.node))
        ]

    @cached_property
    def telling(self) -> Sequence[Measured]:
        """As many of the points as it takes for every parameter to be updated."""
        return self.points[:1] if self.points[0].telling == len(self.parameters) else self.points

    def edit(self, changes: Changes) -> bool:
        """Have the machine run the program with changes; False where Python can't."""
        if self.machine.plan is not self.plan:
            self.machine.install(self.plan)
        try:
            codes = self._forms.codes(changes)
        except (SyntaxError, ValueError):
            return False
        return self._put(codes) or self._put_afresh(codes)

    def _put(self, codes: Mapping[int, CodeType]) -> bool:
        try:
            self.machine.put(codes)
        except ValueError:
            return False
        return True

    def _put_afresh(self, codes: Mapping[int, CodeType]) -> bool:
        """Put codes without the functions that the last run has left: theirs are of other sizes."""
        self.step.scene.snapshot.restore()
        return self._put(codes)

    def watch(
        self,
        changes: Changes,
        numbers: Iterable[int],
        look: Look,
        point: int = 0,
        most: int | None = None,
        setting: str | None = None,
    ) -> Trial | None:
        """Run a changed step from a point, moving no parameter, and look around on the way.

        `look` is called right before each of the statements, every time, but for what it executes
        itself, and may give the variable `setting` another value; `most` ends the run after so many
        events of the loss. None where Python can't.
        """
        visit, runtime = Visits(look, self.machine.runtime), self.machine.runtime
        if not self.edit({**changes, **dict(self._here(changes, numbers, setting))}):
            return None
        there = replace(self.points[0], point=self.points[point].point)
        runtime.visit = visit
        try:
            return self._trial(there, rate=0.0, most=most)
        finally:
            runtime.visit = None

    def _here(
        self, changes: Changes, numbers: Iterable[int], setting: str | None
    ) -> Iterator[tuple[int, Change]]:
        for number in numbers:
            here = f"__gc_here__({number})"
            if setting is not None:
                here = f"{setting} = __gc_here__({number}, {setting})"
            text = self.statements[number].text
            own = changes.get(number) or Change(number=number, text=text)
            if own.text is not None:
                yield number, replace(own, before=(*own.before, here))

    def tells(self, changes: Changes, count: int | None = None) -> Shown | None:
        """Return what changed claims are worth at so many points; None where there are none."""
        self.tried += 1
        if not self.edit(changes):
            return None
        rows: dict[Path, list[Rows]] = {path: [] for path in self.parameters}
        for point in self.points[:count]:
            claims = self._claims(point)
            if claims is None:
                return None
            for path, row in self._rows(point, claims).items():
                rows[path].append(row)
        return self._judge.judged(rows)

    def keep(self, shown: Shown) -> None:
        """Judge all other changes by what one gave that is built on."""
        self._judge.keep(shown)

    def is_harmless(self, changes: Changes) -> bool:
        """Tell whether changes leave the loss as it was, at all points."""
        shares = self._shares
        if not self.edit(changes):
            return False
        for point, share in zip(self.points, shares, strict=True):
            trial = self._trial(point, rate=0.0)
            if trial.failed:
                return False
            if not has_loss(self.loss, trial, point.losses[self.candidate]) and not (
                share is not None and same(share, share_of(self.loss, trial))
            ):
                return False
        return True

    @cached_property
    def _shares(self) -> Sequence[Any]:
        """What the step adds to a loss that runs on from step to step, at all points.

        What it has come to before depends on the updates until then.
        """
        self.edit({})
        return [share_of(self.loss, self._trial(point, rate=0.0)) for point in self.points]

    def _claims(self, point: Measured) -> Claims | None:
        if not self.small:
            trial = self._trial(point)
            return None if trial.failed else self._claimed(trial, 1.0)
        # What remains of stale weights is proportional to the rate, and cancels.
        both = []
        for rate in (_SMALL, _SMALL / 2):
            trial = self._trial(point, rate=rate)
            both.append(None if trial.failed else self._claimed(trial, rate))
        one, other = both
        if one is None or other is None:
            return None
        return {path: 2 * np.asarray(other[path]) - np.asarray(one[path]) for path in one}

    def _trial(self, point: Measured, rate: float = 1.0, most: int | None = None) -> Trial:
        step: Step = replace(self.step, first=point.first)
        sites = self.sites if most is None else frozenset({self.loss.site})
        return step.trial(point.point, self.plan, rate=rate, recorded=sites, most=most)

    def _claimed(self, trial: Trial, rate: float) -> Claims | None:
        found = {}
        for path in self.parameters:
            own = self.claims.get(path)
            if own is None:
                value = frozen(self.step.claim(trial, path))
                value = None if value is None else self._undecayed(trial, path, value, rate) / rate
            else:
                value = self._recorded(trial, own, path)
            if value is None or not np.all(np.isfinite(value)):
                return None
            if np.shape(value) != np.shape(self.points[0].point[path]):
                return None
            found[path] = value
        return found

    def _undecayed(self, trial: Trial, path: Path, value: Any, rate: float) -> Any:
        """Return an update without the weight decay that it has on purpose."""
        decay, own = self._decays.get(path), frozen(trial.before.values[path])
        if decay is None:
            return value
        return np.asarray(value) - rate * decay.of(own) * (np.asarray(value) != 0)

    def noted(self, trial: Trial, path: Path) -> Any:
        """Return the gradient variable's value in a trial, where it is a parameter's claim."""
        own = self.claims.get(path)
        return None if own is None else self._recorded(trial, own, path)

    def _recorded(self, trial: Trial, claim: Claim, path: Path) -> Any:
        value = claim.value(trial.events, np.shape(self.points[0].point[path]))
        return None if value is None else self.signs[path] * value

    def _rows(self, point: Measured, claims: Claims) -> dict[Path, Rows]:
        found = {}
        for path, claim in claims.items():
            rows = point.rows(path, self.candidate, claim)
            if path not in self.claims:
                bar = point.claim_bars[path] * (4 / _SMALL if self.small else 1)
                rows = replace(rows, claim_bar=np.full(len(rows.claim), bar))
            found[path] = rows
        return found


def _is_slow(inquiry: Inquiry) -> bool:
    """Tell a step that takes long twice: once, it may just have been held up."""
    if inquiry.base.seconds <= _SLOW:
        return False
    return inquiry.step.trial({}, inquiry.step.plan(None), rate=0.0).seconds > _SLOW
