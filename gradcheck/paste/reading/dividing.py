"""Blocks divided into programs: where one ends, the next begins, or only varies it."""

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from gradcheck.paste.reading.lines import indentation, indented
from gradcheck.paste.reading.parts import Chapter, Division, Draft, Part, chaptered, span
from gradcheck.paste.reading.tops import (
    Function,
    Top,
    bound,
    calls,
    defined,
    functions,
    missing,
    trains,
)

_CUSTOMARY = frozenset(
    ("np", "numpy", "math", "random", "plt", "pd", "sys", "os", "sns", "tqdm", "sp", "scipy")
)
_GRADIENT = re.compile(r"grad|back|delta|deriv|loss|cost|error", re.IGNORECASE)
_FURTHEST = 60
"""How many chapters ahead are looked at."""
_SHORTEST = 6
"""The fewest statements of a block that can't be a mere suggestion."""


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
        self._draft = Draft()

    def division(self) -> Division:
        for at, chapter in enumerate(self._chapters):
            rest = self._chapters[at : at + _FURTHEST]
            if self._resumes(chapter):
                self._note(chapter, "a piece of the training above, left out")
            elif not self._draft.chapters:
                self._draft.add(chapter, self._trained(chapter.tops))
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
        if self._draft.chapters and not self._draft.bound:
            self._note(self._draft.chapters[0], "computes nothing, left out")
        elif self._draft.chapters:
            self._parts.append(Part(chapters=tuple(self._draft.chapters), lent=self._draft.lent))
        self._draft = Draft()

    def _begin(self, rest: Sequence[Chapter]) -> None:
        before = [pair for part in self._parts[-1:] for pair in _pairs(part)]
        wanted = missing(self._reach(rest))
        self._draft.lend(tuple(self._lending(before, wanted)) if wanted else ())
        self._draft.add(rest[0], self._trained(rest[0].tops))

    def _lending(
        self, before: Sequence[tuple[Chapter, Top]], wanted: frozenset[str]
    ) -> list[tuple[Chapter, Top]]:
        """Return the earlier statements that bind what is wanted, and what those need in turn."""
        taken = []
        for each, top in reversed(before):
            offers = (top.binds | top.alters) & wanted
            if offers and not self._trains.get(top.node, False) and not top.shows:
                taken.append((each, top))
                wanted |= top.needs
        return taken[::-1]

    def _reach(self, rest: Sequence[Chapter]) -> list[Top]:
        """Return the statements up to and with those that train something."""
        found: list[Top] = []
        for each in rest:
            found += each.tops
            if self._trained(each.tops):
                break
        return found

    def _add(self, chapter: Chapter) -> None:
        """Add to the program: what it uses but has not defined goes first."""
        needed = self._draft.needs - self._draft.bound
        only = all(isinstance(t.node, Function | ast.ClassDef | ast.Import) for t in chapter.tops)
        if self._completes(chapter):
            self._draft.chapters[-1] = _completed(self._draft.chapters[-1], chapter)
            self._draft.note(chapter.tops, [])
        else:
            early = only and not chapter.session and bool(defined(chapter.tops) & needed)
            self._draft.add(chapter, self._trained(chapter.tops), early=early)

    def _completes(self, chapter: Chapter) -> bool:
        """Tell whether a chapter goes on with the methods of the class at the end."""
        tops = self._draft.chapters[-1].tops
        if chapter.session or not tops or not isinstance(tops[-1].node, ast.ClassDef):
            return False
        return all(_method(top.node) for top in chapter.tops)

    def _begins(self, rest: Sequence[Chapter]) -> bool:
        """Tell whether a program of its own begins with a chapter."""
        own, reach = self._draft, self._reach(rest)
        training = self._trained(reach)
        alone = not missing(reach) & (own.bound - own.imported - _CUSTOMARY)
        if alone and own.trained:
            return bool(training) or _substantial(reach)
        if alone and own.defined and _gradients(own.functions):
            again = defined(reach) & own.defined
            return 2 * len(again) >= len(own.defined) and (bool(training) or len(again) > 1)
        return bool(own.trained and training) and self._repeats(training, rest[0], reach)

    def _repeats(self, training: Sequence[Top], first: Chapter, reach: Sequence[Top]) -> bool:
        """Tell whether a training is that of before with something else: data, sizes, a method."""
        trained = self._draft.trained
        old, new = _changed(trained), _changed(training)
        if len(old & new) >= 2 and 2 * len(old & new) >= min(len(old), len(new)):
            needs = frozenset(name for top in training for name in top.needs)
            return bool(bound(first.tops) & needs) or first.tops[-1] in training
        called = _called(trained) & _called(training) & self._known.keys()
        return bool(called) and bool(_changed(reach) & self._draft.defined)

    def _varies(self, chapter: Chapter, rest: Sequence[Chapter]) -> bool:
        """Tell whether a chapter only replaces functions of the program before it."""
        imports = ast.Import | ast.ImportFrom
        found = [top.node for top in chapter.tops if not isinstance(top.node, imports)]
        if not found or not all(isinstance(node, Function) for node in found):
            return False
        later = _tops(rest[1:])
        if any(bound(chapter.tops) & top.needs for top in later):
            return False
        if not self._draft.trained and self._trained(later):
            return False
        plain, methods = self._draft.defined, self._draft.functions
        return all(
            isinstance(node, Function) and node.name in (methods if _method(node) else plain)
            for node in found
        )

    def _resumes(self, chapter: Chapter) -> bool:
        """Tell whether a chapter only suggests what a line of the training should be."""
        changed = _changed(chapter.tops)
        loose = not chapter.session and bool(changed) and _loose(chapter)
        return loose and changed <= _changed(self._draft.trained)

    def _trained(self, found: Sequence[Top]) -> list[Top]:
        return [top for top in found if self._trains.get(top.node, False)]

    def _without_scraps(self, chapters: Sequence[Chapter]) -> Iterator[Chapter]:
        lines = [_normal(chapter) for chapter in chapters]
        whole = any(len(own) >= _SHORTEST for own in lines)
        repeats = list(_repeats(lines))
        before = set(_CUSTOMARY)
        for chapter, repeated in zip(chapters, repeats, strict=True):
            if not chapter.session and repeated:
                self._note(chapter, "repeats lines of other code here, left out")
            elif not chapter.session and whole and _loose(chapter) and _scrap(chapter, before):
                self._note(chapter, "a fragment that uses names from nowhere, left out")
            else:
                yield chapter
            before |= bound(chapter.tops)

    def _note(self, chapter: Chapter, what: str) -> None:
        self._notes.append(f"{span(chapter.block)}: {what}")


def _repeats(lines: Sequence[frozenset[str]]) -> Iterator[bool]:
    """Tell of each set of lines whether a larger one holds all of them."""
    holders: dict[str, list[int]] = {}
    for at, own in enumerate(lines):
        for text in own:
            holders.setdefault(text, []).append(at)
    for own in lines:
        rarest = min((holders[text] for text in own), key=len, default=[])
        others = (lines[k] for k in rarest[:_FURTHEST])
        yield any(len(other) > len(own) and own <= other for other in others)


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
    return chaptered(
        block, session=each.session, decisions=(*each.decisions, *more.decisions, told)
    )


def _substantial(found: Sequence[Top]) -> bool:
    """Tell whether statements that train nothing are still worth a program of their own."""
    return _gradients(functions(found))


def _gradients(names: Collection[str]) -> bool:
    """Tell whether functions of such names may hold gradients."""
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


def _loose(each: Chapter) -> bool:
    """Tell whether a block is but a few simple statements."""
    imports = ast.Import | ast.ImportFrom
    simple = (not hasattr(t.node, "body") and not isinstance(t.node, imports) for t in each.tops)
    return len(each.tops) < _SHORTEST and all(simple)


def _scrap(each: Chapter, before: set[str]) -> bool:
    """Tell whether a block is a formula or a suggestion, which can't run where it stands."""
    return bool(missing(each.tops) - before)
