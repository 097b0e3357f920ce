"""Recognised networks as the text of a config."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.export.recognition import Layer, Loss, Network, Run
from gradcheck.record import record

_SAME = 1e-9
_EPS = float(np.finfo(float).eps)
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ .")


@record
class Model:
    """A program's network with its numbers: what it was, `names` the program's own parameters.

    Claims are divided by `scale`, that of right ones, which is `exact` or measured; `verdicts` are
    paste's own.
    """

    title: str
    origin: str
    network: Network
    run: Run
    names: Sequence[str]
    scale: float
    exact: bool
    verdicts: Mapping[str, str]


def config(model: Model) -> str:
    """Return the config as YAML; its gradients are the numbers that the program claims."""
    return "\n".join([*_head(model), *_network(model), *_numbers(model), *_end(model)]) + "\n"


def _head(model: Model) -> Iterator[str]:
    yield f"# The network of {_one_line(model.origin)}, at random parameters and with the"
    yield "# gradients that the code claims there, as `gradcheck paste --as-config` found them."
    yield ""
    yield f"name: {json.dumps(model.title)}"
    yield ""


def _network(model: Model) -> Iterator[str]:
    network = model.network
    shapes = {name: [array.shape[1]] for name, array in network.inputs.items()}
    yield "network:"
    yield f"  inputs: {_flow(shapes)}"
    yield "  layers:"
    for layer in network.layers:
        yield f"    - {layer.name}: {_op(layer)}{_remark(layer, model.names)}"
    yield f"loss: {_loss(network.loss, len(next(iter(network.inputs.values()))))}"
    if network.loss.decay:
        yield f"regularization: {{l2: {network.loss.decay!r}}}"
    yield ""


def _op(layer: Layer) -> str:
    if layer.weight is None:
        return layer.op
    bias = ", bias: false" if layer.bias is None and layer.fixed is None else ""
    return f"{{dense: {{units: {layer.units}{bias}}}}}"


def _remark(layer: Layer, names: Sequence[str]) -> str:
    own = [names[k] for k in (layer.weight, layer.bias) if k is not None]
    return f"    # {_one_line(', '.join(own))}" if own else ""


def _loss(loss: Loss, batch: int) -> str:
    options = {key: value for key, value in loss.options.items() if value is not None}
    return _flow({loss.op: {**options, **_reduced(loss, batch)}})


def _reduced(loss: Loss, batch: int) -> dict[str, Any]:
    """Return the options that make the sum of the terms what the program's loss is."""
    halves = (1.0, 0.5) if "factor" in loss.options else (1.0,)
    elements = {"sum": 1, "batch_mean": batch, "element_mean": loss.target.size}
    for half in halves:
        for reduction, count in elements.items():
            if abs(loss.factor * count / half - 1) < _SAME:
                return {"reduction": reduction, **({"factor": half} if half != 1 else {})}
    return {"reduction": "sum", "scale": loss.factor}


def _numbers(model: Model) -> Iterator[str]:
    network, run = model.network, model.run
    yield "data:"
    for name, array in {**network.inputs, "y": network.loss.target}.items():
        yield f"  {name}: {_array(array)}"
    yield ""
    yield "parameters:"
    for name, array in _arranged(network, run.parameters):
        yield f"  {name}: {_array(array)}"
    for layer in network.layers:
        if layer.fixed is not None:
            yield f"  {layer.name}.bias: {_array(layer.fixed.reshape(-1))}    # never updated"
    yield ""
    yield "gradients:"
    if not model.exact:
        yield "  scale: free    # the learning rate could only be measured"
    if any(layer.fixed is not None for layer in network.layers):
        yield f"  only: {_flow([name for name, _ in _indices(network)])}"
    yield "  values:"
    for name, array in _arranged(network, run.claims):
        yield f"    {name}: {_array(array / model.scale)}"
    yield ""


def _arranged(network: Network, arrays: Sequence[Array]) -> Iterator[tuple[str, Array]]:
    """Yield the parameters by their names in the config, laid out as that wants them."""
    for layer in network.layers:
        if layer.weight is not None:
            yield f"{layer.name}.weight", layer.turn(arrays[layer.weight])
        if layer.bias is not None:
            yield f"{layer.name}.bias", arrays[layer.bias].reshape(-1)


def _end(model: Model) -> Iterator[str]:
    yield f"check: {{rtol: {_rounding(model.run):.0e}}}    # what an update leaves of its digits"
    wrong = [
        name
        for name, index in _indices(model.network)
        if model.verdicts.get(model.names[index]) == "wrong"
    ]
    verdict = {"verdict": "wrong", "wrong": wrong} if wrong else {"verdict": "right"}
    yield f"expect: {_flow(verdict)}"


def _indices(network: Network) -> Iterator[tuple[str, int]]:
    for layer in network.layers:
        if layer.weight is not None:
            yield f"{layer.name}.weight", layer.weight
        if layer.bias is not None:
            yield f"{layer.name}.bias", layer.bias


def _rounding(run: Run) -> float:
    """Return how far a claim may be off, relatively, as a difference of rounded parameters."""
    shares = [
        float(np.max(np.abs(value)) / np.max(np.abs(claim)))
        for value, claim in zip(run.parameters, run.claims, strict=True)
        if np.any(claim)
    ]
    return 4 * _EPS * max(1.0, *shares) * 10


def _array(array: Array) -> str:
    return json.dumps(array.tolist())


def _flow(value: Any) -> str:
    """Write nested mappings and lists on a line, words without quotes where they need none."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str) and value and set(value) <= _PLAIN:
        return value
    return json.dumps(value)


def _one_line(text: str) -> str:
    return " ".join(text.split())
