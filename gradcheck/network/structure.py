"""The gradient of a parameter, exploiting how it enters the network.

Where a parameter enters an op linearly, moving its entry (k, c) by h moves column c of a
pre-activation by h times a coefficient, for every sample. So it is enough to move each
pre-activation: the loss of every sample is re-evaluated with that column moved, for all samples at
once, and the differences are weighted by the coefficients. What the coefficients are, the op
says; that this is the network, the audit proves.

Other parameters are moved entry by entry. Either way only imaginary parts are propagated,
`split` says how.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.network.forward import bound, shifted
from gradcheck.network.graph import Binding, Node
from gradcheck.network.perturb import Base
from gradcheck.numeric.complex_step import STEP
from gradcheck.numeric.split import Split
from gradcheck.op import Response, Site
from gradcheck.problem import Derivative
from gradcheck.record import record

CHUNK = 2**18
"""Numbers in the widest stack of imaginary parts."""


@record
class _Use:
    """One use of a parameter: the node, the op's own name for it, and the binding."""

    node: Node
    local: str
    binding: Binding


def derivative(start: Base, parameter: str, limit: int) -> Derivative | None:
    """Differentiate the loss by every entry of a parameter, if `limit` evaluations are enough.

    None also where an op's forward pass does something that `Split` can't.
    """
    shape = start.trace.parameters[parameter].shape
    value, magnitude = np.zeros(shape), np.zeros(shape)
    needed = made = 0
    for use in _uses(start, parameter):
        by_site = _Sited.of(start, use)
        moves = value.size if by_site is None else by_site.moves
        needed += moves
        if needed > limit:
            return None
        key = _key(use, by_site)
        if key not in start.measured:
            made += moves
            try:
                start.measured[key] = by_site.slopes() if by_site else _by_entry(start, use)
            except (TypeError, AttributeError):
                return None
        found = start.measured[key]
        parts = by_site.weighted(*found) if by_site else found
        value += _oriented(parts[0], use.binding)
        magnitude += _oriented(parts[1], use.binding)
    _penalize(start, parameter, value, magnitude)
    return Derivative(value=value, magnitude=magnitude, evaluations=made)


def _key(use: _Use, by_site: "_Sited | None") -> tuple[str, str, str]:
    """Return under what a measurement is kept: one of a site serves all its parameters."""
    if by_site is None:
        return use.node.name, "entries", use.local
    return use.node.name, "site", by_site.name


def _uses(start: Base, parameter: str) -> Iterator[_Use]:
    for node in start.network.nodes:
        for local, binding in node.bindings.items():
            if binding.parameter == parameter:
                yield _Use(node=node, local=local, binding=binding)


def _oriented(value: Array, binding: Binding) -> Array:
    return value.T if binding.transposed else value


def _separable(start: Base, node: Node) -> bool:
    """Tell whether no sample feels what happens to another one, from a node on."""
    return node.op.samplewise and all(n.op.samplewise for n in _downstream(start, node))


def _downstream(start: Base, node: Node) -> tuple[Node, ...]:
    return start.network.after(node.name)


def _width(start: Base, node: Node) -> int:
    return max(int(np.prod(n.shape)) for n in (node, *_downstream(start, node)))


@record
class _Sited:
    """A use of a parameter that enters its op linearly, at one site."""

    start: Base
    use: _Use
    name: str
    sites: Mapping[str, Site]
    together: bool
    """Whether all samples can be moved at once."""

    @staticmethod
    def of(start: Base, use: _Use) -> "_Sited | None":
        """Find the site, if there is just one and moving it costs less than moving entries.

        One measurement serves all parameters of the site, so it may cost as much as they would.
        """
        node = use.node
        if node.op.sites is None:
            return None
        own = bound(node, start.trace.parameters)
        sites = node.op.sites(start.trace.inputs[node.name], own, node.options)
        names = [name for name, site in sites.items() if use.local in site.responses]
        if len(names) != 1:
            return None
        together = _separable(start, node)
        found = _Sited(start=start, use=use, name=names[0], sites=sites, together=together)
        entries = sum(own[local].size for local in found.site.responses)
        return found if found.moves <= entries else None

    @property
    def site(self) -> Site:
        return self.sites[self.name]

    @property
    def moves(self) -> int:
        """The number of evaluations: one for each pre-activation, of all samples if possible."""
        samples, rows, columns = self.site.shape
        return rows * columns * (1 if self.together else samples)

    def weighted(self, slope: Array, size: Array) -> tuple[Array, Array]:
        """Return the gradient and its magnitude, in the shape that the op gives the parameter."""
        shape = bound(self.use.node, self.start.trace.parameters)[self.use.local].shape
        response = self.site.responses[self.use.local]
        return (
            _weighted(response, slope, response.coefficients).reshape(shape),
            _weighted(response, size, _absolute(response.coefficients)).reshape(shape),
        )

    def slopes(self) -> tuple[Array, Array]:
        """Measure how the loss depends on each pre-activation, and the sizes of what adds up."""
        samples, rows, columns = self.site.shape
        slope, size = np.zeros(self.site.shape), np.zeros(self.site.shape)
        chunk = max(1, CHUNK // max(_width(self.start, self.use.node), slope.size))
        for who in [slice(None)] if self.together else range(samples):
            for first in range(0, rows * columns, chunk):
                where = np.arange(first, min(first + chunk, rows * columns))
                place = (who, where // columns, where % columns)
                terms, sizes = self._moved(who, place[1], place[2])
                slope[place] = terms.T if self.together else terms.sum(axis=1)
                size[place] = sizes.T if self.together else sizes.sum(axis=1)
        return slope, size

    def _moved(self, who: Any, rows: Array, columns: Array) -> tuple[Array, Array]:
        """Move some pre-activations, of all samples or one, each in an evaluation of its own."""
        node = self.use.node
        imag = np.zeros((len(rows), *self.site.shape))
        imag[np.arange(len(rows)), who, rows, columns] = 1.0
        shifts: dict[str, Any] = {name: np.zeros(s.shape) for name, s in self.sites.items()}
        shifts[self.name] = Split(shifts[self.name], imag)
        assert node.op.shifted is not None
        own = bound(node, self.start.trace.parameters)
        output = node.op.shifted(self.start.trace.inputs[node.name], own, node.options, shifts)
        return _terms(self.start, node, output)


def _weighted(response: Response, slope: Array, coefficients: Array | None) -> Array:
    """Add up the slopes of pre-activations as the parameter moves them."""
    if coefficients is None:
        return np.asarray(slope.sum(axis=(0, 1)))
    if response.diagonal:
        return np.asarray((coefficients * slope).sum(axis=(0, 1)))
    flat = coefficients.reshape(-1, coefficients.shape[-1])
    found = flat.T @ slope.reshape(-1, slope.shape[-1])
    return np.asarray(found.T if response.transposed else found)


def _absolute(coefficients: Array | None) -> Array | None:
    return None if coefficients is None else np.abs(coefficients)


def _by_entry(start: Base, use: _Use) -> tuple[Array, Array]:
    """Move each entry of a parameter, as this one use sees it."""
    own = bound(use.node, start.trace.parameters)
    shape: Shape = own[use.local].shape
    value, magnitude = np.zeros(own[use.local].size), np.zeros(own[use.local].size)
    chunk = max(1, CHUNK // max(_width(start, use.node), value.size))
    for first in range(0, value.size, chunk):
        count = min(chunk, value.size - first)
        imag = np.zeros((count, value.size))
        imag[np.arange(count), first + np.arange(count)] = 1.0
        moved: dict[str, Any] = {**own}
        moved[use.local] = Split(own[use.local], imag.reshape(count, *shape))
        inputs = start.trace.inputs[use.node.name]
        output = use.node.op.forward(inputs, moved, use.node.options)[0]
        terms, sizes = _terms(start, use.node, output)
        value[first : first + count] = terms.sum(axis=1)
        magnitude[first : first + count] = sizes.sum(axis=1)
    return value.reshape(shape), magnitude.reshape(shape)


def _terms(start: Base, node: Node, output: Any) -> tuple[Array, Array]:
    """Run what follows a node; return the imaginary loss terms, (P, n), and their sizes."""
    values: dict[str, Any] = {node.name: output}
    for later in _downstream(start, node):
        inputs = [values.get(name, start.trace.values[name]) for name in later.inputs]
        values[later.name] = later.op.forward(
            shifted(later, inputs, start.shifts),
            bound(later, start.trace.parameters),
            later.options,
        )[0]
    terms = values.get(start.network.loss.node.name)
    if not isinstance(terms, Split):
        nothing = np.zeros((1, start.network.batch))
        return nothing, nothing
    imag = start.weight * terms.imag.reshape(len(terms.imag), len(terms), -1)
    return imag.sum(axis=2), np.abs(imag).sum(axis=2)


def _penalize(start: Base, parameter: str, value: Array, magnitude: Array) -> None:
    """Add the regularisers, each entry of which depends on itself alone."""
    own = start.trace.parameters[parameter]
    for penalty in start.network.penalties_of(parameter):
        shift = (start.shifts or {}).get(penalty.place(parameter), 0.0)
        terms, _ = penalty.op.forward((own + shift + 1j * STEP,), {}, {})
        slope = penalty.weight * terms.imag / STEP
        value += slope
        magnitude += np.abs(slope)
