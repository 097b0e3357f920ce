"""The command that explains an entry of any catalogue."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from gradcheck.catalogue import Entry

WIDTH = 74
"""Columns that two formulas side by side may take."""


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    from gradcheck.catalogues import FAULTS, OPS, REPORTERS

    modules = [m.rpartition(".")[2] for c in (OPS, REPORTERS) for m in c.modules()]
    modules += [m.rpartition(".")[2].partition("_")[0].upper() for m in FAULTS.modules()]
    return [CompletionItem(m) for m in sorted(modules) if m.lower().startswith(incomplete.lower())]


@click.command(short_help="Explain an op, a fault or a reporter.")
@click.argument("key", shell_complete=_complete)
def command(key: str) -> None:
    """Explain what KEY is: any op, fault (by code or slug) or reporter.

    At a terminal the text is laid out; in a pipe it is Markdown.
    """
    from gradcheck.cli._stdout import is_terminal, say

    text = "\n".join(_document(_find(key.strip()))) + "\n"
    if is_terminal():
        from gradcheck.cli._markdown import show

        show(text)
    else:
        say(text)


def _find(key: str) -> "Entry":
    from gradcheck.catalogues import FAULTS, OPS, REPORTERS

    direct = OPS.find(key) or FAULTS.find(key.upper()) or REPORTERS.find(key)
    if direct:
        return direct
    entries: dict[str, Entry] = {**OPS.all(), **FAULTS.all(), **REPORTERS.all()}
    slugs = {slug: entry for entry in entries.values() if (slug := getattr(entry, "slug", ""))}
    if key.lower() in slugs:
        return slugs[key.lower()]
    raise click.UsageError(f"nothing is called {key!r}{_near(key, (*entries, *slugs))}")


def _near(key: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    folded = {name.lower(): name for name in known}
    near = get_close_matches(key.lower(), folded, n=3)
    if near:
        return f"; did you mean {' or '.join(folded[name] for name in near)}?"
    return "; 'gradcheck list' shows all there is"


def _document(entry: "Entry") -> Iterator[str]:
    from gradcheck.fault import Fault
    from gradcheck.op import Op

    group = getattr(entry, "kind", getattr(entry, "family", ""))
    yield f"# {entry.key}" + (f" ({group})" if group else "")
    yield ""
    head, heading, rest = (entry.doc or "").strip().partition("\n## ")
    yield head.strip()
    if isinstance(entry, Fault) and entry.wrong:
        yield ""
        yield from _beside(entry.wrong, entry.right)
    if heading:
        yield f"{heading}{rest}"
    if isinstance(entry, Op) and entry.options:
        yield "\n## Options"
        for name, option in entry.options.items():
            default = "must be given" if option.required else f"default {_written(option.default)}"
            choices = f"one of {', '.join(option.choices)}; " if option.choices else ""
            yield f"- `{name}`: {option.doc} ({choices}{default})"


def _beside(wrong: str, right: str) -> Iterator[str]:
    """Write the wrong formula and the right one side by side, or one above the other."""
    left, other = (["wrong", *wrong.splitlines()], ["right", *right.splitlines()])
    width = max(map(len, left)) + 3
    if width + max(map(len, other)) > WIDTH:
        yield from (f"    {line}".rstrip() for line in (*left, "", *other))
        return
    for one, two in zip_longest(left, other, fillvalue=""):
        yield f"    {one:{width}}{two}".rstrip()


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
