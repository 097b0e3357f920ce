"""What had to be assumed so that a program runs, as data."""

from typing import Literal, TypeAlias

from gradcheck.record import record

Kind: TypeAlias = Literal[
    "data", "driver", "helper", "import", "input", "module", "set", "shim", "size", "text", "value"
]

_MADE_UP: frozenset[Kind] = frozenset({"data", "driver", "input", "size", "text"})


@record
class Assumption:
    """One thing that the program does not say itself.

    `name` is as the program writes it, `what` a phrase that follows it, `line` the program's line
    where that is known and else 0.
    """

    kind: Kind
    name: str
    what: str
    line: int = 0

    @property
    def is_made_up(self) -> bool:
        """Whether it stands for data that the program lacks."""
        return self.kind in _MADE_UP


@record
class Failure:
    """A top-level statement that stopped with an exception; the program went on after it."""

    line: int
    at: int
    error: str
    message: str


class Ledger:
    """The assumptions of one program, each once, in the order in which they were made."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Assumption] = {}

    def note(self, kind: Kind, name: str, what: str, line: int = 0) -> None:
        assumption = Assumption(kind=kind, name=name, what=what, line=line)
        self._found.setdefault((kind, name), assumption)

    def take(self, other: "Ledger") -> None:
        """Add what another ledger holds."""
        self._found = {**self._found, **other._found}

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        return tuple(self._found.values())
