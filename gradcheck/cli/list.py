"""The command that lists the catalogues."""

import shutil
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gradcheck.catalogue import Entry

CATALOGUES = ("ops", "faults", "reporters")

LEAST = 20
"""Columns that a title needs beside its key, or it is left to the terminal to break it."""


@click.command(short_help="List the ops, faults and reporters.")
@click.argument("what", type=click.Choice(CATALOGUES), required=False)
def command(what: str | None) -> None:
    """List every entry of a catalogue, or of all, with its one-line description.

    'gradcheck explain KEY' tells more of each.
    """
    from gradcheck import catalogues
    from gradcheck.cli import _stdout
    from gradcheck.custom.topics import TOPICS

    # A line for each entry is easy to search; at a terminal it must fit as well.
    width = shutil.get_terminal_size().columns if _stdout.is_terminal() else None
    lines: list[str] = []
    for name in [what] if what else CATALOGUES:
        lines += [] if what else [*([""] if lines else []), f"{name}:"]
        entries = [*getattr(catalogues, name.upper()).all().values()]
        entries += TOPICS.values() if name == "ops" else ()
        for label, title in _rows(entries, "" if what else "  "):
            lines += _wrapped(label, title, width)
    _stdout.say("\n".join(lines) + "\n")


def _rows(entries: "list[Entry]", indent: str) -> Iterator[tuple[str, str]]:
    """Yield every entry's group and key, and its title."""
    groups = [str(getattr(e, "kind", getattr(e, "family", ""))) for e in entries]
    key_width = max(len(entry.key) for entry in entries)
    group_width = max(map(len, groups))
    for group, entry in sorted(zip(groups, entries, strict=True), key=lambda p: (p[0], p[1].key)):
        columns = (f"{group:{group_width}}",) if group else ()
        yield indent + "  ".join((*columns, f"{entry.key:{key_width}}  ")), entry.title


def _wrapped(label: str, title: str, width: int | None) -> list[str]:
    if width is None or len(label) + LEAST > width:
        return [label + title]
    return textwrap.wrap(
        title,
        width - 1,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_on_hyphens=False,
    )
