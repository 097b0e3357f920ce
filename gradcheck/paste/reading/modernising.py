"""Blocks of Python 2 made blocks of Python 3 that mean the same."""

from collections.abc import Sequence
from dataclasses import replace

from gradcheck.paste.reading.blocks import Block
from gradcheck.paste.reading.lines import Edit
from gradcheck.paste.reading.python2 import dated, modern, name_edits
from gradcheck.paste.reading.restoring import Restored
from gradcheck.paste.reading.sorting import spread
from gradcheck.paste.reading.syntax import tree
from gradcheck.paste.reading.wholes import division_edits
from gradcheck.paste.reading.wording import listed


def modernised(found: Sequence[Restored]) -> list[Restored]:
    """Return the blocks of a post, as Python 3 if any of them is of Python 2."""
    if not any(each.block.python2 or dated(each.block.source) for each in found):
        return list(found)
    return [
        _modernised(each) if each.block.python2 or not modern(each.block.source) else each
        for each in found
    ]


def _modernised(each: Restored) -> Restored:
    named = _edited(each.block, name_edits(each.block.source))
    divisions = division_edits(named.source)
    divided = _edited(named, divisions)
    told = ["read as Python 2"]
    pairs = zip(named.places, divided.places, strict=True)
    if changed := [old for old, new in pairs if old is not new]:
        told.append(
            f"{listed(changed)}: `/` drops the remainder, as between whole numbers in Python 2"
        )
    return replace(each, block=divided, decisions=(*each.decisions, *told))


def _edited(block: Block, edits: Sequence[Edit]) -> Block:
    places = tuple(spread(block.places, edits))
    made = replace(block, places=places)
    return made if tree(made.source) else block
