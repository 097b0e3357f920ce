"""The text of a config: where it comes from, and the places in it.

Lines and columns are counted as YAML and editors count them, from 1 and in characters.
"""

import re
import sys
from bisect import bisect_right
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from gradcheck.errors import ConfigError
from gradcheck.record import record
from gradcheck.report import Location

MAX_BYTES = 8 * 2**20

BREAKS = r"\n\r\x85\u2028\u2029"
"""The characters that end a line in YAML, for a regular expression's brackets."""

_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}

Kind: TypeAlias = Literal["scalar", "sequence", "mapping"]


class Node(NamedTuple):
    """One value as it is written; `start` and `end` are offsets in the source's text.

    A scalar has a `text`, a sequence `items`, a mapping `pairs`; `size` counts the values in it,
    itself included and aliases expanded. `plain` tells 3 from '3'.
    """

    kind: Kind
    start: int
    end: int
    text: str = ""
    style: str = ""
    plain: bool = False
    items: tuple["Node", ...] = ()
    pairs: tuple[tuple["Node", "Node"], ...] = ()
    size: int = 1


@record
class Source:
    """A config's text and the name under which messages speak of it."""

    file: str
    text: str
    folder: Path

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(rf"\r\n|[{BREAKS}]", self.text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column of the character at an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def error(self, message: str, node: Node | None = None) -> ConfigError:
        """Make an error about a node, or about the file as a whole."""
        return ConfigError(message, self.file) if node is None else self.at(message, node.start)

    def at(self, message: str, offset: int) -> ConfigError:
        """Make an error about the character at an offset."""
        return ConfigError(message, self.file, *self.place(offset))

    def span(self, start: int, end: int) -> Location:
        """Return a stretch of the text as a location."""
        (line, column), (end_line, end_column) = self.place(start), self.place(end)
        return Location(
            file=self.file, line=line, column=column, end_line=end_line, end_column=end_column
        )


def read(path: Path, name: str) -> Source:
    """Read a config from a file, or from standard input for `-`."""
    try:
        raw = _standard_input() if name == "-" else _bytes(path)
    except FileNotFoundError:
        raise ConfigError(f"there is no such file{_similar(path)}", name) from None
    except IsADirectoryError:
        raise ConfigError("this is a folder, but a config is a file", name) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"the file could not be read: {reason}", name) from None
    if len(raw) > MAX_BYTES:
        raise ConfigError(
            f"the file is larger than {MAX_BYTES // 2**20} MiB; keep large arrays in a .npz file "
            "and name it: {file: FILE.npz}", name,
        )  # fmt: skip
    return Source(
        file=name, text=_decoded(raw, name), folder=Path() if name == "-" else path.parent
    )


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise OSError("standard input is closed")
    return sys.stdin.buffer.read(MAX_BYTES + 1)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _similar(path: Path) -> str:
    from difflib import get_close_matches

    try:
        there = sorted(entry.name for entry in path.parent.iterdir())
    except OSError:
        return ""
    near = get_close_matches(path.name, there, n=1, cutoff=0.8)
    return f"; did you mean {str(path.parent / near[0])!r}?" if near else ""


def _decoded(raw: bytes, name: str) -> str:
    if raw[:2] in _BOMS:
        raise ConfigError(f"the file is {_BOMS[raw[:2]]}, but a config is UTF-8: save it so", name)
    if b"\0" in raw:
        raise ConfigError("this is a binary file, but a config is YAML text", name)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig")
        place = Source(file=name, text=before, folder=Path()).place(len(before))
        raise ConfigError(
            f"byte {raw[error.start]:#04x} is not UTF-8, but a config is: save the file as UTF-8",
            name, *place,
        ) from None  # fmt: skip
