"""The graph of ops, as plain data."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Literal, TypeAlias

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import NumericError
from gradcheck.op import Inputs, Op, Options, ParameterSpec
from gradcheck.record import record

Reduction: TypeAlias = Literal["sum", "batch_mean", "element_mean", "active_mean"]

LOSS = "loss"
"""The name under which the loss appears among the nodes."""


@record
class Binding:
    """Which of the network's parameters a node uses for one of its own, and whether transposed."""

    parameter: str
    transposed: bool = False

    def read(self, parameters: Mapping[str, Array]) -> Array:
        """Return the value as the node sees it."""
        value = parameters[self.parameter]
        return value.T if self.transposed else value


@record
class Node:
    """One op in its place; `shape` is its output's, the batch first."""

    name: str
    op: Op
    options: Options
    inputs: tuple[str, ...]
    shape: Shape
    bindings: Mapping[str, Binding] = field(default_factory=dict)


@record
class Loss:
    """How the terms of the loss node become the loss: `scale` * reduction(terms) + `offset`."""

    node: Node
    reduction: Reduction = "batch_mean"
    scale: float = 1.0
    offset: float = 0.0

    def averaged(self, inputs: Inputs) -> float:
        """Return the number by which the reduction divides, given what the loss node is given.

        Raises NumericError for a mean over the places that count where none does.
        """
        if self.reduction == "sum":
            return 1.0
        if self.reduction == "batch_mean":
            return float(self.node.shape[0])
        if self.reduction == "active_mean" and self.node.op.active is not None:
            return self._active(self.node.op.active(inputs, self.node.options))
        return float(np.prod(self.node.shape))

    def _active(self, counting: Array) -> float:
        if not counting.any():
            raise NumericError(
                "every place of the target is padding, so that active_mean is 0 / 0; a batch needs "
                "a place that counts"
            )
        return float(np.count_nonzero(counting))


@record
class Penalty:
    """A regulariser on some parameters: `strength` * `factor` * sum of the op's terms."""

    op: Op
    strength: float
    factor: float
    parameters: tuple[str, ...]

    @property
    def weight(self) -> float:
        return self.strength * self.factor

    def place(self, parameter: str) -> str:
        """Name its op at one parameter, as nodes are named."""
        return f"{self.op.name}({parameter})"


@record
class Network:
    """The whole: `nodes` in an order in which each comes after its inputs, then the loss.

    `inputs` has the full shape of every input, batch included; `parameters` what each
    parameter is, by its name in the whole network (`hidden.weight`).
    """

    inputs: Mapping[str, Shape]
    nodes: tuple[Node, ...]
    loss: Loss
    parameters: Mapping[str, ParameterSpec]
    penalties: tuple[Penalty, ...] = ()

    @property
    def batch(self) -> int:
        return self.loss.node.shape[0]

    @property
    def steps(self) -> tuple[Node, ...]:
        """The nodes, the loss last."""
        return (*self.nodes, self.loss.node)

    @property
    def prediction(self) -> str:
        """The name of what the loss compares with the target."""
        return self.loss.node.inputs[0]

    @property
    def target(self) -> str:
        return self.loss.node.inputs[1]

    def penalties_of(self, parameter: str) -> Iterator[Penalty]:
        """Yield the penalties that a parameter pays."""
        return (penalty for penalty in self.penalties if parameter in penalty.parameters)

    def affected_by(self, parameter: str) -> tuple[Node, ...]:
        """Return the nodes whose output a parameter changes, in order, the loss included."""
        return self._reached(
            node.name
            for node in self.nodes
            if any(b.parameter == parameter for b in node.bindings.values())
        )

    def after(self, node: str) -> tuple[Node, ...]:
        """Return the nodes that a node's output changes, in order, the loss included."""
        return tuple(later for later in self._reached([node]) if later.name != node)

    def _reached(self, starts: Iterable[str]) -> tuple[Node, ...]:
        """Return some nodes and all that follow from them."""
        moved = set(starts)
        hit = []
        for node in self.steps:
            if node.name in moved or not moved.isdisjoint(node.inputs):
                moved.add(node.name)
                hit.append(node)
        return tuple(hit)
