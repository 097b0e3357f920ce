"""Array sources: where data and a parameter's first value come from.

A source is written as a number or nested lists (the values themselves), as a word (`zeros`,
`glorot_uniform`, `one_hot`) or as a mapping with one such word and its setting
(`{uniform: [0, 15]}`, `{expression: sin(x)}`, `{file: train.npz, key: images}`).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.config.draws import SETTINGS, WORDS, Draw
from gradcheck.config.files import FILE_FIELDS, read_array
from gradcheck.config.forms import (
    MAX_AXES,
    Choice,
    Form,
    Items,
    Number,
    Numbers,
    Text,
    expected,
    number,
)
from gradcheck.config.places import location
from gradcheck.config.records import Field, Record, Section
from gradcheck.config.text import Node, Source
from gradcheck.config.wording import nearest
from gradcheck.errors import ConfigError
from gradcheck.formula import Expression, FormulaError, parse_expression
from gradcheck.record import record

MAX_VALUES = 2**27
"""How many numbers labels may become as one-hot rows: 1 GiB of them."""


@record
class ArraySource:
    """One way to get an array: exactly one of `given`, `expression` and `draw` is there.

    `shape` is the shape that the config demands of one sample, if any; `classes` the number of
    classes where the values are integer labels; `stored` the type that values had in their file;
    `whole` says that whole numbers are drawn.
    """

    node: Node
    source: Source
    given: Array | None = None
    expression: Expression | None = None
    draw: Draw | None = None
    shape: Shape | None = None
    classes: int | None = None
    stored: str = "float64"
    whole: bool = False

    def error(self, message: str) -> ConfigError:
        """Make an error about this source."""
        return self.source.error(message, self.node)

    def error_in_formula(self, error: FormulaError) -> ConfigError:
        """Place an error of the expression in the file."""
        node = next(value for key, value in self.node.pairs if key.text == "expression")
        return formula_error(self.source, node, error)


_FIELDS: Mapping[str, Field] = {
    **{word: Field(form=setting.form, doc=setting.doc) for word, setting in SETTINGS.items()},
    "one_hot": Field(form=Numbers(), doc="these class labels as one-hot rows"),
    "values": Field(form=Numbers(), doc="these values"),
    "expression": Field(form=Text(what="a formula"), doc="a formula of the inputs, such as sin(x)"),
    "shape": Field(
        form=Items(form=Number(integer=True, minimum=1), single=True, longest=MAX_AXES),
        doc="shape of one sample, where it does not follow from the network",
    ),
    **FILE_FIELDS,
}
_MAIN = (*SETTINGS, "one_hot", "values", "expression", "file")


@record
class _Source:
    """The form of an array source."""

    shape: Record = Record(what="an array source", fields=_FIELDS)
    word: Choice = Choice(words=tuple(WORDS))

    def read(self, node: Node, source: Source) -> ArraySource:
        if node.kind == "mapping":
            return _from_section(self.shape.read(node, source))
        if node.kind == "sequence" or number(node) is not None:
            return ArraySource(node=node, source=source, given=Numbers().read(node, source))
        if node.text in WORDS:
            return ArraySource(node=node, source=source, draw=WORDS[node.text])
        raise self._unknown(node, source)

    def _unknown(self, node: Node, source: Source) -> ConfigError:
        if node.text in _FIELDS:
            return source.error(
                f"{node.text!r} needs a setting: {{{node.text}: ...}} ({_FIELDS[node.text].doc})",
                node,
            )
        hint = nearest(node.text, (*WORDS, *_MAIN))
        error = expected(source, node, "numbers or where they come from")
        return source.error(
            error.message + (hint if hint.startswith("; did") else ", such as {normal: [0, 1]}"),
            node,
        )

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.shape.schema(), self.word.schema(), Numbers().schema()]}


SOURCE: Form = _Source()


def _from_section(section: Section) -> ArraySource:
    mains = [word for word in _MAIN if word in section]
    if "classes" in mains and {"one_hot", "file"} & {*mains}:
        mains.remove("classes")
    if len(mains) != 1:
        found = " and ".join(mains) or "none"
        raise section.error(f"an array comes from one of {', '.join(_MAIN)}; found {found}")
    (word,) = mains
    shape = tuple(section["shape"]) if "shape" in section else None
    classes = section.get("classes")
    make: dict[str, Any] = {"shape": shape}
    if word in SETTINGS:
        draw = SETTINGS[word].draw(section[word])
        make |= {"draw": draw, "classes": classes, "whole": word == "integers"}
    elif word == "expression":
        make["expression"] = _expression(section)
    else:
        given = section[word] if word in ("values", "one_hot") else read_array(section)
        make["stored"] = given.dtype.name
        given = given.astype(np.float64)
        hot = word == "one_hot" or (word == "file" and classes is not None)
        make["given"] = _one_hot(section, word, given, classes) if hot else given
    return ArraySource(node=section.node, source=section.source, **make)


def _expression(section: Section) -> Expression:
    try:
        return parse_expression(section["expression"])
    except FormulaError as error:
        raise formula_error(section.source, section.nodes["expression"], error) from None


def formula_error(source: Source, node: Node, error: FormulaError) -> ConfigError:
    """Place a formula's error in the file; `node` is the formula's text."""
    start, end = (error.line, error.column), (error.end_line, error.end_column)
    place = location(source, node, start, end)
    return ConfigError(error.message, source.file, place.line, place.column)


def _one_hot(section: Section, word: str, given: Array, classes: int | None) -> Array:
    """Turn class labels into one-hot rows."""
    if not given.ndim:
        raise section.error(
            f"one-hot rows are made of a list of labels; found the number {given:g} "
            "(random rows, as many classes as there are outputs, are written `one_hot` alone)",
            word,
        )
    wrong = given[(given != np.floor(given)) | (given < 0)]
    if wrong.size:
        raise section.error(
            f"class labels are whole numbers from 0, but one is {wrong.flat[0]:g}", word
        )
    largest = int(given.max())
    count = classes or largest + 1
    if largest >= count:
        raise section.error(
            f"there is the label {largest}, but {count} classes have the labels 0 to {count - 1}",
            word,
        )
    if given.size * count > MAX_VALUES:
        raise section.error(
            f"{given.size} labels of {count} classes are more than {MAX_VALUES} numbers", word
        )
    return np.asarray(np.eye(count)[given.astype(int)])
