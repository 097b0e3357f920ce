"""Texts to posts: the one way in."""

import warnings
from collections.abc import Collection, Iterator, Sequence

from gradcheck.paste.reading.assembling import assembled
from gradcheck.paste.reading.blocks import Block, blocks, joined
from gradcheck.paste.reading.cleaning import readable
from gradcheck.paste.reading.dividing import divided
from gradcheck.paste.reading.frameworks import framework, imported
from gradcheck.paste.reading.judging import judged, lost
from gradcheck.paste.reading.lines import placed
from gradcheck.paste.reading.modernising import modernised
from gradcheck.paste.reading.notebook import cells
from gradcheck.paste.reading.parts import Chapter, chaptered, span
from gradcheck.paste.reading.post import Place, Post
from gradcheck.paste.reading.prefixes import unprefixed
from gradcheck.paste.reading.restoring import Restored, restored
from gradcheck.paste.reading.sorting import Item, Sorter
from gradcheck.paste.reading.syntax import tree
from gradcheck.paste.reading.wording import listed, stretch


def read(text: str) -> Post:
    """Return the programs of a text or of a notebook's JSON; any text at all will do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _post(text)


def _post(text: str) -> Post:
    found = cells(text)
    notes: list[str] = []
    sheets = (
        [placed(text)]
        if found is None
        else [placed(cell.source, cell.number) for cell in found if cell.kind == "code"]
    )
    made = [
        each for sheet in sheets for each in _restored(sheet, notes, notebook=found is not None)
    ]
    chapters = [
        chaptered(each.block, session=each.block.session, decisions=each.decisions)
        for each in modernised(made)
    ]
    division = divided(list(_by_hand(chapters, notes)))
    return Post(
        text=text,
        programs=tuple(assembled(division.parts)),
        notes=(*notes, *division.notes),
        notebook=found is not None,
    )


def _restored(sheet: Sequence[Place], notes: list[str], *, notebook: bool) -> Iterator[Restored]:
    lines = [readable(place) for place in sheet]
    if tree("\n".join(place.text for place in lines)) is None:
        lines = unprefixed(lines)
    sorter = Sorter(lines, notebook=notebook)
    items = judged(list(sorter.items()), sorter.places)
    notes += _remarks(items, sorter)
    broken = {sorter.places[item.start].line for item in items if item.kind == "broken"}
    for block in joined(list(blocks(items, sorter.places, session=notebook))):
        whole = None if _elsewhere(block, broken) else restored(block)
        if whole:
            yield whole
        else:
            notes.append(f"{span(block)}: can't be read as Python, left out")


def _elsewhere(block: Block, broken: Collection[int]) -> bool:
    """Tell whether a block is what Python happens to read of another language's code."""
    near = range(block.places[0].line - 1, block.places[-1].line + 2)
    ended = [block.places[u.stop - 1].text.rstrip().endswith(";") for u in block.units]
    return 2 * sum(ended) > len(ended) and any(line in broken for line in near)


def _remarks(items: Sequence[Item], sorter: Sorter) -> Iterator[str]:
    """Say what was left out of code, and where characters were not Python's own."""
    for at, note in sorter.notes:
        yield f"{listed([sorter.places[at]])}: {note}"
    code = {k for item in items if item.kind == "code" for k in range(item.start, item.stop)}
    if odd := [sorter.places[k] for k in sorted(sorter.retyped & code)]:
        yield f"{listed(odd)}: typographic characters read as Python's own"
    for first, last in _runs([sorter.places[item.start] for item in lost(items)]):
        what = f"`{first.text.strip()}` " if first is last else ""
        yield f"{stretch(first, last)}: {what}can't be read as Python, left out"


def _runs(places: Sequence[Place]) -> Iterator[tuple[Place, Place]]:
    """Return the first and last of lines that stand one below the other."""
    start = 0
    for k in range(1, len(places) + 1):
        if k == len(places) or places[k].line != places[k - 1].line + 1:
            yield places[start], places[k - 1]
            start = k


def _by_hand(chapters: Sequence[Chapter], notes: list[str]) -> Iterator[Chapter]:
    """Leave out what a framework differentiates."""
    names = imported([top for each in chapters for top in each.tops])
    for each in chapters:
        other = framework(each.tops, names)
        if other:
            notes.append(f"{span(each.block)}: {other} code, left out: it differentiates by itself")
        else:
            yield each
