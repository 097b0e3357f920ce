"""The command that lists a catalogue."""

from collections.abc import Callable, Mapping

import click

from gradcheck.catalogue import Entry


@click.command(short_help="List the ops, faults or reporters.")
@click.argument("what", type=click.Choice(["ops", "faults", "reporters"]))
def command(what: str) -> None:
    """List every entry of a catalogue with its one-line description."""
    from gradcheck.catalogues import FAULTS, OPS, REPORTERS

    loaders: dict[str, Callable[[], Mapping[str, Entry]]] = {
        "ops": OPS.all,
        "faults": FAULTS.all,
        "reporters": REPORTERS.all,
    }
    entries = list(loaders[what]().values())
    groups = [str(getattr(e, "kind", getattr(e, "family", ""))) for e in entries]
    key_width = max(len(entry.key) for entry in entries)
    group_width = max(map(len, groups))
    for group, entry in sorted(zip(groups, entries, strict=True), key=lambda p: (p[0], p[1].key)):
        columns = (f"{group:{group_width}}",) if group else ()
        click.echo("  ".join((*columns, f"{entry.key:{key_width}}", entry.title)))
