"""Ops as a config writes them: a name, or a name with options."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from gradcheck.catalogue import Catalogue
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
from gradcheck.config.records import Field, Record, Section
from gradcheck.config.text import Node, Source
from gradcheck.config.wording import nearest
from gradcheck.errors import ConfigError
from gradcheck.op import Kind, Op, Option
from gradcheck.record import record

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
    beside the op's name.
    """

    op: Op
    options: Mapping[str, Any]
    extras: Section
    beside: Section
    node: Node


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
        return {"anyOf": [form for pair in forms for form in pair]}

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
