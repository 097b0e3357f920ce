"""Edits of a text as unified diffs."""

import difflib
from collections.abc import Iterator, Sequence

from gradcheck.paste.reading.lines import split
from gradcheck.paste.reading.notebook import cells
from gradcheck.paste.reading.rewriting import edited
from gradcheck.report import Edit

_CUT = "\\ No newline at end of file"


def diff(text: str, made: Sequence[Edit], *, context: int = 1, ends: bool = False) -> str:
    """Return edits as a unified diff, for a notebook of the source of each cell.

    With `ends` the lines keep their own ends, as `patch` needs them.
    """
    found = cells(text)
    sources = {None: text} if found is None else {cell.number: cell.source for cell in found}
    return "".join(
        _of(source, [edit for edit in made if edit.cell == cell], context, ends=ends)
        for cell, source in sources.items()
    )


def _of(source: str, own: Sequence[Edit], context: int, *, ends: bool) -> str:
    if not own:
        return ""
    cell = own[0].cell
    name = own[0].file + (f"#cell{cell}" if cell is not None else "")
    before = split(source)
    after = split("".join(edited(before, own)))
    if not ends:
        before, after = ([line.rstrip("\r\n") for line in lines] for lines in (before, after))
    rows = difflib.unified_diff(before, after, name, name, lineterm="", n=context)
    return "".join(_ended(rows, ends=ends))


def _ended(rows: Iterator[str], *, ends: bool) -> Iterator[str]:
    for row in rows:
        has_end = row.endswith(("\n", "\r"))
        yield row if has_end else f"{row}\n"
        if ends and not has_end and row.startswith((" ", "-", "+")) and not _is_head(row):
            yield f"{_CUT}\n"


def _is_head(row: str) -> bool:
    return row.startswith(("--- ", "+++ "))
