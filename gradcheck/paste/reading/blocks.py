"""Blocks: stretches of code that nothing but comments and blank lines interrupts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gradcheck.paste.reading.lines import emptied, indentation
from gradcheck.paste.reading.post import Place
from gradcheck.paste.reading.sorting import Item
from gradcheck.paste.reading.syntax import Reading, tree
from gradcheck.record import record

_MOST_BROKEN = 4
_ENDS = ("prose", "fence", "output", "prompt")


@record
class Unit:
    """A statement or header of a block: its lines, from `start` to before `stop`."""

    start: int
    stop: int
    reading: Reading
    blank: bool
    """Whether a blank line comes before it, or before the comments above it."""
    width: int
    """Its indentation."""


@record
class Block:
    """The lines of a stretch of code, and the statements on them.

    `session` says that it was typed at a prompt. `near` says that only prose parts it from
    the block before, `tight` that there are no blank lines either.
    """

    places: tuple[Place, ...]
    units: tuple[Unit, ...]
    python2: bool = False
    session: bool = False
    near: bool = False
    tight: bool = False

    @property
    def source(self) -> str:
        """The text of the block."""
        return "\n".join(place.text for place in self.places)


def blocks(
    items: Sequence[Item], places: Sequence[Place], *, session: bool = False
) -> Iterator[Block]:
    """Return the blocks of a text; what is not code in them becomes blank.

    All of a notebook's count as typed in a session.
    """
    run: list[Item] = []
    typed, near = session, False
    for k, item in enumerate(items):
        if item.kind in _ENDS or (item.kind == "broken" and not _inside(items, k)):
            made = list(_block(run, places))
            yield from (replace(b, session=typed, near=near, tight=_begins(run)) for b in made)
            near = (near or bool(made)) and item.kind in ("prose", "broken")
            run = []
            typed = session or item.kind == "prompt"
        else:
            run.append(item)
    for block in _block(run, places):
        yield replace(block, session=typed, near=near, tight=_begins(run))


def _begins(run: Sequence[Item]) -> bool:
    """Tell whether code stands right at the beginning."""
    return bool(run) and run[0].kind in ("code", "comment")


def joined(found: Sequence[Block]) -> list[Block]:
    """Return the blocks, with those made one that a sentence in the middle of a body parted."""
    result: list[Block] = []
    for block in found:
        last = result[-1] if result else None
        first = block.units[0]
        near = block.tight or first.reading.keyword in ("def", "@")
        if last and block.near and near and first.width and _goes_on(last, block):
            result[-1] = _one(last, block)
        else:
            result.append(block)
    return result


def _goes_on(block: Block, other: Block) -> bool:
    """Tell whether a block continues the body of the one before, and defines nothing again."""
    names = {getattr(unit.reading.node, "name", None) for unit in block.units} - {None}
    again = any(getattr(unit.reading.node, "name", None) in names for unit in other.units)
    return not again and tree(f"{block.source}\n{other.source}") is not None


def _one(block: Block, other: Block) -> Block:
    shift = len(block.places)
    moved = (replace(u, start=u.start + shift, stop=u.stop + shift) for u in other.units)
    return replace(
        block,
        places=(*block.places, *other.places),
        units=(*block.units, *moved),
        python2=block.python2 or other.python2,
    )


def _inside(items: Sequence[Item], at: int) -> bool:
    """Tell whether broken lines have code right above and below, so that they were code too."""
    for step in (-1, 1):
        k = at + step
        while 0 <= k < len(items) and items[k].kind == "broken" and abs(k - at) < _MOST_BROKEN:
            k += step
        if not 0 <= k < len(items) or items[k].kind not in ("code", "comment", "noise"):
            return False
    return True


def _block(run: list[Item], places: Sequence[Place]) -> Iterator[Block]:
    code = [k for k, item in enumerate(run) if item.kind == "code"]
    if not code:
        return
    first = code[0]
    while first and run[first - 1].kind == "comment":
        first -= 1
    kept = run[first : code[-1] + 1]
    begin = kept[0].start
    yield Block(
        places=tuple(_lines(kept, places)),
        units=tuple(_units(kept, places, begin)),
        python2=any(item.python2 for item in kept),
    )


def _lines(kept: Sequence[Item], places: Sequence[Place]) -> Iterator[Place]:
    for item in kept:
        for place in places[item.start : item.stop]:
            if item.kind in ("code", "comment", "blank"):
                yield place
            else:
                yield emptied(place)


def _units(kept: Sequence[Item], places: Sequence[Place], begin: int) -> Iterator[Unit]:
    blank = False
    for item in kept:
        if item.reading and item.kind == "code":
            yield Unit(
                start=item.start - begin,
                stop=item.stop - begin,
                reading=item.reading,
                blank=blank,
                width=indentation(places[item.start]),
            )
            blank = False
        elif item.kind == "blank":
            blank = True
