"""Forms: what a value in a config may look like, said once for reading and for the JSON Schema.

`read` turns a node into a plain value or raises a ConfigError that names the place, what was
expected and what was found; `schema` describes the same to an editor.
"""

from math import isfinite
from typing import Any, Protocol, TypeAlias

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.config.text import Node, Source
from gradcheck.config.wording import listed, nearest, shortened
from gradcheck.errors import ConfigError
from gradcheck.record import record

Schema: TypeAlias = dict[str, Any]

MAX_AXES = 16

_TRUE, _FALSE = {"true", "yes", "on"}, {"false", "no", "off"}
_NULL = {"", "~", "null"}


class Form(Protocol):
    """One way in which a value may be written."""

    def read(self, node: Node, source: Source) -> Any: ...
    def schema(self) -> Schema: ...


def describe(node: Node) -> str:
    """Say what a node is, for "expected ..., found ..."."""
    if node.kind == "mapping":
        names = listed([repr(key.text) for key, _ in node.pairs])
        return f"a mapping with {names}" if names else "an empty mapping"
    if node.kind == "sequence":
        return f"a list of {len(node.items)}" if node.items else "an empty list"
    if empty(node):
        return "nothing"
    return shortened(node.text) if node.plain else f"the text {shortened(node.text)}"


def empty(node: Node) -> bool:
    """Tell whether a value was left out, or is YAML's null."""
    return node.kind == "scalar" and node.plain and node.text.lower() in _NULL


def expected(source: Source, node: Node, what: str) -> ConfigError:
    """Make the error for a value that is not `what` it should be."""
    return source.error(f"expected {what}, found {describe(node)}", node)


def number(node: Node) -> float | None:
    """Return the number that a plain scalar is in any usual notation, or None."""
    if not node.plain or not node.text.isascii():
        return None
    text = node.text
    if text.lower() in {".inf", "+.inf", "-.inf", ".nan"}:
        return float(text.replace(".", ""))
    try:
        if text.lstrip("+-")[:2].lower() in ("0x", "0o", "0b"):
            return float(int(text, 0))
        return float(text)
    except (ValueError, OverflowError):
        return None


@record
class Text:
    """A piece of text; `what` names it in errors."""

    what: str = "text"

    def read(self, node: Node, source: Source) -> str:
        if node.kind != "scalar" or empty(node) or not node.text:
            raise expected(source, node, self.what)
        return node.text

    def schema(self) -> Schema:
        return {"type": "string"}


@record
class Boolean:
    """true or false."""

    def read(self, node: Node, source: Source) -> bool:
        word = node.text.lower() if node.plain else ""
        if word not in _TRUE | _FALSE:
            raise expected(source, node, "true or false")
        return word in _TRUE

    def schema(self) -> Schema:
        return {"type": "boolean"}


@record
class Number:
    """A finite number; `minimum` and `maximum` are inclusive, `above` and `below` exclusive."""

    integer: bool = False
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None

    def read(self, node: Node, source: Source) -> float | int:
        value = number(node)
        if value is None or not isfinite(value) or not self._holds(value):
            quoted = number(node._replace(plain=True)) is not None and not node.plain
            hint = "; write it without quotes" if quoted else ""
            raise source.error(f"expected {self._what()}, found {describe(node)}{hint}", node)
        return int(value) if self.integer else value

    def _holds(self, value: float) -> bool:
        return not (
            (self.integer and value != int(value))
            or (self.minimum is not None and value < self.minimum)
            or (self.maximum is not None and value > self.maximum)
            or (self.above is not None and value <= self.above)
            or (self.below is not None and value >= self.below)
        )

    def _what(self) -> str:
        what = "a whole number" if self.integer else "a finite number"
        if self.minimum is not None and self.maximum is not None:
            return f"{what} from {self.minimum:.15g} to {self.maximum:.15g}"
        bounds = {
            "of at least": self.minimum,
            "of at most": self.maximum,
            "above": self.above,
            "below": self.below,
        }
        said = [f"{word} {bound:.15g}" for word, bound in bounds.items() if bound is not None]
        return f"{what} {' and '.join(said)}".rstrip()

    def schema(self) -> Schema:
        bounds = {
            "minimum": self.minimum,
            "maximum": self.maximum,
            "exclusiveMinimum": self.above,
            "exclusiveMaximum": self.below,
        }
        kind = {"type": "integer" if self.integer else "number"}
        return {**kind, **{word: bound for word, bound in bounds.items() if bound is not None}}


@record
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, node: Node, source: Source) -> str:
        if node.kind != "scalar" or node.text not in self.words:
            hint = nearest(node.text, self.words) if node.kind == "scalar" else ""
            hint = hint if hint.startswith("; did") else ""
            what = f"one of {', '.join(self.words)}"
            raise source.error(f"expected {what}, found {describe(node)}{hint}", node)
        return node.text

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


@record
class Items:
    """A list, each item of one form; with `single`, one item may stand without the list."""

    form: Form
    single: bool = False
    shortest: int = 0
    longest: int | None = None

    def read(self, node: Node, source: Source) -> list[Any]:
        if self.single and node.kind != "sequence":
            return [self.form.read(node, source)]
        if node.kind != "sequence" or not self._fits(len(node.items)):
            raise expected(source, node, self._what())
        return [self.form.read(item, source) for item in node.items]

    def _fits(self, length: int) -> bool:
        return self.shortest <= length and (self.longest is None or length <= self.longest)

    def _what(self) -> str:
        if self.shortest == self.longest:
            return f"a list of {self.longest}"
        bounds = [f"at least {self.shortest}"] if self.shortest else []
        bounds += [f"at most {self.longest}"] if self.longest is not None else []
        return f"a list of {' and '.join(bounds)}" if bounds else "a list"

    def schema(self) -> Schema:
        schema: Schema = {"type": "array", "items": self.form.schema()}
        if self.shortest:
            schema["minItems"] = self.shortest
        if self.longest is not None:
            schema["maxItems"] = self.longest
        return {"anyOf": [self.form.schema(), schema]} if self.single else schema


@record
class Numbers:
    """A number or nested lists of numbers: an array."""

    def read(self, node: Node, source: Source) -> Array:
        if node.kind == "mapping" or (node.kind == "scalar" and number(node) is None):
            raise expected(source, node, "a number or a list of numbers")
        values: list[float] = []
        shape = self._collect(node, source, values, 0)
        return np.array(values, dtype=np.float64).reshape(shape)

    def _collect(self, node: Node, source: Source, values: list[float], depth: int) -> Shape:
        """Append a node's numbers to `values` and return its shape."""
        if node.kind != "sequence":
            value = number(node)
            if value is None or not isfinite(value):
                raise expected(source, node, "a finite number")
            values.append(value)
            return ()
        if not node.items:
            raise expected(source, node, "at least one number")
        if depth == MAX_AXES:
            raise source.error(f"an array has at most {MAX_AXES} axes", node)
        shapes = [self._collect(item, source, values, depth + 1) for item in node.items]
        for item, shape in zip(node.items, shapes, strict=True):
            if shape != shapes[0]:
                raise source.error(
                    f"this row has shape {shape}, but the first one {shapes[0]}; "
                    "all rows of an array are equally long", item,
                )  # fmt: skip
        return (len(shapes), *shapes[0])

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "number"}, {"type": "array", "minItems": 1}]}
