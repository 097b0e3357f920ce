"""Indentation restored, where it was lost on the way."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gradcheck.paste.reading.blocks import Block, Unit
from gradcheck.paste.reading.facts import facts
from gradcheck.paste.reading.levels import Layout, layout
from gradcheck.paste.reading.lexing import within_strings
from gradcheck.paste.reading.lines import emptied, indentation, indented, replaced
from gradcheck.paste.reading.post import Place
from gradcheck.paste.reading.python2 import tokens
from gradcheck.paste.reading.syntax import tree
from gradcheck.paste.reading.wording import between, stretch
from gradcheck.record import record

STEP = 4
_MOST_DROPPED = 12


@record
class Restored:
    """A block that parses, and in words what was done for that."""

    block: Block
    decisions: tuple[str, ...] = ()


def restored(block: Block) -> Restored | None:
    """Return the block with an indentation that Python reads, as it was or made anew."""
    for tab in (None, 8, 4):
        shifted = _dedented(block, tab)
        if shifted and tree(shifted.source):
            return Restored(block=shifted)
    return _remade(_dedented(block, 4) or block)


def relaid(places: Sequence[Place], units: Sequence[Unit], found: Layout) -> list[Place]:
    """Return the lines with statements at the levels of a layout."""
    result = list(places)
    upper = 0
    for unit, level in zip(units, found.levels, strict=True):
        own = 0 if level is None else level * STEP
        for k in range(upper, unit.start):
            if result[k].text.strip():
                result[k] = indented(result[k], own)
        shift = own - indentation(places[unit.start])
        for k, place in _shifted(result, unit, shift):
            result[k] = place if level is not None else emptied(place)
        upper = unit.stop
    return _with_bodies(result, units, found)


def _with_bodies(result: list[Place], units: Sequence[Unit], found: Layout) -> list[Place]:
    for at in found.bodiless:
        unit = units[at]
        for line in reversed(range(unit.start, unit.stop)):
            # A line that a backslash continues may be followed by an empty one.
            if own := tokens(result[line].text):
                stop = own[-1].stop
                result[line] = replaced(result[line], stop, stop, " pass")
                break
    return result


def _shifted(places: Sequence[Place], unit: Unit, shift: int) -> Iterator[tuple[int, Place]]:
    texts = [place.text for place in places[unit.start : unit.stop]]
    for k, inside in enumerate(within_strings(texts), unit.start):
        place = places[k]
        own = indentation(place)
        yield k, place if inside or not place.text else indented(place, max(0, own + shift))


def _dedented(block: Block, tab: int | None) -> Block | None:
    """Return the block without the indentation that all statements share.

    Tabs count as many columns; where no number is given they are left alone, if that goes.
    """
    if tab is None:
        return block if any(unit.width == 0 for unit in block.units[:1]) else None
    places = [_untabbed(place, tab) for place in block.places]
    units = [replace(u, width=indentation(places[u.start])) for u in block.units]
    least = min(unit.width for unit in units)
    result = list(places)
    for k, place in enumerate(places):
        if place.text.lstrip().startswith("#"):
            result[k] = indented(place, max(0, indentation(place) - least))
    for unit in units:
        for k, place in _shifted(places, unit, -least):
            result[k] = place
    units = [replace(u, width=u.width - least) for u in units]
    return replace(block, places=tuple(result), units=tuple(units))


def _untabbed(place: Place, tab: int) -> Place:
    lead = place.text[: indentation(place)]
    if "\t" not in lead and "\f" not in lead:
        return place
    return indented(place, len(lead.replace("\f", "").expandtabs(tab)))


def _remade(block: Block) -> Restored | None:
    """Return the block laid out anew, without the few statements that fit nowhere."""
    block = replace(
        block,
        places=tuple(
            replace(place, width=indentation(place)) if place.text.strip() else place
            for place in block.places
        ),
    )
    dropped: list[str] = []
    known = {unit.start: each for unit, each in zip(block.units, facts(block.units), strict=True)}
    for _ in range(_MOST_DROPPED):
        found = layout([known[unit.start] for unit in block.units], {})
        places = relaid(block.places, block.units, found)
        units = [u for u, lv in zip(block.units, found.levels, strict=True) if lv is not None]
        made = replace(block, places=tuple(places), units=tuple(units))
        culprit = _culprit(made)
        if culprit is None:
            return Restored(block=made, decisions=(*_told(block, found), *dropped))
        block = _without(block, culprit)
        dropped.append(f"{stretch(culprit, culprit)} fits nowhere and was left out")
        if not block.units:
            break
    return None


def _culprit(block: Block) -> Place | None:
    """Return the first line of the statement that Python stumbles over, if it does."""
    try:
        ast.parse(block.source)
    except SyntaxError as error:
        at = min(max(error.lineno or 1, 1), len(block.places)) - 1
    except (ValueError, MemoryError, RecursionError):
        at = 0
    else:
        return None
    inside = [u for u in block.units if u.start <= at]
    return block.places[(inside or list(block.units))[-1].start]


def _without(block: Block, culprit: Place) -> Block:
    places = list(block.places)
    kept = []
    for unit in block.units:
        if places[unit.start].line != culprit.line:
            kept.append(unit)
            continue
        for k in range(unit.start, unit.stop):
            places[k] = emptied(places[k])
    return replace(block, places=tuple(places), units=tuple(kept))


def _told(block: Block, found: Layout) -> Iterator[str]:
    """Say what each header whose body had lost its indentation was taken to hold."""
    places = block.places
    yield f"{stretch(places[0], places[-1])}: the indentation was restored"
    for at, unit in enumerate(block.units):
        level = found.levels[at]
        if unit.reading.opens and level is not None and at not in found.bodiless:
            body = list(_body(found.levels, at, level))
            if body and block.units[body[0]].width <= unit.width:
                head = places[unit.start]
                begin = places[block.units[body[0]].start].line
                end = places[block.units[body[-1]].stop - 1].line
                held = between("line", begin, end)
                yield f"{stretch(head, head)}, `{head.text.strip()}`, holds {held}"


def _body(levels: Sequence[int | None], at: int, level: int) -> Iterator[int]:
    for k in range(at + 1, len(levels)):
        own = levels[k]
        if own is not None and own <= level:
            return
        yield k
