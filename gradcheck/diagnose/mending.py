"""The mending of formulas: a repair, and what it says of the first statement that was wrong."""

from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.claims.formulas import PREFIX, Formulas
from gradcheck.diagnose.case import EXACT, Case, gap
from gradcheck.diagnose.explanation import Blame, Mending
from gradcheck.diagnose.repair import Repair, bench, repair
from gradcheck.formula import parse_block
from gradcheck.network.planted import Reference
from gradcheck.problem import Problem

FELT = 0.01
"""The share of a value's largest entry from which on an entry's ratio is worth telling."""

FRESH = 5
"""Probes that prove a repair."""

LARGE = 2
"""Probes that prove it on a network so large that it has a twin: each tells of many entries."""


def mend(
    formulas: Formulas,
    problem: Problem,
    case: Case,
    small: Case | None,
    blames: Sequence[Blame],
    factor: float,
) -> Mending | None:
    """Look for a repair at the most telling probe of a case, or of its twin if it has one.

    What formulas assign are gradients but for a `factor`.
    """
    likely = [kind for blame in blames for kind in blame.plant.fault.repairs]
    used, fresh = len(case.references), FRESH if small is None else LARGE
    for lead in _leads(case):
        found = repair(
            formulas,
            [c.references[lead] for c in (small, case) if c is not None],
            lambda: [problem.probe(used + k, 0) for k in range(fresh)],
            likely,
            factor,
        )
        if found is not None:
            said = tuple(_said(formulas, case.references[lead], found, factor))
            return Mending(repair=found, formulas=formulas, said=said)
    return None


def _leads(case: Case) -> list[int]:
    """Number the probes to look for a repair at: the most telling one, but the given point last.

    That may lie on a kink, where what is right may seem wrong.
    """
    first, *others = case.telling()
    if first != 0:
        return [first]
    as_telling = [k for k in others if case.off(k) == case.off(first)]
    return as_telling[:1] or [first, *others[:1]]


def _said(
    formulas: Formulas, reference: Reference, found: Repair, factor: float
) -> Iterator[str | None]:
    """Say of each edited statement which derivative it should have been."""
    tried = bench(formulas, reference, factor)
    old, new = tried.history(formulas.block), tried.history(parse_block(found.text))
    for line, _ in found.spots:
        number, target = next(
            (number, statement.target)
            for number, statement in enumerate(formulas.block.statements)
            if statement.span.line <= line <= statement.span.end_line
        )
        if target.startswith(PREFIX) or not old or not new:
            yield None
            continue
        is_, should = (steps[number + 1][target] for steps in (old, new))
        wanted = _adjoint(should, reference, factor)
        yield wanted and f"`{target}` should be {wanted}; it is {_ratio(is_, should)}"


def _adjoint(value: Array, reference: Reference, common: float) -> str | None:
    """Name the derivative that a value is, perhaps times the number of samples or its inverse.

    Of a negative `common` factor it may have the sign.
    """
    count = float(reference.network.batch)
    signs = ((1.0, ""), (-1.0, "-")) if common < 0 else ((1.0, ""),)
    for name, site in reference.sites.items():
        if site.op.kind in ("loss", "regularizer") or site.upstream.shape != value.shape:
            continue
        for sign, minus in signs:
            for factor, words in ((1.0, ""), (count, "m times "), (1 / count, "1/m times ")):
                if gap(sign * factor * site.upstream, value) <= EXACT:
                    return f"{words}{minus}dL/d{name}"
    return None


def _ratio(old: Array, new: Array) -> str:
    """Say how far a value is from what it should be."""
    if old.shape != new.shape:
        return f"of shape {old.shape}, not {new.shape}"
    # Where it should be next to nothing, a ratio says nothing.
    telling = np.abs(new) > FELT * np.max(np.abs(new), initial=0.0)
    if not telling.any():
        return "not zero"
    factors = old[telling] / new[telling]
    low, high = float(np.min(factors)), float(np.max(factors))
    if high - low <= EXACT * max(abs(low), abs(high)):
        return f"{low:.3g} times that"
    return f"{low:.3g} to {high:.3g} times that"
