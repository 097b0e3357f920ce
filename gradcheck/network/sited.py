"""Moves of a place where parameters enter an op linearly, column by column."""

from collections.abc import Callable
from dataclasses import field
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.network.columns import ColumnMoves, of_entries, one_at_a_time, together
from gradcheck.network.forward import bound, inside
from gradcheck.network.graph import Node
from gradcheck.network.onward import Onward, Terms
from gradcheck.network.perturb import Base
from gradcheck.numeric.shared import sharing
from gradcheck.numeric.split import Split
from gradcheck.numeric.strip import Strip
from gradcheck.op import Response, Site
from gradcheck.outer import Inner, Outer
from gradcheck.problem import Part
from gradcheck.record import record

CHUNK = 2**17
"""Numbers in the widest stack of imaginary parts: it should stay in the processor's cache."""

INSIDE = 2
"""How many times as many they may be where an op is moved within: it works on them in parts, as
the steps of a sequence are."""

FEWEST = 32
"""Moved values that a stack has at least: what is done once for it takes time as well."""

LARGE = 2**18
"""Entries of gradients from which on not all are kept at once: fresh memory is slow."""

SIGNED = 4
"""Random signs with which the rows of a column are moved; the largest effect counts."""

SQUARABLE = 1e-140
"""Numbers from here on have squares that are not rounded to zero."""

FIRST = 4
"""How many times larger the first stack may be, of which the width is not known yet."""


@record
class Sited:
    """A site of a node at which all that a parameter does is done.

    `known` keeps the moves of parameters' entries, which are asked for piece by piece.
    """

    start: Base
    onward: Onward
    name: str
    sites: dict[str, Site]
    known: dict[str, ColumnMoves] = field(default_factory=dict)

    @staticmethod
    def of(start: Base, node: Node, local: str) -> "Sited | None":
        """Find a parameter's site; None unless there is just one."""
        if node.op.sites is None:
            return None
        own = bound(node, start.trace.parameters)
        sites = node.op.sites(start.trace.inputs[node.name], own, node.options)
        names = [name for name, site in sites.items() if local in site.responses]
        if len(names) != 1:
            return None
        onward = Onward.of(start, node)
        return Sited(start=start, onward=onward, name=names[0], sites=dict(sites))

    @property
    def site(self) -> Site:
        return self.sites[self.name]

    @property
    def moves(self) -> int:
        """The number of pre-activations to move: of all samples at once if that is possible."""
        samples, rows, columns = self.site.shape
        return rows * columns * (1 if self.onward.separable else samples)

    @property
    def pays(self) -> bool:
        """Whether moving the site costs less than moving the entries of all its parameters."""
        own = bound(self.onward.node, self.start.trace.parameters)
        return self.moves <= sum(own[local].size for local in self.site.responses)

    def slopes(self) -> Part:
        """Measure how the loss depends on each pre-activation, and the sizes of what adds up."""
        first = self.site.axis is None
        if self.onward.separable:
            moves = together(*self.site.shape, first=first)
            value, size = self._measured(moves, Terms.by_sample, (self.site.shape[0],))
            return np.moveaxis(value, -1, 0), np.moveaxis(size, -1, 0)
        moves = one_at_a_time(*self.site.shape, first=first)
        value, size = self._measured(moves, Terms.in_all, ())
        return value.reshape(self.site.shape), size.reshape(self.site.shape)

    def entries(self, local: str, some: slice) -> Part:
        """Measure how the loss depends on some entries of a parameter, moving one after another.

        They are in the order of the moves; `arranged` takes all of them.
        """
        return self._made(self._entries(local), Terms.in_all, some)

    def arranged(self, local: str, found: Part) -> Part:
        """Return what was measured of each entry, in the shape that the op gives the parameter."""
        response = self.site.responses[local]
        shape = bound(self.onward.node, self.start.trace.parameters)[local].shape
        value, size = (self._entries(local).by_pattern(v) for v in found)
        if self.signed(local):
            # What rows add to an entry may cancel before it comes to a term of the loss.
            hidden = _bounded(response, self._row_slopes(), transposed=response.transposed)
            size = np.maximum(size, hidden[:].reshape(size.shape))
        if response.transposed:
            value, size = value.T, size.T
        return value.reshape(shape), size.reshape(shape)

    def _entries(self, local: str) -> ColumnMoves:
        if local not in self.known:
            self.known[local] = of_entries(self.site, self.site.responses[local])
        return self.known[local]

    def signed(self, local: str) -> int:
        """Return the number of moves beside those of entries: where these move several rows."""
        _, rows, columns = self.site.shape
        return 0 if rows == 1 or self.site.responses[local].apart else SIGNED * columns

    def _row_slopes(self) -> Array:
        """Measure how much, typically, the loss depends on a pre-activation of each column.

        Moved by random signs, all those of a column add up to about the root of their squares.
        """
        samples, rows, columns = self.site.shape
        signs = Chance([rows, columns]).signs((SIGNED, samples, rows))
        moves = ColumnMoves(
            patterns=SIGNED, columns=columns, drawn=lambda k, c: signs[k], first=False
        )
        if self.onward.separable:
            found, _ = self._measured(moves, Terms.by_sample, (samples,))
            lengths = np.sqrt((found * found).sum(axis=2))
        else:
            lengths = np.abs(self._measured(moves, Terms.in_all, ())[0])
        typical = lengths.max(axis=0) / np.sqrt(samples * rows)
        return np.broadcast_to(typical, self.site.shape)

    def weighted(
        self, local: str, slope: Array, size: Array, *, transposed: bool
    ) -> tuple[Array | Inner, Array | Outer]:
        """Return a parameter's gradient and a bound on its magnitude, both flat.

        They are in the order that the op gives the parameter, or in that of its transpose.
        """
        shape = bound(self.onward.node, self.start.trace.parameters)[local].shape
        response = self.site.responses[local]
        bar = _bounded(response, size, transposed=transposed)
        if isinstance(bar, Outer) and len(bar) > LARGE and not transposed:
            return _inner(response, slope), bar
        value = _weighted(response, slope).reshape(shape)
        value = value.T if transposed else value
        return value.ravel(), bar

    def _measured(
        self,
        moves: ColumnMoves,
        read: Callable[[Terms], tuple[Array, Array]],
        rest: tuple[int, ...],
    ) -> tuple[Array, Array]:
        """Make all moves; return what is read off each, by pattern."""
        value, magnitude = self._made(moves, read, slice(0, len(moves)), rest)
        return moves.by_pattern(value), moves.by_pattern(magnitude)

    def _made(
        self,
        moves: ColumnMoves,
        read: Callable[[Terms], Part],
        some: slice,
        rest: tuple[int, ...] = (),
    ) -> Part:
        """Make some moves, as many at once as fit; return what is read off each."""
        count = some.stop - some.start
        value, magnitude = np.empty((count, *rest)), np.empty((count, *rest))
        is_within = self.site.axis is None
        # There are stacks of all its columns then.
        inside = self.site.shape[0] * self.site.shape[2] if is_within else 0
        chunk = CHUNK * INSIDE if is_within else CHUNK
        width, start = max(1, inside, self.onward.width // FIRST), 0
        while start < count:
            at_once = min(count - start, max(FEWEST, chunk // width))
            patterns, columns = moves.part(some.start + start, at_once)
            root = moves.drawn(patterns, columns)
            with sharing(self.start.shared):
                terms = self.onward.run(self._output(root, columns), len(root))
            stop = start + len(root)
            value[start:stop], magnitude[start:stop] = read(terms)
            start, width = stop, max(inside, terms.wide)
        refuse_infinite(value)
        return value, magnitude

    def _output(self, root: Array, columns: Array) -> Any:
        """Return the node's output with some columns of the site moved."""
        node, site = self.onward.node, self.site
        places = columns[:1, None] if (columns == columns[0]).all() else columns[:, None]
        if site.axis is not None:
            y = self.start.trace.values[node.name]
            others = (*y.shape[: site.axis], *y.shape[site.axis + 1 :])
            root = np.expand_dims(root.reshape(len(root), *others), site.axis + 1)
            return Split(y, root, None, Strip(site.axis, places))
        shifts: dict[str, Any] = {name: np.zeros(s.shape) for name, s in self.sites.items()}
        shifts |= inside(node, self.start.shifts)
        shifts[self.name] = Split(shifts[self.name], root[..., None], None, Strip(2, places))
        assert node.op.shifted is not None
        own = bound(node, self.start.trace.parameters)
        return node.op.shifted(self.start.trace.inputs[node.name], own, node.options, shifts)


def refuse_infinite(values: Array) -> None:
    """Raise FloatingPointError if any number is not finite."""
    if not np.isfinite(values).all():
        raise FloatingPointError


def _bounded(response: Response, size: Array, *, transposed: bool) -> Array | Outer:
    """Bound the sum of the absolute terms that `_weighted` adds up.

    That of products is by Cauchy and Schwarz at most the product of the factors' lengths.
    """
    coefficients = response.coefficients
    if response.apart:
        return size.ravel()
    if coefficients is None:
        return np.asarray(size.sum(axis=(0, 1)))
    if response.diagonal:
        return np.asarray((np.abs(coefficients) * size).sum(axis=(0, 1)))
    rows, columns = _lengths(coefficients), _lengths(size)
    return Outer(columns, rows) if response.transposed != transposed else Outer(rows, columns)


def _inner(response: Response, slope: Array) -> Inner:
    """Add up the slopes as `_weighted` does, where many entries ask for it stretch by stretch."""
    assert response.coefficients is not None
    one = response.coefficients.reshape(-1, response.coefficients.shape[-1])
    other = np.ascontiguousarray(slope.reshape(-1, slope.shape[-1]))
    return Inner(other, one) if response.transposed else Inner(one, other)


def _lengths(columns: Array) -> Array:
    """Return the length of each column."""
    flat = columns.reshape(-1, columns.shape[-1])
    found: Array = np.sqrt(np.einsum("nk,nk->k", flat, flat))
    if found.min(initial=SQUARABLE) >= SQUARABLE:
        return found
    # Squares may have vanished.
    unit = np.abs(flat).max(axis=0, initial=0.0)
    scaled = flat / np.where(unit == 0, 1.0, unit)
    return np.asarray(unit * np.sqrt((scaled * scaled).sum(axis=0)))


def _weighted(response: Response, slope: Array) -> Array:
    """Add up the slopes of pre-activations as the parameter moves them."""
    coefficients = response.coefficients
    if response.apart:
        return slope
    if coefficients is None:
        return np.asarray(slope.sum(axis=(0, 1)))
    if response.diagonal:
        return np.asarray((coefficients * slope).sum(axis=(0, 1)))
    flat = coefficients.reshape(-1, coefficients.shape[-1])
    found = flat.T @ slope.reshape(-1, slope.shape[-1])
    return np.asarray(found.T if response.transposed else found)
