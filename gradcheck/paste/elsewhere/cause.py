"""The contract of a cause: what it looks at, and what it says when its evidence holds."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from typing import TypeAlias

from gradcheck.paste.elsewhere.stage import Place, Stage
from gradcheck.record import record


@record
class Remark:
    """One thing that keeps a program from learning, with the facts that were measured.

    `place` is where in the program, and empty where there is none but the step's own.
    """

    message: str
    evidence: tuple[str, ...]
    help: str
    place: Place = field(default_factory=dict)
    parameters: tuple[str, ...] = ()


Look: TypeAlias = Callable[[Stage], Iterator[Remark]]


@record
class Cause:
    """A cause by its code in the catalogue of faults; `look` yields remarks, none without proof."""

    code: str
    title: str
    doc: str | None
    look: Look

    @property
    def key(self) -> str:
        return self.code


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence has them: "a, b and c"."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
