"""The contract of a fault: a known way of getting backprop wrong.

A fault is one function: what the mistake does to the backward pass of one node.
`inject(site)` returns what the wrong code would have computed there, or None where the
mistake can't be made; the rest of the pass goes on with it, so that everything nearer
the input suffers as it would in the user's program.
"""

from collections.abc import Callable, Mapping
from typing import Any

from gradcheck.array import Array
from gradcheck.op import Gradients, Op, Options, Parameters
from gradcheck.record import record


@record
class Site:
    """One node during a backward pass, with all that a mistake there may lay hands on.

    `inputs`, `output` and `cache` are the forward pass's; `upstream` is the gradient arriving at
    the output, and `gradients` what the right backward pass makes of it. The loss is
    the node whose `op.kind` is `loss`: its `upstream` are the weights of its terms, which
    hold the 1/m of an averaging `reduction`. `batch` is the number of samples m. `averaged` is the
    factor by which the whole loss divides (1 for a sum). `target` names the parameter
    (local to the op) at which a fault of one parameter is planted, None for any.
    """

    node: str
    op: Op
    options: Options
    inputs: tuple[Array, ...]
    parameters: Parameters
    output: Array
    cache: Any
    upstream: Array
    gradients: Gradients
    batch: int
    averaged: float
    hidden: bool
    """Whether a layer with parameters lies between this node and the loss."""
    target: str | None = None

    def with_inputs(self, *inputs: Array | None) -> Gradients:
        """Return the right gradients but for those of the inputs."""
        return Gradients(inputs=inputs, parameters=self.gradients.parameters)

    def with_parameters(self, parameters: Mapping[str, Array]) -> Gradients:
        """Return the right gradients but for those of the named parameters."""
        return Gradients(
            inputs=self.gradients.inputs,
            parameters={**self.gradients.parameters, **parameters},
        )


@record
class Fault:
    """A known mistake: its code (three letters of the family and two digits), name and effect.

    `inject` is None for an entry that names a finding but can't be planted.
    """

    code: str
    slug: str
    title: str
    family: str
    doc: str | None
    inject: Callable[[Site], Gradients | None] | None = None

    @property
    def key(self) -> str:
        return self.code
