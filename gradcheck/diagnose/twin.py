"""The twin of a case: the same formulas on a smaller network, where trying things out is cheap.

Formulas are no larger for a large network, and what is wrong with them is wrong at any size. So
explanations and repairs are looked for in the twin; what is found there counts only once the
whole network has confirmed it.
"""

import ast
from collections.abc import Iterator

import numpy as np

from gradcheck.claims.formulas import Formulas, claimant
from gradcheck.diagnose.case import Case
from gradcheck.diagnose.vocabulary import widths
from gradcheck.errors import GradcheckError
from gradcheck.formula import Block
from gradcheck.network.graph import Network
from gradcheck.network.planted import Reference
from gradcheck.network.resize import SMALL, reduced, reduced_probe
from gradcheck.referee.nearby import fits, flat

LARGE = 2**16
"""Entries of a network from which on its arithmetic takes longer than Python's part in it."""


def twin(case: Case, formulas: Formulas, factor: float) -> Case | None:
    """Return the case of a smaller network; None where that does not show the same.

    `factor` is what the formulas' values are to be divided by.
    """
    network, probe = case.references[0].network, case.references[0].probe
    if sum(value.size for value in probe.parameters.values()) < LARGE or _bound(network, formulas):
        return None
    spoken = [*widths(network)]
    small = reduced(network, probe.data, spoken)
    if small is None or [*widths(small)] != spoken:
        return None
    try:
        found = _case(case, small, formulas, factor)
    except GradcheckError:
        return None
    probes = range(len(case.references))
    return found if found and all(found.off(k) == case.off(k) for k in probes) else None


def _bound(network: Network, formulas: Formulas) -> bool:
    """Tell whether formulas or a layer of the user's own may hold for one size only."""
    return any(n > SMALL for n in _numbers(formulas.block)) or any(n.op.own for n in network.nodes)


def _numbers(block: Block) -> Iterator[float]:
    for statement in block.statements:
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
                yield node.value


def _case(case: Case, small: Network, formulas: Formulas, factor: float) -> Case | None:
    """Return the case of a smaller network; None where gradients don't have the shapes there."""
    probes = [reduced_probe(reference.probe, small) for reference in case.references]
    claims = claimant(small, formulas.block, formulas.functions)(probes)
    shapes = {name: small.parameters[name].shape for name in case.compared}
    if not all(fits(np.shape(c[name]), shape) for c in claims for name, shape in shapes.items()):
        return None
    first = Reference(small, probes[0])
    return Case(
        references=(first, *(Reference(small, probe, first) for probe in probes[1:])),
        claims=tuple(
            {name: flat(c[name], shape).reshape(shape) / factor for name, shape in shapes.items()}
            for c in claims
        ),
        wrong=case.wrong,
        compared=case.compared,
    )
