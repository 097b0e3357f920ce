"""Forms: what a value in a config may look like, said once for reading and for the JSON Schema.

`read` turns a node into a plain value or raises a ConfigError that names the place, what was
expected and what was found; `schema` describes the same to an editor.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.config.text import Node, Source
from gradcheck.errors import ConfigError
from gradcheck.report import Location

Schema: TypeAlias = dict[str, Any]

_TRUE, _FALSE = {"true", "yes", "on"}, {"false", "no", "off"}
_STR = "tag:yaml.org,2002:str"


class Form(Protocol):
    """One way in which a value may be written."""

    def read(self, node: Node, source: Source) -> Any: ...
    def schema(self) -> Schema: ...


def describe(node: Node) -> str:
    """Say what a node is, for "expected ..., found ..."."""
    if node.id == "mapping":
        return "a mapping" if node.value else "an empty mapping"
    if node.id == "sequence":
        return f"a list of {len(node.value)}"
    if node.value == "" or node.tag.endswith(":null"):
        return "nothing"
    return repr(node.value) if len(node.value) <= 60 else repr(node.value[:57] + "...")


def expected(source: Source, node: Node, what: str) -> ConfigError:
    """Make the error for a value that is not `what` it should be."""
    return source.error(f"expected {what}, found {describe(node)}", node)


def nearest(word: str, known: Sequence[str]) -> str:
    """Return '; did you mean ...?' or, if nothing is near, a list of what is known."""
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known are {', '.join(sorted(known))}" if len(known) <= 40 else ""


def number(node: Node) -> float | None:
    """Return the number that a plain scalar is in any usual notation, or None."""
    if node.id != "scalar" or getattr(node, "style", None) in ("'", '"', "|", ">"):
        return None
    text = node.value.strip()
    if text.lower() in {".inf", "+.inf", "-.inf", ".nan"}:
        return float(text.replace(".", ""))
    try:
        return float(int(text, 0)) if text[:2].lower() == "0x" else float(text)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, kw_only=True)
class Text:
    """A piece of text; `what` names it in errors."""

    what: str = "text"

    def read(self, node: Node, source: Source) -> str:
        if node.id != "scalar" or describe(node) == "nothing":
            raise expected(source, node, self.what)
        return str(node.value)

    def schema(self) -> Schema:
        return {"type": "string"}


@dataclass(frozen=True, kw_only=True)
class Boolean:
    """true or false."""

    def read(self, node: Node, source: Source) -> bool:
        word = node.value.lower() if node.id == "scalar" else ""
        if word not in _TRUE | _FALSE:
            raise expected(source, node, "true or false")
        return word in _TRUE

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, kw_only=True)
class Number:
    """A finite number; `minimum` is inclusive, `above` exclusive."""

    integer: bool = False
    minimum: float | None = None
    above: float | None = None

    def read(self, node: Node, source: Source) -> float | int:
        value = number(node)
        if value is None or not np.isfinite(value) or (self.integer and value != int(value)):
            raise expected(source, node, self._what())
        if (self.minimum is not None and value < self.minimum) or (
            self.above is not None and value <= self.above
        ):
            raise expected(source, node, self._what())
        return int(value) if self.integer else value

    def _what(self) -> str:
        what = "a whole number" if self.integer else "a number"
        if self.minimum is not None:
            return f"{what} of at least {self.minimum:g}"
        return f"{what} above {self.above:g}" if self.above is not None else what

    def schema(self) -> Schema:
        schema: Schema = {"type": "integer" if self.integer else "number"}
        if self.minimum is not None:
            schema["minimum"] = self.minimum
        if self.above is not None:
            schema["exclusiveMinimum"] = self.above
        return schema


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, node: Node, source: Source) -> str:
        if node.id != "scalar" or node.value not in self.words:
            hint = nearest(node.value, self.words) if node.id == "scalar" else ""
            hint = hint if hint.startswith("; did") else ""
            what = f"one of {', '.join(self.words)}"
            raise source.error(f"expected {what}, found {describe(node)}{hint}", node)
        return str(node.value)

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


@dataclass(frozen=True, kw_only=True)
class Items:
    """A list, each item of one form; with `single`, one item may stand without the list."""

    form: Form
    single: bool = False
    length: int | None = None

    def read(self, node: Node, source: Source) -> list[Any]:
        if self.single and node.id != "sequence":
            return [self.form.read(node, source)]
        if node.id != "sequence":
            raise expected(source, node, self._what())
        if self.length is not None and len(node.value) != self.length:
            raise expected(source, node, self._what())
        return [self.form.read(item, source) for item in node.value]

    def _what(self) -> str:
        return "a list" if self.length is None else f"a list of {self.length}"

    def schema(self) -> Schema:
        schema: Schema = {"type": "array", "items": self.form.schema()}
        if self.length is not None:
            schema |= {"minItems": self.length, "maxItems": self.length}
        return {"anyOf": [self.form.schema(), schema]} if self.single else schema


@dataclass(frozen=True, kw_only=True)
class Entries:
    """A mapping from names of the user's to values of one form."""

    form: Form
    what: str = "a mapping"

    def read(self, node: Node, source: Source) -> "Section":
        if node.id != "mapping":
            raise expected(source, node, self.what)
        section = Section(source=source, node=node)
        for key, value in node.value:
            section.put(key, value, self.form.read(value, source))
        return section

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.form.schema()}


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """A number or nested lists of numbers: an array."""

    def read(self, node: Node, source: Source) -> Array:
        if node.id == "mapping" or (node.id == "scalar" and number(node) is None):
            raise expected(source, node, "a number or a list of numbers")
        return np.asarray(self._nested(node, source), dtype=np.float64)

    def _nested(self, node: Node, source: Source) -> Any:
        if node.id != "sequence":
            value = number(node)
            if value is None or not np.isfinite(value):
                raise expected(source, node, "a finite number")
            return value
        items = [self._nested(item, source) for item in node.value]
        sizes = [np.shape(item) for item in items]
        for item, size in zip(node.value, sizes, strict=True):
            if size != sizes[0]:
                raise source.error(
                    f"this row has shape {size}, but the first one {sizes[0]}; "
                    "all rows of an array are equally long", item,
                )  # fmt: skip
        return items

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "number"}, {"type": "array"}]}


@dataclass(kw_only=True)
class Section:
    """A mapping as read: its values by key, and where each of them stands."""

    source: Source
    node: Node
    values: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Node] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)

    def put(self, key: Node, node: Node, value: Any) -> None:
        """Add one value with its place."""
        self.values[key.value], self.keys[key.value], self.nodes[key.value] = value, key, node

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value, or `default` if the key was not given."""
        return self.values.get(key, default)

    def error(self, message: str, key: str | None = None) -> ConfigError:
        """Make an error about one value, or about the whole section."""
        return self.source.error(message, self.nodes.get(key, self.node) if key else self.node)

    def location(self, key: str) -> Location:
        """Return where a key's value stands."""
        return self.source.location(self.nodes[key])


@dataclass(frozen=True, kw_only=True)
class Field:
    """One key of a record, with its form and what it is for."""

    form: Form
    doc: str
    required: bool = False
    default: Any = None


@dataclass(frozen=True, kw_only=True)
class Record:
    """A mapping with known keys."""

    what: str
    fields: Mapping[str, Field]

    def read(self, node: Node, source: Source) -> Section:
        if node.id != "mapping":
            raise expected(source, node, f"a mapping ({self.what})")
        section = Section(source=source, node=node)
        for name, f in self.fields.items():
            section.values[name] = f.default
        for key, value in node.value:
            if key.value not in self.fields:
                hint = nearest(key.value, tuple(self.fields))
                raise source.error(f"{self.what} has no key {key.value!r}{hint}", key)
            section.put(key, value, self.fields[key.value].form.read(value, source))
        for name, f in self.fields.items():
            if f.required and name not in section:
                raise source.error(f"{self.what} needs the key {name!r}: {f.doc}", node)
        return section

    def schema(self) -> Schema:
        properties = {
            name: {**f.form.schema(), "description": f.doc} for name, f in self.fields.items()
        }
        schema: Schema = {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
        }
        required = [name for name, f in self.fields.items() if f.required]
        return schema | ({"required": required} if required else {})


@dataclass(frozen=True, kw_only=True)
class Either:
    """One of several forms, told apart by `choose`, which looks at the node."""

    choose: Callable[[Node], Form]
    forms: tuple[Form, ...]

    def read(self, node: Node, source: Source) -> Any:
        return self.choose(node).read(node, source)

    def schema(self) -> Schema:
        return {"anyOf": [form.schema() for form in self.forms]}
