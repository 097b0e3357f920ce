"""The mending of formulas: a repair, and what it says of the first statement that was wrong."""

from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.claims.formulas import PREFIX, Formulas, names
from gradcheck.diagnose.bench import Functions
from gradcheck.diagnose.case import EXACT, Case, gap
from gradcheck.diagnose.explanation import Blame, Mending
from gradcheck.diagnose.repair import Repair, repair
from gradcheck.diagnose.vocabulary import callables
from gradcheck.formula import Block, evaluate_block, parse_block
from gradcheck.network.planted import Reference
from gradcheck.problem import Problem

FELT = 0.01
"""The share of a value's largest entry from which on an entry's ratio is worth telling."""

FRESH = 5
"""Probes that prove a repair."""


def mend(
    formulas: Formulas,
    problem: Problem,
    case: Case,
    small: Case | None,
    blames: Sequence[Blame],
) -> Mending | None:
    """Look for a repair at the most telling probe of a case, or of its twin if it has one."""
    likely = [kind for blame in blames for kind in blame.plant.fault.repairs]
    lead, used = case.telling()[0], len(case.references)
    found = repair(
        formulas,
        [c.references[lead] for c in (small, case) if c is not None],
        lambda: [problem.probe(used + k, 0) for k in range(FRESH)],
        likely,
    )
    if found is None:
        return None
    said = tuple(_said(formulas, case.references[lead], found))
    return Mending(repair=found, formulas=formulas, said=said)


def _said(formulas: Formulas, reference: Reference, found: Repair) -> Iterator[str | None]:
    """Say of each edited statement which derivative it should have been."""
    functions = {**callables(reference.network), **formulas.functions(reference.probe)}
    old = _values(formulas.block, reference, functions)
    new = _values(parse_block(found.text), reference, functions)
    for line, _ in found.spots:
        target = next(
            s.target for s in formulas.block.statements if s.span.line <= line <= s.span.end_line
        )
        if target.startswith(PREFIX) or target not in new:
            yield None
            continue
        wanted = _adjoint(new[target], reference)
        yield wanted and (
            f"`{target}` should be {wanted}; it is {_ratio(old[target], new[target])}"
        )


def _values(block: Block, reference: Reference, functions: Functions) -> dict[str, Array]:
    return evaluate_block(block, names(reference.network, reference.probe), functions)


def _adjoint(value: Array, reference: Reference) -> str | None:
    """Name the derivative that a value is, perhaps times the number of samples or its inverse."""
    count = float(reference.network.batch)
    for name, site in reference.sites.items():
        if site.op.kind in ("loss", "regularizer") or site.upstream.shape != value.shape:
            continue
        for factor, words in ((1.0, ""), (count, "m times "), (1 / count, "1/m times ")):
            if gap(factor * site.upstream, value) <= EXACT:
                return f"{words}dL/d{name}"
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
