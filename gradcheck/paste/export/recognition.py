"""The network that a program computes, recognised by its numbers, whatever its style.

A dense layer is recognised where a product of something known and a parameter turns up among the
program's own values, with random entries in all of them; an activation where a known value's image
does, and a loss where its terms add up to the program's loss at every point.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import product
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.errors import GradcheckError
from gradcheck.op import Op
from gradcheck.paste.export.matching import Turn, Values, same, turns
from gradcheck.record import record

INPUT = "x"

_FIT = 1e-8
"""Losses at different points that are all met to this share are met."""

_USUAL = ("binary_cross_entropy", "cross_entropy", "squared_error")
"""What is meant if others would be equal on these numbers, as Huber's loss of small residuals."""


class RecognitionError(GradcheckError):
    """The program computes something that no network of a config can stand for; says what."""


@record
class Run:
    """One run of a step: its parameters, in order, what they claim, its loss, and its values."""

    parameters: tuple[Array, ...]
    claims: tuple[Array, ...]
    loss: float
    values: tuple[Array, ...]


@record
class Layer:
    """A layer: the op and where its input comes from: a layer's name, or the input's.

    `fixed` is a bias that no update changes.
    """

    name: str
    op: str
    source: str
    units: int = 0
    weight: int | None = None
    turn: Turn = field(default_factory=Turn)
    bias: int | None = None
    fixed: Array | None = None

    def of(self, given: Array, parameters: Sequence[Array]) -> Array:
        """Return what a dense layer makes of its input (n, i) with such parameters."""
        assert self.weight is not None
        made: Array = given @ self.turn(parameters[self.weight])
        bias = self.fixed if self.bias is None else parameters[self.bias]
        return made if bias is None else made + bias.reshape(1, -1)


@record
class Loss:
    """A loss: its op with options, what it compares, and what its sum is multiplied by.

    `decay` is the strength of an l2 penalty on all weights.
    """

    op: str
    options: Mapping[str, Any]
    prediction: str
    target: Array
    factor: float
    decay: float = 0.0


@record
class Network:
    """A whole network with its inputs; samples are rows."""

    inputs: Mapping[str, Array]
    layers: tuple[Layer, ...]
    loss: Loss


def recognised(runs: Sequence[Run], names: Sequence[str], ops: Mapping[str, Op]) -> Network:
    """Return the network that runs of a step show; `names` are those of the parameters.

    Raises RecognitionError where there is none.
    """
    search = _Search(runs, ops)
    for start in search.starts():
        for chain in search.chains(_Chain(tensor=start, source=INPUT)):
            loss = search.loss(start, chain)
            if loss is not None:
                return Network(inputs={INPUT: start}, layers=chain.layers, loss=loss)
    raise RecognitionError(_why(search, names))


def _why(search: "_Search", names: Sequence[str]) -> str:
    left = [name for k, name in enumerate(names) if k not in search.most]
    if left:
        return (
            "no chain of dense layers and activations, for all samples at once, has a place for "
            f"{', '.join(left)}"
        )
    return "no loss of the catalogue, of the output and data of the program, gives its loss"


@record
class _Chain:
    """Layers one behind the other, what the last one gives, and which parameters they have."""

    tensor: Array
    source: str
    layers: tuple[Layer, ...] = ()
    used: frozenset[int] = frozenset()

    def then(self, layer: Layer, tensor: Array, *used: int | None) -> "_Chain":
        return _Chain(
            tensor=tensor,
            source=layer.name,
            layers=(*self.layers, layer),
            used=self.used | {k for k in used if k is not None},
        )


class _Search:
    """A search for chains of layers among the values of the first run."""

    def __init__(self, runs: Sequence[Run], ops: Mapping[str, Op]) -> None:
        self.most: frozenset[int] = frozenset()
        """The parameters of the chain that came furthest."""
        self._runs = runs
        self._parameters = runs[0].parameters
        self._activations = {op.name: op for op in ops.values() if op.kind == "activation"}
        losses = [op for op in ops.values() if op.kind == "loss"]
        self._losses = sorted(losses, key=lambda op: op.name not in _USUAL)
        values = list(zip(*(run.values for run in runs), strict=True))
        constant = [all(np.array_equal(v, own[0]) for v in own[1:]) for own in values]
        self._data = [own[0] for own, fixed in zip(values, constant, strict=True) if fixed]
        moving = [own[0] for own, fixed in zip(values, constant, strict=True) if not fixed]
        self._values = Values(moving)

    def starts(self) -> Iterator[Array]:
        """Yield what the first layer may take: data, as samples in rows."""
        for value in self._data:
            for turn in turns(value):
                yield turn(value)

    def chains(self, chain: _Chain) -> Iterator[_Chain]:
        """Yield the ways to go on from a chain until all parameters are used."""
        if len(chain.used) > len(self.most):
            self.most = chain.used
        if len(chain.used) == len(self._parameters):
            yield chain
            return
        for longer in self._denser(chain):
            for activated in self._activated(longer):
                yield from self.chains(activated)

    def _denser(self, chain: _Chain) -> Iterator[_Chain]:
        """Yield the chain with one more dense layer, those with a bias first."""
        name = f"layer{sum(layer.weight is not None for layer in chain.layers) + 1}"
        for index, turn in self._weights(chain):
            units = turn(self._parameters[index]).shape[1]
            plain = Layer(
                name=name, op="dense", source=chain.source, units=units, weight=index,
                turn=turn,
            )  # fmt: skip
            for layer in (*self._biased(plain, chain), plain):
                with np.errstate(all="ignore"):
                    made = layer.of(chain.tensor, self._parameters)
                if self._values.has(made):
                    yield chain.then(layer, made, index, layer.bias)

    def _biased(self, layer: Layer, chain: _Chain) -> Iterator[Layer]:
        """Yield a layer with each bias that it may have: parameters, then data that stay."""
        for bias, value in enumerate(self._parameters):
            if bias not in chain.used and bias != layer.weight and value.size == layer.units:
                yield replace(layer, bias=bias)
        for value in self._data:
            if value.size == layer.units and np.any(value):
                yield replace(layer, fixed=value)

    def _weights(self, chain: _Chain) -> Iterator[tuple[int, Turn]]:
        """Yield the parameters that the last tensor can be multiplied by, matrices first."""
        unused = [k for k in range(len(self._parameters)) if k not in chain.used]
        for index in sorted(unused, key=lambda k: -self._parameters[k].ndim):
            for turn in turns(self._parameters[index]):
                if turn(self._parameters[index]).shape[0] == chain.tensor.shape[1]:
                    yield index, turn

    def _activated(self, chain: _Chain) -> Iterator[_Chain]:
        """Yield the chain with an activation behind its last layer, then without."""
        for op in self._activations.values():
            image = _image(op, chain.tensor)
            if image is None or same(image, chain.tensor) or not self._values.has(image):
                continue
            name = f"{chain.source}_{op.name}"
            yield chain.then(Layer(name=name, op=op.name, source=chain.source), image)
        yield chain

    def loss(self, start: Array, chain: _Chain) -> Loss | None:
        """Return the loss that gives the program's own at every point."""
        shown = [self._output(start, chain, run) for run in self._runs]
        for target, (op, options) in product(self._targets(chain.tensor), self._choices()):
            sums = [_summed(op, options, one, target) for one in shown]
            found = self._fitted(sums, chain)
            if found is not None:
                return Loss(
                    op=op.name,
                    options=options,
                    prediction=chain.source,
                    target=target,
                    factor=found[0],
                    decay=found[1],
                )
        return None

    def _output(self, start: Array, chain: _Chain, run: Run) -> Array:
        """Return what the chain gives at another point."""
        at = start
        for layer in chain.layers:
            if layer.weight is None:
                image = _image(self._activations[layer.op], at)
                assert image is not None
                at = image
                continue
            at = layer.of(at, run.parameters)
        return at

    def _targets(self, shown: Array) -> Iterator[Array]:
        """Yield data that may be a prediction's target: of its shape, or a class for each row."""
        for value in self._data:
            for turn in turns(value):
                if turn(value).shape == shown.shape:
                    yield turn(value)
            if value.size == len(shown) != shown.size and _are_classes(value, shown.shape[1]):
                yield value.reshape(-1)

    def _choices(self) -> Iterator[tuple[Op, Mapping[str, Any]]]:
        for op in self._losses:
            defaults = op.defaults()
            words = {k: o.choices for k, o in op.options.items() if o.type == "choice"}
            if len(defaults) == len(op.options):
                for chosen in product(*words.values()):
                    yield op, {**defaults, **dict(zip(words, chosen, strict=True))}

    def _fitted(self, sums: Sequence[float], chain: _Chain) -> tuple[float, float] | None:
        """Return the factor, and the strength of a decay, that make sums the program's loss."""
        losses = np.array([run.loss for run in self._runs])
        if not np.all(np.isfinite(sums)) or not np.any(sums) or not np.all(np.isfinite(losses)):
            return None
        decays = [_decay(chain, run) for run in self._runs]
        for columns in ([sums], [sums, decays]):
            matrix = np.array(columns).T
            if len(columns) == len(losses):
                return None
            found = np.linalg.lstsq(matrix, losses, rcond=None)[0]
            off = float(np.linalg.norm(matrix @ found - losses))
            if off <= _FIT * float(np.linalg.norm(losses)) and np.all(found > 0):
                return float(found[0]), float(found[1]) if len(columns) > 1 else 0.0
        return None


def _decay(chain: _Chain, run: Run) -> float:
    weights = [layer.weight for layer in chain.layers if layer.weight is not None]
    return 0.5 * sum(float(np.sum(run.parameters[k] ** 2)) for k in weights)


def _image(op: Op, array: Array) -> Array | None:
    if len(op.defaults()) < len(op.options):
        return None
    try:
        with np.errstate(all="ignore"):
            return op.forward([array], {}, op.defaults())[0]
    except (GradcheckError, ValueError, KeyError):
        return None


def _summed(op: Op, options: Mapping[str, Any], shown: Array, target: Array) -> float:
    """Return the sum of a loss's terms, NaN where it can't be had of these."""
    try:
        op.infer([shown.shape, target.shape], options)
        with np.errstate(all="ignore"):
            return float(np.sum(op.forward([shown, target], {}, options)[0]))
    except (GradcheckError, ValueError, IndexError, TypeError):
        return float("nan")


def _are_classes(value: Array, count: int) -> bool:
    return bool(np.all(value == np.floor(value)) and np.all((value >= 0) & (value < count)))
