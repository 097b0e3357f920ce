"""The command that says which known faults a check would not have seen."""

import click

from gradcheck.cli._options import POINTS, SEED, TARGETS


@click.command(short_help="Tell which known faults a config's check would not see.")
@TARGETS
@POINTS
@SEED
@click.option(
    "--at-least",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Exit with 1 if the power of any problem is below this share.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_context
def command(
    ctx: click.Context,
    targets: tuple[str, ...],
    points: int | None,
    seed: int | None,
    at_least: float,
    as_json: bool,
) -> None:
    """Plant every known fault in the networks of TARGETs and tell which would go unseen.

    A batch of one hides a missing 1/m, a strength of zero every mistake in a regulariser. The
    power is the share of faults that would be seen, of those that make a difference.
    """
    from gradcheck.catalogues import FAULTS, OPS
    from gradcheck.cli import _power
    from gradcheck.cli._stdout import say
    from gradcheck.cli._targets import find
    from gradcheck.config.load import Loader
    from gradcheck.config.opening import Failed
    from gradcheck.config.powers import power_of
    from gradcheck.errors import GradcheckError
    from gradcheck.settings import Policy

    loader = Loader(ops=OPS, faults=FAULTS, policy=Policy(), seed=seed)
    found = []
    for target in find(targets).targets:
        for loaded in loader.load(target.path, target.name):
            if isinstance(loaded, Failed):
                raise loaded.error
            with loaded.stack:
                try:
                    found.append((loaded.problem, power_of(loaded, FAULTS.all(), points)))
                except GradcheckError as error:
                    # As where a function of the user's has no backward pass to plant faults in.
                    click.echo(f"{loaded.problem.name}: its power can't be told: {error}", err=True)
    say(_power.as_json(found) if as_json else _power.as_text(found))
    ctx.exit(int(any(power.share < at_least for _, power in found)))
