"""The command that writes a config to start from, or a job for continuous integration."""

import shlex
from pathlib import Path

import click

JOBS = {"github": Path(".github/workflows/gradcheck.yml"), "gitlab": Path(".gitlab-ci.yml")}
"""Where each service looks for its jobs."""


@click.command(short_help="Write a commented config to start from, or a job for CI.")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--ci", type=click.Choice([*JOBS]), help="Write a job for this service instead.")
@click.option(
    "--targets", default=".", metavar="PATH", show_default=True, help="What the job is to check."
)
@click.option(
    "--install",
    default="gradcheck",
    metavar="SPEC",
    show_default=True,
    help="What pip is to install in the job: a name, a path or a URL.",
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def command(path: Path | None, ci: str | None, targets: str, install: str, force: bool) -> None:
    """Write a commented config to PATH (gradcheck.yaml), ready to be checked.

    With --ci it is a job, where the service looks for it, that checks gradients on every push.
    """
    if ci is None:
        path = path or Path("gradcheck.yaml")
        then = f"check it with: gradcheck check {shlex.quote(str(path))}"
        _write(path, _text("starter.yaml"), force, then)
        return
    text = _text(f"ci/{ci}.yml")
    text = text.replace("{targets}", shlex.quote(targets)).replace("{install}", install)
    _write(path or _made(JOBS[ci]), text, force, "commit it, and every push is checked")


def _made(path: Path) -> Path:
    """Make the folder where a service looks for its jobs."""
    from gradcheck.cli._stdout import Failure

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{str(path.parent)!r} could not be made: {error.strerror}") from None
    return path


def _text(name: str) -> str:
    from importlib.resources import files

    return files("gradcheck").joinpath(f"config/{name}").read_text(encoding="utf-8")


def _write(path: Path, text: str, force: bool, then: str) -> None:
    from gradcheck.cli._stdout import Failure, say

    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise click.UsageError(f"{path} is there already; --force replaces it") from None
    except OSError as error:
        raise Failure(f"{str(path)!r} could not be written: {error.strerror}") from None
    say(f"wrote {path}; {then}\n")
