"""Array sources: where data and a parameter's first value come from.

A source is written as a number or nested lists (the values themselves), as a word (`zeros`,
`glorot_uniform`, `one_hot`) or as a mapping with one such word and its setting
(`{uniform: [0, 15]}`, `{expression: sin(x)}`, `{file: train.npz, key: images}`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.config.files import FILE_FIELDS, read_array
from gradcheck.config.forms import (
    Choice,
    Field,
    Form,
    Items,
    Number,
    Numbers,
    Record,
    Section,
    Text,
    nearest,
    number,
)
from gradcheck.config.text import Node, Source
from gradcheck.errors import ConfigError
from gradcheck.formula import Expression, FormulaError, parse_expression

Rng: TypeAlias = np.random.Generator


@dataclass(frozen=True, kw_only=True)
class Fans:
    """What initialisers ask of a parameter: how many inputs and outputs a unit has."""

    inputs: int
    outputs: int


Draw: TypeAlias = Callable[[Rng, Shape, Fans], Array]


@dataclass(frozen=True, kw_only=True)
class ArraySource:
    """One way to get an array: exactly one of `given`, `expression` and `draw` is there.

    `shape` is the shape that the config demands of one sample, if any; `classes` the number of
    classes where the values are integer labels.
    """

    node: Node
    source: Source
    given: Array | None = None
    expression: Expression | None = None
    draw: Draw | None = None
    shape: Shape | None = None
    classes: int | None = None


def _fan_draw(law: str, variance: Callable[[Fans], float]) -> Draw:
    def draw(rng: Rng, shape: Shape, fans: Fans) -> Array:
        deviation = np.sqrt(variance(fans))
        if law == "uniform":
            return np.asarray(rng.uniform(-1, 1, shape) * (deviation * np.sqrt(3)))
        return np.asarray(rng.normal(size=shape) * deviation)

    return draw


def _probabilities(rng: Rng, shape: Shape, fans: Fans) -> Array:  # noqa: ARG001
    values = rng.gamma(2.0, size=shape)
    return np.asarray(values / values.sum(axis=-1, keepdims=True))


def _one_hot(rng: Rng, shape: Shape, fans: Fans) -> Array:  # noqa: ARG001
    return np.asarray(np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])])


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

SETTINGS: Mapping[str, Callable[[Any], Draw]] = {
    "uniform": lambda v: lambda rng, shape, fans: rng.uniform(v[0], v[1], shape),
    "normal": lambda v: lambda rng, shape, fans: rng.normal(v[0], v[1], shape),
    "integers": lambda v: (
        lambda rng, shape, fans: rng.integers(int(v[0]), int(v[1]), shape, endpoint=True).astype(
            float
        )
    ),
    "bernoulli": lambda v: lambda rng, shape, fans: (rng.random(shape) < v).astype(float),
    "constant": lambda v: lambda rng, shape, fans: np.full(shape, v),
    "classes": lambda v: lambda rng, shape, fans: rng.integers(0, v, shape).astype(float),
}
"""Sources with one setting, as it is written beside them."""

_PAIR = Items(form=Number(), length=2)

_FIELDS: Mapping[str, Field] = {
    "uniform": Field(form=_PAIR, doc="uniform between [low, high]"),
    "normal": Field(form=_PAIR, doc="normal with [mean, standard deviation]"),
    "integers": Field(
        form=Items(form=Number(integer=True), length=2), doc="whole numbers in [low, high]"
    ),
    "bernoulli": Field(form=Number(minimum=0), doc="1 with this probability, else 0"),
    "constant": Field(form=Number(), doc="this number everywhere"),
    "classes": Field(
        form=Number(integer=True, minimum=1),
        doc="random class labels 0 to n-1; beside one_hot or file: how many classes there are",
    ),
    "one_hot": Field(form=Numbers(), doc="these class labels as one-hot rows"),
    "values": Field(form=Numbers(), doc="these values"),
    "expression": Field(form=Text(what="a formula"), doc="a formula of the inputs, such as sin(x)"),
    "shape": Field(
        form=Items(form=Number(integer=True, minimum=1), single=True),
        doc="shape of one sample, where it does not follow from the network",
    ),
    **FILE_FIELDS,
}
_MAIN = ("uniform", "normal", "integers", "bernoulli", "constant", "one_hot", "values",
         "expression", "file", "classes")  # fmt: skip


class _Source:
    """The form of an array source."""

    record = Record(what="an array source", fields=_FIELDS)
    word = Choice(words=tuple(WORDS))

    def read(self, node: Node, source: Source) -> ArraySource:
        if node.id == "mapping":
            return _from_section(self.record.read(node, source))
        if node.id == "sequence" or number(node) is not None:
            return ArraySource(node=node, source=source, given=Numbers().read(node, source))
        if node.value in SETTINGS or node.value in _FIELDS:
            raise source.error(
                f"{node.value!r} needs a setting: {{{node.value}: ...}} "
                f"({_FIELDS[node.value].doc})", node,
            )  # fmt: skip
        if node.value not in WORDS:
            hint = nearest(node.value, (*WORDS, *_FIELDS))
            raise source.error(
                f"expected numbers or where they come from, found {node.value!r}{hint}", node
            )
        return ArraySource(node=node, source=source, draw=WORDS[node.value])

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.record.schema(), self.word.schema(), Numbers().schema()]}


SOURCE: Form = _Source()


def _from_section(section: Section) -> ArraySource:
    mains = [word for word in _MAIN if word in section]
    if "classes" in mains and len(mains) == 2:
        mains.remove("classes")
    if len(mains) != 1:
        found = " and ".join(mains) or "none"
        raise section.error(f"an array source has one of {', '.join(_MAIN)}; found {found}")
    (word,) = mains
    shape = tuple(section["shape"]) if "shape" in section else None
    classes = section.get("classes")
    make: dict[str, Any] = {"shape": shape}
    if word in SETTINGS:
        make["draw"] = SETTINGS[word](section[word])
        make["classes"] = classes
    elif word == "expression":
        make["expression"] = _expression(section)
    else:
        given = section[word] if word in ("values", "one_hot") else read_array(section)
        hot = word == "one_hot" or (word == "file" and classes is not None)
        make["given"] = _labels(section, word, given, classes) if hot else given
    return ArraySource(node=section.node, source=section.source, **make)


def _expression(section: Section) -> Expression:
    try:
        return parse_expression(section["expression"])
    except FormulaError as error:
        raise at(section, error) from None


def at(section: Section, error: FormulaError) -> ConfigError:
    """Place a formula's error at the config's expression."""
    return section.error(f"in {section['expression']!r}: {error.message}", "expression")


def _labels(section: Section, word: str, given: Array, classes: int | None) -> Array:
    """Turn class labels into one-hot rows."""
    labels = given.astype(int)
    if (labels != given).any() or (labels < 0).any():
        raise section.error("class labels are whole numbers from 0", word)
    count = classes or int(labels.max()) + 1
    if labels.max() >= count:
        raise section.error(f"there is a label {labels.max()}, but only {count} classes", word)
    return np.asarray(np.eye(count)[labels])
