"""The command that explains an entry of any catalogue."""

import sys
from collections.abc import Iterator

import click

from gradcheck.catalogue import Entry
from gradcheck.op import Op


@click.command(short_help="Explain an op, a fault or a reporter.")
@click.argument("key")
def command(key: str) -> None:
    """Explain what KEY is: any op, fault (by code or slug) or reporter."""
    text = "\n".join(_document(_find(key)))
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        click.echo(text)


def _find(key: str) -> Entry:
    from gradcheck.catalogues import FAULTS, OPS, REPORTERS

    direct = OPS.find(key) or FAULTS.find(key.upper()) or REPORTERS.find(key)
    if direct:
        return direct
    entries: dict[str, Entry] = {**OPS.all(), **FAULTS.all(), **REPORTERS.all()}
    slugs = {str(getattr(entry, "slug", "")): entry for entry in entries.values()}
    if key.lower() in slugs:
        return slugs[key.lower()]
    from difflib import get_close_matches

    known = [*entries, *filter(None, slugs)]
    near = get_close_matches(key, known, n=3, cutoff=0.5) or get_close_matches(
        key.upper(), known, n=3, cutoff=0.5
    )
    hint = f"; did you mean {' or '.join(near)}?" if near else "; see 'gradcheck list'"
    raise click.UsageError(f"nothing is called {key!r}{hint}")


def _document(entry: Entry) -> Iterator[str]:
    group = getattr(entry, "kind", getattr(entry, "family", ""))
    yield f"# {entry.key}" + (f" ({group})" if group else "")
    yield ""
    yield (entry.doc or "").strip()
    if isinstance(entry, Op) and entry.options:
        yield "\n## Options"
        for name, option in entry.options.items():
            default = "must be given" if option.required else f"default {_written(option.default)}"
            choices = f"one of {', '.join(option.choices)}; " if option.choices else ""
            yield f"- `{name}`: {option.doc} ({choices}{default})"


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
