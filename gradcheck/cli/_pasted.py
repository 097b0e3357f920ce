"""The text that is pasted: from a file, standard input, or an editor at a terminal."""

import sys

import click

from gradcheck.cli._stdout import Failure
from gradcheck.cli._texts import Text, decoded, read
from gradcheck.record import record

STDIN = "-"
PASTED = "pasted"


@record
class Pasted:
    """A text and the name that reports use for it; only a `file` can be written back."""

    name: str
    text: Text
    file: bool = False


def pasted(file: str | None) -> Pasted:
    """Return the text that the user means; raises Failure where there is none."""
    if file is None and _at_terminal():
        found = Pasted(name=PASTED, text=_edited() or _typed())
    elif file in (None, STDIN):
        found = Pasted(name=STDIN, text=decoded(sys.stdin.buffer.read(), STDIN))
    else:
        assert file is not None
        found = Pasted(name=file, text=read(file), file=True)
    if not found.text.text.strip():
        raise Failure(f"there is no code to check: {click.format_filename(found.name)!r} is empty")
    return found


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _edited() -> Text | None:
    """Return what was pasted into the user's editor, None where none could be opened."""
    try:
        text = click.edit("", extension=".py", require_save=False)
    except click.ClickException:
        return None
    return Text(text=text or "")


def _typed() -> Text:
    click.echo("paste the code, then end it with Ctrl-D on a line of its own", err=True)
    return decoded(sys.stdin.buffer.read(), PASTED)
