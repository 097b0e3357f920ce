"""Records: mappings with known keys, or with keys of the user's, and what was read from them."""

from collections.abc import Iterable, Mapping
from typing import Any

from gradcheck.config.forms import Form, Schema, expected
from gradcheck.config.text import Node, Source
from gradcheck.config.wording import nearest
from gradcheck.errors import ConfigError
from gradcheck.record import record


class Section:
    """A mapping as read: its values by key, and where each of them stands.

    Keys that were not given have their default as value, and no place.
    """

    def __init__(
        self, *, source: Source, node: Node, defaults: Mapping[str, Any] | None = None
    ) -> None:
        self.source = source
        self.node = node
        self.values = dict(defaults or {})
        self.keys: dict[str, Node] = {}
        self.nodes: dict[str, Node] = {}

    def put(self, key: Node, node: Node, value: Any) -> None:
        """Add one value with its place."""
        self.values[key.text], self.keys[key.text], self.nodes[key.text] = value, key, node

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value, or `default` if there is none."""
        return self.values.get(key, default)

    def error(self, message: str, key: str | None = None) -> ConfigError:
        """Make an error about one value, or about the whole section."""
        return self.source.error(message, self.nodes.get(key, self.node) if key else self.node)

    def item(self, key: str, number: int) -> Node:
        """Return one item of a list, or the value that stands for a list."""
        node = self.nodes.get(key, self.node)
        return node.items[number] if node.items else node


@record
class Field:
    """One key of a record, with its form and what it is for."""

    form: Form
    doc: str
    required: bool = False
    default: Any = None


@record
class Record:
    """A mapping with known keys; `like` shows one where something else was found."""

    what: str
    fields: Mapping[str, Field]
    like: str = ""

    def read(self, node: Node, source: Source) -> Section:
        if node.kind != "mapping":
            like = f", such as {self.like}" if self.like else ""
            raise expected(source, node, f"a mapping ({self.what}{like})")
        section = self.blank(node, source)
        for key, value in node.pairs:
            if key.text not in self.fields:
                hint = nearest(key.text, self.fields)
                raise source.error(f"{self.what} has no key {key.text!r}{hint}", key)
            section.put(key, value, self.fields[key.text].form.read(value, source))
        for name in self.missing(section):
            raise source.error(f"{self.what} needs {name!r} ({self.fields[name].doc})", node)
        return section

    def blank(self, node: Node, source: Source) -> Section:
        """Return the section that nothing was written in."""
        defaults = {name: f.default for name, f in self.fields.items()}
        return Section(source=source, node=node, defaults=defaults)

    def missing(self, section: Section) -> Iterable[str]:
        """Return the keys that a section should have and does not."""
        return (name for name, f in self.fields.items() if f.required and name not in section)

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


@record
class Entries:
    """A mapping from names of the user's to values of one form."""

    form: Form
    what: str = "a mapping"

    def read(self, node: Node, source: Source) -> Section:
        if node.kind != "mapping":
            raise expected(source, node, self.what)
        section = Section(source=source, node=node)
        for key, value in node.pairs:
            section.put(key, value, self.form.read(value, source))
        return section

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.form.schema()}
