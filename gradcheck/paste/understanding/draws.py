"""Samples drawn from what the parameters give: no gradient of a loss passes through them.

A Boltzmann machine is trained on its own samples. What it is updated by is meant to be something
else than the gradient of what the program prints of its course.
"""

import ast
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gradcheck.paste.understanding.candidates import values
from gradcheck.paste.understanding.influence import differing_events, shaken
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.machine import Machine
from gradcheck.paste.understanding.sites import of
from gradcheck.paste.understanding.steps import Trial
from gradcheck.record import record

_UNIFORM = ("rand", "random", "random_sample", "uniform")
_BINARY = ("binomial", "bernoulli")


@record
class _Draw:
    """One place that draws samples: the site of its random numbers, and what they come from."""

    site: int
    of: ast.expr


def is_drawn(inquiry: Inquiry, candidate: int) -> bool:
    """Tell whether a loss depends on samples that are drawn from what the parameters give."""
    found = list(_draws(inquiry.machine))
    if not found:
        return False
    base, moved = _trial(inquiry), _trial(inquiry, moved=True)
    sites = inquiry.machine.sites
    felt = {base.events[index].site for index in differing_events(base, moved)}
    names = {name for site in felt if site in sites for name in sites[site].names}
    return any(
        _is_felt(draw.of, felt, names) and _matters(inquiry, candidate, draw.site) for draw in found
    )


def _draws(machine: Machine) -> Iterator[_Draw]:
    """Yield what is compared with uniform random numbers, and chances that samples are asked for.

    The random numbers may have a name.
    """
    named = {
        ast.unparse(node.targets[0]): of(node)
        for node in machine.nodes.values()
        if isinstance(node, ast.Assign) and _calls(node.value, _UNIFORM)
    }
    for node in machine.nodes.values():
        match node:
            case ast.Compare(left=left, comparators=[right]):
                for one, other in ((left, right), (right, left)):
                    own = of(one) if _calls(one, _UNIFORM) else named.get(ast.unparse(one))
                    if own is not None:
                        yield _Draw(site=own, of=other)
            case ast.Call(args=[*_, chance]) if _calls(node, _BINARY):
                yield _Draw(site=of(node), of=chance)


def _calls(node: ast.expr, names: tuple[str, ...]) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in names


def _is_felt(node: ast.expr, felt: set[int], names: set[str]) -> bool:
    """Tell whether the parameters change an expression, or what has one of its names."""
    parts = list(ast.walk(node))
    own = {getattr(part, "id", getattr(part, "attr", None)) for part in parts}
    return not names.isdisjoint(own) or any(
        of(part) in felt for part in parts if isinstance(part, ast.expr)
    )


def _matters(inquiry: Inquiry, candidate: int, site: int) -> bool:
    """Tell whether a loss is another one where all samples are, to either side."""
    low, high = (_trial(inquiry, inject={site: by}) for by in (-1.0, 1.0))
    loss = [inquiry.candidates[candidate]]
    one, other = (values(loss, trial.events) for trial in (low, high))
    return not np.array_equal(one, other, equal_nan=True)


def _trial(
    inquiry: Inquiry, *, moved: bool = False, inject: dict[int, float] | None = None
) -> Trial:
    point = inquiry.points[0]
    step = replace(inquiry.step, first=point.first, paths=inquiry.parameters)
    there = {path: shaken(value, seed) for seed, (path, value) in enumerate(point.point.items())}
    return step.trial(there if moved else point.point, step.plan(None), rate=0.0, inject=inject)
