"""YAML text as positioned nodes, with nothing built from them that the text could choose.

Only the composer of PyYAML is used: tags are refused, duplicate keys are errors, and
aliases are counted as what they expand to, so that a small file can't become a large one.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from gradcheck.errors import ConfigError
from gradcheck.report import Location

Node: TypeAlias = Any
"""A `yaml.Node`; PyYAML's own types don't tell scalars from collections."""

MAX_BYTES = 64 * 2**20
MAX_NODES = 4_000_000
MAX_DEPTH = 100

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, kw_only=True)
class Source:
    """A config's text and the name under which messages speak of it."""

    file: str
    text: str
    folder: Path

    def error(self, message: str, node: Node = None) -> ConfigError:
        """Make an error about a node, or about the file as a whole."""
        if node is None:
            return ConfigError(message, self.file)
        mark = node.start_mark
        return ConfigError(message, self.file, mark.line + 1, mark.column + 1)

    def location(self, node: Node) -> Location:
        """Return where a node stands."""
        start, end = node.start_mark, node.end_mark
        return Location(
            file=self.file,
            line=start.line + 1,
            column=start.column + 1,
            end_line=end.line + 1,
            end_column=end.column + 1,
        )


def read(path: Path, name: str) -> Source:
    """Read a config from a file, or from standard input for `-`."""
    try:
        raw = sys.stdin.buffer.read(MAX_BYTES + 1) if name == "-" else _bytes(path)
    except FileNotFoundError:
        raise ConfigError("there is no such file", name) from None
    except IsADirectoryError:
        raise ConfigError("this is a folder, not a file", name) from None
    except OSError as error:
        raise ConfigError(f"the file could not be read: {error.strerror}", name) from error
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"the file is larger than {MAX_BYTES // 2**20} MiB", name)
    if b"\0" in raw:
        raise ConfigError("this is a binary file, but a config is YAML text", name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"byte {raw[error.start]:#04x} is not UTF-8; a config is YAML text in UTF-8",
            name, line, 1,
        ) from None  # fmt: skip
    return Source(file=name, text=text, folder=Path() if name == "-" else path.parent)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def documents(source: Source) -> list[Node]:
    """Return the root node of every document; raises ConfigError for text that is not YAML."""
    try:
        roots = [root for root in yaml.compose_all(source.text, Loader=_LOADER) if _present(root)]
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(source, error) from None
    except yaml.YAMLError as error:
        raise source.error(f"this is not YAML: {error}") from None
    except RecursionError:
        raise source.error(f"the text nests deeper than {MAX_DEPTH} levels") from None
    if not roots:
        raise source.error("the file is empty; 'gradcheck init' writes a config to start from")
    for root in roots:
        _inspect(source, root, 0, {})
    return roots


def _present(root: Node) -> bool:
    return root is not None and not (root.id == "scalar" and not root.value.strip())


def _syntax_error(source: Source, error: yaml.MarkedYAMLError) -> ConfigError:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "unreadable text"
    if "'\\t'" in problem or "\\t" in problem:
        problem = "a tab is used for indentation; YAML allows only spaces there"
    else:
        problem = f"this is not YAML: {problem}"
        if error.context and error.problem:
            problem += f" {error.context}"
    if mark is None:
        return source.error(problem)
    return ConfigError(problem, source.file, mark.line + 1, mark.column + 1)


def _inspect(source: Source, node: Node, depth: int, sizes: dict[int, int]) -> int:
    """Refuse what no config needs, and return how many values a node has, aliases expanded."""
    if id(node) in sizes:
        if sizes[id(node)] == 0:
            raise source.error("an alias refers to the value that it stands in", node)
        return sizes[id(node)]
    if depth > MAX_DEPTH:
        raise source.error(f"the text nests deeper than {MAX_DEPTH} levels", node)
    _no_tags(source, node)
    if node.id == "scalar":
        return 1
    sizes[id(node)] = 0
    children = node.value
    if node.id == "mapping":
        _no_duplicates(source, node)
        children = [value for _, value in node.value]
    total = 1 + sum(_inspect(source, child, depth + 1, sizes) for child in children)
    if total > MAX_NODES:
        raise source.error(f"with its aliases expanded this has over {MAX_NODES} values", node)
    sizes[id(node)] = total
    return total


def _no_tags(source: Source, node: Node) -> None:
    if node.tag.startswith("tag:yaml.org,2002:python"):
        raise source.error(
            f"the tag !!{node.tag[18:]} names a Python object; a config is plain data", node
        )
    if not node.tag.startswith("tag:yaml.org,2002:"):
        raise source.error(f"the tag {node.tag!r} is not allowed; a config is plain data", node)


def _no_duplicates(source: Source, node: Node) -> None:
    seen: dict[str, int] = {}
    for key, _ in node.value:
        if key.id != "scalar":
            raise source.error("a key must be a word, not a list or a mapping", key)
        if key.value in seen:
            raise source.error(
                f"the key {key.value!r} is there twice, first in line {seen[key.value]}", key
            )
        seen[key.value] = key.start_mark.line + 1
