"""The command that holds the checker against every fault it knows."""

from pathlib import Path

import click

PAIRS = 20
"""Random pairs of faults that are planted in each network by default."""


@click.command(short_help="Plant every known fault and see whether it is found and named.")
@click.argument("configs", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--pairs",
    type=click.IntRange(min=0),
    default=PAIRS,
    show_default=True,
    help="Random pairs of faults planted in each network.",
)
@click.option("--only", metavar="CODE", multiple=True, help="Plant these faults alone.")
@click.option("--all", "every", is_flag=True, help="Plant them in every shipped config as well.")
@click.pass_context
def command(
    ctx: click.Context, configs: tuple[Path, ...], pairs: int, only: tuple[str, ...], every: bool
) -> None:
    """Plant every fault, alone and in pairs, in small networks (or in CONFIGS) and diagnose it.

    Prints what was detected and named. Exit codes: 0 all as it should be, 1 something is not.
    """
    from gradcheck.catalogues import FAULTS, OPS
    from gradcheck.cli._progress import Bar
    from gradcheck.cli._stdout import say
    from gradcheck.config.claims import Policy
    from gradcheck.config.load import Loader
    from gradcheck.selftest.grounds import grounds
    from gradcheck.selftest.run import run
    from gradcheck.selftest.summary import lines

    faults = [f for f in FAULTS.all().values() if f.plantable and (not only or f.code in only)]
    if not faults:
        raise click.UsageError(f"there is no fault to plant among {', '.join(only)}")
    paths = [*configs] or [*grounds()]
    losses = [op for op in OPS.all().values() if op.kind == "loss"]
    with Bar() as bar:
        summary = run(
            [*paths, *(_shipped() if every else ())],
            Loader(ops=OPS, faults=FAULTS, policy=Policy()),
            faults,
            losses,
            pairs,
            bar,
        )
    say("\n".join(lines(summary)) + "\n")
    ctx.exit(1 if summary.failures else 0)


def _shipped() -> list[Path]:
    """Return the configs that come with the source, but not with an installed package."""
    folder = Path(__file__).parents[2] / "configs"
    if not folder.is_dir():
        raise click.UsageError(f"the shipped configs are not here: there is no folder {folder}")
    return sorted(folder.rglob("*.yaml"))
