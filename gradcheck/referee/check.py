"""The run over probes and parameters that makes checks of a problem."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from zlib import crc32

import numpy as np

from gradcheck.array import Shape
from gradcheck.chance import Chance
from gradcheck.errors import GradcheckError, InternalError, UnrepeatableError
from gradcheck.numeric import differences
from gradcheck.numeric.estimate import EPS
from gradcheck.problem import Claims, Fact, Kink, Probe, Problem
from gradcheck.referee import plan as planning
from gradcheck.referee.audit import Trust, audit
from gradcheck.referee.compare import compare
from gradcheck.referee.estimates import Numeric, Station, numeric
from gradcheck.referee.evaluator import Evaluator
from gradcheck.referee.judge import zero_below
from gradcheck.referee.nearby import Nearby, epsilon_of, fits
from gradcheck.referee.outcome import Outcome, uncompared
from gradcheck.referee.repeat import cause, stale, unsteady
from gradcheck.referee.scale import common_factor
from gradcheck.referee.tally import Tally
from gradcheck.report import Check
from gradcheck.settings import Settings

ATTEMPTS = 5
"""Draws of a generated probe before it is left out."""

Progress = Callable[[float], None]
"""Told the share of the work that is done."""


@dataclass(kw_only=True, eq=False, repr=False)
class _Run:
    """One run in progress."""

    problem: Problem
    settings: Settings
    evaluator: Evaluator
    names: tuple[str, ...]
    tallies: dict[str, Tally]
    trusts: dict[str, Trust] = field(default_factory=dict)
    kinked: dict[int, Sequence[Kink]] = field(default_factory=dict)
    limit: int = 0
    """How many evaluations a parameter may take at one probe."""
    points: dict[str, Probe] = field(default_factory=dict)
    claims: dict[str, Claims] = field(default_factory=dict)
    """What is claimed at the probes, by their names; only at the own one if code can't remember."""
    loose: set[str] = field(default_factory=set)
    """Parameters whose claims are not a function of the point."""
    facts: list[Fact] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    factor: float = 1.0

    def kinks(self, probe: Probe) -> Sequence[Kink]:
        """Return a probe's kinks, found once."""
        if id(probe) not in self.kinked:
            self.kinked[id(probe)] = self.problem.kinks(probe)
        return self.kinked[id(probe)]


def _silent(share: float) -> None:
    """Take no notice of progress."""


def check(problem: Problem, settings: Settings, progress: Progress = _silent) -> Outcome:
    """Compare every selected parameter's claimed gradient with the numeric one.

    Raises NumericError where the loss can't be refereed at the user's own point and
    ClaimError where the claims can't be had there.
    """
    own = problem.probe(0, 0)
    evaluator = Evaluator(problem=problem)
    names = selected(problem, settings)
    try:
        evaluator.base(own)
    except UnrepeatableError as error:
        checks = (uncompared(problem, name, "undecided", "randomness") for name in names)
        fact = Fact(code="CHK05", parameters=names, evidence=(str(error),))
        return Outcome(checks=tuple(checks), facts=(fact,))
    (first,) = problem.claims([own])
    fitting = tuple(n for n in names if n in first and fits(np.shape(first[n]), problem.shapes[n]))
    negligible = partial(_negligible, evaluator, own)
    loose = unsteady(first, problem.claims([own])[0], fitting, negligible)
    compared = tuple(name for name in fitting if name not in loose)
    run = _Run(
        problem=problem,
        settings=settings,
        evaluator=evaluator,
        names=compared,
        tallies={name: Tally(name=name, shape=problem.shapes[name]) for name in compared},
        claims={own.name: first},
        loose=set(loose),
        facts=[cause(problem, own, loose, negligible)] if loose else [],
    )
    if compared:
        _over_probes(run, own, progress)
        _hold_to_fresh_claims(run)
        _explain(run)
    return _outcome(run, names, first)


def _negligible(evaluator: Evaluator, probe: Probe, name: str) -> float:
    """Return a gradient of a parameter that is too small to be told from zero."""
    return zero_below(evaluator.magnitude(probe, name), probe.parameters[name])


def selected(problem: Problem, settings: Settings) -> tuple[str, ...]:
    """Return the parameters to check: those claimed that `only` matches."""
    names = [
        name
        for name in problem.shapes
        if (problem.claimed is None or name in problem.claimed)
        and (not settings.only or any(fnmatchcase(name, p) for p in settings.only))
    ]
    return tuple(names)


def _over_probes(run: _Run, own: Probe, progress: Progress) -> None:
    probes = [own, *_generated(run)]
    if run.settings.mode == "full":
        run.limit = run.settings.budget // len(probes)
    plan = _plan(run, len(probes))
    for position, name in enumerate(run.names):
        # Each parameter is audited at one probe, and the probes share them out.
        number = position % len(probes)
        station = _station(run, probes[number], name, number)
        run.trusts[name] = audit(station, name, run.settings.method)
    for number, probe in enumerate(probes):
        try:
            _at(run, probe, number, plan, partial(_advance, progress, number, len(probes)))
        except GradcheckError as error:
            if number == 0 or isinstance(error, InternalError):
                raise
            run.remarks.append(f"the {probe.name} point was left out: {error}")


def _station(run: _Run, probe: Probe, name: str, number: int) -> Station:
    rng = Chance([run.settings.seed, number, crc32(name.encode())])
    return Station(
        evaluator=run.evaluator,
        probe=probe,
        kinks=run.kinks(probe),
        rng=rng,
        limit=run.limit,
    )


def _advance(progress: Progress, number: int, count: int, share: float) -> None:
    progress((number + share) / count)


def _plan(run: _Run, count: int) -> planning.Plan:
    sizes = {name: int(np.prod(run.problem.shapes[name])) for name in run.names}
    if run.settings.mode == "exhaustive":
        return planning.Plan(quota=sizes)
    if run.settings.mode == "quick":
        return planning.Plan(quota=dict.fromkeys(sizes, 1))
    by_steps = run.settings.method == "differences" or not run.problem.complex_safe
    cost = 2 * len(differences.SHORT) + 1 if by_steps else 1
    return planning.share(sizes, run.settings.budget // (count * cost))


def _generated(run: _Run) -> Iterator[Probe]:
    """Draw the generated probes; one at which the loss is not finite is drawn again."""
    for number in range(1, min(run.settings.points, run.problem.probes or run.settings.points)):
        for attempt in range(ATTEMPTS):
            probe = run.problem.probe(number, attempt)
            try:
                run.evaluator.base(probe)
            except GradcheckError as error:
                if attempt == ATTEMPTS - 1:
                    run.remarks.append(f"the {probe.name} point was left out: {error}")
            else:
                yield probe
                break


def _at(run: _Run, probe: Probe, number: int, plan: planning.Plan, progress: Progress) -> None:
    """Make and judge every parameter's numeric gradient at one probe."""
    near = Nearby(
        problem=run.problem,
        evaluator=run.evaluator,
        names=run.names,
        probe=probe,
        factor=run.factor,
        given=run.claims.get(probe.name),
    )
    if run.problem.afresh is not None:
        run.claims[probe.name] = near.claims
    found: dict[str, Numeric] = {}
    for position, name in enumerate(run.names):
        station = _station(run, probe, name, number)
        entries = plan.entries(name, run.tallies[name].verdicts.size, station.rng)
        found[name] = numeric(station, name, entries, run.trusts[name].method)
        progress((position + 1) / len(run.names))
    if number == 0 and run.problem.scale_free:
        run.factor = near.factor = common_factor(found, near)
    run.points[probe.name] = probe
    for name, reference in found.items():
        compare(
            run.tallies[name],
            near,
            reference,
            rtol=run.settings.rtol,
            contradicted=run.trusts[name].contradicted,
        )
    run.remarks += near.remarks


def _hold_to_fresh_claims(run: _Run) -> None:
    """Find claims that are wrong at generated points only, since code remembers the own one."""
    suspects: dict[str, list[str]] = {}
    for tally in run.tallies.values():
        if tally.wrong_at and next(iter(run.points)) not in tally.wrong_at:
            suspects.setdefault(tally.wrong_at[0], []).append(tally.name)
    for probe, names in suspects.items():
        if probe in run.claims:
            point, claims = run.points[probe], run.claims[probe]
            negligible = partial(_negligible, run.evaluator, point)
            fact = stale(run.problem, point, claims, names, negligible)
            run.facts += [fact] if fact else []
            run.loose |= set(fact.parameters if fact else ())
    for name in run.loose:
        run.tallies.pop(name, None)


def _explain(run: _Run) -> None:
    """Find out why checks are not right, gradients zero or claims coarse, if any are."""
    own = next(iter(run.claims.values()))
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


def _outcome(run: _Run, names: Sequence[str], claims: Claims) -> Outcome:
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
        evaluations=run.evaluator.evaluations,
        audits=run.evaluator.audits,
        factor=run.factor,
        facts=tuple(run.facts),
        remarks=tuple(run.remarks),
    )


def _check(run: _Run, name: str, shape: Shape | None) -> Check:
    if name in run.loose:
        return uncompared(run.problem, name, "undecided", "randomness")
    if name in run.tallies:
        return run.tallies[name].check(run.problem.accepted.get(name))
    reason = "no gradient is claimed" if shape is None else f"the claim has shape {shape}"
    return uncompared(run.problem, name, "wrong", reason)
