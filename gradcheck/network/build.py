"""Building a network: layers are connected, their shapes inferred and their parameters named."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from gradcheck.array import Shape
from gradcheck.errors import ShapeError
from gradcheck.network.graph import LOSS, Binding, Loss, Node, Reduction
from gradcheck.op import Inferred, Op, Options, ParameterSpec
from gradcheck.record import record


class LayerError(ShapeError):
    """A layer that does not fit where it stands; `layer` is its name, `about` the key at fault."""

    def __init__(self, message: str, layer: str, about: str = "") -> None:
        super().__init__(message, layer, about)
        self.message = message
        self.layer = layer
        self.about = about

    def __str__(self) -> str:
        return self.message


@record
class Layer:
    """A layer as declared; without `inputs` it follows the one before it.

    `share` maps the op's own parameter names to parameters of earlier layers, with a
    trailing `.T` for the transpose.
    """

    name: str
    op: Op
    options: Options
    inputs: tuple[str, ...] | None = None
    share: Mapping[str, str] = field(default_factory=dict)


def connect(
    inputs: Mapping[str, Shape], layers: Sequence[Layer]
) -> tuple[tuple[Node, ...], dict[str, ParameterSpec]]:
    """Return the nodes, with shapes, and every parameter by its full name.

    Raises LayerError for an unknown input, shapes that don't fit or a name given twice.
    """
    shapes = dict(inputs)
    parameters: dict[str, ParameterSpec] = {}
    nodes: list[Node] = []
    for layer in layers:
        if layer.name in shapes:
            raise LayerError(f"the name {layer.name!r} is given twice", layer.name)
        sources = layer.inputs or _previous(layer, nodes, inputs)
        _known(layer, sources, shapes)
        node = _node(layer, sources, shapes, parameters)
        shapes[layer.name] = node.shape
        nodes.append(node)
    return tuple(nodes), parameters


def attach_loss(
    *,
    op: Op,
    options: Options,
    prediction: str,
    target: str,
    shapes: Mapping[str, Shape],
    reduction: Reduction | None,
    scale: float,
    offset: float,
) -> Loss:
    """Return the loss on a prediction and a target; raises LayerError where they don't fit.

    Without a `reduction` it is the mean over the batch, unless the op has reduced the terms itself.
    """
    try:
        inferred = op.infer([shapes[prediction], shapes[target]], options)
    except ShapeError as error:
        raise LayerError(
            f"{op.name} of {prediction!r} {shapes[prediction]} and target {target!r} "
            f"{shapes[target]}: {error}", LOSS,
        ) from error  # fmt: skip
    node = Node(
        name=LOSS,
        op=_settled(op, inferred),
        options=options,
        inputs=(prediction, target),
        shape=inferred.output,
    )
    if reduction is None:
        reduction = "sum" if inferred.reduced else "batch_mean"
    elif inferred.reduced and reduction != "sum":
        raise LayerError(
            f"{op.name} gives one number, so there is nothing to reduce; leave out the reduction, "
            "or give one term for each sample", LOSS, "reduction",
        )  # fmt: skip
    return Loss(node=node, reduction=reduction, scale=scale, offset=offset)


def _settled(op: Op, inferred: Inferred) -> Op:
    """Return an op with what its inputs' shapes say of it."""
    if inferred.samplewise is None and inferred.complex_safe is None:
        return op
    return replace(
        op,
        samplewise=op.samplewise and inferred.samplewise is not False,
        complex_safe=op.complex_safe and inferred.complex_safe is not False,
    )


def _previous(layer: Layer, nodes: list[Node], inputs: Mapping[str, Shape]) -> tuple[str, ...]:
    if nodes:
        return (nodes[-1].name,)
    if len(inputs) == 1:
        return tuple(inputs)
    raise LayerError(
        f"layer {layer.name!r} is the first of a network with {len(inputs)} inputs; "
        f"say which it takes: inputs: [{', '.join(inputs)}]", layer.name,
    )  # fmt: skip


def _known(layer: Layer, sources: tuple[str, ...], shapes: Mapping[str, Shape]) -> None:
    for name in sources:
        if name not in shapes:
            raise LayerError(
                f"layer {layer.name!r} takes {name!r}, which is no input and no earlier layer; "
                f"there are {', '.join(shapes)}", layer.name, "inputs",
            )  # fmt: skip
    least, most = layer.op.arity
    if not least <= len(sources) <= (len(sources) if most is None else most):
        what = f"{least} input" + "s" * (least != 1)
        if most != least:
            what = f"{least} or more inputs" if most is None else f"{least} to {most} inputs"
        raise LayerError(
            f"layer {layer.name!r}: {layer.op.name} takes {what}, but gets "
            f"{len(sources)} ({', '.join(sources)})", layer.name, "inputs",
        )  # fmt: skip


def _node(
    layer: Layer,
    sources: tuple[str, ...],
    shapes: Mapping[str, Shape],
    parameters: dict[str, ParameterSpec],
) -> Node:
    try:
        inferred = layer.op.infer([shapes[name] for name in sources], layer.options)
    except ShapeError as error:
        given = " and ".join(f"{name!r} {shapes[name]}" for name in sources)
        raise LayerError(
            f"layer {layer.name!r} does not fit its input {given}: {error}", layer.name
        ) from error
    bindings = {
        local: _bind(layer, local, spec, parameters) for local, spec in inferred.parameters.items()
    }
    for local in layer.share:
        if local not in inferred.parameters:
            raise LayerError(
                f"layer {layer.name!r} has no parameter {local!r} to share; it has "
                f"{', '.join(inferred.parameters) or 'none'}", layer.name, "share",
            )  # fmt: skip
    return Node(
        name=layer.name,
        op=_settled(layer.op, inferred),
        options=layer.options,
        inputs=sources,
        shape=inferred.output,
        bindings=bindings,
    )


def _bind(
    layer: Layer, local: str, spec: ParameterSpec, parameters: dict[str, ParameterSpec]
) -> Binding:
    """Bind one of the op's parameters to a new or a shared parameter of the network."""
    if local not in layer.share:
        name = f"{layer.name}.{local}"
        parameters[name] = spec
        return Binding(parameter=name)
    wanted = layer.share[local]
    name = wanted.removesuffix(".T")
    if name not in parameters:
        raise LayerError(
            f"layer {layer.name!r} shares {name!r}, which no earlier layer has; there are "
            f"{', '.join(parameters) or 'none'}", layer.name, "share",
        )  # fmt: skip
    binding = Binding(parameter=name, transposed=wanted != name)
    shape = parameters[name].shape[:: -1 if binding.transposed else 1]
    if shape != spec.shape:
        raise LayerError(
            f"layer {layer.name!r} needs {local} of shape {spec.shape}, but {wanted!r} "
            f"has {shape}", layer.name, "share",
        )  # fmt: skip
    return binding
