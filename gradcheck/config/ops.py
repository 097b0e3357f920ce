"""Ops as a config writes them: a name, or a name with options."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from gradcheck.catalogue import Catalogue
from gradcheck.config.context import Workshop
from gradcheck.config.forms import (
    Boolean,
    Choice,
    Form,
    Items,
    Number,
    Schema,
    empty,
    expected,
)
from gradcheck.config.names import check_name
from gradcheck.config.records import Field, Record, Section
from gradcheck.config.text import Node, Source
from gradcheck.config.wording import nearest
from gradcheck.errors import ConfigError
from gradcheck.op import Kind, Op, Option
from gradcheck.record import record

OWN = ("expression", "python")
"""Keys that stand for an op of the user's own."""

_ARTICLE: Mapping[Kind, str] = {
    "activation": "an activation",
    "layer": "a layer",
    "loss": "a loss",
    "regularizer": "a regulariser",
}

_ELSEWHERE = {
    "affine": "dense",
    "bce": "binary_cross_entropy",
    "fc": "dense",
    "linear": "dense",
    "logistic": "sigmoid",
    "mae": "absolute_error",
    "mean_absolute_error": "absolute_error",
    "mean_squared_error": "squared_error",
    "mse": "squared_error",
    "nll": "negative_log_likelihood",
    "softmax_cross_entropy": "cross_entropy",
    "swish": "silu",
}
"""What other libraries call some ops; only ever offered, never accepted."""


@record
class OpUse:
    """An op with its options, as one place of a config asks for it.

    `extras` are the settings that belong to the place rather than the op, `beside` what stands
    beside the op's name. Without an `op` it is one of the user's own, which all of this describes.
    """

    op: Op | None
    options: Mapping[str, Any]
    extras: Section
    beside: Section
    node: Node

    def made(self, workshop: Workshop, inputs: tuple[tuple[str, ...], ...], loss: bool) -> Op:
        """Return the op; one of the user's own is made, for inputs that go by these names."""
        if self.op is not None:
            return self.op
        from gradcheck.config.own import make

        return make(self.node.text, self.extras, workshop, inputs, loss)


@record
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
        if node.kind == "scalar" and not empty(node):
            return self._use(node, None, beside)
        if node.kind != "mapping" or not node.pairs:
            raise expected(source, node, f"{self.what}, by its name")
        named = []
        for key, value in node.pairs:
            if key.text in self.beside:
                beside.put(key, value, self.beside[key.text].form.read(value, source))
            else:
                named.append((key, value))
        own = next((key for key, _ in named if key.text in OWN), None)
        if own is not None:
            return self._own(own, node, source)
        if len(named) != 1:
            raise self._not_one(node, source, [key for key, _ in named])
        return self._use(*named[0], beside)

    def _use(self, name: Node, value: Node | None, beside: Section) -> OpUse:
        op, source = self._find(name, beside.source), beside.source
        shape = _record(op, self.extras)
        if value is None or empty(value) or (value.kind == "mapping" and not value.pairs):
            section = shape.blank(name, source)
        else:
            section = shape.read(value, source)
        for key in shape.missing(section):
            raise source.error(
                f"{op.name} needs {key!r} ({shape.fields[key].doc}): "
                f"write {{{op.name}: {{{key}: ...}}}}", name,
            )  # fmt: skip
        options = {key: section[key] for key in op.options}
        return OpUse(op=op, options=options, extras=section, beside=beside, node=name)

    def _own(self, key: Node, node: Node, source: Source) -> OpUse:
        section = self._own_record(key.text).read(node, source)
        return OpUse(op=None, options={}, extras=section, beside=section, node=key)

    def _own_record(self, key: str) -> Record:
        from gradcheck.config.own import form

        loss = self.kinds == ("loss",)
        return form(key, self.what, {**self.beside, **self.extras}, loss)

    def _find(self, name: Node, source: Source) -> Op:
        op = self.ops.find(name.text)
        if op is None:
            hint = self._hint(name.text)
            raise source.error(f"there is no op {name.text!r}{hint}", name)
        if op.kind not in self.kinds:
            raise source.error(
                f"expected {self.what}, but {op.name!r} is {_ARTICLE[op.kind]}", name
            )
        return op

    def _hint(self, name: str) -> str:
        known = {op.name: op for op in self.ops.all().values() if op.kind in self.kinds}
        meant = known.get(_ELSEWHERE.get(name.lower().replace(" ", "_"), ""))
        if meant:
            return f"; here it is called {meant.name!r}"
        return nearest(name, known, "; 'gradcheck list ops' shows all")

    def _not_one(self, node: Node, source: Source, keys: Sequence[Node]) -> ConfigError:
        """Make the error for a mapping that has no op's name in it, or more than one word."""
        if not keys:
            return source.error(f"expected the name of {self.what} among these keys", node)
        ops = {key.text: op for key in keys if (op := self.ops.find(key.text))}
        stray = next((key for key in keys if key.text not in ops), keys[-1])
        for op in ops.values():
            if stray.text in (*op.options, *self.extras):
                return source.error(
                    f"{stray.text!r} belongs among the options of {op.name}: "
                    f"write {{{op.name}: {{{stray.text}: ...}}}}", stray,
                )  # fmt: skip
        if len(ops) > 1:
            return source.error(
                f"expected one op, found {' and '.join(map(repr, ops))}; give each a place of "
                "its own", node,
            )  # fmt: skip
        hint = nearest(stray.text, self.beside) if self.beside else ""
        return source.error(f"{stray.text!r} is unknown here{hint}", stray)

    def schema(self) -> Schema:
        forms = [self._schema(op) for op in self.ops.all().values() if op.kind in self.kinds]
        own = [self._own_record(key).schema() for key in OWN]
        return {"anyOf": [*(form for pair in forms for form in pair), *own]}

    def _schema(self, op: Op) -> Iterator[Schema]:
        options = _record(op, self.extras)
        described = {**options.schema(), "description": op.title}
        optional = not any(f.required for f in options.fields.values())
        if optional:
            yield {"const": op.name}
        beside = {
            name: {**f.form.schema(), "description": f.doc} for name, f in self.beside.items()
        }
        yield {
            "type": "object",
            "properties": {
                op.name: {"anyOf": [described, {"type": "null"}]} if optional else described,
                **beside,
            },
            "required": [op.name],
            "additionalProperties": False,
        }


@record
class NamedItems:
    """A list of one-key mappings, each giving a name to a value: the layers, in order."""

    form: OpForm

    def read(self, node: Node, source: Source) -> list[tuple[Node, Any]]:
        if node.kind != "sequence" or not node.items:
            raise expected(source, node, "a list of layers, each '- NAME: OP'")
        return [self._item(item, source) for item in node.items]

    def _item(self, item: Node, source: Source) -> tuple[Node, Any]:
        if item.kind == "scalar" and self.form.ops.find(item.text):
            raise source.error(
                f"this layer has no name: write '- NAME: {item.text}', a name of your choice", item
            )
        if item.kind != "mapping" or len(item.pairs) != 1:
            raise expected(source, item, "one layer, as '- NAME: OP'")
        name, value = item.pairs[0]
        check_name(source, name, name.text, "a layer")
        self._named(name, value, source)
        return name, self.form.read(value, source)

    def _named(self, name: Node, value: Node, source: Source) -> None:
        """Refuse `- dense: {units: 3}`, an op with its options but without a name."""
        if name.text in OWN and value.kind == "scalar" and not self.form.ops.find(value.text):
            raise source.error(
                f"this layer has no name: write '- NAME: {{{name.text}: ...}}', a name of your "
                "choice", name,
            )  # fmt: skip
        op = self.form.ops.find(name.text)
        keys = {key.text for key, _ in value.pairs}
        if op and keys and keys <= {*op.options, *self.form.beside}:
            raise source.error(
                f"this layer has no name: write '- NAME: {{{op.name}: ...}}', a name of your "
                "choice", name,
            )  # fmt: skip

    def schema(self) -> Schema:
        item = {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": self.form.schema(),
        }
        return {"type": "array", "items": item, "minItems": 1}


def _record(op: Op, extras: Mapping[str, Field]) -> Record:
    options = {
        name: Field(form=_form(o), doc=o.doc, required=o.required, default=o.default)
        for name, o in op.options.items()
    }
    fields = {**options, **extras}
    like = next(iter(fields), "")
    return Record(what=op.name, fields=fields, like=f"{{{like}: ...}}" if like else "")


def _form(option: Option) -> Form:
    if option.type == "boolean":
        return Boolean()
    if option.type == "choice":
        return Choice(words=option.choices)
    bounded = Number(
        integer=option.type != "number",
        minimum=option.minimum,
        above=option.above,
        below=option.below,
    )
    return Items(form=bounded, single=True, shortest=1) if option.type == "integers" else bounded
