"""Blocks: stretches of code that nothing but comments and blank lines interrupts."""

from collections.abc import Iterator, Sequence

from gradcheck.paste.reading.lines import emptied, indentation
from gradcheck.paste.reading.post import Place
from gradcheck.paste.reading.sorting import Item
from gradcheck.paste.reading.syntax import Reading
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

    `session` says that it was typed at a prompt.
    """

    places: tuple[Place, ...]
    units: tuple[Unit, ...]
    python2: bool = False
    session: bool = False

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
    typed = session
    for k, item in enumerate(items):
        if item.kind in _ENDS or (item.kind == "broken" and not _inside(items, k)):
            yield from _block(run, places, session=typed)
            run = []
            typed = session or item.kind == "prompt"
        else:
            run.append(item)
    yield from _block(run, places, session=typed)


def _inside(items: Sequence[Item], at: int) -> bool:
    """Tell whether broken lines have code right above and below, so that they were code too."""
    for step in (-1, 1):
        k = at + step
        while 0 <= k < len(items) and items[k].kind == "broken" and abs(k - at) < _MOST_BROKEN:
            k += step
        if not 0 <= k < len(items) or items[k].kind not in ("code", "comment", "noise"):
            return False
    return True


def _block(run: list[Item], places: Sequence[Place], *, session: bool) -> Iterator[Block]:
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
        session=session,
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
