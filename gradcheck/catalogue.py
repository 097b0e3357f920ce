"""Catalogues: packages in which each module publishes one entry under a fixed name.

A check imports only the entries that it names; `list`, `explain` and the tests load
all. Modules whose name starts with an underscore are helpers and are passed over.
"""

import importlib
import os
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from gradcheck.errors import CatalogueError
from gradcheck.record import record


class Entry(Protocol):
    """What every entry of every catalogue has."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def doc(self) -> str | None: ...


E = TypeVar("E", bound=Entry)


@record
class Catalogue(Generic[E]):
    """The entries published as `attribute` by the modules below `package`.

    A module is named for its entry's key in lower case, `_` for `-`, optionally followed by
    an underscore and words that help the reader of the folder: `relu.py`, `json_lines.py`,
    `sgn01_residual_reversed.py`.
    """

    package: str
    attribute: str
    kind: type[E]

    def modules(self, folder: str | None = None) -> Iterator[str]:
        """Yield the dotted names of the entries' modules, or a folder's, without importing them."""
        yield from _modules(self.package if folder is None else f"{self.package}.{folder}")

    def find(self, key: str) -> E | None:
        """Return the entry called `key`, importing its module alone; None if there is none."""
        wanted = key.lower().replace("-", "_")
        for module in self.modules():
            name = module.rpartition(".")[2]
            if name == wanted or (name.startswith(f"{wanted}_") and self._load(module).key == key):
                return self._load(module)
        return None

    def all(self, folder: str | None = None) -> Mapping[str, E]:
        """Return every entry, or every one of a folder, by key, in key order."""
        found: dict[str, E] = {}
        for module in self.modules(folder):
            entry = self._load(module)
            if entry.key in found:
                raise CatalogueError(f"{module} defines {entry.key!r}, which is defined already")
            found[entry.key] = entry
        return MappingProxyType(dict(sorted(found.items())))

    def _load(self, module: str) -> E:
        entry = getattr(importlib.import_module(module), self.attribute, None)
        if not isinstance(entry, self.kind):
            raise CatalogueError(
                f"{module} must define {self.attribute} as a {self.kind.__name__}, "
                f"but defines {entry!r}"
            )
        if not entry.doc:
            raise CatalogueError(f"{module} has no docstring, so its entry can't be explained")
        return entry


def _modules(package: str) -> Iterator[str]:
    for folder in importlib.import_module(package).__path__:
        for name, is_package in _listed(folder):
            if is_package:
                yield from _modules(f"{package}.{name}")
            else:
                yield f"{package}.{name}"


@cache
def _listed(folder: str) -> tuple[tuple[str, bool], ...]:
    """List the modules and packages of a folder by name, each with whether it is a package.

    Once only, and without `pkgutil`, which takes a millisecond for every ten folders.
    """
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            stem, dot, suffix = entry.name.partition(".")
            is_package = not dot and os.path.isfile(f"{entry.path}/__init__.py")  # noqa: PTH113
            if not stem.startswith("_") and (is_package or suffix == "py"):
                found.append((stem, is_package))
    return tuple(sorted(found))
