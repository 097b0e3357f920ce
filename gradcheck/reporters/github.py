"""Workflow commands, which GitHub shows as annotations beside the lines they are about.

A run in which all was checked and is right, or wrong as its config expects, says nothing.
"""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from gradcheck.report import LEVELS, Finding, Level, Location, ProblemReport, Report
from gradcheck.reporter import Reporter, Style
from gradcheck.reporters import _wording as wording

Command: TypeAlias = Literal["error", "warning", "notice"]

COMMANDS: dict[Level, Command] = {"error": "error", "warning": "warning", "note": "notice"}
PROBLEM_LEVELS: dict[str, Level] = {"error": "error", "wrong": "error", "undecided": "warning"}


def render(report: Report, style: Style) -> str:  # noqa: ARG001
    return "".join(f"{line}\n" for problem in report.problems for line in _annotations(problem))


def _annotations(problem: ProblemReport) -> Iterator[str]:
    if wording.incomplete(problem):
        yield _whole(problem, "notice", (f"checked: {wording.effort(problem)}", *problem.remarks))
    if problem.expected:
        return
    if problem.expected is False:
        yield _whole(problem, "error", problem.unexpected)
        return
    for finding in problem.findings:
        yield _finding(problem, finding)
    if not _said(problem):
        level = PROBLEM_LEVELS[problem.verdict]
        accounts = (
            wording.account(c) for c in problem.checks if wording.state(c) == problem.verdict
        )
        yield _whole(problem, COMMANDS[level], tuple(accounts))


def _said(problem: ProblemReport) -> bool:
    """Whether the findings are as grave as the verdict, so that it needs no line of its own."""
    if problem.verdict == "right":
        return True
    level = LEVELS.index(PROBLEM_LEVELS[problem.verdict])
    graves = (LEVELS.index(finding.level) for finding in problem.findings)
    return problem.verdict != "error" and any(grave >= level for grave in graves)


def _whole(problem: ProblemReport, command: Command, lines: tuple[str, ...]) -> str:
    """Annotate the problem as a whole."""
    message = "\n".join((*lines, *([problem.message] if problem.message is not None else [])))
    title = f"{problem.name}: {wording.verdict(problem)}"
    return _command(command, problem.target, problem.location, title, message or title)


def _finding(problem: ProblemReport, finding: Finding) -> str:
    rest = [f"help: {finding.help}"] if finding.help is not None else []
    message = "\n".join((finding.message, *rest, f"explain: gradcheck explain {finding.code}"))
    title = f"{finding.code}: {finding.title}"
    command = COMMANDS[finding.level]
    return _command(command, problem.target, finding.location, title, message)


def _command(
    command: Command, target: str, location: Location | None, title: str, message: str
) -> str:
    properties = [*_place(target, location), ("title", title)]
    written = ",".join(f"{name}={_property(value)}" for name, value in properties)
    return f"::{command} {written}::{_data(_in_cell(location) + message)}"


def _place(target: str, location: Location | None) -> list[tuple[str, str]]:
    """Lines are left out where they aren't the file's own: in a notebook they count in a cell."""
    file = ("file", location.file if location else target)
    if not location or not location.line or location.cell is not None:
        return [file]
    numbers = {"line": location.line, "endLine": location.end_line, "col": location.column}
    return [file, *((name, str(number)) for name, number in numbers.items())]


def _in_cell(location: Location | None) -> str:
    if not location or location.cell is None:
        return ""
    return f"cell {location.cell}, line {location.line}: "


def _data(text: str) -> str:
    return wording.visible(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


REPORTER = Reporter(name="github", suffix=".txt", doc=__doc__, render=render)
