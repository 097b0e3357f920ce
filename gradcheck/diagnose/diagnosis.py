"""Diagnosis of a problem: its wrong claims, and the faults that account for them."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.claims.formulas import Formulas
from gradcheck.diagnose.case import Case, gap
from gradcheck.diagnose.explanation import Blame, Diagnosis, Misshapen, OtherLoss
from gradcheck.diagnose.mending import mend
from gradcheck.diagnose.other_loss import other_loss
from gradcheck.diagnose.search import Found, confirmed, search
from gradcheck.diagnose.shapes import recognise
from gradcheck.diagnose.twin import twin
from gradcheck.errors import GradcheckError
from gradcheck.fault import Fault
from gradcheck.network.graph import Network
from gradcheck.network.plant import Plant
from gradcheck.network.planted import Reference, plants
from gradcheck.op import Op
from gradcheck.problem import Problem
from gradcheck.referee import Outcome
from gradcheck.referee.nearby import fits, flat

AGREED = 1e-4
"""How near the reference must be to the numeric gradient, in terms of its largest entry."""


def diagnose(
    network: Network,
    problem: Problem,
    outcome: Outcome,
    faults: Mapping[str, Fault],
    losses: Sequence[Op],
    formulas: Formulas | None = None,
) -> Diagnosis:
    """Explain the wrong claims of an outcome by faults that are planted in the network.

    Claims by `formulas` are mended as well.
    """
    case = _case(network, problem, outcome)
    if case is None:
        return Diagnosis()
    misshapen = dict(_misshapen(case, problem, outcome, faults))
    factor = outcome.factor * (1.0 if formulas is None else formulas.sign)
    small = twin(case, formulas, factor) if formulas is not None else None
    found = _found(case, small, faults) if case.wrong else Found(sets=(), miss=np.inf)
    blames = _blames(case, found)
    mending = None
    if formulas is not None and (case.wrong or outcome.misshapen):
        mending = mend(formulas, problem, case, small, blames, factor)
    return Diagnosis(
        blames=blames,
        sets=found.sets,
        miss=found.miss,
        probes=len(case.references),
        near=found.near,
        other=_other(case, small, losses),
        mending=mending,
        misshapen=misshapen,
    )


def _found(case: Case, small: Case | None, faults: Mapping[str, Fault]) -> Found:
    """Look for the faults that explain a case, first in its twin if it has one."""
    if small is None:
        return search(case, _candidates(case, faults))
    found = search(small, _candidates(small, faults))
    return confirmed(case, found, lambda: _candidates(case, faults))


def _candidates(case: Case, faults: Mapping[str, Fault]) -> list[Plant]:
    return [plant for fault in faults.values() for plant in plants(case.references[-1], fault)]


def _other(case: Case, small: Case | None, losses: Sequence[Op]) -> OtherLoss | None:
    """Look for a loss whose gradients the claims are, first in a case's twin if it has one."""
    if small is None:
        return other_loss(case, losses)
    shown = other_loss(small, losses)
    return shown and other_loss(case, [op for op in losses if op.name == shown.name])


def _misshapen(
    case: Case, problem: Problem, outcome: Outcome, faults: Mapping[str, Fault]
) -> Iterator[tuple[str, Misshapen]]:
    if not outcome.misshapen:
        return
    (claims,) = problem.claims([case.references[0].probe])
    for name in outcome.misshapen:
        found = recognise(name, claims[name] / outcome.factor, case.references[0], faults)
        if found:
            yield name, found


def _case(network: Network, problem: Problem, outcome: Outcome) -> Case | None:
    """Return what is to be explained; None where the reference itself can't be relied on."""
    judged = {check.parameter: check.verdict for check in outcome.checks if not check.accepted}
    unmatched = {*outcome.missing, *outcome.misshapen}
    # Where no claim has its parameter's shape, nothing was compared anywhere.
    points = outcome.points or (problem.probe(0, 0),)
    try:
        first = Reference(network, points[0])
        references = (first, *(Reference(network, p, first) for p in points[1:]))
        claims = problem.claims(points)
    except GradcheckError:
        return None
    compared = [
        name
        for name in first.gradients
        if judged.get(name) in ("right", "wrong")
        and name not in unmatched
        and all(name in c and fits(np.shape(c[name]), problem.shapes[name]) for c in claims)
    ]
    case = Case(
        references=references,
        claims=tuple(
            {name: _shaped(c[name], problem, name, outcome.factor) for name in compared}
            for c in claims
        ),
        wrong=tuple(name for name in compared if judged[name] == "wrong"),
        compared=tuple(compared),
    )
    return case if _agrees(case, outcome) else None


def _shaped(claim: Array, problem: Problem, name: str, factor: float) -> Array:
    shape = problem.shapes[name]
    return flat(claim, shape).reshape(shape) / factor


def _agrees(case: Case, outcome: Outcome) -> bool:
    """Tell whether our own gradients are the numeric ones wherever those are known."""
    gradients = {reference.probe.name: reference.gradients for reference in case.references}
    for check in outcome.checks:
        if check.worst is None or check.worst.probe not in gradients:
            continue
        ours = gradients[check.worst.probe][check.parameter]
        size = float(np.max(np.abs(ours), initial=0.0))
        off = abs(float(ours[check.worst.index]) - check.worst.numeric)
        if off > max(AGREED * size, check.worst.bar):
            return False
    return True


def _blames(case: Case, found: Found) -> tuple[Blame, ...]:
    """Return the faults of the best explanation, without those that change nothing to speak of."""
    if not found.sets:
        return ()
    best = found.sets[0]
    blames = (
        Blame(
            plant=plant,
            parameters=_changed(case, best, plant),
            activation=_activation(case, plant),
            alternatives=tuple(_instead(plant, best, found.sets[1:])),
        )
        for plant in best
    )
    return tuple(blame for blame in blames if blame.parameters)


def _activation(case: Case, plant: Plant) -> str | None:
    site = case.references[0].sites.get(plant.node)
    return site.op.name if site is not None and site.op.slope is not None else None


def _changed(case: Case, best: Sequence[Plant], plant: Plant) -> tuple[str, ...]:
    """Return the compared parameters whose gradients would change if one fault were repaired."""
    rest = [other for other in best if other is not plant]
    names = set()
    for reference in case.references:
        whole, repaired = reference.planted(best), reference.planted(rest)
        names |= {name for name in case.compared if gap(whole[name], repaired[name]) > 1e-12}
    return tuple(name for name in case.compared if name in names)


def _instead(plant: Plant, best: Sequence[Plant], others: Sequence[Sequence[Plant]]) -> list[Plant]:
    """Return what the other sets have in one plant's place, where all else is the same."""
    rest = [other for other in best if other is not plant]
    found = []
    for plants_ in others:
        left = [p for p in plants_ if p not in rest]
        if len(left) == 1 and len(plants_) == len(best):
            found.append(left[0])
    return found
