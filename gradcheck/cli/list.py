"""The command that lists the catalogues."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gradcheck.catalogue import Entry

CATALOGUES = ("ops", "faults", "reporters")


@click.command(short_help="List the ops, faults and reporters.")
@click.argument("what", type=click.Choice(CATALOGUES), required=False)
def command(what: str | None) -> None:
    """List every entry of a catalogue, or of all, with its one-line description.

    'gradcheck explain KEY' tells more of each.
    """
    from gradcheck import catalogues
    from gradcheck.cli._stdout import say

    lines: list[str] = []
    for name in [what] if what else CATALOGUES:
        lines += [] if what else [*([""] if lines else []), f"{name}:"]
        lines += _rows([*getattr(catalogues, name.upper()).all().values()], "" if what else "  ")
    say("\n".join(lines) + "\n")


def _rows(entries: "list[Entry]", indent: str) -> Iterator[str]:
    groups = [str(getattr(e, "kind", getattr(e, "family", ""))) for e in entries]
    key_width = max(len(entry.key) for entry in entries)
    group_width = max(map(len, groups))
    for group, entry in sorted(zip(groups, entries, strict=True), key=lambda p: (p[0], p[1].key)):
        columns = (f"{group:{group_width}}",) if group else ()
        yield indent + "  ".join((*columns, f"{entry.key:{key_width}}", entry.title))
