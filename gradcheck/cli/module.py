"""The command that checks a layer, a function or a training step of a Python module."""

from pathlib import Path
from typing import Any

import click

from gradcheck.cli._options import BUDGET, MODE, POINTS, SEED, TIMEOUT
from gradcheck.cli._reporting import EXIT_ZERO, FAIL_ON, FORMAT, OUTPUT, exit_code
from gradcheck.report import Level


def _setting(text: str) -> tuple[str, Any]:
    from ast import literal_eval

    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise click.BadParameter(f"expected NAME=VALUE, found {text!r}", param_hint="--set")
    try:
        return name, literal_eval(value)
    except (ValueError, SyntaxError):
        raise click.BadParameter(
            f"expected a number, a string or a list behind {name}=, found {value!r}",
            param_hint="--set",
        ) from None


def _shape(text: str) -> tuple[str, tuple[int, ...]]:
    name, equals, sizes = text.rpartition("=")
    parts = sizes.split("x") if sizes else []
    good = all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts)
    if (equals and not name.isidentifier()) or not parts or not good:
        raise click.BadParameter(
            f"expected sizes such as 3x5, or x=3x5, found {text!r}", param_hint="--shape"
        )
    return name, tuple(map(int, parts))


@click.command(short_help="Check a layer, a function or a training step of a Python module.")
@click.argument("target", metavar="FILE.py:NAME|MODULE:NAME")
@click.option(
    "--set", "values", multiple=True, metavar="NAME=VALUE", help="An argument of the constructor."
)
@click.option(
    "--shape",
    "shapes",
    multiple=True,
    metavar="[NAME=]3x5",
    help="The shape of an input or of a function's parameter; may be repeated.",
)
@click.option("--backward", metavar="NAME", help="The function's backward pass or gradients.")
@click.option("--step", metavar="NAME", help="The method that makes a training step.")
@click.option("--loss", metavar="NAME", help="The loss that a training step goes down.")
@MODE
@POINTS
@SEED
@BUDGET
@TIMEOUT
@FORMAT
@OUTPUT
@FAIL_ON
@EXIT_ZERO
@click.option("-q", "--quiet", count=True, help="Only a line for each case.")
@click.option("-v", "--verbose", count=True, help="Every parameter.")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Check what stands in a Python file or module under a name.

    A class or an object with a forward and a backward pass; a forward function whose backward
    pass has a matching name or is given; a loss that returns its gradients, with --shape for each
    parameter; a training step, with --step or --loss. Arguments and inputs that are not given are
    guessed. The code runs in a process of its own with all your rights, as if you imported it.

    Exit codes: 0 all right, 1 something is wrong, 2 the check could not be made, 3 undecided.
    """
    ctx.exit(_module(**options))


def _module(
    *,
    target: str,
    values: tuple[str, ...],
    shapes: tuple[str, ...],
    backward: str | None,
    step: str | None,
    loss: str | None,
    timeout: float,
    formats: tuple[str, ...],
    output: Path | None,
    fail_on: Level,
    exit_zero: bool,
    quiet: int,
    verbose: int,
    **settings: Any,
) -> int:
    from gradcheck.cli._output import destinations, needs, write
    from gradcheck.module.session import Request, run
    from gradcheck.settings import Settings

    where = destinations(formats, output)
    wish = {
        "settings": dict(_setting(text) for text in values),
        "shapes": [_shape(text) for text in shapes],
        "partner": backward,
        "step": step,
        "loss": loss,
    }
    report = run(
        Request(
            target=target,
            wish=wish,
            settings=Settings(
                pictures="pictures" in needs(where),
                **{key: s for key, s in settings.items() if s is not None},
            ),
            folder=Path.cwd(),
            timeout=timeout,
        )
    )
    write(report, where, "auto", max(-1, min(1, verbose - quiet)))
    return exit_code(report.problems, fail_on, exit_zero=exit_zero)
