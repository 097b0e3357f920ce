"""Hashes of a program's own objects that are the same in every run, and so the order of sets.

By default an object is hashed by where it is in memory, which is another place in every run; what
goes through a set of objects then goes through it in another order.
"""

from contextlib import suppress
from typing import Any

_NAME = "__gc_hash__"


class Hashing:
    """Hashes objects by the order in which a run first asks for their hashes."""

    def __init__(self) -> None:
        self._count = 0

    def start(self) -> None:
        """Begin anew, for another run."""
        self._count = 0

    def adopt(self, kind: Any) -> Any:
        """Return a class, whose objects are hashed here unless it says how to hash them."""
        own: Any = getattr(kind, "__hash__", None)
        if isinstance(kind, type) and own is object.__hash__:

            def hashed(thing: Any) -> int:
                return self._hash(thing)

            with suppress(TypeError, AttributeError):
                setattr(kind, "__hash__", hashed)  # noqa: B010  (a class may have one of its own)
        return kind

    def _hash(self, thing: Any) -> int:
        own = getattr(thing, "__dict__", None)
        if own is None:
            return object.__hash__(thing)
        if _NAME not in own:
            self._count += 1
            own[_NAME] = self._count
        found: int = own[_NAME]
        return found
