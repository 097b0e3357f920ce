"""The command that checks targets."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradcheck.cli._options import TARGETS, checking
from gradcheck.cli._project import Configured, Project
from gradcheck.cli._reporting import (
    BASELINE,
    COLOR,
    DIFF,
    EXIT_ZERO,
    FAIL_ON,
    FIX,
    FORMAT,
    HINT,
    OUTPUT,
    PATCH,
    exit_code,
)
from gradcheck.report import Level, Shard

if TYPE_CHECKING:
    from gradcheck.baseline import Baseline
    from gradcheck.cli._targets import Found
    from gradcheck.report import Report
    from gradcheck.request import Request


def _shard(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    value: str | None,
) -> Shard | None:
    if value is None:
        return None
    index, _, count = value.partition("/")
    if not (index.isdecimal() and count.isdecimal() and 0 < int(index) <= int(count)):
        raise click.BadParameter(f"expected I/N, such as 2/3, found {value!r}")
    return Shard(index=int(index), count=int(count))


@click.command(cls=Configured, short_help="Check the gradients that configs claim.")
@TARGETS
@checking
@FORMAT
@OUTPUT
@click.option(
    "--expect/--no-expect", help="Whether to compare with each config's 'expect' instead."
)
@BASELINE
@click.option(
    "--shard",
    callback=_shard,
    metavar="I/N",
    help="Check part I of N of the targets; 'gradcheck merge' puts the reports together.",
)
@click.option(
    "--changed-since",
    metavar="REV",
    help="Check what has changed since a Git revision, or names a file that has, alone.",
)
@click.option("--fail-fast", is_flag=True, help="Stop after the first target that fails.")
@FAIL_ON
@EXIT_ZERO
@COLOR
@DIFF
@FIX
@HINT
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
@click.option("-q", "--quiet", count=True, help="Only a line for each problem.")
@click.option("-v", "--verbose", count=True, help="Every parameter, with its worst entry.")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Check the gradients of TARGETs: configs, folders, patterns, or '-' for standard input.

    Exit codes: 0 all right, 1 something is wrong, 2 a check could not be made,
    3 undecided; of several targets the worst counts, in the order 2, 1, 3, 0.
    """
    assert isinstance(ctx.obj, Project)
    watch = options.pop("watch")
    check = partial(_check, base=ctx.obj.base, **options)
    if not watch:
        ctx.exit(check()[0])
    if options["fix"]:
        raise click.UsageError("--watch checks what you write; --fix would write as well")
    from gradcheck.cli._watch import watched

    ctx.exit(watched(check))


def _check(
    *,
    targets: tuple[str, ...],
    formats: tuple[str, ...],
    output: Path | None,
    baseline: Path | None,
    changed_since: str | None,
    fail_on: Level,
    exit_zero: bool,
    color: str,
    diff: bool,
    fix: bool,
    quiet: int,
    verbose: int,
    jobs: int,
    hint: int,
    **settings: Any,
) -> tuple[int, set[Path]]:
    """Check once; return the exit code and the files that it depends on."""
    from gradcheck.cli._output import destinations, needs, write
    from gradcheck.cli._running import checked, request_of

    if baseline is not None and settings["expect"]:
        raise click.UsageError("--baseline and --expect both say what is to fail; give one of them")
    if hint < PATCH and (diff or fix):
        raise click.UsageError(f"--hint {hint} hides the patch that --diff and --fix are about")
    where = destinations(formats, output)
    known = None if baseline is None else _read(baseline)
    request = request_of(
        _found(targets, changed_since),
        pictures="pictures" in needs(where) or None,
        **settings,
    )
    report = checked(request, jobs)
    done = _fixed(report) if fix and not report.interrupted else []
    if done:
        report = checked(replace(request, remarks=(*request.remarks, *done)), jobs)
    if known is not None:
        report = _compared(report, known, partly=bool(request.only), whole=request.shard is None)
    if hint < PATCH:
        report = _hinted(report, hint)
    if diff:
        _show_diffs(report)
    elif report.problems or done or not report.interrupted:
        write(report, where, color, max(-1, min(1, verbose - quiet)))
    if report.interrupted:
        raise click.Abort
    code = exit_code(report.problems, fail_on, exit_zero=exit_zero)
    return code, _files(request, report)


def _files(request: "Request", report: "Report") -> set[Path]:
    named = {Path(file) for problem in report.problems for file in problem.files or ()}
    return named | {target.path for target in request.targets if str(target.path) != "-"}


def _hinted(report: "Report", hint: int) -> "Report":
    from gradcheck.hints import hinted

    return hinted(report, hint)


def _found(names: tuple[str, ...], changed_since: str | None) -> "Found":
    """Return the targets that are to be checked."""
    from gradcheck.cli._targets import find

    found = find(names)
    if changed_since is None:
        return found
    from gradcheck.cli._changes import touched

    left = touched(found.targets, changed_since)
    remark = f"{len(found.targets) - len(left)} of {len(found.targets)} targets not changed"
    return replace(found, targets=tuple(left), remarks=(*found.remarks, remark))


def _read(path: Path) -> "Baseline":
    from gradcheck.baseline import read

    return read(path)


def _compared(report: "Report", baseline: "Baseline", *, partly: bool, whole: bool) -> "Report":
    from gradcheck.baseline import compared

    return compared(report, baseline, partly=partly, whole=whole)


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
