"""The gradient of a parameter, exploiting how it enters the network.

Where a parameter enters an op linearly, moving its entry (k, c) by h moves column c of a
pre-activation by h times a coefficient, for every sample. So it is enough to move each
pre-activation: the loss of every sample is re-evaluated with that column moved, for all samples at
once, and the differences are weighted by the coefficients. What the coefficients are, the op
says; that this is the network, the audit proves.

Where that costs more, and on request, entries are moved one by one: the move starts as the
coefficients times h in a column of the pre-activation, and what follows is evaluated for it.
Either way only imaginary parts are propagated, `split` says how.
"""

from collections.abc import Callable, Iterator
from functools import partial
from math import prod
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.network.forward import bound, passed
from gradcheck.network.graph import Binding, Node
from gradcheck.network.onward import Onward
from gradcheck.network.perturb import Base
from gradcheck.network.sited import CHUNK, Sited, refuse_infinite
from gradcheck.numeric.complex_step import STEP
from gradcheck.numeric.shared import sharing
from gradcheck.numeric.split import Split
from gradcheck.outer import Inner, Outer
from gradcheck.problem import Derivative, Effort, Part, Piece, cut
from gradcheck.record import record

UNABLE = (TypeError, AttributeError, FloatingPointError)
"""What an op raises that does something that `Split` can't, and what is not finite."""

Parts: TypeAlias = tuple[Array | Inner, Array | Outer]
"""Derivatives by all entries, flat, and bounds on the sizes of the terms added up to them."""


@record
class _Way:
    """A way to differentiate by one use of a parameter.

    It takes so many `moves`; what is measured is kept under a `key`, and `read` makes derivatives
    by the parameter of it.
    """

    key: tuple[str, str, str]
    moves: int
    measure: Callable[[], Part]
    read: Callable[[Part], Parts]


def derivative(start: Base, parameter: str, effort: Effort) -> Derivative | None:
    """Differentiate the loss by every entry of a parameter, if the effort allowed is enough.

    None also where an op's forward pass does something that `Split` can't, or where something is
    not finite.
    """
    ways = list(_ways(start, parameter, effort))
    new = {way.key: way for way in ways if way.key not in start.measured}
    made = sum(way.moves for way in new.values())
    if made > effort.limit:
        return None
    try:
        for key, way in new.items():
            start.measured[key] = way.measure()
    except UNABLE:
        return None
    parts = [way.read(start.measured[way.key]) for way in ways]
    parts += _penalties(start, parameter)
    value, magnitude = _total(parts, start.trace.parameters[parameter].size)
    return Derivative(value=value, magnitude=magnitude, evaluations=made)


def _total(parts: list[Parts], size: int) -> Parts:
    """Add up what each use of a parameter of so many entries makes of it."""
    if not parts:
        return np.zeros(size), np.zeros(size)
    value, magnitude = parts[0]
    for more, terms in parts[1:]:
        value, magnitude = value[:] + more[:], magnitude[:] + terms[:]
    return value, magnitude


def _ways(start: Base, parameter: str, effort: Effort) -> Iterator[_Way]:
    for node in start.network.nodes:
        for local, binding in node.bindings.items():
            if binding.parameter == parameter:
                yield _way(start, node, local, binding, effort)


def _way(start: Base, node: Node, local: str, binding: Binding, effort: Effort) -> _Way:
    """Choose how to differentiate by one of a node's own parameters."""
    sited = Sited.of(start, node, local)
    if sited is not None and sited.pays and not effort.each:
        return _Way(
            key=(node.name, "site", sited.name),
            moves=sited.moves,
            measure=sited.slopes,
            read=lambda found: sited.weighted(local, *found, transposed=binding.transposed),
        )

    def oriented(found: Part) -> Parts:
        value, size = found
        return (
            (value.T.ravel(), size.T.ravel())
            if binding.transposed
            else (value.ravel(), size.ravel())
        )

    return _Way(
        key=(node.name, "entries", local),
        moves=start.trace.parameters[binding.parameter].size
        + (sited.signed(local) if sited else 0),
        measure=partial(_by_pieces, start, node, local, sited, effort),
        read=oriented,
    )


def _by_pieces(start: Base, node: Node, local: str, sited: Sited | None, effort: Effort) -> Part:
    """Move each entry of a parameter, as this one node sees it."""
    shape = bound(node, start.trace.parameters)[local].shape
    pieces = cut(node.name, local, prod(shape))
    if effort.elsewhere is not None and len(pieces) > 1:
        parts = [_made(part) for part in effort.elsewhere(pieces)]
    else:
        parts = [_piece(start, node, sited, piece) for piece in pieces]
    value, magnitude = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    if sited is not None:
        return sited.arranged(local, (value, magnitude))
    return value.reshape(shape), magnitude.reshape(shape)


def _made(part: Part | None) -> Part:
    """Return a piece that was measured elsewhere; fails as here where that could not be done."""
    if part is None:
        raise FloatingPointError
    return part


def measure(start: Base, piece: Piece) -> Part | None:
    """Measure one piece of a derivative; None where that can't be done, as in `derivative`."""
    (node,) = (node for node in start.network.nodes if node.name == piece.node)
    try:
        return _piece(start, node, Sited.of(start, node, piece.local), piece)
    except UNABLE:
        return None


def _piece(start: Base, node: Node, sited: Sited | None, piece: Piece) -> Part:
    if sited is not None:
        return sited.entries(piece.local, piece.moves)
    return _by_entry(start, node, piece.local, piece.moves)


def _by_entry(start: Base, node: Node, local: str, some: slice) -> Part:
    """Move some entries of a parameter that enters its node in any way."""
    value, magnitude = one_by_one(start, node, local, np.arange(some.start, some.stop))
    refuse_infinite(value)
    return value, magnitude


def one_by_one(start: Base, node: Node, local: str, entries: Array) -> Part:
    """Move entries of a node's own parameter, as many at once as fit, each by itself."""
    own, onward = bound(node, start.trace.parameters), Onward.of(start, node)
    size, moves = own[local].size, len(entries)
    value, magnitude = np.empty(moves), np.empty(moves)
    chunk = max(1, CHUNK // max(onward.width, size))
    for first in range(0, moves, chunk):
        count = min(chunk, moves - first)
        imag = np.zeros((count, size))
        imag[np.arange(count), entries[first : first + count]] = 1.0
        split: Any = Split(own[local], imag.reshape(count, *own[local].shape))
        inputs = start.trace.inputs[node.name]
        with sharing(start.shared):
            output = passed(node, inputs, {**own, local: split}, start.shifts)[0]
            found = onward.run(output, count).in_all()
        value[first : first + count], magnitude[first : first + count] = found
    return value, magnitude


def _penalties(start: Base, parameter: str) -> Iterator[Parts]:
    """Differentiate the regularisers, each entry of which depends on itself alone."""
    own = start.trace.parameters[parameter]
    for penalty in start.network.penalties_of(parameter):
        shift = (start.shifts or {}).get(penalty.place(parameter), 0.0)
        terms, _ = penalty.op.forward((own + shift + 1j * STEP,), {}, {})
        slope = penalty.weight * terms.imag / STEP
        yield slope.ravel(), np.abs(slope).ravel()
