"""The command that holds the checker against every fault it knows."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gradcheck.selftest.run import Errand, Tried

PAIRS = 8
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
@click.option("--jobs", type=click.IntRange(1, 1024), help="Processes; as many as processors.")
@click.pass_context
def command(
    ctx: click.Context,
    configs: tuple[Path, ...],
    pairs: int,
    only: tuple[str, ...],
    every: bool,
    jobs: int | None,
) -> None:
    """Plant every fault, alone and in pairs, in small networks (or in CONFIGS) and diagnose it.

    Prints what was detected and named. Exit codes: 0 all as it should be, 1 something is not.
    """
    from gradcheck.catalogues import FAULTS
    from gradcheck.cli._progress import Bar
    from gradcheck.cli._stdout import say
    from gradcheck.selftest.grounds import grounds
    from gradcheck.selftest.run import Errand, gathered
    from gradcheck.selftest.summary import lines

    wanted = {code.upper() for code in only}
    codes = [
        f.code for f in FAULTS.all().values() if f.plantable and f.code in (wanted or [f.code])
    ]
    if not codes:
        raise click.UsageError(f"there is no fault to plant among {', '.join(only)}")
    paths = [*([*configs] or [*grounds()]), *(_shipped() if every else ())]
    errands = [Errand(path=path, codes=frozenset(codes), pairs=pairs) for path in paths]
    with Bar() as bar:
        results = _results(errands, min(jobs or os.cpu_count() or 1, len(errands)))
        summary = gathered(results, len(errands), codes, bar)
    say("\n".join(lines(summary)) + "\n")
    ctx.exit(1 if summary.failures else 0)


def _results(errands: "Sequence[Errand]", jobs: int) -> "Iterator[Sequence[Tried]]":
    if jobs == 1:
        yield from map(_tried, errands)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_tried, errands)


def _tried(errand: "Errand") -> "Sequence[Tried]":
    """Do an errand, in a worker that has loaded the catalogues itself."""
    from gradcheck.catalogues import FAULTS, OPS
    from gradcheck.config.load import Loader
    from gradcheck.selftest.run import tried
    from gradcheck.settings import Policy

    return tried(errand, Loader(ops=OPS, faults=FAULTS, policy=Policy()))


def _shipped() -> list[Path]:
    """Return the configs that come with the source, but not with an installed package."""
    folder = Path(__file__).parents[2] / "configs"
    if not folder.is_dir():
        raise click.UsageError(f"the shipped configs are not here: there is no folder {folder}")
    return sorted(folder.rglob("*.yaml"))
