"""Corners: where an expression's derivative jumps, by the functions that make it jump.

A corner is an element of an operand, or of the difference of two, that is zero to within rounding:
of the argument of `abs`, of two operands of `maximum`, of the two sides of a comparison, of a
maximum and another element that ties with it.
"""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import pairwise

import numpy as np

from gradcheck.array import Array
from gradcheck.formula import functions, names
from gradcheck.formula.reverse import Pulls, pull
from gradcheck.formula.rules import fitted
from gradcheck.formula.tape import Call, Tape
from gradcheck.record import record

NEAR = 1e-12
"""Elements further from zero than this, relative to what was subtracted, are no corners."""

Distances = Mapping[str, Callable[[Array], Array]]
"""For each of the caller's functions whose derivative jumps: the distance to where, by element."""

_CORNERED = ("abs", "sign", "maximum", "minimum", "clip", "max", "min")


@record
class Corner:
    """Operands whose sum, each times its sign, has a `distance` to the nearest jump; `size` is
    what the distance was rounded at.
    """

    operands: tuple[tuple[ast.expr, float], ...]
    distance: Array
    size: Array

    @property
    def near(self) -> list[int]:
        """The elements, counted through, that are zero to within rounding."""
        return np.flatnonzero(np.abs(self.distance) <= NEAR * self.size).tolist()

    @property
    def read(self) -> frozenset[str]:
        """The names that move it."""
        return frozenset(name for node, _ in self.operands for name in names.reads(node))


def distances(tape: Tape, given: Mapping[str, Array], own: Distances, pulls: Pulls) -> Array:
    """Return how far each element of an input is from a corner: infinity where that is far.

    The input goes by all the names `given`. A corner is put down to the element that moves it
    most; distances are to first order.
    """
    found = np.full(next(iter(given.values())).shape, np.inf)
    for corner in corners(tape, own):
        for k in corner.near if corner.read & given.keys() else ():
            slopes = _slopes(tape, corner, k, pulls)
            slope = sum((slopes[name] for name in given if name in slopes), np.zeros(found.shape))
            most = int(np.argmax(np.abs(slope)))
            if slope.flat[most]:
                distance = corner.distance.flat[k] / slope.flat[most]
                found.flat[most] = min(found.flat[most], distance, key=abs)
    return found


def stuck(
    tape: Tape, first: Collection[str], moving: Collection[str], own: Distances, pulls: Pulls
) -> bool:
    """Tell whether at a corner that a name in `moving` moves, and none in `first`."""
    for corner in corners(tape, own):
        if corner.read.isdisjoint(moving):
            continue
        for k in corner.near:
            slopes = _slopes(tape, corner, k, pulls)
            moves = {name for name, slope in slopes.items() if slope.any()}
            if moves & {*moving} and not moves & {*first}:
                return True
    return False


def reach(root: ast.expr, own: Collection[str]) -> Iterator[frozenset[str]]:
    """Yield, for each place that makes corners, the names that may move it."""
    for node in ast.walk(root):
        if isinstance(node, ast.Compare) or (
            isinstance(node, ast.Call) and names.callee(node) in (*_CORNERED, *own)
        ):
            yield frozenset(names.reads(node))
        elif isinstance(node, ast.Call) and names.callee(node) == "where":
            yield frozenset(names.reads(node.args[0]) if node.args else ())


def _slopes(tape: Tape, corner: Corner, k: int, pulls: Pulls) -> dict[str, Array]:
    """Return how every name moves one element of a corner."""
    one = np.zeros(corner.distance.shape)
    one.flat[k] = 1.0
    seeds = {
        node: sign * fitted(one, tape.array(node).shape)
        for node, sign in corner.operands
        if any(names.reads(node))
    }
    return pull(tape, seeds, pulls)


def corners(tape: Tape, own: Distances) -> Iterator[Corner]:
    """Yield every place of an expression that makes corners."""
    for node in tape.values:
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for pair in pairwise(sides):
                yield _between(tape, *pair)
        elif isinstance(node, ast.Call) and node in tape.calls:
            yield from _of_call(tape, node, tape.calls[node], own)


def _of_call(tape: Tape, node: ast.Call, call: Call, own: Distances) -> Iterator[Corner]:
    operands = list(call.operands.values())
    if call.given:
        assert isinstance(node.func, ast.Name)
        if node.func.id in own:
            yield _at(tape, operands[0], own[node.func.id](tape.array(operands[0])))
    elif call.function in (functions.abs_, functions.sign):
        yield _at(tape, operands[0], tape.array(operands[0]))
    elif call.function in (functions.maximum, functions.minimum):
        yield _between(tape, operands[0], operands[1])
    elif call.function is functions.clip:
        yield _between(tape, operands[0], operands[1])
        yield _between(tape, operands[0], operands[2])
    elif call.function is functions.where and not isinstance(operands[0], ast.Compare):
        yield _at(tape, operands[0], tape.array(operands[0]))
    elif call.function in (functions.max_, functions.min_):
        yield _ties(tape, operands[0], tape.array(node), call)


def _at(tape: Tape, operand: ast.expr, distance: Array) -> Corner:
    value = np.abs(tape.array(operand))
    return Corner(operands=((operand, 1.0),), distance=distance, size=_sized(value))


def _between(tape: Tape, a: ast.expr, b: ast.expr) -> Corner:
    first, second = tape.array(a), tape.array(b)
    size = np.maximum(np.abs(first), np.abs(second))
    return Corner(
        operands=((a, 1.0), (b, -1.0)), distance=np.asarray(first - second), size=_sized(size)
    )


def _ties(tape: Tape, operand: ast.expr, extreme: Array, call: Call) -> Corner:
    """Find elements that tie with the maximum, or minimum, of their group."""
    x, axis = tape.array(operand), call.settings.get("axis")
    best = extreme.reshape(np.max(x, axis=axis, keepdims=True).shape)
    size = _sized(np.abs(x))
    near = np.abs(x - best) <= NEAR * size
    tied = near & (np.sum(near, axis=axis, keepdims=True) > 1)
    return Corner(operands=((operand, 1.0),), distance=np.where(tied, x - best, np.inf), size=size)


def _sized(value: Array) -> Array:
    """Return each element's size, or the typical one where that is larger."""
    typical = float(np.sqrt(np.mean(value**2))) if value.size else 0.0
    return np.maximum(value, typical or 1.0)
