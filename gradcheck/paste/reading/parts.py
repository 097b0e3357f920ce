"""Programs in the making: blocks as chapters, and which of them go together."""

from collections.abc import Sequence

from gradcheck.paste.reading.blocks import Block
from gradcheck.paste.reading.tops import Top, bound, defined, functions, imported, tops
from gradcheck.paste.reading.wording import stretch
from gradcheck.record import record


@record
class Chapter:
    """A block with its statements; `session` says that it was a cell or typed at a prompt."""

    block: Block
    tops: tuple[Top, ...]
    session: bool = False
    decisions: tuple[str, ...] = ()


@record
class Part:
    """The chapters of one program, and the statements of earlier ones that they need.

    `helpers` go first, wherever they stood; `changed` are those with functions that replace or
    complete those of the program `variant_of`.
    """

    chapters: tuple[Chapter, ...]
    lent: tuple[tuple[Chapter, Top], ...] = ()
    changed: Chapter | None = None
    variant_of: int | None = None


@record
class Division:
    """The parts of a post, and what belongs to none."""

    parts: tuple[Part, ...]
    notes: tuple[str, ...]


class Draft:
    """The program that is being put together, and what its statements bind and need."""

    def __init__(self) -> None:
        self.chapters: list[Chapter] = []
        self.lent: tuple[tuple[Chapter, Top], ...] = ()
        self.trained: list[Top] = []
        self.bound: set[str] = set()
        self.needs: set[str] = set()
        self.imported: set[str] = set()
        self.defined: set[str] = set()
        self.functions: set[str] = set()

    def lend(self, pairs: tuple[tuple[Chapter, Top], ...]) -> None:
        self.lent = pairs
        self.note([top for _, top in pairs], [])

    def add(self, chapter: Chapter, trained: Sequence[Top], *, early: bool = False) -> None:
        self.chapters.insert(0 if early else len(self.chapters), chapter)
        self.note(chapter.tops, trained)

    def note(self, found: Sequence[Top], trained: Sequence[Top]) -> None:
        self.trained += trained
        self.bound |= bound(found)
        self.imported |= imported(found)
        self.defined |= defined(found)
        self.functions |= functions(found).keys()
        self.needs.update(name for top in found for name in top.needs)


def span(block: Block) -> str:
    """Return in words where a block stands."""
    return stretch(block.places[0], block.places[-1])


def chaptered(block: Block, *, session: bool, decisions: tuple[str, ...] = ()) -> Chapter:
    """Return a block with its statements."""
    return Chapter(block=block, tops=tops(block), session=session, decisions=decisions)
