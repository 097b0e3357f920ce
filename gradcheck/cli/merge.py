"""The command that puts the reports of shards together."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradcheck.cli._reporting import BASELINE, EXIT_ZERO, FAIL_ON, FORMAT, OUTPUT, exit_code
from gradcheck.report import Level

if TYPE_CHECKING:
    from gradcheck.baseline import Baseline
    from gradcheck.report import Report


@click.command(short_help="Put the JSON reports of shards together.")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@FORMAT
@OUTPUT
@BASELINE
@FAIL_ON
@EXIT_ZERO
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Put the reports in FILEs together, which 'gradcheck check --format json' wrote.

    Those of all shards of a run make the report of the whole run, byte for byte; others are put
    one behind the other. With --baseline they are held against it as a whole. The exit code is
    that of 'gradcheck check'.
    """
    ctx.exit(_merge(**options))


def _merge(
    *,
    files: tuple[Path, ...],
    formats: tuple[str, ...],
    output: Path | None,
    baseline: Path | None,
    fail_on: Level,
    exit_zero: bool,
) -> int:
    from gradcheck.baseline import read
    from gradcheck.cli._output import destinations, write
    from gradcheck.cli._stdout import Failure
    from gradcheck.shards import merged

    where = destinations(formats, output)
    known = None if baseline is None else read(baseline)
    try:
        report = merged([_read(file) for file in files])
    except ValueError as error:
        raise Failure(str(error)) from None
    if known is not None:
        report = _compared(report, known)
    write(report, where, "auto", 0)
    return exit_code(report.problems, fail_on, exit_zero=exit_zero)


def _compared(report: "Report", baseline: "Baseline") -> "Report":
    """Hold a report against a baseline, as a check of all its targets would."""
    from gradcheck.baseline import compared

    if any(problem.expected is not None for problem in report.problems):
        raise click.UsageError(
            "--baseline and 'gradcheck check --expect', which wrote a report, both say what is to "
            "fail; leave one of them out"
        )
    return compared(report, baseline)


def _read(path: Path) -> "Report":
    """Read a report; raises ValueError where there is none in the file."""
    from gradcheck.report import ProblemReport, Report, Shard
    from gradcheck.reporters._plain import VERSION
    from gradcheck.stored import restored

    try:
        whole = json.loads(path.read_bytes())
        if whole["version"] != VERSION:
            raise ValueError
        return Report(
            problems=tuple(restored(ProblemReport, problem) for problem in whole["problems"]),
            tool_version=whole["tool"]["version"],
            remarks=tuple(whole["remarks"]),
            shard=restored(Shard, whole["shard"]) if "shard" in whole else None,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(
            f"expected a report of version {VERSION}, as 'gradcheck check --format json' writes "
            f"it, found something else in {str(path)!r}"
        ) from None
