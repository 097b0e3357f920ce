"""The command that puts the reports of shards together."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradcheck.report import LEVELS, Level

if TYPE_CHECKING:
    from gradcheck.report import Report


@click.command(short_help="Put the JSON reports of shards together.")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option("--format", "formats", multiple=True, metavar="NAME[=PATH]", help="Report format.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report here instead of to standard output.",
)
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="error",
    show_default=True,
    help="The lowest level of findings that fails.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 instead of 1 or 3.")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Put the reports in FILEs together, which 'gradcheck check --format json' wrote.

    Those of all shards of a run make the report of the whole run, byte for byte; others are put
    one behind the other. The exit code is that of 'gradcheck check'.
    """
    ctx.exit(_merge(**options))


def _merge(
    *,
    files: tuple[Path, ...],
    formats: tuple[str, ...],
    output: Path | None,
    fail_on: Level,
    exit_zero: bool,
) -> int:
    from dataclasses import replace

    from gradcheck.cli._output import destinations, needs, write
    from gradcheck.cli._stdout import Failure
    from gradcheck.cli.check import exit_code
    from gradcheck.shards import merged

    where = destinations(formats, output)
    try:
        report = merged([_read(file) for file in files])
    except ValueError as error:
        raise Failure(str(error)) from None
    if "rules" in needs(where):
        from gradcheck.rules import rules

        report = replace(report, rules=rules())
    write(report, where, "auto", 0)
    code = exit_code(report.problems, fail_on)
    return 0 if exit_zero and code != 2 else code


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
