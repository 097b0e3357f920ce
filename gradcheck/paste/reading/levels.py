"""Levels of indentation: those that a text shows, and where it shows none, the likeliest."""

from collections.abc import Mapping, Sequence

from gradcheck.paste.reading.closing import Frame, closes
from gradcheck.paste.reading.facts import Fact
from gradcheck.record import record

_OPENERS = {
    "elif": ("if", "elif"),
    "else": ("if", "elif", "for", "while", "except"),
    "except": ("try", "except"),
    "finally": ("try", "except", "else"),
    "case": ("match", "case"),
}
_LONGEST_SLIP = 12
"""How many statements in a row may have slipped to the left of where they belong."""


@record
class Layout:
    """A level for each statement; None drops it. `choices` are the levels it could have."""

    levels: tuple[int | None, ...]
    choices: tuple[tuple[int, ...], ...]
    bodiless: frozenset[int]
    """The headers whose body is missing."""


def layout(facts: Sequence[Fact], forced: Mapping[int, int]) -> Layout:
    """Return the levels of statements, of which some may be given."""
    return _Stack(facts, forced).layout()


class _Stack:
    def __init__(self, facts: Sequence[Fact], forced: Mapping[int, int]) -> None:
        self._facts = facts
        self._forced = forced
        self._widths = _lifted(facts)
        self._frames = [Frame(Fact(keyword="module"), set(), self._widths[0] if facts else 0)]
        self._bodiless: set[int] = set()

    def layout(self) -> Layout:
        levels, choices = [], []
        for at, fact in enumerate(self._facts):
            legal = self._legal(at)
            level = self._level(at, legal)
            levels.append(level)
            choices.append(legal)
            if level is not None:
                self._put(fact, level, at)
        return Layout(
            levels=tuple(levels), choices=tuple(choices), bodiless=frozenset(self._bodiless)
        )

    def _legal(self, at: int) -> tuple[int, ...]:
        """Return the levels that Python allows a statement."""
        fact, top = self._facts[at], len(self._frames) - 1
        previous = self._facts[at - 1] if at else None
        if fact.keyword in _OPENERS:
            openers = _OPENERS[fact.keyword]
            return tuple(
                level
                for level in range(top)
                if self._frames[level + 1].head.keyword in openers and self._frames[level + 1].body
            )
        if previous and previous.keyword == "@":
            return (top,)
        if not self._frames[-1].body and top:
            if not _replaces(fact, self._frames[-1].head):
                return (top,)
            self._bodiless.add(at - 1)
            self._frames.pop()
            top -= 1
        unfinished = (k for k in range(top, 0, -1) if self._frames[k].head.keyword == "try")
        return tuple(range(next(unfinished, 0), top + 1))

    def _level(self, at: int, legal: tuple[int, ...]) -> int | None:
        if not legal:
            return None
        if self._forced.get(at) in legal:
            return self._forced[at]
        if self._facts[at].keyword in _OPENERS:
            return self._opener(at, legal)
        shown = self._shown(at, legal)
        for level in reversed(shown[1:]):
            if not closes(self._frames[level], self._facts, at):
                return level
        return shown[0]

    def _opener(self, at: int, legal: tuple[int, ...]) -> int:
        """Return the level of the header that an `else` or the like belongs to."""
        width = self._widths[at]
        columns = [self._frames[level].column for level in legal]
        return next(
            (
                lv
                for lv, col in zip(reversed(legal), reversed(columns), strict=True)
                if col == width
            ),
            legal[-1],
        )

    def _shown(self, at: int, legal: tuple[int, ...]) -> list[int]:
        """Return the levels that a statement's indentation allows, where it shows any."""
        width = self._widths[at]
        columns = {level: self._frames[level].column for level in legal}
        known = {level: column for level, column in columns.items() if column is not None}
        if len(known) < len(columns):
            return [legal[-1]]
        nearest = min(abs(column - width) for column in known.values())
        if width > max(known.values()):
            return [max(known)] if known[max(known)] == max(known.values()) else list(known)
        return [level for level, column in known.items() if abs(column - width) == nearest]

    def _put(self, fact: Fact, level: int, at: int) -> None:
        closed = self._frames[level + 1 : level + 2]
        del self._frames[level + 1 :]
        frame = self._frames[-1]
        if frame.column is None:
            frame.column = self._widths[at]
        scope = next(f for f in reversed(self._frames) if f.head.keyword in ("def", "module"))
        for each in self._frames:
            each.add(fact, direct=each is frame)
        if fact.opens:
            loops = (f for f in reversed(self._frames) if f.head.keyword in ("for", "while"))
            within = scope.head.keyword == "def"
            opened = Frame(fact, scope.known, None, loop=next(loops, None), within=within)
            if fact.keyword in _OPENERS and closed:
                opened.sibling = tuple(closed[0].body)
            self._frames.append(opened)
        scope.known |= fact.stores


def _replaces(fact: Fact, head: Fact) -> bool:
    """Tell whether a header follows one like it, whose body must then be missing."""
    if fact.keyword == "class":
        return head.keyword in ("class", "def")
    return (
        fact.keyword in ("def", "@")
        and head.keyword == "def"
        and (fact.width <= head.width and fact.arguments[:1] == head.arguments[:1])
    )


def _lifted(facts: Sequence[Fact]) -> list[int]:
    """Return the indentations, with statements that slipped left put where they belong.

    A statement that is indented deeper than the one above, which opened nothing, shows that
    those above it slipped.
    """
    widths = [fact.width for fact in facts]
    for at in range(1, len(facts)):
        if widths[at] <= widths[at - 1] or facts[at - 1].opens or facts[at - 1].keyword == "@":
            continue
        begin = at - 1
        while begin > max(0, at - _LONGEST_SLIP) and widths[begin] < widths[at]:
            if facts[begin].keyword in ("def", "class", "@"):
                break
            begin -= 1
        if widths[begin] == widths[at]:
            widths[begin + 1 : at] = [widths[at]] * (at - begin - 1)
        elif all(width != widths[at] for width in widths[begin:at]):
            widths[at] = widths[at - 1]
    return widths
