"""Findings: what checks and their diagnosis mean, said in words."""

from collections.abc import Iterator
from dataclasses import replace

from gradcheck.diagnose.explanation import Diagnosis
from gradcheck.findings import fixes, mismatch, named
from gradcheck.problem import Problem
from gradcheck.referee import Outcome
from gradcheck.report import Finding, Related


def findings(problem: Problem, outcome: Outcome, diagnosis: Diagnosis) -> Iterator[Finding]:
    """Yield what is to be said about a problem's checks, known mistakes before unexplained ones."""
    for finding in _findings(problem, outcome, diagnosis):
        yield replace(finding, related=tuple(_related(problem, finding)))


def _related(problem: Problem, finding: Finding) -> Iterator[Related]:
    """Yield where the gradients are claimed that a mistake elsewhere spoils."""
    for name in finding.parameters:
        place = problem.locations.get(name)
        if place is not None and finding.location is not None and place != finding.location:
            yield Related(location=place, text=f"the gradient of {name} is claimed here")


def _findings(problem: Problem, outcome: Outcome, diagnosis: Diagnosis) -> Iterator[Finding]:
    yield from mismatch.conventions(problem, outcome)
    accepted = problem.accepted
    for name in outcome.missing:
        yield mismatch.missing(problem, name, name in accepted)
    for name, shape in outcome.misshapen.items():
        known = diagnosis.misshapen.get(name)
        fix = fixes.fix_of(diagnosis.mending, name)
        yield mismatch.misshapen(problem, name, shape, name in accepted, known, fix)
    seen = {*outcome.missing, *outcome.misshapen}
    wrong = [c for c in outcome.checks if c.verdict == "wrong" and c.parameter not in seen]
    yield from named.findings(problem, outcome, diagnosis)
    explained = {name for blame in diagnosis.blames for name in blame.parameters}
    left = [c for c in wrong if c.parameter not in accepted and c.parameter not in explained]
    fix = None
    if diagnosis.mending and not diagnosis.blames:
        fix = fixes.fix(diagnosis.mending, range(len(diagnosis.mending.repair.edits)))
    if left and diagnosis.other and not diagnosis.blames:
        yield named.other_loss(problem, diagnosis.other, left, fix)
    elif left:
        near = named.misses(diagnosis)
        yield mismatch.unexplained(problem, outcome, left, is_error=True, near=near, fix=fix)
    for layer in diagnosis.without_bias:
        yield mismatch.without_bias(layer)
    meant = [c for c in wrong if c.parameter in accepted]
    if meant:
        yield mismatch.unexplained(problem, outcome, meant, is_error=False)
