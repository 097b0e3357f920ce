"""The command that checks targets."""

import os
import time
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from gradcheck.report import LEVELS, Level, ProblemReport
from gradcheck.settings import MAX_POINTS, Budget, parsed_budget

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from gradcheck.report import Report

MAX_JOBS = 1024


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


def _formats(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[CompletionItem]:
    from gradcheck.cli._output import names

    return [CompletionItem(name) for name in names() if name.startswith(incomplete)]


@click.command(short_help="Check the gradients that configs claim.")
@click.argument(
    "targets", nargs=-1, required=True, metavar="TARGET...", type=click.Path(allow_dash=True)
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="NAME[=PATH]",
    shell_complete=_formats,
    help="Report format; may be repeated. 'gradcheck list reporters' shows all.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report here instead of to standard output.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="PATTERN",
    help="Check these parameters alone, e.g. 'hidden.*'; may be repeated.",
)
@click.option(
    "--mode", type=click.Choice(["quick", "full", "exhaustive"]), help="How much to check."
)
@click.option(
    "--method",
    type=click.Choice(["auto", "complex_step", "differences"]),
    help="Which numeric oracle decides.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of everything random.")
@click.option("--points", type=click.IntRange(1, MAX_POINTS), help="Number of probes.")
@click.option(
    "--budget",
    callback=_budget,
    metavar="AMOUNT",
    help="The most work for each problem: loss evaluations (20000) or time (30s).",
)
@click.option(
    "--jobs",
    callback=_jobs,
    default="1",
    show_default=True,
    metavar="N|auto",
    help="Processes to spread the work over; auto for one on each processor.",
)
@click.option(
    "--rtol",
    type=click.FloatRange(min=0),
    callback=_finite,
    help="Pass differences below this fraction of a parameter's largest entry.",
)
@click.option("--expect", is_flag=True, help="Compare with each config's 'expect' instead.")
@click.option("--fail-fast", is_flag=True, help="Stop after the first target that fails.")
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="error",
    show_default=True,
    help="The lowest level of findings that fails.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 instead of 1 or 3.")
@click.option("--no-python", is_flag=True, help="Refuse configs that run Python code.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    default=30.0,
    show_default=True,
    help="Seconds for each call of a user's function.",
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour in the text report.",
)
@click.option("--diff", is_flag=True, help="Print verified fixes as a diff, and nothing else.")
@click.option(
    "--fix", is_flag=True, help="Apply verified fixes, keeping a backup, and check again."
)
@click.option("-q", "--quiet", count=True, help="Only a line for each problem.")
@click.option("-v", "--verbose", count=True, help="Every parameter, with its worst entry.")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Check the gradients of TARGETs: configs, folders, patterns, or '-' for standard input.

    Exit codes: 0 all right, 1 something is wrong, 2 a check could not be made,
    3 undecided; of several targets the worst counts, in the order 2, 1, 3, 0.
    """
    ctx.exit(_check(**options))


def _check(
    *,
    targets: tuple[str, ...],
    formats: tuple[str, ...],
    output: Path | None,
    fail_on: Level,
    exit_zero: bool,
    no_python: bool,
    timeout: float,
    color: str,
    diff: bool,
    fix: bool,
    quiet: int,
    verbose: int,
    jobs: int,
    **settings: Any,
) -> int:
    from gradcheck.cli._output import destinations, needs, write
    from gradcheck.cli._progress import Bar
    from gradcheck.cli._targets import find
    from gradcheck.config.claims import Policy
    from gradcheck.session import Request, run

    where = destinations(formats, output)
    found = find(targets)
    request = Request(
        targets=found.targets,
        remarks=found.remarks,
        policy=Policy(python=not no_python, timeout=timeout),
        rules="rules" in needs(where),
        pictures="pictures" in needs(where) or None,
        **settings,
    )
    with Bar() as bar, _workers(jobs) as executor:
        report = run(request, bar, executor=executor, clock=time.monotonic)
        done = _fixed(report) if fix and not report.interrupted else []
        if done:
            again = replace(request, remarks=(*request.remarks, *done))
            report = run(again, bar, executor=executor, clock=time.monotonic)
    if diff:
        _show_diffs(report)
    elif report.problems or done or not report.interrupted:
        write(report, where, color, max(-1, min(1, verbose - quiet)))
    if report.interrupted:
        raise click.Abort
    code = exit_code(report.problems, fail_on)
    return 0 if exit_zero and code != 2 else code


def _workers(jobs: int) -> "AbstractContextManager[Executor | None]":
    """Return an executor, where there is to be more than this process."""
    if jobs == 1:
        return nullcontext()
    from gradcheck.workers import Workers

    return Workers(jobs)


def _fixed(report: "Report") -> list[str]:
    """Apply the verified fixes of a report."""
    from gradcheck.cli._fixes import apply

    return apply(report)


def _show_diffs(report: "Report") -> None:
    from gradcheck.cli._fixes import diffs, left_out
    from gradcheck.cli._stdout import say

    say(diffs(report))
    if remark := left_out(report):
        click.echo(remark, err=True)


def exit_code(problems: Iterable[ProblemReport], fail_on: Level) -> int:
    """Return the worst of the problems' exit codes: 2 before 1 before 3 before 0."""
    codes = [_code(problem, fail_on) for problem in problems]
    return next((code for code in (2, 1, 3) if code in codes), 0)


def _code(problem: ProblemReport, fail_on: Level) -> int:
    if problem.expected is not None:
        if problem.expected:
            return 0
        return 2 if problem.verdict == "error" else 1
    if problem.verdict == "right":
        low = LEVELS.index(fail_on)
        return int(any(LEVELS.index(f.level) >= low for f in problem.findings))
    return {"wrong": 1, "undecided": 3, "error": 2}[problem.verdict]
