"""The options that say how to check, for every command that does."""

import os
from collections.abc import Callable
from functools import reduce
from math import isfinite
from typing import Any, TypeVar

import click

from gradcheck.settings import MAX_POINTS, Budget, parsed_budget

F = TypeVar("F", bound=Callable[..., Any])

MAX_JOBS = 1024
CACHE = ".gradcheck_cache"
"""The folder of results from earlier runs, in the working directory."""


def _finite(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    value: float | None,
) -> float | None:
    if value is not None and not isfinite(value):
        raise click.BadParameter(f"expected a finite number, found {value}")
    return value


def _budget(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    value: str | None,
) -> Budget | None:
    try:
        return None if value is None else parsed_budget(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _codes(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    value: tuple[str, ...],
) -> tuple[str, ...]:
    """Read codes, or how they begin, with commas between; each must begin one that there is."""
    found = tuple(code.strip().upper() for text in value for code in text.split(","))
    if found:
        from gradcheck.catalogues import FAULTS

        known = [name.rpartition(".")[2].partition("_")[0].upper() for name in FAULTS.modules()]
        for code in found:
            if not code or not any(name.startswith(code) for name in known):
                raise click.BadParameter(f"no code begins with {code!r}; see gradcheck list faults")
    return found


def _jobs(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    value: str,
) -> int:
    if value == "auto":
        affinity = getattr(os, "sched_getaffinity", None)
        return len(affinity(0)) if affinity else os.cpu_count() or 1
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= MAX_JOBS):
        raise click.BadParameter(f"expected auto or 1 to {MAX_JOBS}, found {value!r}")
    return int(value)


TARGETS = click.argument(
    "targets", nargs=-1, required=True, metavar="TARGET...", type=click.Path(allow_dash=True)
)
ONLY = click.option(
    "--only",
    multiple=True,
    metavar="PATTERN",
    help="Check these parameters alone, e.g. 'hidden.*'; may be repeated.",
)
SELECT = click.option(
    "--select",
    multiple=True,
    callback=_codes,
    metavar="CODES",
    help="Report only findings whose codes begin like this, e.g. SGN,ACT02.",
)
IGNORE = click.option(
    "--ignore",
    multiple=True,
    callback=_codes,
    metavar="CODES",
    help="Leave out findings whose codes begin like this, e.g. TRN,CHK12.",
)
MODE = click.option(
    "--mode", type=click.Choice(["quick", "full", "exhaustive"]), help="How much to check."
)
METHOD = click.option(
    "--method",
    type=click.Choice(["auto", "complex_step", "differences"]),
    help="Which numeric oracle decides.",
)
SEED = click.option("--seed", type=click.IntRange(min=0), help="Seed of everything random.")
POINTS = click.option("--points", type=click.IntRange(1, MAX_POINTS), help="Number of probes.")
BUDGET = click.option(
    "--budget",
    callback=_budget,
    metavar="AMOUNT",
    help="The most work for each problem: loss evaluations (20000) or time (30s).",
)
JOBS = click.option(
    "--jobs",
    callback=_jobs,
    default="1",
    show_default=True,
    metavar="N|auto",
    help="Processes to spread the work over; auto for one on each processor.",
)
RTOL = click.option(
    "--rtol",
    type=click.FloatRange(min=0),
    callback=_finite,
    help="Pass differences below this fraction of a parameter's largest entry.",
)
CACHED = click.option(
    "--cache/--no-cache",
    default=True,
    help=f"Whether to use and keep results of checks in {CACHE}; by default yes.",
)
PYTHON = click.option(
    "--python/--no-python",
    default=True,
    help="Whether configs may run Python code; by default yes.",
)
TIMEOUT = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    default=30.0,
    show_default=True,
    help="Seconds for each call of a user's function.",
)
_CHECKING = (
    ONLY,
    SELECT,
    IGNORE,
    MODE,
    METHOD,
    SEED,
    POINTS,
    BUDGET,
    JOBS,
    RTOL,
    CACHED,
    PYTHON,
    TIMEOUT,
)


def checking(command: F) -> F:
    """Give a command the options that say how to check."""
    return reduce(lambda function, option: option(function), reversed(_CHECKING), command)
