"""Ops as a config writes them: a name, or a name with options."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.catalogue import Catalogue
from gradcheck.config.forms import (
    Boolean,
    Choice,
    Field,
    Form,
    Items,
    Number,
    Record,
    Schema,
    Section,
    describe,
    expected,
    nearest,
)
from gradcheck.config.text import Node, Source
from gradcheck.errors import ConfigError
from gradcheck.op import Kind, Op, Option

_ARTICLE: Mapping[Kind, str] = {
    "activation": "an activation",
    "layer": "a layer",
    "loss": "a loss",
    "regularizer": "a regulariser",
}


@dataclass(frozen=True, kw_only=True)
class OpUse:
    """An op with its options, as one place of a config asks for it.

    `extras` are the settings that belong to the place rather than the op, `beside` what stands
    beside the op's name.
    """

    op: Op
    options: Mapping[str, Any]
    extras: Section
    beside: Section
    node: Node


@dataclass(frozen=True, kw_only=True)
class OpForm:
    """An op of certain kinds; `extras` are further keys among its options, `beside` beside it."""

    ops: Catalogue[Op]
    kinds: tuple[Kind, ...]
    extras: Mapping[str, Field] = field(default_factory=dict)
    beside: Mapping[str, Field] = field(default_factory=dict)

    @property
    def what(self) -> str:
        return " or ".join(_ARTICLE[kind] for kind in self.kinds)

    def read(self, node: Node, source: Source) -> OpUse:
        beside = Section(source=source, node=node)
        if node.id == "scalar" and describe(node) != "nothing":
            return self._use(node, None, beside, source)
        if node.id != "mapping" or not node.value:
            raise expected(source, node, f"{self.what}, by its name")
        named = []
        for key, value in node.value:
            if key.value in self.beside:
                beside.put(key, value, self.beside[key.value].form.read(value, source))
            else:
                named.append((key, value))
        if len(named) != 1:
            found = ", ".join(repr(key.value) for key, _ in named) or "none"
            raise source.error(f"expected the name of {self.what} once, found {found}", node)
        return self._use(*named[0], beside, source)

    def _use(self, name: Node, value: Node, beside: Section, source: Source) -> OpUse:
        op = self._find(name, source)
        record = Record(what=op.name, fields={**_fields(op), **self.extras})
        if value is None or describe(value) in ("nothing", "an empty mapping"):
            section = Section(source=source, node=name)
            section.values = {key: f.default for key, f in record.fields.items()}
            _complete(record, name, source)
        else:
            section = record.read(value, source)
        options = {key: section[key] for key in op.options}
        return OpUse(op=op, options=options, extras=section, beside=beside, node=name)

    def _find(self, name: Node, source: Source) -> Op:
        op = self.ops.find(name.value)
        if op is None:
            raise source.error(
                f"there is no op {name.value!r}{nearest(name.value, self._names())}; "
                "'gradcheck list ops' shows all", name,
            )  # fmt: skip
        if op.kind not in self.kinds:
            raise source.error(
                f"expected {self.what}, but {op.name!r} is {_ARTICLE[op.kind]}", name
            )
        return op

    def _names(self) -> list[str]:
        """Return the ops' names as their modules have them, without importing any."""
        return [module.rpartition(".")[2] for module in self.ops.modules()]

    def schema(self) -> Schema:
        forms = [self._schema(op) for op in self.ops.all().values() if op.kind in self.kinds]
        return {"anyOf": [form for pair in forms for form in pair]}

    def _schema(self, op: Op) -> Iterator[Schema]:
        fields = {**_fields(op), **self.extras}
        record = {**Record(what=op.name, fields=fields).schema(), "description": op.title}
        if not any(f.required for f in fields.values()):
            yield {"const": op.name}
        beside = {name: f.form.schema() for name, f in self.beside.items()}
        yield {
            "type": "object",
            "properties": {op.name: record, **beside},
            "required": [op.name],
            "additionalProperties": False,
        }


def _complete(record: Record, name: Node, source: Source) -> None:
    for key, f in record.fields.items():
        if f.required:
            raise missing(name, key, f.doc, source)


def missing(name: Node, key: str, doc: str, source: Source) -> ConfigError:
    """Make the error for an op whose required option was not given."""
    return source.error(
        f"{name.value} needs {key!r} ({doc}): write {{{name.value}: {{{key}: ...}}}}", name
    )


def _fields(op: Op) -> dict[str, Field]:
    return {
        name: Field(form=_form(o), doc=o.doc, required=o.required, default=o.default)
        for name, o in op.options.items()
    }


def _form(option: Option) -> Form:
    if option.type == "boolean":
        return Boolean()
    if option.type == "choice":
        return Choice(words=option.choices)
    bounded = Number(integer=option.type != "number", minimum=option.minimum, above=option.above)
    return Items(form=bounded, single=True) if option.type == "integers" else bounded
