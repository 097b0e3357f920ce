"""A check as commands make it: with a progress bar, in as many processes as were asked for."""

import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck.cli._options import CACHE
from gradcheck.cli._progress import Bar
from gradcheck.cli._targets import Found
from gradcheck.session import Request, run
from gradcheck.settings import Policy

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from gradcheck.report import Report


def request_of(
    found: Found, *, python: bool, cache: bool, timeout: float, **settings: Any
) -> Request:
    """Return what a run is asked to do, by the options of `checking` and others of `Request`."""
    return Request(
        targets=found.targets,
        remarks=found.remarks,
        policy=Policy(python=python, timeout=timeout),
        cache=Path(CACHE) if cache else None,
        **settings,
    )


def checked(request: Request, jobs: int) -> "Report":
    """Run the check that is asked for."""
    with Bar() as bar, _workers(jobs) as executor:
        return run(request, bar, executor=executor, clock=time.monotonic)


def _workers(jobs: int) -> "AbstractContextManager[Executor | None]":
    """Return an executor, where there is to be more than this process."""
    if jobs == 1:
        return nullcontext()
    from gradcheck.workers import Workers

    return Workers(jobs)
