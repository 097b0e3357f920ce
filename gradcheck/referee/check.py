"""The run over probes and parameters that makes checks of a problem."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from zlib import crc32

import numpy as np

from gradcheck.array import Shape
from gradcheck.chance import Chance
from gradcheck.errors import GradcheckError, InternalError
from gradcheck.numeric import differences
from gradcheck.problem import Claims, Kink, Probe, Problem
from gradcheck.record import record
from gradcheck.referee import plan as planning
from gradcheck.referee.audit import Trust, audit
from gradcheck.referee.compare import compare
from gradcheck.referee.estimates import Numeric, Station, numeric
from gradcheck.referee.evaluator import Evaluator
from gradcheck.referee.nearby import Nearby, fits, flat
from gradcheck.referee.tally import Tally
from gradcheck.report import Check
from gradcheck.settings import Settings

ATTEMPTS = 5
"""Draws of a generated probe before it is left out."""

Progress = Callable[[float], None]
"""Told the share of the work that is done."""


@record
class Outcome:
    """What the referee found: checks, what was missing or misshapen, and the accounts.

    `points` are the probes themselves, `probes` their names.
    """

    checks: tuple[Check, ...]
    missing: tuple[str, ...]
    misshapen: Mapping[str, Shape]
    probes: tuple[str, ...]
    points: tuple[Probe, ...]
    entries_total: int
    entries_checked: int
    evaluations: int
    audits: int
    factor: float = 1.0
    remarks: tuple[str, ...] = ()


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
    probes: list[Probe] = field(default_factory=list)
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
    evaluator.base(own)
    (claims,) = problem.claims([own])
    names = selected(problem, settings)
    missing = tuple(name for name in names if name not in claims)
    misshapen = {
        name: np.shape(claims[name])
        for name in names
        if name in claims and not fits(np.shape(claims[name]), problem.shapes[name])
    }
    compared = tuple(name for name in names if name not in misshapen and name not in missing)
    run = _Run(
        problem=problem,
        settings=settings,
        evaluator=evaluator,
        names=compared,
        tallies={name: Tally(name=name, shape=problem.shapes[name]) for name in compared},
    )
    if compared:
        _over_probes(run, own, progress)
    return _outcome(run, names, missing, misshapen)


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
            run.probes.append(probe)
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
    )
    found: dict[str, Numeric] = {}
    for position, name in enumerate(run.names):
        station = _station(run, probe, name, number)
        entries = plan.entries(name, run.tallies[name].verdicts.size, station.rng)
        found[name] = numeric(station, name, entries, run.trusts[name].method)
        progress((position + 1) / len(run.names))
    if number == 0 and run.problem.scale_free:
        run.factor = near.factor = _common_factor(found, near.claims[0], run.problem.shapes)
    for name, reference in found.items():
        compare(
            run.tallies[name],
            near,
            reference,
            rtol=run.settings.rtol,
            contradicted=run.trusts[name].contradicted,
        )


def _common_factor(
    found: Mapping[str, Numeric], claims: Claims, shapes: Mapping[str, Shape]
) -> float:
    """Return the positive factor that explains the claims of most parameters; 1 if none does."""
    pairs = [(flat(claims[name], shapes[name]), reference) for name, reference in found.items()]
    best, most = 1.0, 0
    for claimed, reference in pairs:
        length = float(reference.value @ reference.value)
        factor = float(claimed[reference.entries] @ reference.value) / length if length else 0.0
        if factor <= 0:
            continue
        hits = sum(
            bool(
                np.linalg.norm(c[r.entries] - factor * r.value)
                <= 1e-6 * np.linalg.norm(factor * r.value)
            )
            for c, r in pairs
        )
        if hits > most:
            best, most = factor, hits
    return best


def _outcome(
    run: _Run, names: Sequence[str], missing: Sequence[str], misshapen: Mapping[str, Shape]
) -> Outcome:
    checks = []
    for name in names:
        accepted = run.problem.accepted.get(name)
        if name in run.tallies:
            checks.append(run.tallies[name].check(accepted))
        else:
            checks.append(_unmatched(run.problem, name, misshapen.get(name), accepted))
    return Outcome(
        checks=tuple(checks),
        missing=tuple(missing),
        misshapen=misshapen,
        probes=tuple(probe.name for probe in run.probes),
        points=tuple(run.probes),
        entries_total=sum(c.entries for c in checks),
        entries_checked=sum(c.entries_checked for c in checks),
        evaluations=run.evaluator.evaluations,
        audits=run.evaluator.audits,
        factor=run.factor,
        remarks=tuple(run.remarks),
    )


def _unmatched(problem: Problem, name: str, shape: Shape | None, accepted: str | None) -> Check:
    """Make the check of a parameter without a gradient that could be compared."""
    size = int(np.prod(problem.shapes[name]))
    return Check(
        parameter=name,
        shape=problem.shapes[name],
        verdict="wrong",
        reason="no gradient is claimed" if shape is None else f"the claim has shape {shape}",
        wrong_entries=size,
        entries=size,
        accepted=accepted,
    )
