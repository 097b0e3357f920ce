"""Random arrays: what the words of an array source draw."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.chance import Chance
from gradcheck.config.forms import Form, Items, Number, Schema, expected
from gradcheck.config.text import Node, Source
from gradcheck.record import record

Rng: TypeAlias = Chance

_LARGEST = 10**15
"""Whole numbers up to here are exact in float64, and so is their sum."""


@record
class Fans:
    """What initialisers ask of a parameter: how many inputs and outputs a unit has."""

    inputs: int
    outputs: int


Draw: TypeAlias = Callable[[Rng, Shape, Fans], Array]


def _fan_draw(law: str, variance: Callable[[Fans], float]) -> Draw:
    def draw(rng: Rng, shape: Shape, fans: Fans) -> Array:
        deviation = np.sqrt(variance(fans))
        if law == "uniform":
            return np.asarray(rng.uniform(-1, 1, shape) * (deviation * np.sqrt(3)))
        return np.asarray(rng.normal(size=shape) * deviation)

    return draw


def _probabilities(rng: Rng, shape: Shape, fans: Fans) -> Array:  # noqa: ARG001
    values = rng.gamma(2, size=shape)
    return np.asarray(values / values.sum(axis=-1, keepdims=True))


def _one_hot(rng: Rng, shape: Shape, fans: Fans) -> Array:  # noqa: ARG001
    labels = rng.integers(0, shape[-1], shape[:-1])
    return np.asarray(np.arange(shape[-1]) == labels[..., None], dtype=np.float64)


WORDS: Mapping[str, Draw] = {
    "zeros": lambda rng, shape, fans: np.zeros(shape),
    "ones": lambda rng, shape, fans: np.ones(shape),
    "glorot_uniform": _fan_draw("uniform", lambda f: 2 / (f.inputs + f.outputs)),
    "glorot_normal": _fan_draw("normal", lambda f: 2 / (f.inputs + f.outputs)),
    "he_uniform": _fan_draw("uniform", lambda f: 2 / f.inputs),
    "he_normal": _fan_draw("normal", lambda f: 2 / f.inputs),
    "lecun_uniform": _fan_draw("uniform", lambda f: 1 / f.inputs),
    "lecun_normal": _fan_draw("normal", lambda f: 1 / f.inputs),
    "fan_in_uniform": _fan_draw("uniform", lambda f: 1 / (3 * f.inputs)),
    "probabilities": _probabilities,
    "one_hot": _one_hot,
}
"""Sources without settings. `fan_in_uniform` is uniform in ±1/√inputs, PyTorch's default."""


@record
class _Range:
    """The pair [low, high]."""

    integer: bool = False

    @property
    def _pair(self) -> Items:
        limit = _LARGEST if self.integer else None
        bound = Number(
            integer=self.integer, minimum=None if limit is None else -limit, maximum=limit
        )
        return Items(form=bound, shortest=2, longest=2)

    def read(self, node: Node, source: Source) -> tuple[float, float]:
        low, high = self._pair.read(node, source)
        if low > high or not isfinite(high - low):
            raise source.error(
                f"expected [low, high] with low up to high, a finite distance; "
                f"found [{low:g}, {high:g}]",
                node,
            )
        return low, high

    def schema(self) -> Schema:
        return self._pair.schema()


@record
class _Normal:
    """The pair [mean, standard deviation]."""

    pair: Items = Items(form=Number(), shortest=2, longest=2)

    def read(self, node: Node, source: Source) -> tuple[float, float]:
        mean, deviation = self.pair.read(node, source)
        if deviation < 0:
            raise expected(source, node.items[1], "a standard deviation of at least 0")
        return mean, deviation

    def schema(self) -> Schema:
        return self.pair.schema()


@record
class Setting:
    """A source with a setting: the setting's form, and what is drawn with it."""

    form: Form
    doc: str
    draw: Callable[[Any], Draw]


SETTINGS: Mapping[str, Setting] = {
    "uniform": Setting(
        form=_Range(),
        doc="uniform between [low, high]",
        draw=lambda v: lambda rng, shape, fans: rng.uniform(v[0], v[1], shape),
    ),
    "normal": Setting(
        form=_Normal(),
        doc="normal with [mean, standard deviation]",
        draw=lambda v: lambda rng, shape, fans: rng.normal(v[0], v[1], shape),
    ),
    "integers": Setting(
        form=_Range(integer=True),
        doc="whole numbers in [low, high]",
        draw=lambda v: lambda rng, shape, fans: rng.integers(v[0], v[1] + 1, shape).astype(float),
    ),
    "bernoulli": Setting(
        form=Number(minimum=0, maximum=1),
        doc="1 with this probability, else 0",
        draw=lambda v: lambda rng, shape, fans: (rng.random(shape) < v).astype(float),
    ),
    "constant": Setting(
        form=Number(),
        doc="this number everywhere",
        draw=lambda v: lambda rng, shape, fans: np.full(shape, v),
    ),
    "classes": Setting(
        form=Number(integer=True, minimum=1, maximum=_LARGEST),
        doc="random class labels 0 to n-1; beside one_hot or file: how many classes there are",
        draw=lambda v: lambda rng, shape, fans: rng.integers(0, v, shape).astype(float),
    ),
}
"""Sources with one setting, as it is written beside them."""
