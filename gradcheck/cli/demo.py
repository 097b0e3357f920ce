"""The command that shows a fault at work."""

from pathlib import Path

import click
from click.shell_completion import CompletionItem


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    from gradcheck.catalogues import FAULTS

    codes = [m.rpartition(".")[2].partition("_")[0].upper() for m in FAULTS.modules()]
    return [CompletionItem(code) for code in codes if code.startswith(incomplete.upper())]


@click.command(short_help="Plant a fault in a small network and show the report.")
@click.argument("code", shell_complete=_complete)
def command(code: str) -> None:
    """Plant the fault CODE in a small network, print the config, and check it.

    The config is one that 'gradcheck check' takes. 'gradcheck list faults' shows the codes.
    """
    from tempfile import TemporaryDirectory

    from gradcheck.catalogues import FAULTS, OPS
    from gradcheck.cli._output import destinations, write
    from gradcheck.cli._stdout import say
    from gradcheck.config.load import Loader
    from gradcheck.selftest.demo import demonstrate
    from gradcheck.selftest.grounds import grounds
    from gradcheck.session import Request, Target, run
    from gradcheck.settings import Policy

    fault = FAULTS.find(code.upper())
    if fault is None:
        raise click.UsageError(f"there is no fault {code!r}; 'gradcheck list faults' shows all")
    loader = Loader(ops=OPS, faults=FAULTS, policy=Policy())
    shown = demonstrate(fault, loader, grounds())
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{fault.slug}.yaml"
        path.write_text(shown.config, "utf-8")
        report = run(Request(targets=[Target(path=path, name=path.name)]))
    say(f"# {path.name}: {fault.title}\n{shown.config}\n")
    write(report, destinations((), None), "auto", 0)
