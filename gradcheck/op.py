"""The contract of an op: a layer, activation, loss or regulariser with a hand-written backward.

An op is a value with pure functions in it. `forward(inputs, parameters, options)` returns
the output and a cache; `backward(dy, cache)` takes the upstream gradient `dy`, of the
output's shape, and returns the gradient of every input and parameter. The first axis of
every input is the batch.

`forward` must be complex-safe: given an input with an imaginary part it returns the
analytic continuation of itself (no `abs`, `sign`, `.real` or float buffers; comparisons
are NumPy's, which decide by the real part first). An op that can't be says so. It must also
keep to operators, elementwise functions, `where`, `maximum`, `minimum`, sums, means, maxima,
products of matrices, indexing and functions that move elements about, so that it can be given
arrays of another type that behave as complex ones do; results are built by `stack` and
`concatenate`, never written into a buffer.

A loss is an op whose inputs are the prediction and the target and whose output are the
loss *terms*, their first axis the batch; the network reduces them to the loss. A
regulariser is an op on one parameter whose terms are summed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any, Literal, TypeAlias

from gradcheck.array import Array, Shape
from gradcheck.record import record

Inputs: TypeAlias = Sequence[Array]
Parameters: TypeAlias = Mapping[str, Array]
Options: TypeAlias = Mapping[str, Any]
Kind: TypeAlias = Literal["activation", "layer", "loss", "regularizer"]


@record
class Option:
    """One setting of an op, as a config writes it; without a default it must be given.

    `minimum` is inclusive; `above` and `below` are exclusive bounds. A `size` is a number of
    outputs, in whose place any other would do.
    """

    doc: str
    type: Literal["integer", "number", "boolean", "choice", "integers"]
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    above: float | None = None
    below: float | None = None
    size: bool = False


@record
class ParameterSpec:
    """A parameter that an op needs: its shape, and what initialisers ask of it."""

    shape: Shape
    fan_in: int
    fan_out: int
    role: Literal["weight", "bias"] = "weight"


@record
class Inferred:
    """What follows from the shapes of an op's inputs: its output's shape and its parameters."""

    output: Shape
    parameters: Mapping[str, ParameterSpec] = field(default_factory=dict)
    samplewise: bool | None = None
    """Whether no sample depends on another one, where that hangs on the shapes."""
    complex_safe: bool | None = None
    """Whether the forward pass is, where that was found out by trying."""
    reduced: bool = False
    """Whether the terms of a loss are the loss already, so that they are only to be summed."""


@record
class Response:
    """How a parameter moves a site's pre-activations Z (n, r, c): Z += coefficients @ parameter.

    `coefficients` is (n, r, k) and the parameter, reshaped, (k, c), or (c, k) if `transposed`.
    Without coefficients the parameter, of c numbers, is added to every row; with `diagonal`
    ones, (n, r, c), it is multiplied by them entry by entry. One that stands `apart`, of n * r * c
    numbers, is the pre-activations themselves.
    """

    coefficients: Array | None = None
    diagonal: bool = False
    apart: bool = False
    transposed: bool = False


@record
class Site:
    """A place inside an op where parameters enter linearly, with pre-activations (n, r, c).

    n are the samples, r the rows of one sample (time steps, positions), c the columns. Where the
    pre-activations are the op's output, `axis` is that of the output which holds the columns; its
    other axes, in order, are the samples and the rows.
    """

    shape: tuple[int, int, int]
    responses: Mapping[str, Response]
    axis: int | None = None


@record
class Gradients:
    """What `backward` returns: one gradient for each input (None for a constant) and parameter."""

    inputs: tuple[Array | None, ...]
    parameters: Mapping[str, Array] = field(default_factory=dict)


@record
class Worked:
    """An example small enough to check by hand, or a value from a named source."""

    inputs: tuple[Any, ...]
    output: Any
    source: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


Forward: TypeAlias = Callable[[Inputs, Parameters, Options], tuple[Array, Any]]
Backward: TypeAlias = Callable[[Array, Any], Gradients]
Ending: TypeAlias = Callable[[Array, Any], Mapping[str, Array]]
Infer: TypeAlias = Callable[[Sequence[Shape], Options], Inferred]
Kinks: TypeAlias = Callable[[Inputs, Mapping[str, Any]], Array]
Sites: TypeAlias = Callable[[Inputs, Parameters, Options], Mapping[str, Site]]
Active: TypeAlias = Callable[[Inputs, Options], Array]
Together: TypeAlias = Callable[[Sequence[tuple[Inputs, Parameters]], Options], Sequence[Array]]
Shifted: TypeAlias = Callable[[Inputs, Parameters, Options, Mapping[str, Array]], Array]


@record
class Op:
    """One op, whole: what it computes, its gradient, and how to try it.

    `infer` raises `ShapeError` for input shapes that don't fit. `kinks(inputs, settings)`, the
    settings being options and parameters together, gives, for every element of the first input,
    or where `kinked` names a site of every one of its pre-activations, the distance to the nearest
    point at which the derivative jumps (its sign is free). `function` and `slope`, where there are
    any, are what a formula means by `NAME(z)` and `NAME_prime(z)`, the derivative at `z`; they take
    the settings as further arguments. `arity` is the least and the largest number of inputs (None
    for any). `samplewise` says that no sample's output depends on another sample. `active`, of a
    loss that knows padding, tells which of its terms count.

    `sites` names the places where parameters enter linearly, every parameter at one of them;
    `shifted(inputs, parameters, options, shifts)` is the output of the forward pass with the
    named sites' pre-activations moved by arrays of their shapes. With these facts one moved
    pre-activation serves all parameters of its column. `together(points, options)`, where there
    is one, gives the outputs of several forward passes at once, each of a point's inputs and
    parameters. `ending(dy, cache)`, where there is one, gives the gradients of the parameters
    alone: those of `backward`, for less where nobody asks for those of the inputs.

    `own` marks one that is not of the catalogue but the user's.
    """

    name: str
    kind: Kind
    doc: str | None
    forward: Forward
    backward: Backward
    infer: Infer
    arity: tuple[int, int | None] = (1, 1)
    options: Mapping[str, Option] = field(default_factory=dict)
    kinks: Kinks | None = None
    kinked: str | None = None
    function: Callable[..., Array] | None = None
    slope: Callable[..., Array] | None = None
    sites: Sites | None = None
    shifted: Shifted | None = None
    active: Active | None = None
    together: Together | None = None
    ending: Ending | None = None
    own: bool = False
    samplewise: bool = True
    complex_safe: bool = True
    worked: tuple[Worked, ...] = ()

    @property
    def key(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        return (self.doc or "").strip().partition("\n")[0].rstrip(".")

    def defaults(self) -> dict[str, Any]:
        """Return the options that have a default, with it."""
        return {name: o.default for name, o in self.options.items() if not o.required}


def same_shape(shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG001
    """Infer the output of an op that keeps its first input's shape and has no parameters."""
    return Inferred(output=shapes[0])


def elementwise(
    *,
    name: str,
    doc: str | None,
    function: Callable[..., Array],
    slope: Callable[..., Array],
    kind: Kind = "activation",
    options: Mapping[str, Option] | None = None,
    kinks: Callable[..., Array] | None = None,
    complex_safe: bool = True,
    worked: tuple[Worked, ...] = (),
) -> Op:
    """Make an op of a function applied to each element and its derivative.

    `function(z, **options)`, `slope(z, **options)` and `kinks(z, **options)` map an array
    to one of its shape; `kinks` gives distances, as in `Op`.
    """

    def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
        return function(inputs[0], **options), (inputs[0], options)

    def backward(dy: Array, cache: Any) -> Gradients:
        z, options = cache
        return Gradients(inputs=(dy * slope(z, **options),))

    def distances(inputs: Inputs, options: Options) -> Array:
        assert kinks is not None
        return kinks(inputs[0], **options)

    return Op(
        name=name,
        kind=kind,
        doc=doc,
        forward=forward,
        backward=backward,
        infer=same_shape,
        options=options or {},
        kinks=distances if kinks else None,
        function=function,
        slope=slope,
        complex_safe=complex_safe,
        worked=worked,
    )
