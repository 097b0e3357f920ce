"""Where reports go: standard output or files, each rendered for its destination."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from gradcheck.catalogues import REPORTERS
from gradcheck.report import Report
from gradcheck.reporter import Reporter, Style

PIPE_WIDTH = 80


@dataclass(frozen=True, kw_only=True)
class Destination:
    """A reporter and the file that it writes to; None is standard output."""

    reporter: Reporter
    path: Path | None


def destinations(formats: Sequence[str], output: Path | None) -> list[Destination]:
    """Read `--format NAME[=PATH]`; `output` is for what has no path of its own."""
    found = []
    for text in formats or ("text",):
        name, _, path = text.partition("=")
        reporter = REPORTERS.find(name)
        if reporter is None:
            known = sorted(module.rpartition(".")[2] for module in REPORTERS.modules())
            raise click.BadParameter(
                f"there is no format {name!r}; there are {', '.join(known)}",
                param_hint="--format",
            )
        found.append(Destination(reporter=reporter, path=Path(path) if path else output))
    paths = [destination.path for destination in found]
    if len(set(paths)) < len(paths):
        raise click.BadParameter(
            "two formats would go to the same place; use --format NAME=PATH", param_hint="--format"
        )
    return found


def write(report: Report, where: Iterable[Destination], colour: str, verbosity: int) -> None:
    """Render and write the report to every destination; files are replaced whole or not at all."""
    for destination in where:
        style = _style(destination, colour, verbosity)
        text = destination.reporter.render(report, style)
        if destination.path is None:
            _to_stdout(text)
        else:
            _to_file(destination.path, text)


def _style(destination: Destination, colour: str, verbosity: int) -> Style:
    terminal = destination.path is None and sys.stdout.isatty()
    width = shutil.get_terminal_size((PIPE_WIDTH, 24)).columns if terminal else PIPE_WIDTH
    return Style(
        width=max(40, min(width, 120)),
        colour=destination.path is None and wants_colour(colour, terminal),
        verbosity=verbosity,
    )


def wants_colour(colour: str, terminal: bool) -> bool:
    """Decide by the option, then NO_COLOR and FORCE_COLOR, then by where the output goes."""
    if colour != "auto":
        return colour == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return terminal and os.environ.get("TERM") != "dumb"


def _to_stdout(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.buffer.write(text.encode(encoding, errors="replace"))
    sys.stdout.buffer.flush()


def _to_file(path: Path, text: str) -> None:
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            file.write(text)
        Path(file.name).chmod(0o666 & ~_umask())
        Path(file.name).replace(path)
    except OSError as error:
        raise click.FileError(str(path), hint=error.strerror or "not writable") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
