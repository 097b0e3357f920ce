"""The rounds of a check: probes are drawn, parameters audited, differentiated and compared."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import numpy as np

from gradcheck.errors import GradcheckError, InternalError
from gradcheck.problem import Probe
from gradcheck.referee.account import OutOfBudget
from gradcheck.referee.audit import COST, Trust, audit, unaudited
from gradcheck.referee.blocks import DIFFERENCES
from gradcheck.referee.compare import Comparison
from gradcheck.referee.estimates import Station, at_entries, numeric
from gradcheck.referee.gradients import Numeric
from gradcheck.referee.kinks import sides_tried
from gradcheck.referee.nearby import Nearby
from gradcheck.referee.plan import RESERVE, SAMPLE, affordable
from gradcheck.referee.run import Run
from gradcheck.referee.scale import common_factor

ATTEMPTS = 5
"""Draws of a generated probe before it is left out."""

Progress = Callable[[float], None]
"""Told the share of the work that is done."""


def go(run: Run, progress: Progress) -> None:
    """Check at the user's own point and at generated ones, as far as the budget goes."""
    run.places[id(run.own)] = (0, 0)
    probes = [run.own, *_generated(run)]
    for position, name in enumerate(run.by_size):
        with suppress(OutOfBudget):
            run.trusts[name] = _audited(run, probes, name, len(run.names) - position)
    for number, probe in enumerate(probes):
        try:
            _at(run, probe, number, len(probes), partial(_advance, progress, number, len(probes)))
        except GradcheckError as error:
            if number == 0 or isinstance(error, InternalError):
                raise
            run.remarks.append(f"the {probe.name} point was left out: {error}")


def _advance(progress: Progress, number: int, count: int, share: float) -> None:
    progress((number + share) / count)


def _generated(run: Run) -> Iterator[Probe]:
    """Draw the generated probes; one at which the loss is not finite is drawn again."""
    for number in range(1, min(run.settings.points, run.problem.probes or run.settings.points)):
        for attempt in range(ATTEMPTS):
            probe = run.problem.probe(number, attempt)
            try:
                run.evaluator.base(probe)
            except OutOfBudget:
                run.omissions.points.append(probe.name)
                break
            except GradcheckError as error:
                if attempt == ATTEMPTS - 1:
                    run.remarks.append(f"the {probe.name} point was left out: {error}")
            else:
                run.places[id(probe)] = (number, attempt)
                yield probe
                break


def _audited(run: Run, probes: Sequence[Probe], name: str, parameters: int) -> Trust:
    """Audit a parameter at one probe, the probes sharing them out, if it can be checked after.

    At one on a kink shortcuts can't be held against the loss, so another is taken if there is one.
    """
    account = run.evaluator.account
    if account.left("audits") < COST + RESERVE:
        raise OutOfBudget
    first = run.names.index(name)
    turns = [(first + k) % len(probes) for k in range(len(probes))]
    number = next((n for n in turns if not run.kinks(probes[n])), turns[0])
    station = run.station(probes[number], name, number, len(probes) * parameters)
    if not run.settings.audit:
        return unaudited(station, run.settings.method)
    return audit(station, name, run.settings.method)


def _at(run: Run, probe: Probe, number: int, count: int, progress: Progress) -> None:
    """Make and judge every parameter's numeric gradient at one probe, of `count` probes in all."""
    near = Nearby(
        problem=run.problem,
        evaluator=run.evaluator,
        names=run.names,
        probe=probe,
        factor=run.factor,
        given=run.claims.get(probe.name),
        limit=run.by_structure,
    )
    if run.problem.afresh is not None:
        run.claims[probe.name] = near.claims
    found: dict[str, tuple[Station, Numeric]] = {}
    for position, name in enumerate(run.by_size):
        shares = (count - number, len(run.names) - position)
        try:
            found[name] = _numeric(run, probe, name, number, shares)
        except OutOfBudget:
            run.omissions.skip(name, probe.name)
        progress((position + 1) / len(run.names))
    if number == 0 and run.problem.scale_free:
        numerics = {name: found[name][1] for name in run.names if name in found}
        run.factor = near.factor = common_factor(numerics, near)
    if found:
        run.points[probe.name] = probe
    for name in run.names:
        if name in found:
            _compare(run, near, name, *found[name])
    run.remarks += near.remarks


def _numeric(
    run: Run, probe: Probe, name: str, number: int, shares: tuple[int, int]
) -> tuple[Station, Numeric]:
    """Differentiate by a parameter, or by as many of its entries as its share allows.

    `shares` are the probes and parameters among which what is left is divided.
    """
    if name not in run.trusts:
        raise OutOfBudget
    trust, size = run.trusts[name], run.tallies[name].verdicts.size
    account = run.evaluator.account
    station = run.station(probe, name, number, shares[0] * shares[1])
    structured = trust.structured and run.settings.mode != "quick"
    if account.by_time and not structured:
        few = np.arange(min(size, SAMPLE))
        with account.timed("entries"):
            at_entries(replace(station, kinks=()), name, few, trust.method)
    steps, tried = _cost(run, trust), 1 + sides_tried(station.kinks, name)
    cost = max(steps, tried) * (1 + run.problem.dumped)
    wanted = min(size, 1 if run.settings.mode == "quick" else size)
    count = affordable(wanted, account.left("entries"), shares, cost, steps)
    if not structured:
        station = replace(station, effort=replace(station.effort, limit=0))
    return station, numeric(station, name, count, trust.method)


def _cost(run: Run, trust: Trust) -> int:
    """Return how many evaluations one derivative takes."""
    if trust.method == "differences":
        return DIFFERENCES
    return 1 if run.problem.kinks_known else 2


def _compare(run: Run, near: Nearby, name: str, station: Station, reference: Numeric) -> None:
    try:
        Comparison(
            tally=run.tallies[name],
            near=near,
            reference=reference,
            closer=lambda entries: at_entries(station, name, entries, reference.method),
            rtol=run.settings.rtol,
            contradicted=run.trusts[name].contradicted,
        ).run()
    except OutOfBudget:
        run.tallies[name].unsettled = True
        run.omissions.skip(name, near.probe.name)
