"""Where reports go: standard output or files, each rendered for its destination."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from gradcheck.catalogues import REPORTERS
from gradcheck.cli._stdout import Failure, is_terminal, say
from gradcheck.record import record
from gradcheck.report import Report
from gradcheck.reporter import Need, Reporter, Style

PIPE_WIDTH = 80


@record
class Destination:
    """A reporter and the file that it writes to; None is standard output."""

    reporter: Reporter
    path: Path | None


def destinations(formats: Sequence[str], output: Path | None) -> list[Destination]:
    """Read `--format NAME[=PATH]`; `output` is for what has no path of its own."""
    found = [_destination(text, output) for text in formats or ("text",)]
    paths = [None if d.path is None else d.path.absolute() for d in found]
    if len(set(paths)) < len(paths):
        raise click.BadParameter(
            "two formats would go to the same place; use --format NAME=PATH", param_hint="--format"
        )
    if output is not None and output.absolute() not in paths:
        raise click.BadParameter(
            "nothing is left for it: every --format has a path of its own", param_hint="--output"
        )
    for path in filter(None, (destination.path for destination in found)):
        # Unlike Path.is_dir, this takes names that are too long for a file.
        if not os.path.isdir(path.parent):  # noqa: PTH112
            raise click.BadParameter(
                f"there is no folder {str(path.parent)!r} to write {path.name!r} to",
                param_hint="--output" if path == output else "--format",
            )
    return found


def needs(where: Iterable[Destination]) -> frozenset[Need]:
    """Return what the reporters want a report to have beside the usual."""
    return frozenset[Need]().union(*(destination.reporter.needs for destination in where))


def _destination(text: str, output: Path | None) -> Destination:
    name, equals, path = text.partition("=")
    if equals and not path:
        raise click.BadParameter(
            f"expected a path behind '=', found {text!r}", param_hint="--format"
        )
    reporter = REPORTERS.find(name)
    if reporter is None:
        raise click.BadParameter(
            f"there is no format {name!r}; there are {', '.join(names())}", param_hint="--format"
        )
    return Destination(reporter=reporter, path=Path(path) if path else output)


def names() -> list[str]:
    """Return the formats' names without loading any."""
    return sorted(m.rpartition(".")[2].replace("_", "-") for m in REPORTERS.modules())


def write(report: Report, where: Sequence[Destination], colour: str, verbosity: int) -> None:
    """Render and write the report to every destination; files are replaced whole or not at all."""
    if "rules" in needs(where) and not report.rules:
        from gradcheck.rules import rules

        report = replace(report, rules=rules())
    for destination in where:
        style = _style(destination, colour, verbosity)
        text = destination.reporter.render(report, style)
        if destination.path is None:
            say(text)
        else:
            _to_file(destination.path, text)
    _summarise(report, where)


def _summarise(report: Report, where: Sequence[Destination]) -> None:
    """Add the report to the summary of a workflow's step, if annotations were asked for."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    asked = any(destination.reporter.name == "github" for destination in where)
    if not path or not asked or any(str(d.path) == path for d in where):
        return
    markdown = REPORTERS.find("markdown")
    assert markdown is not None
    try:
        with Path(path).open("a", encoding="utf-8", errors="replace") as file:
            file.write(markdown.render(report, Style()))
    except OSError as error:
        raise Failure(f"{path!r} could not be written: {error.strerror}") from None


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size((PIPE_WIDTH, 24)).columns


def _style(destination: Destination, colour: str, verbosity: int) -> Style:
    terminal = destination.path is None and is_terminal()
    width = _terminal_width() if terminal else PIPE_WIDTH
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


def _to_file(path: Path, text: str) -> None:
    replace_file(path, text.encode(errors="replace"))


def replace_file(path: Path, raw: bytes) -> None:
    """Write a file, whole or not at all; raises Failure where that can't be done."""
    try:
        if path.exists() and not path.is_file():
            # A pipe or a device is written to; only a file can be replaced.
            path.write_bytes(raw)
        else:
            _replace(path.resolve(), raw)
    except OSError as error:
        raise Failure(f"{str(path)!r} could not be written: {error.strerror}") from None


def _replace(path: Path, raw: bytes) -> None:
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        Path(name).chmod(_mode(path))
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _mode(path: Path) -> int:
    """Return the permissions of the file that is there, or those that a new one gets."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
