"""The options that say how to report, for every command that does, and the exit code."""

from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from gradcheck.report import LEVELS, Level, ProblemReport, settled

PATCH = 4
"""The hint that tells everything."""


def _formats(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[CompletionItem]:
    from gradcheck.cli._output import names

    return [CompletionItem(name) for name in names() if name.startswith(incomplete)]


FORMAT = click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="NAME[=PATH]",
    shell_complete=_formats,
    help="Report format; may be repeated. 'gradcheck list reporters' shows all.",
)
OUTPUT = click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report here instead of to standard output.",
)
BASELINE = click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fail only for what is not in this file; see 'gradcheck baseline'.",
)
FAIL_ON = click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="error",
    show_default=True,
    help="The lowest level of findings that fails.",
)
EXIT_ZERO = click.option("--exit-zero", is_flag=True, help="Exit with 0 instead of 1 or 3.")
COLOR = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour in the text report.",
)
DIFF = click.option(
    "--diff", is_flag=True, help="Print verified fixes as a diff, and nothing else."
)
FIX = click.option(
    "--fix", is_flag=True, help="Apply verified fixes, keeping a backup, and check again."
)
HINT = click.option(
    "--hint",
    type=click.IntRange(1, PATCH),
    default=PATCH,
    show_default=True,
    help="Tell no more than 1 the parameters, 2 the line, 3 the mistake, 4 the patch.",
)


def exit_code(problems: Iterable[ProblemReport], fail_on: Level, *, exit_zero: bool) -> int:
    """Return the worst of the problems' exit codes: 2 before 1 before 3 before 0.

    With `exit_zero` it is 0 instead of 1 or 3.
    """
    codes = [_code(problem, fail_on) for problem in problems]
    if 2 in codes or exit_zero:
        return 2 if 2 in codes else 0
    return next((code for code in (1, 3) if code in codes), 0)


def _code(problem: ProblemReport, fail_on: Level) -> int:
    if problem.expected is not None:
        if problem.expected:
            return 0
        return 2 if problem.verdict == "error" else 1
    if problem.regressions:
        return 1
    if problem.verdict == "right" or problem.held:
        low = LEVELS.index(fail_on)
        return int(any(LEVELS.index(f.level) >= low for f in problem.findings if not settled(f)))
    return {"wrong": 1, "undecided": 3, "error": 2}[problem.verdict]
