"""Requests: what a run is asked to do, as plain data."""

from collections.abc import Callable, Sequence
from dataclasses import field
from pathlib import Path

from gradcheck.record import record
from gradcheck.report import Shard
from gradcheck.settings import Budget, Policy, Settings

Progress = Callable[[str, float], None]
"""Told the name of the problem under way and the share of it that is done."""


@record
class Target:
    """What the user named: a config's path, and the name under which reports speak of it."""

    path: Path
    name: str
    error: str | None = None
    """Why there is nothing to check here, where that is known beforehand."""


@record
class Request:
    """What a run is asked to do; settings that are None leave the config's own in force."""

    targets: Sequence[Target]
    policy: Policy = field(default_factory=Policy)
    mode: str | None = None
    method: str | None = None
    points: int | None = None
    seed: int | None = None
    budget: Budget | None = None
    rtol: float | None = None
    only: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    """How the codes of findings begin that are asked for (all, if none are named), and not."""
    base: Settings = field(default_factory=Settings)
    """What holds where neither the config nor this request says anything."""
    expect: bool = False
    pictures: bool | None = None
    fail_fast: bool = False
    cache: Path | None = None
    """The folder of results kept from earlier runs; None to keep none."""
    shard: Shard | None = None
    """Which part of the targets to check; None for all."""
    remarks: tuple[str, ...] = ()


def silent(name: str, share: float) -> None:
    """Take no notice of progress."""
