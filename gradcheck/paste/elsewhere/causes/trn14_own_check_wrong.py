"""A gradient check of the poster's own that blames gradients which are right."""

import ast
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.instrument import Plan
from gradcheck.paste.understanding.runtime import Course
from gradcheck.paste.understanding.words import is_numeric_gradient
from gradcheck.paste.verdicts import judged

_ONE = 1e-6
_FAILS = 1e-3
"""From this relative difference on a check blames something."""

_PARALLEL = 1e-3
_SECONDS = 0.4


def _look(stage: Stage) -> Iterator[Remark]:
    sides = dict(_comparisons(stage))
    factor = judged(stage.told).factor if stage.is_right and sides else None
    if factor is None or abs(factor - 1) > _ONE:
        return
    for site, (claimed, numeric) in _values(stage, sides).items():
        size = float(np.linalg.norm(claimed) + np.linalg.norm(numeric))
        gap = float(np.linalg.norm(claimed - numeric)) / size if size else 0.0
        if np.any(claimed) and not gap <= _FAILS:
            yield _remark(stage, site, claimed, numeric)
            return


def _comparisons(stage: Stage) -> Iterator[tuple[int, bool]]:
    """Yield the differences of something and a numeric gradient, and whether that is the left."""
    nodes = stage.inquiry.machine.nodes
    made = frozenset(_made(nodes.values()))
    for number, node in nodes.items():
        match node:
            case ast.BinOp(op=ast.Sub(), left=left, right=right):
                told = _is_numeric(left, made), _is_numeric(right, made)
                if told[0] != told[1]:
                    yield number, told[0]


def _made(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the variables that hold what a function of such a name returns, as `numeric(W)`."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
                if is_numeric_gradient(ast.unparse(func).rpartition(".")[2]):
                    yield name


def _is_numeric(node: ast.expr, made: Container[str]) -> bool:
    """Tell what bears the name of a numeric gradient, in whole or by an element, or holds one."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in made or is_numeric_gradient(name)
        case ast.Subscript(value=inner):
            return _is_numeric(inner, made)
    return False


def _values(stage: Stage, sides: Mapping[int, bool]) -> Mapping[int, tuple[Array, Array]]:
    """Run the program once, its training cut short; return what it compares, and with what."""
    machine, turns = stage.again(), stage.inquiry.found.turns
    training = (turns.loop, *turns.outer) if turns.loop >= 0 else ()
    sites = frozenset(sides)
    machine.install(Plan(sites=sites, loops=machine.whiles | frozenset(training)))
    course = Course(loop=-1, recorded=sites, limits=dict.fromkeys(training, 1))
    events = machine.run_through(
        range(len(machine.statements)), course, _SECONDS, lambda _: None
    ).events
    found: dict[int, list[tuple[Array, Array]]] = defaultdict(list)
    for event in events:
        pair = (event.right, event.left) if sides[event.site] else (event.left, event.right)
        if np.shape(pair[0]) == np.shape(pair[1]) and pair[0] is not None:
            found[event.site].append((np.ravel(pair[0]), np.ravel(pair[1])))
    return {
        site: (np.concatenate([a for a, _ in pairs]), np.concatenate([n for _, n in pairs]))
        for site, pairs in found.items()
    }


def _remark(stage: Stage, site: int, claimed: Array, numeric: Array) -> Remark:
    cosine = claimed @ numeric / (np.linalg.norm(claimed) * np.linalg.norm(numeric))
    ratio = float(claimed @ numeric / (claimed @ claimed))
    off = (
        f"{ratio:.4g} times the claimed one"
        if cosine > 1 - _PARALLEL
        else f"of a cosine of {cosine:.3f} with the claimed one"
    )
    return Remark(
        message="this gradient check is wrong itself: the gradients that it checks are right",
        evidence=(
            f"in `{stage.sites[site].text}` the numeric gradient is {off}",
            "at random points every claimed gradient is that of the loss, and not a multiple",
        ),
        help=_help(ratio),
        place=stage.place(site),
    )


def _help(ratio: float) -> str:
    if abs(ratio - 2) < _PARALLEL:
        return "divide by twice the step: the two losses are two steps apart"
    if abs(ratio - 0.5) < _PARALLEL / 2:
        return "divide by the step alone: the two losses are one step apart"
    return "move one entry at a time, by about 1e-5 in float64, and restore it before the next"


CAUSE = Cause(code="TRN14", title="a wrong gradient check", doc=__doc__, look=_look)
