"""Findings of known mistakes: which one, where, how that is known, and what to write instead."""

import re
from collections.abc import Iterator, Sequence

from gradcheck.diagnose.explanation import Blame, Diagnosis, Mending, OtherLoss
from gradcheck.findings import fixes
from gradcheck.findings.mismatch import describe, listed, location, stretched
from gradcheck.network.plant import Plant, spoken
from gradcheck.problem import Problem
from gradcheck.referee import Outcome
from gradcheck.report import Check, Finding, Fix

SHOWN = 4
"""Parameters that one finding describes in numbers."""


def findings(problem: Problem, outcome: Outcome, diagnosis: Diagnosis) -> Iterator[Finding]:
    """Yield a finding for every fault that accounts for wrong gradients."""
    checks = {check.parameter: check for check in outcome.checks}
    mending = diagnosis.mending
    shares = fixes.shared_out(mending, diagnosis.blames) if mending and diagnosis.blames else []
    for number, blame in enumerate(diagnosis.blames):
        edits = shares[number] if mending else []
        fault = blame.plant.fault
        wrong = [checks[name] for name in blame.parameters if checks[name].verdict == "wrong"]
        yield Finding(
            code=fault.code,
            family=fault.family,
            level=fault.level,
            title=fault.title,
            message=f"made {spoken(blame.plant)}, it spoils the gradient of "
            f"{listed(blame.parameters)}",
            parameters=blame.parameters,
            location=fixes.place(mending, edits[0])
            if mending and edits
            else location(problem, blame.parameters),
            evidence=(
                *_intermediates(mending, edits),
                _proof(diagnosis, blame),
                *(misses(diagnosis, 1) if len(diagnosis.blames) == 1 else ()),
                *_constant(blame.plant),
                *(describe(check) for check in wrong[:SHOWN]),
                *stretched(problem, outcome, blame.parameters),
                *_right(outcome),
                *_other(diagnosis, blame),
            ),
            alternatives=tuple(dict.fromkeys(p.fault.code for p in blame.alternatives)),
            fix=fixes.fix(mending, edits) if mending else None,
            help=_help(blame, mending, edits),
        )


def _intermediates(mending: Mending | None, edits: Sequence[int]) -> Iterator[str]:
    for number in edits:
        if mending and mending.said[number]:
            yield mending.said[number] or ""


def _help(blame: Blame, mending: Mending | None, edits: Sequence[int]) -> str:
    if mending is None or not edits:
        fault = blame.plant.fault
        right, wrong = (_line(text, blame.activation) for text in (fault.right, fault.wrong))
        return f"write `{right}`, not `{wrong}`"
    repair = mending.repair
    whats = " and ".join(repair.edits[number].what for number in edits)
    then = "then" if len(edits) == len(repair.edits) else "with all fixes"
    return f"{whats}: every gradient is right {then}, at {repair.proofs} fresh points"


def misses(diagnosis: Diagnosis, count: int | None = None) -> tuple[str, ...]:
    """Tell of the faults that come nearest and do not match."""
    first = "the next best explanation" if diagnosis.blames else "not matching, though near"
    blamed = {blame.plant.fault.code for blame in diagnosis.blames}
    return tuple(
        f"{first}, {plant.fault.code} {spoken(plant)}, misses by {miss:.1g}"
        for plant, miss in diagnosis.near[:count]
        if plant.fault.code not in blamed
    )


def other_loss(
    problem: Problem, other: OtherLoss, wrong: Sequence[Check], fix: Fix | None
) -> Finding:
    """Say that the claims are the gradients of another loss."""
    names = tuple(check.parameter for check in wrong)
    return Finding(
        code="LOS26",
        family="losses",
        level="error",
        title="the claims are the gradients of another loss than the config's",
        message=f"the gradients of {listed(names)} belong to another loss",
        parameters=names,
        location=location(problem, names),
        evidence=(_belongs(other), *(describe(check) for check in wrong[:SHOWN])),
        fix=fix,
        help=f"declare loss: {other.name}, or differentiate the loss that is declared",
    )


def _proof(diagnosis: Diagnosis, blame: Blame) -> str:
    code, miss = blame.plant.fault.code, max(diagnosis.miss, 1e-16)
    others = [b.plant.fault.code for b in diagnosis.blames if b is not blame]
    together = f" together with {listed(others)}" if others else ""
    points = "1 point" if diagnosis.probes == 1 else f"{diagnosis.probes} points"
    return (
        f"planted in a right backward pass, {code}{together} gives exactly the claimed gradients "
        f"(to {miss:.0e}, at {points})"
    )


def _constant(plant: Plant) -> Iterator[str]:
    if plant.constant is not None:
        yield f"the constant is {plant.constant:.10g}"


def _right(outcome: Outcome) -> Iterator[str]:
    right = [check.parameter for check in outcome.checks if check.verdict == "right"]
    if right:
        yield f"right: {listed(right)}"


def _other(diagnosis: Diagnosis, blame: Blame) -> Iterator[str]:
    if diagnosis.other and blame is diagnosis.blames[0]:
        yield _belongs(diagnosis.other)


def _belongs(other: OtherLoss) -> str:
    chosen = {k: v for k, v in other.options.items() if isinstance(v, str)}
    what = other.name + (
        f" ({', '.join(f'{k}: {v}' for k, v in chosen.items())})" if chosen else ""
    )
    return f"they are the exact gradients of {what}, summed and multiplied by {other.factor:.6g}"


def _line(formula: str, activation: str | None) -> str:
    """Return the first line of a formula, without a comment behind it.

    Faults of any activation are written for the sigmoid.
    """
    line = formula.strip().partition("\n")[0].partition("  #")[0].strip()
    return line if activation is None else re.sub(r"\bsigmoid(?=_prime\b|\()", activation, line)
