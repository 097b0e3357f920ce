"""Elements that sit on a kink at a probe.

Some never leave it: of several zeros that a relu hands to a max-pool, it does not matter which is
the largest, for none of them moves. Those are left out. They are told by moving everything along
a random line, ahead and back, to first order.
"""

import warnings
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.exceptions import ComplexWarning

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.errors import GradcheckError
from gradcheck.network.forward import Forward, Trace, bound
from gradcheck.network.graph import Network, Node
from gradcheck.numeric import directions
from gradcheck.numeric.complex_step import STEP
from gradcheck.problem import Kink
from gradcheck.record import record

NEAR = 1e-14
"""Elements nearer than this, relative to their typical size, are on their kink: rounding decides
the side, and so may the code under check."""

NUDGE = 1e-13
"""Relative size of the shift that puts an element on one side: beyond `NEAR`, below notice."""

MOVED = 2.0**-10
"""Relative distance that parameters are moved by: an element that does not leave its kink then
moves, relatively, less than 1e-11 as fast as they do."""


@record
class _End:
    """Every node's inputs, and the parameters, at a moved point."""

    inputs: Mapping[str, tuple[Array, ...]]
    parameters: Mapping[str, Array]


def kinks(network: Network, trace: Trace, forward: Forward) -> list[Kink]:
    """List the elements that are on a kink of their ops, those of regularisers last."""
    found: list[Kink] = []
    moved: list[_End] | None = None
    for node, x, here in _on_kinks(network, trace):
        # Behind a kink there may be movement that no line shows.
        if len(here) and not found:
            moved = _moved(network, trace, forward) if moved is None else moved
            found += _kinks(node.name, x, here[_left(node, x, moved)[tuple(here.T)]])
        else:
            found += _kinks(node.name, x, here)
    for penalty in network.penalties:
        for name in penalty.parameters:
            if penalty.op.kinks is not None:
                own = trace.parameters[name]
                here = _near(penalty.op.kinks((own,), {}), own)
                found += _kinks(penalty.place(name), own, here, name)
    return found


def resting(network: Network, trace: Trace, forward: Forward) -> bool:
    """Tell whether elements are on kinks that they never leave, to first order."""
    on_kinks = sum(len(here) for _, _, here in _on_kinks(network, trace))
    listed = sum(kink.parameter is None for kink in kinks(network, trace, forward))
    return on_kinks > listed


def _on_kinks(network: Network, trace: Trace) -> Iterator[tuple[Node, Array, Array]]:
    """Yield nodes, what has their kinks, and the indices of all elements of it that are on one."""
    for node in network.steps:
        if node.op.kinks is not None:
            inputs = trace.inputs[node.name]
            distances = node.op.kinks(inputs, _settings(node, trace.parameters))
            x = inputs[0] if node.op.kinked is None else distances
            yield node, x, _near(distances, x)


def _settings(node: Node, parameters: Mapping[str, Array]) -> dict[str, Any]:
    """Return what an op's kinks depend on beside its inputs."""
    return {**node.options, **bound(node, parameters)}


def _near(distances: Array, x: Array) -> Array:
    """Return the indices of the elements of x that are that near to a kink, (k, axes)."""
    return np.argwhere(np.isfinite(distances) & (np.abs(distances) <= NEAR * _size(x)))


def _kinks(place: str, x: Array, indices: Array, parameter: str | None = None) -> Iterator[Kink]:
    """Describe the elements with these indices."""
    size = _size(x) if len(indices) else x
    for index in map(tuple, indices.tolist()):
        yield Kink(
            node=place,
            index=index,
            shape=x.shape,
            size=NUDGE * float(size[index]),
            parameter=parameter,
        )


def _size(x: Array) -> Array:
    typical = float(np.sqrt(np.mean(x**2))) or 1.0
    return np.maximum(np.abs(x), typical)


def _moved(network: Network, trace: Trace, forward: Forward) -> list[_End]:
    """Return two moved points; none where they can't be had."""
    if not all(node.op.complex_safe for node in network.steps):
        return []
    made = {node.name for node in network.steps}
    data = {name: value for name, value in trace.values.items() if name not in made}
    for inputs in (network.inputs, ()):
        with warnings.catch_warnings():
            warnings.simplefilter("error", ComplexWarning)
            try:
                return [_along(trace, data, inputs, side, forward) for side in (STEP, -STEP)]
            except (GradcheckError, ComplexWarning, TypeError, ValueError, IndexError):
                # Masks and the ids of an embedding can't be moved.
                continue
    return []


def _along(
    trace: Trace,
    data: Mapping[str, Array],
    moving: Collection[str],
    step: float,
    forward: Forward,
) -> _End:
    """Move all parameters and the inputs named in `moving`."""
    rng = Chance([len(trace.parameters)])

    def moved(x: Array) -> Array:
        return x + 1j * step * _size(x) * directions.draw(rng, x.shape)

    parameters = {name: moved(value) for name, value in trace.parameters.items()}
    points = {name: moved(x) if name in moving else x for name, x in data.items()}
    with np.errstate(all="ignore"):
        ends = forward(parameters, points).inputs
    length = MOVED / STEP

    def end(x: Array) -> Array:
        return x.real + length * x.imag

    return _End(
        inputs={name: tuple(end(x) for x in inputs) for name, inputs in ends.items()},
        parameters={name: end(value) for name, value in parameters.items()},
    )


def _left(node: Node, x: Array, moved: list[_End]) -> Array:
    """Tell which elements of x would leave a kink when everything moves; all, if unknown."""
    if not moved or node.op.kinks is None:
        return np.ones(x.shape, dtype=bool)
    size = _size(x)
    left = np.zeros(x.shape, dtype=bool)
    for end in moved:
        with np.errstate(all="ignore"):
            settings = _settings(node, end.parameters)
            distances = node.op.kinks(end.inputs[node.name], settings)
        left |= ~(np.abs(distances) <= NEAR * size)
    return left
