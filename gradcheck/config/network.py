"""The network that a config describes."""

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from math import prod

from gradcheck.array import Shape
from gradcheck.catalogue import Catalogue
from gradcheck.config.context import Workshop
from gradcheck.config.names import check_name
from gradcheck.config.ops import OpUse
from gradcheck.config.records import Section
from gradcheck.config.text import Node, Source
from gradcheck.config.wording import nearest
from gradcheck.errors import ConfigError
from gradcheck.network.build import Layer, LayerError, connect
from gradcheck.network.graph import Node as GraphNode
from gradcheck.network.graph import Penalty
from gradcheck.op import Op, ParameterSpec


def layers(
    config: Section, batch: int, workshop: Workshop
) -> tuple[tuple[GraphNode, ...], dict[str, ParameterSpec]]:
    """Connect the config's layers; every misfit is an error at the layer's own place."""
    shapes = _inputs(config, batch)
    declared: dict[str, tuple[Node, OpUse]] = {}
    for name, use in config["network"]["layers"]:
        if name.text in declared or name.text in shapes:
            other = "another layer" if name.text in declared else "an input"
            raise config.source.error(f"{name.text!r} names {other} already", name)
        declared[name.text] = (name, use)
    before = tuple(shapes) if len(shapes) == 1 else ()
    made = []
    for label, (_, use) in declared.items():
        made.append(_layer(label, use, before, workshop))
        before = (label,)
    try:
        nodes, parameters = connect(shapes, made)
    except LayerError as error:
        name, use = declared[error.layer]
        raise config.source.error(str(error), use.beside.nodes.get(error.about, name)) from None
    if not parameters:
        raise config["network"].error(
            "no layer has parameters, so there is no gradient to check; add, for example, "
            "'- output: {dense: {units: 1}}'", "layers",
        )  # fmt: skip
    return nodes, parameters


def _inputs(config: Section, batch: int) -> dict[str, Shape]:
    section = config["network"]["inputs"]
    if not section.values:
        raise section.error("a network has at least one input, such as {x: [2]}")
    for name, key in section.keys.items():
        check_name(config.source, key, name, "an input")
        if name == "batch":
            raise config.source.error("'batch' can't name an input: data: {batch: ...}", key)
    return {name: (batch, *shape) for name, shape in section.values.items()}


def _layer(name: str, use: OpUse, before: tuple[str, ...], workshop: Workshop) -> Layer:
    """Declare a layer; `before` is what it takes if it does not say."""
    share = use.beside.get("share")
    inputs = tuple(use.beside["inputs"]) if "inputs" in use.beside else None
    return Layer(
        name=name,
        op=use.made(workshop, tuple((source,) for source in inputs or before), loss=False),
        options=use.options,
        inputs=inputs,
        share=share.values if share else {},
    )


def penalties(
    config: Section, ops: Catalogue[Op], parameters: Mapping[str, ParameterSpec], batch: int
) -> tuple[Penalty, ...]:
    """Return the regularisers, each with the parameters that its patterns name."""
    found = []
    for section in config.get("regularization") or ():
        names = tuple(name for name, spec in parameters.items() if spec.role == "weight")
        if "parameters" in section:
            names = matching(section, "parameters", parameters)
        divisor = batch if section["reduction"] == "batch_mean" else 1
        given = [
            name for name in section.keys if (op := ops.find(name)) and op.kind == "regularizer"
        ]
        if not given:
            raise section.error("regularization needs a strength, such as l2: 0.1")
        for name in given:
            op = ops.find(name)
            assert op is not None
            factor = section.get("factor")
            factor = (0.5 if name == "l2" else 1.0) if factor is None else factor
            found.append(
                Penalty(op=op, strength=section[name], factor=factor / divisor, parameters=names)
            )
    return tuple(found)


def matching(section: Section, key: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the known names that a key's patterns match; one that matches none is an error."""
    patterns = section[key]
    for number, pattern in enumerate(patterns):
        if not any(fnmatchcase(name, pattern) for name in known):
            raise unknown(section.source, section.item(key, number), pattern, known)
    return tuple(name for name in known if any(fnmatchcase(name, p) for p in patterns))


def unknown(source: Source, node: Node, name: str, known: Collection[str]) -> ConfigError:
    """Make the error for a parameter that the network does not have."""
    return source.error(f"the network has no parameter {name!r}{nearest(name, known)}", node)


def refuse_if_huge(
    config: Section, shapes: Mapping[str, Shape], parameters: Mapping[str, ParameterSpec]
) -> None:
    """Refuse a network whose arrays would not fit into the memory that the config allows.

    `shapes` are those of all data and all layers' outputs.
    """
    limit = (config.get("check") or {"memory": 4.0})["memory"]
    sizes: dict[str, int] = {name: prod(shape) for name, shape in shapes.items()}
    sizes |= {name: 4 * prod(spec.shape) for name, spec in parameters.items()}
    # Whole numbers, for these sizes may be beyond float64.
    need = 2 * 8 * sum(sizes.values())
    if need > limit * 2**30:
        largest = max(sizes, key=lambda name: sizes[name])
        about = f"about {need / 2**30:.3g}" if need < 2**50 else "over a million"
        raise config.error(
            f"checking this network needs {about} GiB, over the {limit:g} GiB allowed; "
            f"the largest part is {largest!r}. Shrink it, or set check: {{memory: GiB}}",
            "network",
        )
