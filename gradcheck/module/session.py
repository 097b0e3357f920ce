"""The use case of targets by name: each case of one is checked in a process of its own."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from gradcheck import __version__
from gradcheck.errors import GradcheckError
from gradcheck.module.remote import Remote
from gradcheck.module.verdict import checked, failed
from gradcheck.record import record
from gradcheck.report import ProblemReport, Report
from gradcheck.settings import Settings


@record
class Request:
    """What is asked: a target, `file.py:Name` or `package.module:Name`, and what is said of it.

    `wish` has the fields of `targets.Wish`; `timeout` is in seconds, for each call.
    """

    target: str
    wish: dict[str, Any]
    settings: Settings
    folder: Path
    timeout: float


def run(request: Request) -> Report:
    """Check a target in all its cases.

    What was only guessed and turns out not to be legal is left out, and the report says so.
    """
    reports: list[ProblemReport] = []
    left: list[str] = []
    with closing(_reports(request)) as found:
        for report, guessed in found:
            if guessed and report.verdict in ("error", "undecided"):
                left.append(report.name)
            else:
                reports.append(report)
    remark = f"left out, for nothing could be decided there: {', '.join(left)}"
    return Report(
        problems=tuple(reports), tool_version=__version__, remarks=(remark,) if left else ()
    )


def _reports(request: Request) -> Generator[tuple[ProblemReport, bool]]:
    name = request.target.rpartition(":")[2]
    number, count = 0, 1
    while number < count:
        guessed = number > 0
        try:
            with Remote(
                request.target, request.folder, request.timeout, request.wish, number
            ) as remote:
                count = len(remote.cases)
                case = remote.cases[number]
                name, guessed = _named(request.target, case["label"]), case["guessed"]
                report = checked(remote, request.target, request.settings, larger="--budget")
            yield replace(report, name=name), guessed
        except GradcheckError as error:
            yield failed(name, request.target, error, request.settings), guessed
        number += 1


def _named(target: str, label: str) -> str:
    name = target.rpartition(":")[2]
    return f"{name} ({label})" if label else name
