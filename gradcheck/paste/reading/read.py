"""Texts to posts: the one way in."""

import warnings
from collections.abc import Sequence

from gradcheck.paste.reading.blocks import Block, blocks
from gradcheck.paste.reading.cleaning import readable
from gradcheck.paste.reading.judging import judged
from gradcheck.paste.reading.lines import placed
from gradcheck.paste.reading.notebook import cells
from gradcheck.paste.reading.post import Place, Post, Program
from gradcheck.paste.reading.restoring import Restored, restored
from gradcheck.paste.reading.sorting import Sorter


def read(text: str) -> Post:
    """Return the programs of a text or of a notebook's JSON; any text at all will do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _post(text)


def _post(text: str) -> Post:
    found = cells(text)
    notes: list[str] = []
    made: list[Restored] = []
    sheets = (
        [placed(text)]
        if found is None
        else [placed(cell.source, cell.number) for cell in found if cell.kind == "code"]
    )
    for sheet in sheets:
        for block in _blocks(sheet, notes, notebook=found is not None):
            if whole := restored(block):
                made.append(whole)
    programs = (_program(made),) if made else ()
    return Post(text=text, programs=programs, notes=tuple(notes), notebook=found is not None)


def _blocks(sheet: Sequence[Place], notes: list[str], *, notebook: bool) -> list[Block]:
    sorter = Sorter([readable(place) for place in sheet], notebook=notebook)
    items = judged(list(sorter.items()), sorter.places)
    notes += [f"line {sheet[at].line}: {note}" for at, note in sorter.notes]
    return list(blocks(items, sorter.places))


def _program(made: Sequence[Restored]) -> Program:
    places = tuple(place for each in made for place in each.block.places)
    return Program(
        title=f"lines {places[0].line} to {places[-1].line}",
        source="\n".join(place.text for place in places),
        places=places,
        decisions=tuple(d for each in made for d in each.decisions),
    )
