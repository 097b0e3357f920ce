"""What the referee found: checks, accounts, and what else a reader should know."""

from collections.abc import Mapping
from dataclasses import field

import numpy as np

from gradcheck.array import Shape
from gradcheck.problem import Fact, Probe, Problem
from gradcheck.record import record
from gradcheck.report import Check, Portrait, Verdict


@record
class Outcome:
    """The checks, what was missing or misshapen, and the accounts.

    `points` are the probes themselves, `probes` their names; `stretched` holds the shapes of
    claims that NumPy broadcasts to their parameter's.
    """

    checks: tuple[Check, ...]
    missing: tuple[str, ...] = ()
    misshapen: Mapping[str, Shape] = field(default_factory=dict)
    stretched: Mapping[str, Shape] = field(default_factory=dict)
    probes: tuple[str, ...] = ()
    points: tuple[Probe, ...] = ()
    entries_total: int = 0
    entries_checked: int = 0
    evaluations: int = 0
    audits: int = 0
    factor: float = 1.0
    facts: tuple[Fact, ...] = ()
    remarks: tuple[str, ...] = ()
    portraits: tuple[Portrait, ...] = ()


def uncompared(problem: Problem, name: str, verdict: Verdict, reason: str) -> Check:
    """Make the check of a parameter of which no entry could be compared."""
    size = int(np.prod(problem.shapes[name]))
    return Check(
        parameter=name,
        shape=problem.shapes[name],
        verdict=verdict,
        reason=reason,
        wrong_entries=size if verdict == "wrong" else 0,
        entries=size,
        accepted=problem.accepted.get(name),
    )
