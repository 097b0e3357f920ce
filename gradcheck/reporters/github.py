"""Workflow commands, which GitHub shows as annotations beside the lines they are about.

There is one for each root cause: a mistake in one place that several configs run into is annotated
once, and names the others. A run in which all was checked and is right, or wrong as its config
expects, says nothing. Where GITHUB_STEP_SUMMARY names a file the whole report, in Markdown, is
added to it.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from gradcheck.report import Level, Location, ProblemReport, Report
from gradcheck.reporter import Reporter, Style
from gradcheck.reporters import _wording as wording
from gradcheck.reporters._issues import Issue, issues

Command: TypeAlias = Literal["error", "warning", "notice"]

COMMANDS: dict[Level, Command] = {"error": "error", "warning": "warning", "note": "notice"}


def render(report: Report, style: Style) -> str:  # noqa: ARG001
    parts = [line for problem in report.problems for line in _unchecked(problem)]
    parts += [_annotation(group) for group in _by_cause(issues(report))]
    return "".join(f"{line}\n" for line in parts)


def _unchecked(problem: ProblemReport) -> Iterator[str]:
    if wording.incomplete(problem):
        title = f"{problem.name}: {wording.verdict(problem)}"
        message = "\n".join((f"checked: {wording.effort(problem)}", *problem.remarks))
        yield _command("notice", problem.target, problem.location, title, message)


def _by_cause(found: Iterable[Issue]) -> list[list[Issue]]:
    """Put the issues together that are the same mistake in the same place."""
    groups: dict[object, list[Issue]] = {}
    for number, issue in enumerate(found):
        placed = issue.finding is not None and issue.location is not None
        groups.setdefault((issue.code, issue.location) if placed else number, []).append(issue)
    return list(groups.values())


def _annotation(group: list[Issue]) -> str:
    first, *others = group
    lines = [first.message]
    if others:
        names = dict.fromkeys(issue.problem.name for issue in others)
        lines.append(f"the same spoils {', '.join(names)}")
    title = first.title if first.finding is None else f"{first.code}: {first.title}"
    message = "\n".join((*lines, *first.details))
    return _command(COMMANDS[first.level], first.problem.target, first.location, title, message)


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
