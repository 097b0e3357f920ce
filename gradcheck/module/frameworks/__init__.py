"""Frameworks that differentiate by themselves, where people write backward passes of their own."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol, cast

from gradcheck.module.subject import Subject


class Framework(Protocol):
    """A module of this package."""

    def is_target(self, target: Any, /) -> bool:
        """Tell whether this is something of the framework's that can be checked."""

    def arguments(self, target: Any, /) -> list[str]:
        """Name the arguments of a target."""

    def sizes(self, target: Any, /) -> Sequence[int]:
        """Return the sizes of a target's own parameters, for guesses at its inputs."""

    def subject(self, target: Any, inputs: Any, seed: int = 0, /) -> Subject:
        """Make a subject of a target and its arguments; raises ClaimError where that fails."""


def framework(target: Any) -> Framework | None:
    """Return the framework that a target is of; None for plain Python and NumPy."""
    kinds = target.__mro__ if isinstance(target, type) else type(target).__mro__
    homes = {kind.__module__.partition(".")[0] for kind in kinds}
    for name in ("torch", "jax"):
        if name in homes:
            found = cast(Framework, import_module(f"{__name__}.{name}"))
            if found.is_target(target):
                return found
    return None
