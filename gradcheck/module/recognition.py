"""Recognition: which of our layers somebody else's computes, so that its mistakes have names.

The forward pass is compared with those of the catalogue, alone or with an activation behind it,
under all settings that give the output's shape and take as many parameters as there are. What gives
the same numbers at every point is the same function; its right backward pass is then ours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, permutations, product
from math import prod
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ClaimError, GradcheckError, ShapeError
from gradcheck.module.subject import UPSTREAM, About, Point, Subject
from gradcheck.network.build import attach_loss
from gradcheck.network.exposed import expose
from gradcheck.network.graph import Binding, Network, Node
from gradcheck.op import Gradients, Inferred, Inputs, Op, Options, Parameters, ParameterSpec
from gradcheck.problem import Probe
from gradcheck.record import record

SAME = 1e-10
"""The difference, relative to the largest entry, up to which two outputs are the same."""

TRIED = 20_000
"""Settings of one op that are tried at most."""

ARRANGED = 24
"""Ways of giving arrays to an op's parameters that are tried at most."""

SIZES = (1, 2, 3)
"""Kernels' and strides' sizes that are tried where no parameter tells them."""

EPSILONS = (1e-8, 1e-7, 1e-6, 1e-5, 1e-3, 1e-12)
"""What is usually added under a root."""


@record
class Candidate:
    """An op with settings, what it would take and, by its own names, the parameters."""

    op: Op
    options: Options
    inputs: tuple[str, ...]
    bindings: Mapping[str, Binding]
    output: Shape


@record
class Sample:
    """A point with the output of the layer there."""

    point: Point
    output: Array


def recognised(subject: Subject, probes: Sequence[Probe], ops: Sequence[Op]) -> Network | None:
    """Return a network of one of the ops that computes what a layer does; None if there is none."""
    samples = _samples(subject, probes)
    if not samples:
        return None
    about, output = subject.about, samples[0].output.shape
    behind = [op for op in ops if op.kind == "activation" and not op.options]
    single = [op for op in ops if op.kind in ("layer", "activation")]
    found = (c for op in single for inputs in _splits(about) for c in
             _candidates(op, about.own, inputs, output))  # fmt: skip
    for candidate in found:
        values = [_computed(candidate, sample.point) for sample in samples]
        for activation in (None, *behind):
            if _fits(values, activation, samples):
                return _network(about.own, candidate, activation, samples[0])
    return None


def _splits(about: About) -> Iterator[tuple[str, ...]]:
    """Yield what may be the inputs: of a function's arguments the first alone, or more of them.

    Whole numbers are inputs always.
    """
    data = tuple(name for name in about.own.data if name != UPSTREAM)
    for count in range(1, len(about.inputs) + 1):
        yield (*about.inputs[:count], *data)
    if not about.inputs and data:
        yield data


def _samples(subject: Subject, probes: Sequence[Probe]) -> list[Sample]:
    samples = []
    for probe in probes:
        point = Point(parameters=probe.parameters, data=probe.data)
        try:
            output = subject.output(point)
        except ClaimError:
            return []
        if output is None or output.ndim < 1:
            return []
        samples.append(Sample(point=point, output=output))
    return samples


def _fits(values: Sequence[Array | None], activation: Op | None, samples: Sequence[Sample]) -> bool:
    for value, sample in zip(values, samples, strict=True):
        if value is None or value.shape != sample.output.shape:
            return False
        if activation is not None:
            value = activation.forward((value,), {}, {})[0]
        size = float(np.max(np.abs(sample.output), initial=0.0))
        if not np.max(np.abs(value - sample.output), initial=0.0) <= SAME * size:
            return False
    return True


def _candidates(
    op: Op, point: Point, inputs: tuple[str, ...], output: Shape
) -> Iterator[Candidate]:
    """Yield an op with every choice of settings and parameters that fits the shapes."""
    shapes = [value_of(point, name).shape for name in inputs]
    if not op.arity[0] <= len(inputs) <= (op.arity[1] or len(inputs)) or not all(shapes):
        return
    own = {n: x.shape for n, x in point.parameters.items() if n not in inputs}
    sizes = sorted({1, *output, *(size for shape in own.values() for size in shape)})
    for options in islice(settings_of(op, sizes, [*own.values()]), TRIED):
        try:
            inferred = op.infer(shapes, options)
        except (ShapeError, ValueError, IndexError, ZeroDivisionError):
            continue
        if inferred.output == output and len(inferred.parameters) == len(own):
            for bindings in islice(_bindings(inferred, own), ARRANGED):
                yield Candidate(
                    op=op, options=options, inputs=inputs, bindings=bindings, output=output
                )


def settings_of(op: Op, sizes: Sequence[int], shapes: Sequence[Shape]) -> Iterator[dict[str, Any]]:
    """Yield all settings of an op that are worth a trial."""
    choices = {name: _choices(op, name, sizes, shapes) for name in op.options}
    for values in product(*choices.values()):
        yield dict(zip(choices, values, strict=True))


def _choices(op: Op, name: str, sizes: Sequence[int], shapes: Sequence[Shape]) -> Sequence[Any]:
    """Return the values of one setting that are worth a trial."""
    option = op.options[name]
    if option.type == "boolean":
        return (True, False)
    if option.type == "choice":
        return option.choices
    if option.required and name not in ("units", "channels", "kernel", "entries", "heads"):
        return ()
    if option.type == "number":
        return (option.default, *EPSILONS) if "eps" in name else (option.default,)
    if option.type == "integer":
        return sizes if option.required else (option.default, *sizes[:3])
    kernels = {shape[-2:] for shape in shapes if len(shape) > 3}
    kernels |= {shape[-1:] for shape in shapes if len(shape) == 3}
    squares = [(size,) for size in SIZES]
    if name == "kernel":
        return sorted(kernels) or squares
    if name == "padding":
        return [(0,), *squares]
    return squares if name == "stride" else (option.default,)


def _bindings(inferred: Inferred, own: Mapping[str, Shape]) -> Iterator[dict[str, Binding]]:
    """Yield every way in which arrays of these shapes may be an op's parameters."""
    for names in permutations(own):
        pairs = zip(inferred.parameters.items(), names, strict=True)
        ways = [(local, [*_ways(spec.shape, name, own[name])]) for (local, spec), name in pairs]
        for chosen in product(*(found for _, found in ways)):
            yield {local: binding for (local, _), binding in zip(ways, chosen, strict=True)}


def _ways(wanted: Shape, name: str, shape: Shape) -> Iterator[Binding]:
    if shape == wanted:
        yield Binding(parameter=name)
    if len(shape) == 2 and shape[::-1] == wanted:
        yield Binding(parameter=name, transposed=True)


def value_of(point: Point, name: str) -> Array:
    """Return what a point has under a name."""
    return point.parameters[name] if name in point.parameters else point.data[name]


def _computed(candidate: Candidate, point: Point) -> Array | None:
    inputs = [value_of(point, name) for name in candidate.inputs]
    own = {local: b.read(point.parameters) for local, b in candidate.bindings.items()}
    try:
        with np.errstate(all="ignore"):
            return candidate.op.forward(inputs, own, candidate.options)[0]
    except (GradcheckError, ValueError, IndexError):
        return None


def _network(own: Point, candidate: Candidate, activation: Op | None, sample: Sample) -> Network:
    """Build the network whose parameters and inputs are the layer's, by the layer's own names."""
    inputs = {name: value_of(own, name).shape for name in candidate.inputs}
    moving = [name for name in inputs if name in own.parameters]
    # To a layer that is not the first, so that what it hands on may be wrong in the usual ways.
    nodes = [given(name, inputs[name]) for name in moving]
    taken = tuple(f"({name})" if name in moving else name for name in inputs)
    layer = _node(candidate.op.name, candidate.op, taken, candidate.output)
    nodes.append(replace(layer, options=candidate.options, bindings=candidate.bindings))
    if activation is not None:
        nodes.append(_node(activation.name, activation, (layer.name,), layer.shape))
    loss = attach_loss(
        op=_WEIGHTED,
        options={},
        prediction=nodes[-1].name,
        target=UPSTREAM,
        shapes={nodes[-1].name: layer.shape, UPSTREAM: sample.output.shape},
        reduction="sum",
        scale=1.0,
        offset=0.0,
    )
    parameters = {
        b.parameter: _spec(own.parameters[b.parameter].shape, local)
        for local, b in candidate.bindings.items()
    }
    bare = Network(inputs=inputs, nodes=tuple(nodes), loss=loss, parameters=parameters)
    return expose(bare, moving)


def given(name: str, shape: Shape) -> Node:
    """Return a node that hands on an input as it is."""
    return _node(f"({name})", _GIVEN, (name,), shape)


def _node(name: str, op: Op, inputs: tuple[str, ...], shape: Shape) -> Node:
    return Node(name=name, op=op, options={}, inputs=inputs, shape=shape)


def _spec(shape: Shape, local: str) -> ParameterSpec:
    is_bias = local == "bias" or local.startswith("bias_")
    return ParameterSpec(
        shape=shape,
        fan_in=prod(shape[:-1]),
        fan_out=shape[-1] if shape else 1,
        role="bias" if is_bias else "weight",
    )


def _forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    output, upstream = inputs
    return output * upstream, upstream


def _backward(dy: Array, cache: Any) -> Gradients:
    return Gradients(inputs=(dy * cache, None))


def _infer(shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG001
    return Inferred(output=shapes[0])


_GIVEN = Op(
    name="given",
    kind="layer",
    doc="The input as it is.",
    forward=lambda inputs, parameters, options: (inputs[0], None),
    backward=lambda dy, cache: Gradients(inputs=(dy,)),
    infer=_infer,
)

_WEIGHTED = Op(
    name="upstream",
    kind="loss",
    doc="The output's entries, each times its upstream gradient.",
    forward=_forward,
    backward=_backward,
    infer=_infer,
    arity=(2, 2),
)
