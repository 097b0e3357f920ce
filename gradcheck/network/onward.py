"""What follows a node: the rest of the network, run on many moved outputs at once."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.network.forward import bound, passed, shifted
from gradcheck.network.graph import Node
from gradcheck.network.perturb import Base
from gradcheck.numeric.split import Split
from gradcheck.numeric.strip import taken
from gradcheck.record import record


@record
class Terms:
    """The loss's terms for P moved outputs of a node, and how `wide` its widest stack was.

    `split` is None where the loss does not depend on the node.
    """

    split: Split | None
    weight: float
    batch: int
    count: int
    wide: int

    def by_sample(self) -> tuple[Array, Array]:
        """Return the imaginary part of each sample's loss, (P, n), and the sizes of its terms."""
        if self.split is None:
            return np.zeros((self.count, self.batch)), np.zeros((self.count, self.batch))
        root, factors = self._factored(self.split)
        if root.ndim == 2:
            found = root * factors
            return found, np.abs(found)
        stacks = root.reshape(self.count, self.batch, -1).swapaxes(0, 1)
        columns = factors.reshape(self.batch, -1, 1)
        return (stacks @ columns)[..., 0].T, (np.abs(stacks) @ np.abs(columns))[..., 0].T

    def in_all(self) -> tuple[Array, Array]:
        """Return the imaginary parts of the losses, (P), and the sizes of their terms."""
        if self.split is None:
            return np.zeros(self.count), np.zeros(self.count)
        root, factors = self._factored(self.split)
        flat, column = root.reshape(self.count, -1), factors.ravel()
        return flat @ column, np.abs(flat) @ np.abs(column)

    def _factored(self, terms: Split) -> tuple[Array, Array]:
        """Return the imaginary parts as a stack and factors that are the same for all of it."""
        strip = terms.strip
        if strip is not None and (strip.axis == 0 or len(strip.places) > 1):
            raw = terms.imag if strip.axis == 0 else terms.raw
            return raw, np.full(raw.shape[1:], self.weight)
        slope = np.broadcast_to(1.0 if terms.slope is None else terms.slope, terms.shape)
        return terms.root, self.weight * (slope if strip is None else taken(slope, strip)[0])


@record
class Onward:
    """A node and all that depends on it, in order, each with its parameters.

    `spent` names, for each of those, what no later one takes.
    """

    start: Base
    node: Node
    later: tuple[tuple[Node, Mapping[str, Array]], ...]
    spent: tuple[frozenset[str], ...]

    @staticmethod
    def of(start: Base, node: Node) -> "Onward":
        later = start.network.after(node.name)
        moved = {node.name, *(n.name for n in later)}
        inputs = [frozenset(n.inputs) for n in later]
        return Onward(
            start=start,
            node=node,
            later=tuple((n, bound(n, start.trace.parameters)) for n in later),
            spent=tuple((own & moved).difference(*inputs[k + 1 :]) for k, own in enumerate(inputs)),
        )

    @property
    def separable(self) -> bool:
        """Whether no sample feels what happens to another one, from the node on."""
        return self.node.op.samplewise and all(n.op.samplewise for n, _ in self.later)

    @property
    def width(self) -> int:
        """The most numbers that a moved value may have."""
        return max(int(np.prod(n.shape)) for n in (self.node, *(n for n, _ in self.later)))

    def run(self, output: Any, count: int) -> Terms:
        """Run what follows on `count` moved outputs."""
        values: dict[str, Any] = {self.node.name: output}
        wide = _wide(output)
        for (node, parameters), spent in zip(self.later, self.spent, strict=True):
            inputs = [values.get(name, self.start.trace.values[name]) for name in node.inputs]
            moved = shifted(node, inputs, self.start.shifts)
            found = passed(node, moved, parameters, self.start.shifts)[0]
            values[node.name] = _known(found, self.start.trace.values[node.name])
            wide = max(wide, _wide(found))
            # Stacks are large, and those of deep networks are many.
            del inputs, moved, found
            for name in spent:
                del values[name]
        terms = values.get(self.start.network.loss.node.name)
        return Terms(
            split=terms if isinstance(terms, Split) else None,
            weight=self.start.weight,
            batch=self.start.network.batch,
            count=count,
            wide=wide,
        )


def _known(found: Any, real: Array) -> Any:
    """Return moved values with the real part that is known, so that what follows is known too."""
    if not isinstance(found, Split) or found.shape != real.shape:
        return found
    return Split(real, found.root, found.slope, found.strip)


def _wide(value: Any) -> int:
    return value.root.size // len(value.root) if isinstance(value, Split) else 1
