"""The command line: one module per command, each loaded when it is called."""

import importlib
import os
from pathlib import Path

import click

from gradcheck import __version__
from gradcheck.errors import GradcheckError

INTERRUPTED = 130
"""The exit code of a shell's command that Ctrl-C ended."""


class Commands(click.Group):
    """The commands that stand beside this module, imported only when needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        files = Path(__file__).parent.glob("[!_]*.py")
        return sorted(file.stem for file in files)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command = importlib.import_module(f"gradcheck.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            raise click.UsageError(f"there is no command {name!r}{self._hint(ctx, name)}", ctx)
        return super().resolve_command(ctx, args)

    def _hint(self, ctx: click.Context, name: str) -> str:
        # Unlike Path.exists, this takes names that are too long for a file.
        if os.path.exists(name) or name.endswith((".yaml", ".yml")):  # noqa: PTH110
            return f"; to check that file: gradcheck check {click.format_filename(name)}"
        from difflib import get_close_matches

        near = get_close_matches(name.lower(), self.list_commands(ctx), n=1)
        return f"; did you mean {near[0]!r}?" if near else ""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gradcheck", message="%(prog)s %(version)s")
def main() -> None:
    """Check hand-written gradients: which is wrong, and where to look.

    Exit codes: 0 all right, 1 something is wrong, 2 the check could not be made,
    3 undecided.

    To start: 'gradcheck init', then 'gradcheck check gradcheck.yaml'.
    """


def run() -> int:
    """Run the command line and return the exit code."""
    try:
        result = main.main(prog_name="gradcheck", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return 2
    except GradcheckError as error:
        click.echo(f"Error: {error}", err=True)
        return 2
    except MemoryError:
        click.echo("Error: there is not enough memory", err=True)
        return 2
    except Exception:
        # Python would exit with 1, which says that a gradient is wrong.
        import traceback

        click.echo(
            f"{traceback.format_exc()}this is a defect of gradcheck; please report it", err=True
        )
        return 2
    return result if isinstance(result, int) else 0
