"""YAML text as positioned nodes, with nothing built from them that the text could choose.

PyYAML only finds the events; nodes are made here. Tags that name types are refused,
duplicate keys are errors, `<<` merges as YAML 1.1 has it, and aliases are counted as what
they expand to, so that a small file can't become a large one. Every document is read by
itself: one that is broken does not lose the others.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

import yaml

from gradcheck.config.complaints import complaint
from gradcheck.config.text import BREAKS, Node, Source
from gradcheck.config.wording import nearest
from gradcheck.errors import ConfigError

MAX_VALUES = 1_000_000
MAX_DEPTH = 100
MAX_DOCUMENTS = 1000

Event: TypeAlias = Any
"""A `yaml.Event`; PyYAML's types don't say which attributes which event has."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_MARKER = re.compile(rf"(?:\A|(?<=[{BREAKS}]))(---|\.\.\.)(?=[ \t{BREAKS}]|\Z)")
_COMMENT = rf"[ \t]*(?:#[^{BREAKS}]*)?"
_NO_CONTENT = re.compile(rf"(?:(?:(?:\.\.\.)?{_COMMENT}|%[^{BREAKS}]*)(?:\r\n|[{BREAKS}]|\Z))*\Z")

_YAML = "tag:yaml.org,2002:"
_PLAIN = {f"{_YAML}{word}" for word in ("int", "float", "bool", "null")}
_TAGS = {"scalar": {*_PLAIN, f"{_YAML}str", "!"}, "sequence": {f"{_YAML}seq", "!"},
         "mapping": {f"{_YAML}map", "!"}}  # fmt: skip


def documents(source: Source) -> list[Node | ConfigError]:
    """Return the root of every document that is not empty, or why it can't be read."""
    found: list[Node | ConfigError] = []
    for piece in _pieces(source.text):
        try:
            found += _Composer(source, piece).roots()
        except ConfigError as error:
            found.append(error)
        if len(found) > MAX_DOCUMENTS:
            return [source.error(f"the file has more than {MAX_DOCUMENTS} documents")]
    return found


class _Piece(NamedTuple):
    """A stretch of text that can be parsed by itself, and where it starts."""

    start: int
    text: str


def _pieces(text: str) -> Iterator[_Piece]:
    """Cut a text at its document markers, which YAML allows nowhere else at a line's start."""
    start = last = 0
    cuts = [match.start() if match[1] == "---" else match.end() for match in _MARKER.finditer(text)]
    for cut in (*cuts, len(text)):
        if not _NO_CONTENT.match(text, last, cut):
            yield _Piece(start, text[start:cut])
            start = cut
        last = cut


class _Composer:
    """Makes nodes of one piece's events."""

    def __init__(self, source: Source, piece: _Piece) -> None:
        self._source = source
        self._piece = piece
        self._events: Iterator[Event] = yaml.parse(piece.text, Loader=_LOADER)
        self._anchors: dict[str, Node | None] = {}
        self._merged = 0

    def roots(self) -> list[Node]:
        """Return the documents' roots, those left out that say nothing at all."""
        try:
            found = [
                self._node(self._next(), 0)
                for event in self._events
                if isinstance(event, yaml.DocumentStartEvent)
            ]
        except yaml.YAMLError as error:
            message, offset = complaint(error, self._piece.text, self._line)
            raise self._source.at(message, self._piece.start + offset) from None
        return [root for root in found if root.kind != "scalar" or root.text or not root.plain]

    def _next(self) -> Event:
        return next(self._events)

    def _node(self, event: Event, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if depth > MAX_DEPTH:
            raise self._error(f"the text nests deeper than {MAX_DEPTH} levels", event)
        if event.anchor:
            self._anchors[event.anchor] = None
        node = self._made(event, depth)
        if node.size > MAX_VALUES:
            raise self._source.error(
                f"with its aliases expanded this has more than {MAX_VALUES} values; "
                "keep large arrays in a .npz file", node,
            )  # fmt: skip
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: Event) -> Node:
        name = event.anchor
        if name not in self._anchors:
            hint = nearest(name, self._anchors)
            raise self._error(f"there is no anchor &{name} above the alias *{name}{hint}", event)
        node = self._anchors[name]
        if node is None:
            raise self._error(f"the alias *{name} stands inside the value that it names", event)
        return node

    def _made(self, event: Event, depth: int) -> Node:
        start, end = self._offset(event.start_mark), self._offset(event.end_mark)
        if isinstance(event, yaml.ScalarEvent):
            self._check_tag(event, "scalar")
            style = event.style or ""
            plain = (not style and event.tag is None) or event.tag in _PLAIN
            return Node("scalar", start, end, event.value, style.strip(), plain)
        if isinstance(event, yaml.SequenceStartEvent):
            self._check_tag(event, "sequence")
            items = tuple(self._children(yaml.SequenceEndEvent, depth))
            return Node("sequence", start, end, items=items, size=1 + _sizes(items))
        self._check_tag(event, "mapping")
        pairs = self._pairs(depth)
        size = 1 + _sizes(value for _, value in pairs)
        return Node("mapping", start, end, pairs=pairs, size=size)

    def _children(self, end: type[Event], depth: int) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, end):
                return
            yield self._node(event, depth + 1)

    def _pairs(self, depth: int) -> tuple[tuple[Node, Node], ...]:
        """Return a mapping's keys and values, what it merges after its own."""
        own: dict[str, tuple[Node, Node]] = {}
        children = self._children(yaml.MappingEndEvent, depth)
        for key, value in zip(children, children, strict=True):
            if key.kind != "scalar":
                raise self._source.error("a key must be a word, not a list or a mapping", key)
            if key.text in own:
                line, _ = self._source.place(own[key.text][0].start)
                raise self._source.error(
                    f"the key {key.text!r} is there twice, first in line {line}", key
                )
            own[key.text] = key, value
        if "<<" in own and own["<<"][0].plain:
            return tuple(self._merge(own, *own.pop("<<")).values())
        return tuple(own.values())

    def _merge(
        self, own: dict[str, tuple[Node, Node]], key: Node, value: Node
    ) -> dict[str, tuple[Node, Node]]:
        """Add what `<<` names; keys that are there already stay."""
        for merged in value.items if value.kind == "sequence" else (value,):
            if merged.kind != "mapping":
                raise self._source.error(
                    "<< merges mappings: expected '<<: *ANCHOR' of a mapping, or a list of such",
                    key,
                )
            self._merged += len(merged.pairs)
            if self._merged > MAX_VALUES:
                raise self._source.error(f"<< merges more than {MAX_VALUES} values", key)
            for pair in merged.pairs:
                own.setdefault(pair[0].text, pair)
        return own

    def _check_tag(self, event: Event, kind: str) -> None:
        tag: str | None = event.tag
        if tag is None or tag in _TAGS[kind]:
            return
        what = f"!!{tag.removeprefix(_YAML)}" if tag.startswith(_YAML) else tag
        why = "names a Python object" if what.startswith("!!python") else "is not used here"
        raise self._error(f"the tag {what} {why}; a config is plain data: leave it out", event)

    def _line(self, mark: Any) -> int:
        return self._source.place(self._offset(mark))[0]

    def _offset(self, mark: Any) -> int:
        return self._piece.start + int(mark.index)

    def _error(self, message: str, event: Event) -> ConfigError:
        return self._source.at(message, self._offset(event.start_mark))


def _sizes(nodes: Iterable[Node]) -> int:
    return sum(node.size for node in nodes)
