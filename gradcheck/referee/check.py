"""The check of a problem: what can be compared is, over probes, and what comes out is explained."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import partial

import numpy as np

from gradcheck.array import Shape
from gradcheck.errors import UnrepeatableError
from gradcheck.numeric.estimate import EPS
from gradcheck.problem import Claims, Fact, Probe, Problem
from gradcheck.referee import rounds
from gradcheck.referee.account import Account, Clock, OutOfBudget
from gradcheck.referee.blocks import Spread
from gradcheck.referee.evaluator import Evaluator
from gradcheck.referee.nearby import epsilon_of, fits
from gradcheck.referee.outcome import Outcome, uncompared
from gradcheck.referee.repeat import cause, stale, unsteady
from gradcheck.referee.run import Run, negligible
from gradcheck.referee.tally import Tally
from gradcheck.report import Check, Portrait
from gradcheck.settings import Settings


def _silent(share: float) -> None:
    """Take no notice of progress."""


def check(
    problem: Problem,
    settings: Settings,
    progress: rounds.Progress = _silent,
    *,
    clock: Clock | None = None,
    spread: Spread | None = None,
    explain: bool = True,
) -> Outcome:
    """Compare every selected parameter's claimed gradient with the numeric one.

    A budget in seconds goes by `clock`. `spread`, if given, measures blocks of entries elsewhere.
    Without `explain`, verdicts come without the sweeps and the facts that explain them.
    Raises NumericError where the loss can't be refereed at the user's own point and
    ClaimError where the claims can't be had there.
    """
    own = problem.probe(0, 0)
    evaluator = Evaluator(problem=problem, account=Account(budget=settings.allowed, clock=clock))
    names = selected(problem, settings)
    try:
        with suppress(OutOfBudget):
            evaluator.base(own)
    except UnrepeatableError as error:
        return _unrepeatable(evaluator, names, error)
    (first,) = problem.claims([own])
    run = _begun(evaluator, settings, own, names, first)
    run.spread = spread
    if run.names:
        rounds.go(run, progress)
        _hold_to_fresh_claims(run)
        if explain:
            _explain(run)
    return _outcome(run, names, first)


def selected(problem: Problem, settings: Settings) -> tuple[str, ...]:
    """Return the parameters to check: those claimed that `only` matches."""
    names = [
        name
        for name in problem.shapes
        if (problem.claimed is None or name in problem.claimed)
        and (not settings.only or any(fnmatchcase(name, p) for p in settings.only))
    ]
    return tuple(names)


def _unrepeatable(evaluator: Evaluator, names: Sequence[str], error: UnrepeatableError) -> Outcome:
    """Decide nothing where the loss is not a function of the point."""
    checks = [uncompared(evaluator.problem, name, "undecided", "randomness") for name in names]
    return Outcome(
        checks=tuple(checks),
        entries_total=sum(check.entries for check in checks),
        evaluations=evaluator.account.evaluations,
        facts=(Fact(code="CHK05", parameters=tuple(names), evidence=(str(error),)),),
    )


def _begun(
    evaluator: Evaluator, settings: Settings, own: Probe, names: Sequence[str], first: Claims
) -> Run:
    """Begin with the parameters whose claims fit and are the same when asked for again."""
    problem, below = evaluator.problem, partial(negligible, evaluator, own)
    fitting = tuple(n for n in names if n in first and fits(np.shape(first[n]), problem.shapes[n]))
    again = first if problem.settled else problem.claims([own])[0]
    loose = unsteady(first, again, fitting, below)
    compared = tuple(name for name in fitting if name not in loose)
    return Run(
        problem=problem,
        settings=settings,
        evaluator=evaluator,
        own=own,
        names=compared,
        tallies={
            name: Tally(name=name, shape=problem.shapes[name], pictured=settings.pictures)
            for name in compared
        },
        claims={own.name: first},
        loose=set(loose),
        facts=[cause(problem, own, loose, below)] if loose else [],
    )


def _hold_to_fresh_claims(run: Run) -> None:
    """Find claims that are wrong at generated points only, since code remembers the own one."""
    suspects: dict[str, list[str]] = {}
    for tally in run.tallies.values():
        if tally.wrong_at and run.own.name not in tally.wrong_at:
            suspects.setdefault(tally.wrong_at[0], []).append(tally.name)
    for probe, names in suspects.items():
        if probe in run.claims:
            point, claims = run.points[probe], run.claims[probe]
            fact = stale(
                run.problem, point, claims, names, partial(negligible, run.evaluator, point)
            )
            run.facts += [fact] if fact else []
            run.loose |= set(fact.parameters if fact else ())
    for name in run.loose:
        run.tallies.pop(name, None)


def _explain(run: Run) -> None:
    """Find out why checks are not right, gradients zero or claims coarse, if any are."""
    own = run.claims[run.own.name]
    if not (
        any(tally.verdict != "right" or tally.zero_at for tally in run.tallies.values())
        or any(trust.line is not None for trust in run.trusts.values())
        or any(epsilon_of(np.asarray(own[name])) > EPS for name in run.tallies)
    ):
        return
    from gradcheck.referee.explain import Case, explained

    case = Case(
        problem=run.problem,
        evaluator=run.evaluator,
        tallies=run.tallies,
        trusts=run.trusts,
        probes=run.points,
        kinks=run.kinks,
        claims=own,
    )
    run.facts += explained(case)


def _outcome(run: Run, names: Sequence[str], claims: Claims) -> Outcome:
    shapes = {name: np.shape(claims[name]) for name in names if name in claims}
    checks = [_check(run, name, shapes.get(name)) for name in names]
    return Outcome(
        checks=tuple(checks),
        missing=tuple(name for name in names if name not in shapes),
        misshapen={n: s for n, s in shapes.items() if not fits(s, run.problem.shapes[n])},
        stretched={n: s for n, s in shapes.items() if s != run.problem.shapes[n]},
        probes=tuple(run.points),
        points=tuple(run.points.values()),
        entries_total=sum(c.entries for c in checks),
        entries_checked=sum(c.entries_checked for c in checks),
        evaluations=run.evaluator.account.evaluations,
        audits=run.evaluator.account.audits,
        factor=run.factor,
        facts=tuple(run.facts),
        remarks=(*run.remarks, *_left_out(run)),
        portraits=_portraits(run) if run.settings.pictures else (),
    )


def _portraits(run: Run) -> tuple[Portrait, ...]:
    from gradcheck.referee.portraits import portrait

    return tuple(filter(None, map(portrait, run.tallies.values())))


def _left_out(run: Run) -> Iterator[str]:
    """Say what the budget left out, if anything; quick mode passes over entries by itself."""
    checks = [tally.check(None) for tally in run.tallies.values()]
    quick = run.settings.mode == "quick"
    yield from run.omissions.told(
        run.settings.allowed, run.problem.larger, tuple(run.points), checks, partly=not quick
    )


def _check(run: Run, name: str, shape: Shape | None) -> Check:
    if name in run.loose:
        return uncompared(run.problem, name, "undecided", "randomness")
    if name in run.tallies:
        return run.tallies[name].check(run.problem.accepted.get(name))
    reason = "no gradient is claimed" if shape is None else f"the claim has shape {shape}"
    return uncompared(run.problem, name, "wrong", reason)
