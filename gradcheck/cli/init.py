"""The command that writes a config to start from."""

from pathlib import Path

import click


@click.command(short_help="Write a commented config to start from.")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path), default="gradcheck.yaml")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def command(path: Path, force: bool) -> None:
    """Write a commented config to PATH (gradcheck.yaml), ready to be checked."""
    from importlib.resources import files

    if path.exists() and not force:
        raise click.UsageError(f"{path} is there already; --force replaces it")
    text = files("gradcheck").joinpath("config/starter.yaml").read_text(encoding="utf-8")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(path), hint=error.strerror or "not writable") from error
    click.echo(f"wrote {path}; check it with: gradcheck check {path}")
