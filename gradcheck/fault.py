"""The contract of a fault: a known way of getting backprop wrong.

A fault is one function: what the mistake does to the backward pass. Most are made at a node:
`inject(site)` returns what the wrong code would have computed there, or None where the
mistake can't be made; the rest of the pass goes on with it, so that everything nearer
the input suffers as it would in the user's program. Those that confuse finished gradients
are made at the end: `alter(whole)` returns the gradients that it changes.

A fault that is made at one parameter at a time says at which with `each`; one of several
variants names them in `choices`; one that holds a number which nobody can foresee has a
`constant`, which diagnosis fits.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any, Literal, TypeAlias

from gradcheck.array import Array
from gradcheck.op import Gradients, Op, Options, Parameters
from gradcheck.record import record
from gradcheck.report import Level

Role: TypeAlias = Literal["weight", "bias"]


@record
class Decay:
    """A regulariser of the network: its op, what its terms are multiplied by, and who pays it."""

    op: Op
    weight: float
    parameters: frozenset[str]


@record
class Around:
    """The network around a site, during the same right pass.

    `sites` has every node that the gradient reaches, by name, from the loss inwards, and
    every penalty; `data` the network's inputs and targets; `values` every node's output.
    """

    sites: Mapping[str, "Site"]
    data: Mapping[str, Array]
    values: Mapping[str, Array]
    decays: tuple[Decay, ...] = ()


@record
class Site:
    """One node during a backward pass, with all that a mistake there may lay hands on.

    `inputs`, `output` and `cache` are the forward pass's, `sources` the names of what the inputs
    come from (nodes, or inputs of the network); `upstream` is the gradient arriving at
    the output, and `gradients` what the right backward pass makes of it. The loss is
    the node whose `op.kind` is `loss`: its `upstream` are the weights of its terms, which
    hold the 1/m of an averaging `reduction`. A penalty, `op.kind` `regularizer`, has its
    parameter as its only input. `batch` is the number of samples m. `averaged` is the
    factor by which the whole loss divides (1 for a sum). `names` gives the op's parameters
    their full names, `roles` says whether each is a weight or a bias, `shared` which of them
    other nodes use as well, and `joint`, for every input, whether other nodes take it too.

    `target` names the parameter (local to the op) at which a fault of one parameter is
    planted, `choice` the variant, and `constant` is the number that such a fault holds.
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
    around: Around
    sources: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    joint: tuple[bool, ...] = ()
    target: str | None = None
    choice: str | None = None
    constant: float = 1.0

    @property
    def before(self) -> "Site | None":
        """The node that made the first input; None if the network was given it."""
        return self.around.sites.get(self.sources[0]) if self.sources else None

    @property
    def after(self) -> "tuple[Site, ...]":
        """The nodes that take this one's output, the nearest to the loss first."""
        return tuple(s for s in self.around.sites.values() if self.node in s.sources)

    def with_inputs(self, *inputs: Array | None) -> Gradients:
        """Return the right gradients but for those of the inputs."""
        return Gradients(inputs=inputs, parameters=self.gradients.parameters)

    def with_first(self, gradient: Array) -> Gradients:
        """Return the right gradients but for that of the first input."""
        return self.with_inputs(gradient, *self.gradients.inputs[1:])

    def with_parameters(self, parameters: Mapping[str, Array]) -> Gradients:
        """Return the right gradients but for those of the named parameters."""
        return Gradients(
            inputs=self.gradients.inputs,
            parameters={**self.gradients.parameters, **parameters},
        )


@record
class Whole:
    """A finished backward pass: every parameter's value and gradient, by full name.

    `first` holds the right gradients at the point at which the program was first run, None
    when that is this one. `sites` are those of the pass, as in `Around`.
    """

    parameters: Mapping[str, Array]
    gradients: Mapping[str, Array]
    sites: Mapping[str, Site]
    first: Mapping[str, Array] | None = None
    choice: str | None = None


@record
class Fault:
    """A known mistake: its code (three letters of the family and two digits), name and effect.

    `wrong` and `right` are the formula as the mistake has it and as it should be. An entry with
    neither `inject` nor `alter` names a finding or explains what a gradient can't
    show. `level` is that of its findings. `repairs` are the kinds of edits of source text that
    undo it, the likeliest first (see `gradcheck.edits`).
    """

    code: str
    slug: str
    title: str
    family: str
    doc: str | None
    wrong: str = ""
    right: str = ""
    inject: Callable[[Site], Gradients | None] | None = None
    alter: Callable[[Whole], Mapping[str, Array] | None] | None = None
    each: tuple[Role, ...] = ()
    choices: Callable[[Any], Sequence[str]] | None = None
    constant: float | None = None
    level: Level = "error"
    repairs: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.code

    @property
    def plantable(self) -> bool:
        return self.inject is not None or self.alter is not None
