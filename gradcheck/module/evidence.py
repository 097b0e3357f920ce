"""Evidence without a network: what a wrong gradient is, if not the gradient of its parameter.

The numeric gradient itself is measured once more at the given point, as far as that costs little,
and the claim is held against what people often write instead: the transpose, the gradient of
another parameter, the sum over the samples left out or taken as a mean.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.diagnose.case import EXACT, gap
from gradcheck.findings.mismatch import exact
from gradcheck.module.subject import About
from gradcheck.problem import Problem
from gradcheck.record import record
from gradcheck.referee import Outcome
from gradcheck.referee.account import Account, OutOfBudget
from gradcheck.referee.estimates import Station, values
from gradcheck.referee.evaluator import Evaluator
from gradcheck.report import Check, Finding
from gradcheck.settings import Budget, Method

LARGEST = 2000
"""Entries of a parameter up to which its numeric gradient is measured once more."""

ROUNDED = 1e-6
"""How near a claim must be to what it is taken for where numeric gradients are rounded."""


NEAR = 1e-3
"""How near a claim must come to the gradient as steps get short."""


@record
class Clue:
    """What one claim is, in words, and the code of the fault that makes such, if one does."""

    parameter: str
    words: str
    code: str = ""


def clues(problem: Problem, outcome: Outcome, about: About) -> list[Clue]:
    """Return what is seen of every wrong claim."""
    wrong = [check for check in outcome.checks if check.verdict == "wrong"]
    if not wrong or not outcome.points:
        return []
    numeric = _measured(problem, outcome)
    (claims,) = problem.claims(outcome.points[:1])
    found = []
    for check in wrong:
        if check.parameter in claims and check.parameter in numeric:
            claim = np.asarray(claims[check.parameter], dtype=np.float64)
            found += list(_clues(check, claim, numeric, about))
    return found


def _measured(problem: Problem, outcome: Outcome) -> dict[str, Array]:
    """Return the numeric gradients of all parameters that are not too large."""
    evaluator = Evaluator(problem=problem, account=Account(budget=Budget()))
    methods = {check.parameter: check.method for check in outcome.checks}
    found = {}
    for name, shape in problem.shapes.items():
        size = int(np.prod(shape))
        if not 0 < size <= LARGEST:
            continue
        station = Station(evaluator=evaluator, probe=outcome.points[0], kinks=(), rng=Chance([0]))
        method: Method = "complex_step" if methods.get(name) == "complex_step" else "differences"
        try:
            found[name] = values(station, name, np.arange(size), method).reshape(shape)
        except OutOfBudget:
            continue
    return found


def _clues(
    check: Check, claim: Array, numeric: Mapping[str, Array], about: About
) -> Iterator[Clue]:
    name, right = check.parameter, numeric[check.parameter]
    near = EXACT if check.method == "complex_step" else ROUNDED

    def same(one: Array, other: Array) -> bool:
        return one.shape == other.shape and bool(other.any()) and gap(one, other) <= near

    if claim.ndim == right.ndim == 2 and same(claim.T, right) and not same(claim, right):
        yield Clue(parameter=name, words=f"{name} has its right gradient, transposed", code="MAT02")
    for other, gradient in numeric.items():
        if other != name and same(claim, gradient) and not same(gradient, right):
            yield Clue(parameter=name, words=f"{name} has the gradient of {other}", code="PRP05")
    if claim.ndim > right.ndim and same(claim.sum(axis=tuple(range(claim.ndim - right.ndim))),
                                        right):  # fmt: skip
        yield Clue(
            parameter=name,
            words=f"{name} is right once it is summed over the leading axes",
            code="BIA05",
        )
    if claim.shape == right.shape and not claim.any() and right.any():
        yield Clue(parameter=name, words=f"{name} is claimed to have no gradient, but has one")
    limit = about.limits.get(name)
    if limit is not None and gap(limit, right) <= NEAR < gap(claim, right):
        yield Clue(
            parameter=name,
            words=f"{name} is right for steps of next to no length, and more wrong the longer they "
            "are: something is used after it has been updated",
            code="PRP01",
        )
    yield from _factor(check, about)


def _factor(check: Check, about: About) -> Iterator[Clue]:
    """Say where an exact factor may come from."""
    if not exact(check) or not check.ratio or about.batch is None or about.batch < 2:
        return
    for factor, words in ((1 / about.batch, "divided by"), (float(about.batch), "multiplied by")):
        if abs(check.ratio / factor - 1) <= ROUNDED:
            yield Clue(
                parameter=check.parameter,
                words=f"{check.parameter} is {words} {about.batch}, the number of samples",
            )


def told(finding: Finding, found: list[Clue]) -> Finding:
    """Return an unexplained mismatch with what was seen, named where all clues name one fault."""
    mine = [clue for clue in found if clue.parameter in finding.parameters]
    if not mine or finding.code not in ("GRD01", "GRD03"):
        return finding
    evidence = (*dict.fromkeys(clue.words for clue in mine), *finding.evidence)
    named = {clue.code for clue in mine if clue.code}
    seen = {clue.parameter for clue in mine if clue.code}
    if len(named) != 1 or seen != set(finding.parameters):
        return replace(finding, evidence=evidence)
    return replace(finding, code=named.pop(), evidence=evidence)
