"""The command that writes a config to start from."""

import shlex
from pathlib import Path

import click


@click.command(short_help="Write a commented config to start from.")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path), default="gradcheck.yaml")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def command(path: Path, force: bool) -> None:
    """Write a commented config to PATH (gradcheck.yaml), ready to be checked."""
    from importlib.resources import files

    from gradcheck.cli._stdout import Failure, say

    text = files("gradcheck").joinpath("config/starter.yaml").read_text(encoding="utf-8")
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise click.UsageError(f"{path} is there already; --force replaces it") from None
    except OSError as error:
        raise Failure(f"{str(path)!r} could not be written: {error.strerror}") from None
    say(f"wrote {path}; check it with: gradcheck check {shlex.quote(str(path))}\n")
