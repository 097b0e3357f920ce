"""The commands about baselines: what is known to be wrong, so that only what is new fails."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradcheck.cli._options import TARGETS, F, checking
from gradcheck.cli._project import Configured

if TYPE_CHECKING:
    from gradcheck.baseline import Baseline
    from gradcheck.report import Report

NAME = "gradcheck-baseline.json"


def _file(*, exists: bool) -> Callable[[F], F]:
    return click.option(
        "--baseline",
        "path",
        type=click.Path(dir_okay=False, path_type=Path, exists=exists),
        default=NAME,
        show_default=True,
        help="The file.",
    )


@click.group(short_help="Keep what is known to be wrong, so that only what is new fails.")
def command() -> None:
    """Write, shrink and show the file that 'gradcheck check --baseline FILE' goes by.

    What is in it does not fail; what is new does, and so does what is in it but not found any
    more. Only these commands write to it.
    """


@command.command(cls=Configured, short_help="Write a baseline of all that is found now.")
@TARGETS
@checking
@_file(exists=False)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@click.pass_context
def create(
    ctx: click.Context, /, *, targets: tuple[str, ...], path: Path, force: bool, **options: Any
) -> None:
    """Check TARGETs and write what is found to the baseline."""
    from gradcheck.baseline import taken

    if path.exists() and not force:
        raise click.UsageError(
            f"{path} is there already; 'gradcheck baseline prune' takes out of it what is fixed, "
            "--force replaces it with all that is found now"
        )
    baseline = taken(_report(ctx, targets, options), path.parent)
    _write(baseline, path)
    _say(f"wrote {path}: {_counted(baseline)}")


@command.command(cls=Configured, short_help="Take out of a baseline what is not found any more.")
@TARGETS
@checking
@_file(exists=True)
@click.pass_context
def prune(ctx: click.Context, /, *, targets: tuple[str, ...], path: Path, **options: Any) -> None:
    """Check TARGETs and take out of the baseline what is not found any more; nothing is added."""
    from gradcheck.baseline import pruned, read

    before = read(path)
    if options["only"]:
        raise click.UsageError("--only leaves out what might still be wrong; prune without it")
    after = pruned(before, _report(ctx, targets, options))
    if after != before:
        _write(after, path)
    _say(f"{path}: {_counted(before)} before, {_counted(after)} now")


@command.command(short_help="Print what is in a baseline.")
@_file(exists=True)
def show(path: Path) -> None:
    """Print the findings in the baseline, by target."""
    from gradcheck.baseline import read

    lines = []
    for (target, name), known in sorted(read(path).problems.items()):
        if known.findings:
            lines.append(f"{target} ({name})")
            lines += [f"  {print_[:8]}  {said}" for print_, said in sorted(known.findings.items())]
    _say("\n".join([*lines, _counted(read(path))]))


def _report(ctx: click.Context, targets: tuple[str, ...], options: dict[str, Any]) -> "Report":
    from gradcheck.cli._running import checked, request_of
    from gradcheck.cli._stdout import Failure
    from gradcheck.cli._targets import find

    jobs = options.pop("jobs")
    report = checked(request_of(find(targets), base=ctx.obj.base, **options), jobs)
    if report.interrupted:
        raise click.Abort
    failed = [problem for problem in report.problems if problem.verdict == "error"]
    if failed:
        raise Failure(
            f"{failed[0].target} could not be checked, so the baseline is left as it is: "
            f"{failed[0].message}"
        )
    return report


def _counted(baseline: "Baseline") -> str:
    findings = sum(len(known.findings) for known in baseline.problems.values())
    problems = len(baseline.problems)
    return f"{findings} finding{'s' * (findings != 1)} in {problems} problem{'s' * (problems != 1)}"


def _write(baseline: "Baseline", path: Path) -> None:
    from gradcheck.baseline import written
    from gradcheck.cli._output import replace_file

    replace_file(path, written(baseline).encode())


def _say(text: str) -> None:
    from gradcheck.cli._stdout import say

    say(f"{text}\n")
