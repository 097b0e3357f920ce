"""Inputs that are differentiated by: a network in which they are parameters of their own.

Such an input becomes a node without inputs whose one parameter it is, of the whole batch's shape.
All else, from the evaluation to the audit, then treats it like any other parameter.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from gradcheck.array import Array, Shape
from gradcheck.network.graph import Binding, Network, Node
from gradcheck.op import (
    Gradients,
    Inferred,
    Inputs,
    Op,
    Options,
    Parameters,
    ParameterSpec,
    Response,
    Site,
)
from gradcheck.problem import Probe

_VALUE = "value"


def expose(network: Network, names: Collection[str]) -> Network:
    """Return the network with these inputs as parameters."""
    sources = tuple(_source(name, network.inputs[name]) for name in names)
    specs = {name: _spec(network.inputs[name]) for name in names}
    return replace(
        network,
        nodes=(*sources, *network.nodes),
        parameters={**network.parameters, **specs},
    )


def exposed(probe: Probe, names: Collection[str]) -> Probe:
    """Return a probe with these inputs among the parameters, not the data."""
    return replace(
        probe,
        parameters={**probe.parameters, **{name: probe.data[name] for name in names}},
        data={name: value for name, value in probe.data.items() if name not in names},
    )


def restored(probe: Probe, names: Collection[str]) -> Probe:
    """Return a probe with these inputs among the data again."""
    own = {name: value for name, value in probe.parameters.items() if name not in names}
    moved = {name: probe.parameters[name] for name in names}
    return replace(probe, parameters=own, data={**probe.data, **moved})


def _spec(shape: Shape) -> ParameterSpec:
    return ParameterSpec(shape=shape, fan_in=1, fan_out=1)


def _source(name: str, shape: Shape) -> Node:
    return Node(
        name=name,
        op=_SOURCE,
        options={},
        inputs=(),
        shape=shape,
        bindings={_VALUE: Binding(parameter=name)},
    )


def _infer(shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG001
    raise AssertionError("a source is never connected: its shape is that of the data")


def _forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:  # noqa: ARG001
    return parameters[_VALUE], None


def _backward(dy: Array, cache: Any) -> Gradients:  # noqa: ARG001
    return Gradients(inputs=(), parameters={_VALUE: dy})


def _sites(inputs: Inputs, parameters: Parameters, options: Options) -> dict[str, Site]:  # noqa: ARG001
    shape = parameters[_VALUE].shape
    responses = {_VALUE: Response(apart=True)}
    return {_VALUE: Site(shape=(shape[0], 1, prod(shape[1:])), responses=responses)}


def _shifted(
    inputs: Inputs,  # noqa: ARG001
    parameters: Parameters,
    options: Options,  # noqa: ARG001
    shifts: Mapping[str, Array],
) -> Array:
    value = parameters[_VALUE]
    return value + shifts[_VALUE].reshape(value.shape)


_SOURCE = Op(
    name="input",
    kind="layer",
    doc=None,
    forward=_forward,
    backward=_backward,
    infer=_infer,
    arity=(0, 0),
    sites=_sites,
    shifted=_shifted,
)
