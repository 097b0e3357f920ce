"""The account of what a check depends on beside its config: the files that were read for it.

Whoever reads a file on behalf of a check notes it here; whoever wants to know listens. What depends
on more than files, as on the time that a machine takes, is noted as `UNKEPT`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

UNKEPT = ""
"""Noted for what can't be told from files; no file has this name."""

_listening: ContextVar[set[str] | None] = ContextVar("listening", default=None)


def noted(path: Path | str) -> None:
    """Note that a check depends on a file, or on `UNKEPT`."""
    found = _listening.get()
    if found is not None:
        found.add(str(Path(path).absolute()) if path != UNKEPT else UNKEPT)


@contextmanager
def reading() -> Iterator[set[str]]:
    """Collect what is noted within the block, as absolute paths."""
    found: set[str] = set()
    token = _listening.set(found)
    try:
        yield found
    finally:
        _listening.reset(token)


def depends(files: set[str]) -> tuple[str, ...] | None:
    """Return the files that were noted, as reports name them; None if there was `UNKEPT`."""
    if UNKEPT in files:
        return None
    here = Path.cwd()
    return tuple(sorted(_short(Path(file), here) for file in files))


def _short(path: Path, here: Path) -> str:
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
