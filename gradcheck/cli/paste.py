"""The command `gradcheck paste`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradcheck.cli._reporting import COLOR, DIFF, EXIT_ZERO, FIX, FORMAT, HINT, PATCH, exit_code

if TYPE_CHECKING:
    from gradcheck.cli._pasted import Pasted
    from gradcheck.paste.selection import At
    from gradcheck.paste.session import Request
    from gradcheck.report import Report


def _values(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    given: tuple[str, ...],
) -> dict[str, str]:
    return dict(_setting(text) for text in given)


def _setting(text: str) -> tuple[str, str]:
    name, equals, expression = (part.strip() for part in text.partition("="))
    if not equals or not name.isidentifier() or not expression:
        raise click.BadParameter(f"expected NAME=EXPR, found {text!r}")
    try:
        compile(expression, "<--set>", "eval")
    except (SyntaxError, ValueError) as error:
        why = getattr(error, "msg", None) or str(error)
        raise click.BadParameter(f"{expression!r} is no Python expression: {why}") from None
    return name, expression


def _names(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    given: str | None,
) -> tuple[str, ...]:
    names = tuple(name.strip() for name in (given or "").split(",") if name.strip())
    if given is not None and not names:
        raise click.BadParameter(f"expected names such as W1,b1, found {given!r}")
    return names


def _line(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    given: str | None,
) -> "At | None":
    if given is None:
        return None
    from gradcheck.paste.selection import At

    numbers = given.split(":")
    if len(numbers) > 2 or not all(n.isascii() and n.isdigit() for n in numbers):
        raise click.BadParameter(f"expected LINE, or CELL:LINE in a notebook, found {given!r}")
    return At(line=int(numbers[-1]), cell=int(numbers[0]) if len(numbers) == 2 else None)


@click.command(short_help="Check the gradients of pasted NumPy code.")
@click.argument("file", type=click.Path(allow_dash=True), required=False)
@click.option(
    "--set",
    "values",
    multiple=True,
    callback=_values,
    metavar="NAME=EXPR",
    help="Give a name this value instead; may be repeated.",
)
@click.option(
    "--loss", metavar="NAME", help="The loss: a name, an expression or a standard loss's name."
)
@click.option(
    "--step", callback=_line, metavar="LINE", help="The line (or CELL:LINE) of the training step."
)
@click.option(
    "--parameters", callback=_names, metavar="NAMES", help="The parameters, with commas between."
)
@click.option("--program", type=click.IntRange(1), help="Only this one of the text's programs.")
@DIFF
@FIX
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the text with verified fixes, or the config, here.",
)
@click.option(
    "--as-config",
    is_flag=True,
    help="Write the network as a config for 'gradcheck check', to --output or standard output.",
)
@click.option("--explain", is_flag=True, help="Add how the right gradient is derived.")
@HINT
@FORMAT
@COLOR
@EXIT_ZERO
@click.option("--no-sandbox", is_flag=True, help="Run the code with all your rights.")
@click.option("-q", "--quiet", count=True, help="Only a line for each program.")
@click.option("-v", "--verbose", count=True, help="Every parameter.")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Check the gradients in FILE: code as people paste it, '-' for standard input.

    Without FILE an editor is opened at a terminal. The code runs in a sandbox.

    Exit codes: 0 all right, 1 something is wrong, 2 the check could not be made,
    3 undecided.
    """
    ctx.exit(_paste(**options))


def _paste(
    *,
    file: str | None,
    formats: tuple[str, ...],
    color: str,
    exit_zero: bool,
    no_sandbox: bool,
    diff: bool,
    fix: bool,
    output: Path | None,
    as_config: bool,
    quiet: int,
    verbose: int,
    **wishes: Any,
) -> int:
    from gradcheck.cli._output import destinations, needs, write
    from gradcheck.cli._pasted import pasted
    from gradcheck.paste.session import Request, run

    _told(wishes["hint"], {"--diff": diff, "--fix": fix, "--output": output is not None})
    where = destinations(formats, None)
    given = pasted(file)
    if fix and not given.file:
        raise click.UsageError("--fix needs a FILE to write to; --output writes elsewhere")
    request = Request(
        text=given.text.text,
        name=given.name,
        sandboxed=not no_sandbox,
        pictures="pictures" in needs(where),
        **wishes,
    )
    if as_config:
        _export(request, output)
        return 0
    report = run(request)
    if output is not None:
        _write(report, given, output)
    if fix:
        report = _fixed(report, request)
    if diff:
        _show(report, given)
    else:
        write(report, where, color, max(-1, min(1, verbose - quiet)))
    return exit_code(report.problems, "error", exit_zero=exit_zero)


def _told(hint: int, options: dict[str, bool]) -> None:
    shown = [option for option, is_given in options.items() if is_given]
    if hint < PATCH and shown:
        raise click.UsageError(f"--hint {hint} hides the patch that {shown[0]} would show")


def _export(request: "Request", output: Path | None) -> None:
    """Write the networks of a text as a config, once 'gradcheck check' agrees about them."""
    from gradcheck.cli._exports import confirmed
    from gradcheck.cli._output import replace_file
    from gradcheck.cli._stdout import say
    from gradcheck.paste.export.exporting import exported

    text = exported(request)
    confirmed(text, request.name)
    if output is None:
        say(text)
    else:
        replace_file(output, text.encode())
        click.echo(f"wrote {output}; check it with: gradcheck check --expect {output}", err=True)


def _fixed(report: "Report", request: "Request") -> "Report":
    """Apply the verified fixes, and check the file again if there were any."""
    from gradcheck.cli._fixes import apply
    from gradcheck.cli._texts import read
    from gradcheck.paste.session import run

    done = apply(report)
    if not done:
        return report
    again = replace(request, text=read(request.name).text, remarks=tuple(done))
    return run(again)


def _write(report: "Report", given: "Pasted", output: Path) -> None:
    from gradcheck.cli._fixes import fixed
    from gradcheck.cli._output import replace_file

    new = fixed(report, given.name, lambda _: given.text)
    if new is None:
        click.echo(f"there is no verified fix, and {output} was not written", err=True)
    else:
        replace_file(output, new)
        click.echo(f"wrote {output}", err=True)


def _show(report: "Report", given: "Pasted") -> None:
    from gradcheck.cli._fixes import diffs, left_out
    from gradcheck.cli._stdout import say

    say(diffs(report, lambda _: given.text))
    if remark := left_out(report):
        click.echo(remark, err=True)
