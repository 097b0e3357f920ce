"""Settings of a check, as plain data; a config gives them and the command line wins."""

from typing import Literal, TypeAlias

from gradcheck.record import record

MAX_POINTS = 1000
"""The most probes of one check."""

Mode: TypeAlias = Literal["quick", "full", "exhaustive"]
Method: TypeAlias = Literal["auto", "complex_step", "differences"]


@record
class Settings:
    """How one problem is to be checked.

    `points` counts the probes, the user's own included. `budget` bounds the loss
    evaluations of one problem. `rtol` is the user's tolerance: a difference below this fraction of
    the parameter's largest gradient entry is passed; it only ever loosens.
    """

    mode: Mode = "full"
    method: Method = "auto"
    points: int = 3
    seed: int = 0
    budget: int = 200_000
    only: tuple[str, ...] = ()
    rtol: float | None = None
