"""The run over probes and parameters that makes checks of a problem."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from zlib import crc32

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import GradcheckError, InternalError
from gradcheck.numeric import differences
from gradcheck.problem import Claims, Kink, Probe, Problem
from gradcheck.record import record
from gradcheck.referee import plan as planning
from gradcheck.referee.audit import Trust, audit
from gradcheck.referee.estimates import Along, Numeric, Station, numeric, values
from gradcheck.referee.evaluator import Evaluator
from gradcheck.referee.judge import SAFETY, Claim, judge, zero_below
from gradcheck.referee.tally import Tally
from gradcheck.report import Check
from gradcheck.settings import Settings

JITTERS = 2
"""Points, a rounding error away from each probe, at which claims are taken again."""

ATTEMPTS = 5
"""Draws of a generated probe before it is left out."""

Progress = Callable[[float], None]
"""Told the share of the work that is done."""


@record
class Outcome:
    """What the referee found: checks, what was missing or misshapen, and the accounts."""

    checks: tuple[Check, ...]
    missing: tuple[str, ...]
    misshapen: Mapping[str, Shape]
    probes: tuple[str, ...]
    entries_total: int
    entries_checked: int
    evaluations: int
    audits: int
    factor: float = 1.0
    remarks: tuple[str, ...] = ()


@dataclass(kw_only=True)
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
    probes: list[str] = field(default_factory=list)
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
        if name in claims and not _fits(np.shape(claims[name]), problem.shapes[name])
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


def _fits(shape: Shape, wanted: Shape) -> bool:
    """Tell whether `wanted -= shape` would go through NumPy without an error."""
    try:
        return np.broadcast_shapes(shape, wanted) == wanted
    except ValueError:
        return False


def _flat(claim: Array, shape: Shape) -> Array:
    """Return a claim broadcast to its parameter and flattened."""
    return np.asarray(np.broadcast_to(np.asarray(claim, dtype=np.float64), shape)).ravel()


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
            run.probes.append(probe.name)
        except GradcheckError as error:
            if number == 0 or isinstance(error, InternalError):
                raise
            run.remarks.append(f"the {probe.name} point was left out: {error}")


def _station(run: _Run, probe: Probe, name: str, number: int) -> Station:
    rng = np.random.default_rng([run.settings.seed, number, crc32(name.encode())])
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
    near = _Nearby(run=run, probe=probe)
    found: dict[str, Numeric] = {}
    for position, name in enumerate(run.names):
        station = _station(run, probe, name, number)
        entries = plan.entries(name, run.tallies[name].verdicts.size, station.rng)
        found[name] = numeric(station, name, entries, run.trusts[name].method)
        progress((position + 1) / len(run.names))
    if number == 0 and run.problem.scale_free:
        run.factor = _common_factor(found, near.claims[0], run.problem.shapes)
    for name, reference in found.items():
        _compare(run, near, name, reference)


@dataclass(kw_only=True)
class _Nearby:
    """A probe, points a rounding error away from it, and the claims at all of them."""

    run: _Run
    probe: Probe
    epsilon: float = field(init=False)
    probes: list[Probe] = field(init=False)
    claims: list[Claims] = field(init=False)

    def __post_init__(self) -> None:
        self.claims = list(self.run.problem.claims([self.probe]))
        self.epsilon = max(_epsilon(self.claims[0][name]) for name in self.run.names)
        self.probes = [self.probe]

    def neighbour(self, number: int) -> Probe:
        """Return the probe's neighbour of that number, from 1."""
        while number >= len(self.probes):
            seed = len(self.probes)
            self.probes.append(self.run.problem.jitter(self.probe, seed, self.epsilon))
        return self.probes[number]

    def claim(self, name: str, number: int = 0) -> Array:
        """Return a claimed gradient, as flat as its parameter, in the referee's scale."""
        while number >= len(self.claims):
            self.claims += self.run.problem.claims([self.neighbour(len(self.claims))])
        shape = self.run.problem.shapes[name]
        return _flat(self.claims[number][name], shape) / self.run.factor

    def scatter(self, name: str, reference: Numeric) -> Array:
        """Return by how much a claim differs between the probe and its neighbours.

        A dumped one can't be asked again: it gets the scatter of the numeric gradient.
        """
        own = self.claim(name)
        if self.run.problem.dumped:
            scatter = np.zeros(own.shape)
            near = self.numeric(name, reference, reference.entries, 1)
            scatter[reference.entries] = np.abs(near - reference.value)
            return scatter
        others = [np.abs(self.claim(name, k) - own) for k in range(1, JITTERS + 1)]
        return np.asarray(np.max(others, axis=0))

    def numeric(self, name: str, reference: Numeric, entries: Array, number: int) -> Array:
        """Return the numeric gradient at some entries of a neighbour."""
        station = Station(
            evaluator=self.run.evaluator,
            probe=self.neighbour(number),
            kinks=(),
            rng=np.random.default_rng(number),
        )
        return values(station, name, entries, reference.method)


def _epsilon(claim: Array) -> float:
    """Return the rounding unit of the precision in which a claim was made."""
    kind = claim.dtype if claim.dtype.kind == "f" else np.dtype(np.float64)
    return float(np.finfo(kind).eps)


def _compare(run: _Run, near: _Nearby, name: str, reference: Numeric) -> None:
    tally = run.tallies[name]
    own, scatter = near.claim(name), near.scatter(name, reference)
    claim = Claim(
        value=own[reference.entries], scatter=scatter[reference.entries], epsilon=near.epsilon
    )

    def again(k: int, suspects: Array) -> Array:
        entries = reference.entries[suspects]
        here = own if run.problem.dumped else near.claim(name, k + 1)
        return np.asarray(here[entries] - near.numeric(name, reference, entries, k + 1))

    parameter = near.probe.parameters[name]
    judged = judge(
        reference,
        claim,
        again=again,
        rtol=run.settings.rtol,
        negligible=zero_below(run.evaluator.magnitude(near.probe, name), parameter),
        contradicted=run.trusts[name].contradicted,
    )
    tally.add(near.probe.name, reference, claim.value, judged)
    if reference.along is not None:
        tally.directions += 1
        _along(tally, near, reference.along, own, scatter)


def _along(tally: Tally, near: _Nearby, along: Along, own: Array, scatter: Array) -> None:
    """Compare along the random direction, where not every entry was compared."""
    weights = np.abs(along.direction).ravel()
    claimed = float(own @ along.direction.ravel())
    rounding = near.epsilon * np.abs(own)
    bar = along.bar + SAFETY * float(weights @ (scatter + rounding))
    rtol = near.run.settings.rtol
    if rtol is not None:
        bar = max(bar, rtol * float(weights @ np.abs(own)))
    gap = abs(claimed - along.value)
    if not gap <= bar and not along.kinked:
        tally.off_direction = (
            f"along a random direction through all entries, at the {near.probe.name} point, "
            f"claimed {claimed:.6g}, numeric {along.value:.6g} ± {bar:.1g}"
        )


def _common_factor(
    found: Mapping[str, Numeric], claims: Claims, shapes: Mapping[str, Shape]
) -> float:
    """Return the positive factor that explains the claims of most parameters; 1 if none does."""
    pairs = [(_flat(claims[name], shapes[name]), reference) for name, reference in found.items()]
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
        probes=tuple(run.probes),
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
