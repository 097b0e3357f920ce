"""The network that a config describes."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

import numpy as np

from gradcheck.array import Shape
from gradcheck.catalogue import Catalogue
from gradcheck.config.forms import Section, nearest
from gradcheck.config.ops import OpUse
from gradcheck.config.text import Node
from gradcheck.errors import ConfigError
from gradcheck.network.build import Layer, LayerError, connect
from gradcheck.network.graph import Node as GraphNode
from gradcheck.network.graph import Penalty
from gradcheck.op import Op, ParameterSpec

RESERVED = ("yhat", "m", "grad", "loss", "l1", "l2")
"""Names that formulas use for something else."""


def layers(config: Section, batch: int) -> tuple[tuple[GraphNode, ...], dict[str, ParameterSpec]]:
    """Connect the config's layers; every misfit is an error at the layer's own place."""
    network = config["network"]
    shapes: dict[str, Shape] = {
        name: (batch, *shape) for name, shape in network["inputs"].values.items()
    }
    if not shapes:
        raise network.error("a network has at least one input", "inputs")
    declared: dict[str, tuple[Node, OpUse]] = {}
    for name, use in network["layers"]:
        if name.value in RESERVED:
            raise config.source.error(
                f"{name.value!r} can't name a layer: formulas mean something else by it", name
            )
        if name.value in declared:
            raise config.source.error(f"the layer {name.value!r} is there twice", name)
        declared[name.value] = (name, use)
    try:
        return connect(shapes, [_layer(name, use) for name, use in declared.items()])
    except LayerError as error:
        name, use = declared[error.layer]
        raise config.source.error(str(error), use.beside.nodes.get(error.about, name)) from None


def _layer(name: str, use: tuple[Node, OpUse]) -> Layer:
    beside = use[1].beside
    share = beside.get("share")
    return Layer(
        name=name,
        op=use[1].op,
        options=use[1].options,
        inputs=tuple(beside["inputs"]) if "inputs" in beside else None,
        share=share.values if share else {},
    )


def penalties(
    config: Section, ops: Catalogue[Op], parameters: Mapping[str, ParameterSpec], batch: int
) -> tuple[Penalty, ...]:
    """Return the regularisers, each with the parameters that its patterns name."""
    found = []
    for section in config.get("regularization") or ():
        names = matching(section, "parameters", section["parameters"], tuple(parameters))
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


def matching(
    section: Section, key: str, patterns: list[str], known: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the known names that patterns match; a pattern that matches none is an error."""
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in known):
            raise unknown(section, key, pattern, known)
    return tuple(name for name in known if any(fnmatchcase(name, p) for p in patterns))


def unknown(section: Section, key: str, name: str, known: tuple[str, ...]) -> ConfigError:
    """Make the error for a parameter that the network does not have."""
    return section.error(f"the network has no parameter {name!r}{nearest(name, known)}", key)


def refuse_if_huge(
    config: Section, nodes: tuple[GraphNode, ...], parameters: Mapping[str, ParameterSpec]
) -> None:
    """Refuse a network whose arrays would not fit into the memory that the config allows."""
    limit = (config.get("check") or {"memory": 4.0})["memory"]
    sizes: dict[str, int] = {node.name: _size(node.shape) for node in nodes}
    sizes |= {name: 4 * _size(spec.shape) for name, spec in parameters.items()}
    need = 2 * 8 * sum(sizes.values()) / 2**30
    if need > limit:
        largest = max(sizes, key=lambda name: sizes[name])
        raise config.error(
            f"checking this network needs about {need:.3g} GiB, over the {limit:g} GiB allowed; "
            f"the largest part is {largest!r}. Shrink it, or set check: {{memory: GiB}}",
            "network",
        )


def _size(shape: Shape) -> int:
    return int(np.prod([int(n) for n in shape], dtype=object)) if shape else 1
