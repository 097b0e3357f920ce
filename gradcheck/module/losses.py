"""Recognition of losses: which of our losses somebody else's function of a prediction computes.

The value is compared with those of the catalogue's losses, in every way to reduce their terms, on
what may be the prediction and the target. What is the same number at every point is the same loss;
its right gradient is then ours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import ClaimError, GradcheckError
from gradcheck.module.recognition import SAME, TRIED, given, settings_of, value_of
from gradcheck.module.subject import UPSTREAM, Moved, Point, Subject
from gradcheck.network.build import attach_loss
from gradcheck.network.exposed import expose
from gradcheck.network.graph import Network, Reduction
from gradcheck.op import Op, Options
from gradcheck.problem import Claims, Probe, Problem
from gradcheck.record import record
from gradcheck.referee import Outcome
from gradcheck.report import Check

REDUCTIONS: tuple[Reduction, ...] = ("batch_mean", "sum", "element_mean")
SCALES = (1.0, 0.5)


@record
class _Sample:
    point: Point
    loss: float


@record
class _Candidate:
    """A loss with settings, on a prediction and a target by the subject's own names."""

    op: Op
    options: Options
    prediction: str
    target: str
    reduction: Reduction
    scale: float


def recognised_loss(subject: Subject, probes: Sequence[Probe], ops: Sequence[Op]) -> Network | None:
    """Return a network that is nothing but the loss that a subject computes; None if none does."""
    own, samples = subject.about.own, _samples(subject, probes)
    if len(samples) < len(probes):
        return None
    losses = [op for op in ops if op.kind == "loss" and op.arity == (2, 2)]
    pairs = [*_pairs(own)]
    for op, (prediction, target) in product(losses, pairs):
        for candidate in _candidates(op, own, prediction, target):
            if all(_fits(candidate, sample) for sample in samples):
                return _network(own, candidate)
    return None


def plain(problem: Problem, outcome: Outcome) -> tuple[Problem, Outcome]:
    """Return what is known of a loss without the upstream gradient that its layer takes."""
    factors = {probe.name: _upstream(probe) for probe in outcome.points}

    def claims(probes: Sequence[Probe]) -> list[Claims]:
        pairs = zip(probes, problem.claims(probes), strict=True)
        return [{n: x / _upstream(probe) for n, x in claimed.items()} for probe, claimed in pairs]

    checks = tuple(_divided(check, factors) for check in outcome.checks)
    return replace(problem, claims=claims), replace(outcome, checks=checks)


def _divided(check: Check, factors: Mapping[str, float]) -> Check:
    """Return a check with the worst entry's figures divided by the factor at its point."""
    if check.worst is None or check.worst.probe not in factors:
        return check
    factor, worst = factors[check.worst.probe], check.worst
    own = replace(
        worst,
        claimed=worst.claimed / factor,
        numeric=worst.numeric / factor,
        bar=worst.bar / abs(factor),
    )
    return replace(check, worst=own)


def _upstream(probe: Probe) -> float:
    return float(np.reshape(probe.data.get(UPSTREAM, 1.0), ()))


def _pairs(own: Point) -> Iterator[tuple[str, str]]:
    """Yield what may be a prediction and its target: all that is differentiated by is in them."""
    names = [*own.parameters]
    if len(names) == 1:
        yield from ((names[0], name) for name in own.data if name != UPSTREAM)
    elif len(names) == 2:
        yield from ((names[0], names[1]), (names[1], names[0]))


def _samples(subject: Subject, probes: Sequence[Probe]) -> list[_Sample]:
    found = []
    for probe in probes:
        point = Point(parameters=probe.parameters, data=probe.data)
        name, value = next(iter(point.parameters.items()))
        try:
            losses = subject.losses(point, Moved(parameter=name, values=value[None]))
        except ClaimError:
            break
        if np.size(point.data.get(UPSTREAM, 1.0)) != 1 or not np.isfinite(losses.value).all():
            break
        found.append(_Sample(point=point, loss=float(losses.value[0]) / _upstream(probe)))
    return found


def _candidates(op: Op, own: Point, prediction: str, target: str) -> Iterator[_Candidate]:
    shapes = [value_of(own, name).shape for name in (prediction, target)]
    for options in islice(settings_of(op, [1], []), TRIED):
        try:
            inferred = op.infer(shapes, options)
        except (GradcheckError, ValueError, IndexError):
            continue
        ways = ("sum",) if inferred.reduced else REDUCTIONS
        for reduction, scale in product(ways, SCALES):
            yield _Candidate(
                op=op,
                options=options,
                prediction=prediction,
                target=target,
                reduction=reduction,
                scale=scale,
            )


def _fits(candidate: _Candidate, sample: _Sample) -> bool:
    inputs = [value_of(sample.point, name) for name in (candidate.prediction, candidate.target)]
    try:
        with np.errstate(all="ignore"):
            terms = candidate.op.forward(inputs, {}, candidate.options)[0]
    except (GradcheckError, ValueError, IndexError):
        return False
    value = candidate.scale * _reduced(terms, candidate.reduction, len(inputs[0]))
    return abs(value - sample.loss) <= SAME * abs(sample.loss) != 0


def _reduced(terms: Array, reduction: Reduction, batch: int) -> float:
    count = {"sum": 1, "batch_mean": batch, "element_mean": terms.size}[reduction]
    return float(terms.sum()) / max(count, 1)


def _network(own: Point, candidate: _Candidate) -> Network:
    """Build the network whose parameter is the prediction, by its own name."""
    name, target = candidate.prediction, candidate.target
    moving = [*own.parameters]
    shapes = {n: value_of(own, n).shape for n in (name, target)}
    node = given(name, shapes[name])
    loss = attach_loss(
        op=candidate.op,
        options=candidate.options,
        prediction=node.name,
        target=target,
        shapes={node.name: node.shape, target: shapes[target]},
        reduction=candidate.reduction,
        scale=candidate.scale,
        offset=0.0,
    )
    return expose(Network(inputs=shapes, nodes=(node,), loss=loss, parameters={}), moving)
