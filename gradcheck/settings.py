"""Settings of a check, as plain data; a config gives them and the command line wins."""

import re
from typing import Literal, TypeAlias

from gradcheck.record import record

MAX_POINTS = 1000
"""The most probes of one check."""

Mode: TypeAlias = Literal["quick", "full", "exhaustive"]
Method: TypeAlias = Literal["auto", "complex_step", "differences"]


@record
class Budget:
    """The most work that the check of one problem may take; what is None is not bounded."""

    evaluations: int | None = None
    seconds: float | None = None

    def __str__(self) -> str:
        if self.seconds is not None:
            return f"{self.seconds:g} s"
        if self.evaluations is None:
            return "any size"
        return f"{self.evaluations} evaluation{'s' * (self.evaluations != 1)}"


BUDGETS: dict[Mode, Budget] = {
    "quick": Budget(),
    "full": Budget(evaluations=500_000),
    "exhaustive": Budget(),
}
"""What each mode may take by default: quick takes little, exhaustive is meant to take it all."""

AS_BUDGET = "a number of evaluations (20000) or of seconds (30s)"


SECONDS = r"(?=.*[1-9])[0-9]+(\.[0-9]+)?s"
"""How a number of seconds is written."""


def parsed_budget(text: str) -> Budget:
    """Read a budget as it is written; raises ValueError that says what was expected."""
    if re.fullmatch(SECONDS, text):
        return Budget(seconds=float(text[:-1]))
    if re.fullmatch(r"0*[1-9][0-9]*", text):
        return Budget(evaluations=int(text))
    raise ValueError(f"expected {AS_BUDGET}, found {text!r}")


@record
class Policy:
    """What the surroundings allow: whether user code may run, and for how long."""

    python: bool = True
    timeout: float = 30.0


@record
class Settings:
    """How one problem is to be checked.

    `points` counts the probes, the user's own included. `budget` is None for the mode's own.
    `rtol` is the user's tolerance: a difference below this fraction of the parameter's largest
    gradient entry is passed; it only ever loosens. `power` is the least share of known faults that
    the check has to be able to see, None for any. `pictures` are made only for what shows them.
    Without `audit`, which is for measuring what it costs, shortcuts are taken at their word, and
    reports count no audits.
    """

    mode: Mode = "full"
    method: Method = "auto"
    points: int = 3
    seed: int = 0
    budget: Budget | None = None
    only: tuple[str, ...] = ()
    rtol: float | None = None
    power: float | None = None
    pictures: bool = False
    audit: bool = True

    @property
    def allowed(self) -> Budget:
        """The budget that is in force."""
        return self.budget or BUDGETS[self.mode]
