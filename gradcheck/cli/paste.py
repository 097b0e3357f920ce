"""The command `gradcheck paste`."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click


@click.command(short_help="Check the gradients of pasted NumPy code.")
@click.argument("file", type=click.Path(allow_dash=True), default="-")
@click.option(
    "--set", "values", multiple=True, metavar="NAME=EXPR", help="Give a name this value instead."
)
@click.option("--no-sandbox", is_flag=True, help="Run the code with all your rights.")
@click.option("--format", "formats", multiple=True, metavar="NAME[=PATH]", help="Report format.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 instead of 1 or 3.")
@click.option("-v", "--verbose", count=True, help="Every parameter.")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Check the gradients in FILE: code as people paste it, or '-' for standard input."""
    ctx.exit(_paste(**options))


def _paste(
    *,
    file: str,
    values: tuple[str, ...],
    no_sandbox: bool,
    formats: tuple[str, ...],
    exit_zero: bool,
    verbose: int,
) -> int:
    from gradcheck.cli._output import destinations, needs, write
    from gradcheck.cli.check import exit_code
    from gradcheck.paste.session import Request, run

    where = destinations(formats, None)
    request = Request(
        text=_text(file),
        name=file,
        values=dict(_setting(v) for v in values),
        sandboxed=not no_sandbox,
    )
    report = run(request)
    if "rules" in needs(where):
        from gradcheck.rules import rules

        report = replace(report, rules=rules())
    write(report, where, "auto", min(1, verbose))
    code = exit_code(report.problems, "error")
    return 0 if exit_zero and code != 2 else code


def _text(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise click.BadParameter(
            f"{click.format_filename(file)!r} can't be read: {error.strerror}", param_hint="FILE"
        ) from None


def _setting(text: str) -> tuple[str, str]:
    name, equals, expression = text.partition("=")
    if not equals or not name.strip().isidentifier() or not expression.strip():
        raise click.BadParameter(f"expected NAME=EXPR, found {text!r}", param_hint="--set")
    return name.strip(), expression.strip()
