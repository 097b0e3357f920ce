"""Other indentations that a program whose own was lost could have had."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gradcheck.paste.reading.blocks import Unit
from gradcheck.paste.reading.facts import Fact, facts
from gradcheck.paste.reading.levels import Layout, layout
from gradcheck.paste.reading.lexing import end
from gradcheck.paste.reading.post import Place, Program
from gradcheck.paste.reading.restoring import relaid
from gradcheck.paste.reading.syntax import statement, tree
from gradcheck.paste.reading.wording import listed
from gradcheck.record import record


@record
class _Stretch:
    """Lines of a program, from `start`, whose indentation was restored together."""

    start: int
    places: tuple[Place, ...]
    units: tuple[Unit, ...]
    facts: tuple[Fact, ...]
    layout: Layout


@record
class _Move:
    stretch: _Stretch
    unit: int
    level: int
    rank: tuple[int, int, int]


def alternatives(program: Program) -> Iterator[Program]:
    """Return the program with one statement at another legal level, likelier ones first.

    What follows the statement is laid out anew around it. All of them parse and differ; a
    program whose indentation was given has none. They are made one by one, when asked for.
    """
    seen = {program.source}
    moves = [move for stretch in _stretches(program) for move in _moves(stretch)]
    for move in sorted(moves, key=lambda move: move.rank):
        other = _moved(program, move)
        if other.source not in seen and tree(other.source):
            seen.add(other.source)
            yield other


def _stretches(program: Program) -> Iterator[_Stretch]:
    places = program.places
    start = 0
    for at in range(1, len(places) + 1):
        if at == len(places) or _parted(places[at - 1], places[at]):
            run = places[start:at]
            if any(place.width is not None for place in run):
                yield _stretch(start, run)
            start = at


def _parted(one: Place, other: Place) -> bool:
    return one.cell != other.cell or other.line != one.line + 1


def _stretch(start: int, places: Sequence[Place]) -> _Stretch:
    units = tuple(_units(places))
    own = tuple(facts(units))
    return _Stretch(
        start=start, places=tuple(places), units=units, facts=own, layout=layout(own, {})
    )


def _units(places: Sequence[Place]) -> Iterator[Unit]:
    texts = [place.text for place in places]
    at, blank = 0, False
    while at < len(texts):
        stop = end(texts, at) or at + 1
        reading = statement("\n".join(texts[at:stop]))
        if reading and texts[at].strip():
            width = places[at].width or 0
            yield Unit(start=at, stop=stop, reading=reading, blank=blank, width=width)
            blank = False
        else:
            blank = blank or not places[at].given.strip()
        at = stop


def _moves(stretch: _Stretch) -> Iterator[_Move]:
    levels = stretch.layout.levels
    for unit, choices in enumerate(stretch.layout.choices):
        own = levels[unit]
        for level in choices:
            if own is not None and level != own:
                yield _Move(
                    stretch=stretch,
                    unit=unit,
                    level=level,
                    rank=(abs(level - own), _settled(levels, unit, level), unit),
                )


def _settled(levels: Sequence[int | None], unit: int, level: int) -> int:
    """Return 0 where a body would end one statement sooner or later, and 1 elsewhere."""
    before = levels[unit - 1] if unit else 0
    after = levels[unit + 1] if unit + 1 < len(levels) else 0
    return int(level not in (before, after))


def _moved(program: Program, move: _Move) -> Program:
    stretch = move.stretch
    found = layout(stretch.facts, {move.unit: move.level})
    places = list(program.places)
    stop = stretch.start + len(stretch.places)
    places[stretch.start : stop] = relaid(stretch.places, stretch.units, found)
    moved = stretch.places[stretch.units[move.unit].start]
    told = f"{listed([moved])}: indented by {move.level} levels instead"
    return replace(
        program,
        source="\n".join(place.text for place in places),
        places=tuple(places),
        decisions=(*program.decisions, told),
    )
