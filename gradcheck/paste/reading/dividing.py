"""Blocks divided into programs: where one ends, the next begins, or only varies it."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from gradcheck.paste.reading.blocks import Block
from gradcheck.paste.reading.lines import indentation, indented
from gradcheck.paste.reading.tops import (
    Function,
    Top,
    bound,
    calls,
    defined,
    functions,
    imported,
    missing,
    tops,
    trains,
)
from gradcheck.record import record

_CUSTOMARY = {
    "np",
    "numpy",
    "math",
    "random",
    "plt",
    "pd",
    "sys",
    "os",
    "sns",
    "tqdm",
    "sp",
    "scipy",
}
_GRADIENT = re.compile(r"grad|back|delta|deriv|loss|cost|error", re.IGNORECASE)
_FURTHEST = 60
"""How many chapters ahead are looked at."""
_SHORTEST = 6
"""The fewest statements of a block that can't be a mere suggestion."""


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


def divided(chapters: Sequence[Chapter]) -> Division:
    """Return the programs of a post."""
    return _Divider(chapters).division()


class _Divider:
    def __init__(self, chapters: Sequence[Chapter]) -> None:
        self._notes: list[str] = []
        self._chapters = list(self._without_scraps(chapters))
        self._known = functions(_tops(self._chapters))
        self._trains = {t.node: trains(t, self._known) for t in _tops(self._chapters)}
        self._parts: list[Part] = []
        self._variants: list[Part] = []
        self._current: list[Chapter] = []
        self._lent: tuple[tuple[Chapter, Top], ...] = ()

    def division(self) -> Division:
        for at, chapter in enumerate(self._chapters):
            rest = self._chapters[at:]
            if not self._current:
                self._current.append(chapter)
            elif self._varies(chapter, rest):
                self._variants.append(
                    Part(chapters=(), changed=chapter, variant_of=len(self._parts))
                )
            elif self._begins(rest):
                self._close()
                self._begin(rest)
            else:
                self._add(chapter)
        self._close()
        return Division(parts=(*self._parts, *self._variants), notes=tuple(self._notes))

    def _close(self) -> None:
        if self._current:
            self._parts.append(Part(chapters=tuple(self._current), lent=self._lent))
        self._current, self._lent = [], ()

    def _begin(self, rest: Sequence[Chapter]) -> None:
        before = [pair for part in self._parts[-1:] for pair in _pairs(part)]
        wanted = missing(self._reach(rest))
        self._lent = tuple(self._lending(before, wanted))
        self._current = [rest[0]]

    def _lending(
        self, before: Sequence[tuple[Chapter, Top]], wanted: frozenset[str]
    ) -> list[tuple[Chapter, Top]]:
        """Return the earlier statements that bind what is wanted, and what those need in turn."""
        taken = []
        for each, top in reversed(before):
            if (
                (top.binds | top.alters) & wanted
                and not self._trains.get(top.node, False)
                and not top.shows
            ):
                taken.append((each, top))
                wanted |= top.needs
        return taken[::-1]

    def _reach(self, rest: Sequence[Chapter]) -> list[Top]:
        """Return the statements up to and with those that train something."""
        found: list[Top] = []
        for each in rest[:_FURTHEST]:
            found += each.tops
            if any(self._trains.get(top.node, False) for top in each.tops):
                break
        return found

    def _add(self, chapter: Chapter) -> None:
        """Add to the program: what it uses but has not defined goes first."""
        only = all(isinstance(t.node, Function | ast.ClassDef | ast.Import) for t in chapter.tops)
        if self._completes(chapter):
            self._current[-1] = _completed(self._current[-1], chapter)
        elif only and not chapter.session and defined(chapter.tops) & missing(self._own()):
            self._current.insert(0, chapter)
        else:
            self._current.append(chapter)

    def _completes(self, chapter: Chapter) -> bool:
        """Tell whether a chapter goes on with the methods of the class at the end."""
        last = self._current[-1].tops[-1].node if self._current[-1].tops else None
        if chapter.session or not isinstance(last, ast.ClassDef):
            return False
        return all(_method(top.node) for top in chapter.tops)

    def _own(self) -> list[Top]:
        return [*(top for _, top in self._lent), *_tops(self._current)]

    def _begins(self, rest: Sequence[Chapter]) -> bool:
        """Tell whether a program of its own begins with a chapter."""
        own, reach = self._own(), self._reach(rest)
        trained, training = self._trained(own), self._trained(reach)
        alone = not missing(reach) & (bound(own) - imported(own) - _CUSTOMARY)
        if alone and trained:
            return bool(training) or _substantial(reach)
        if alone and defined(own):
            again = defined(reach) & defined(own)
            return 2 * len(again) >= len(defined(own)) and (bool(training) or len(again) > 1)
        return bool(trained and training) and self._repeats(trained, training, rest[0], reach)

    def _repeats(
        self, trained: Sequence[Top], training: Sequence[Top], first: Chapter, reach: Sequence[Top]
    ) -> bool:
        """Tell whether a training is that of before with something else: data, sizes, a method."""
        old, new = _changed(trained), _changed(training)
        if len(old & new) >= 2 and 2 * len(old & new) >= min(len(old), len(new)):
            needs = frozenset(name for top in training for name in top.needs)
            return bool(bound(first.tops) & needs) or first.tops[-1] in training
        called = _called(trained) & _called(training) & self._known.keys()
        return bool(called) and bool(_changed(reach) & defined(self._own()))

    def _varies(self, chapter: Chapter, rest: Sequence[Chapter]) -> bool:
        """Tell whether a chapter only replaces functions of the program before it."""
        own = self._own()
        imports = ast.Import | ast.ImportFrom
        found = [top.node for top in chapter.tops if not isinstance(top.node, imports)]
        later = _tops(rest[1:_FURTHEST])
        if not found or any(bound(chapter.tops) & top.needs for top in later):
            return False
        if not self._trained(own) and self._trained(later):
            return False
        plain, methods = defined(own), frozenset(functions(own))
        return all(
            isinstance(node, Function) and node.name in (methods if _method(node) else plain)
            for node in found
        )

    def _trained(self, found: Sequence[Top]) -> list[Top]:
        return [top for top in found if self._trains.get(top.node, False)]

    def _without_scraps(self, chapters: Sequence[Chapter]) -> Iterator[Chapter]:
        lines = [_normal(chapter) for chapter in chapters]
        whole = any(len(own) >= _SHORTEST for own in lines)
        for at, chapter in enumerate(chapters):
            larger = (own for own in lines if len(own) > len(lines[at]))
            if not chapter.session and any(lines[at] <= other for other in larger):
                self._note(chapter, "repeats lines of other code here, left out")
            elif not chapter.session and whole and _scrap(chapter, chapters[:at]):
                self._note(chapter, "a fragment that uses names from nowhere, left out")
            else:
                yield chapter

    def _note(self, chapter: Chapter, what: str) -> None:
        self._notes.append(f"{span(chapter.block)}: {what}")


def span(block: Block) -> str:
    """Return in words where a block stands."""
    first, last = block.places[0], block.places[-1]
    words = (
        f"line {first.line}" if first.line == last.line else f"lines {first.line} to {last.line}"
    )
    return words if first.cell is None else f"cell {first.cell}, {words}"


def chapter(block: Block, *, session: bool, decisions: tuple[str, ...] = ()) -> Chapter:
    """Return a block with its statements."""
    return Chapter(block=block, tops=tops(block), session=session, decisions=decisions)


def _tops(chapters: Sequence[Chapter]) -> list[Top]:
    return [top for each in chapters for top in each.tops]


def _pairs(part: Part) -> list[tuple[Chapter, Top]]:
    return [*part.lent, *((each, top) for each in part.chapters for top in each.tops)]


def _completed(each: Chapter, more: Chapter) -> Chapter:
    """Return a chapter with the methods of another added to the class at its end."""
    body = each.tops[-1].node
    assert isinstance(body, ast.ClassDef)
    width = body.body[0].col_offset
    added = [
        indented(p, indentation(p) + width) if p.text.strip() else p for p in more.block.places
    ]
    places = (*each.block.places[: each.tops[-1].stop], *added)
    told = f"{span(more.block)}: methods added to the class `{body.name}`"
    block = replace(each.block, places=places, units=())
    return chapter(block, session=each.session, decisions=(*each.decisions, *more.decisions, told))


def _substantial(found: Sequence[Top]) -> bool:
    """Tell whether statements that train nothing are still worth a program of their own."""
    names = functions(found)
    return len(names) > 1 and any(_GRADIENT.search(name) for name in names)


def _changed(found: Sequence[Top]) -> frozenset[str]:
    return frozenset(name for top in found for name in top.binds | top.alters)


def _called(found: Sequence[Top]) -> frozenset[str]:
    return frozenset(name for top in found for name in calls(top.node))


def _method(node: ast.stmt) -> bool:
    return isinstance(node, Function) and [a.arg for a in node.args.args][:1] == ["self"]


def _normal(each: Chapter) -> frozenset[str]:
    """Return the lines without white space and comments."""
    texts = (re.sub(r"\s+|#.*", "", place.text) for place in each.block.places)
    return frozenset(text for text in texts if text)


def _scrap(each: Chapter, before: Sequence[Chapter]) -> bool:
    """Tell whether a block is a formula or a suggestion, which can't run where it stands."""
    simple: Callable[[Top], bool] = lambda top: not hasattr(top.node, "body")  # noqa: E731
    loose = all(
        simple(t) and not isinstance(t.node, ast.Import | ast.ImportFrom) for t in each.tops
    )
    if not loose or len(each.tops) >= _SHORTEST:
        return False
    return bool(missing(each.tops) - bound(_tops(before)) - _CUSTOMARY)
