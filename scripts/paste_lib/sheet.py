"""Case sheets: texts as people paste them, and what a perfect answer to each would be.

A sheet is YAML with one list, `cases`. Each case has

    file              the text, relative to the sheet
    has_gradient_bug  whether a gradient is wrong
    wrong_parameters  the names of those whose gradient is wrong
    bugs              for each mistake `family`, `lines` and `edits` (see below), and, for readers,
                      `sentence` and `parameters`

and, for readers, `style`, `loss` and `ideal_answer`. A line is a number, from 1, or `{cell, line}`
in a notebook, whose cells count from 0, all kinds together. An edit replaces one whole line:
`{line, old, new}`, with `cell` in notebooks; `new: null` deletes it, several lines insert.

The optional keys have two dialects, for scripts and for classes:

    scripts                 classes
    alternative_fixes       also_acceptable_lines   words; or a list of lines, each a number
                                                    or {at, text, why}, in a case or a bug
    non_gradient_findings   elsewhere               what else stops it learning: a list of
                                                    sentences; or {sentence, kind, at, text},
                                                    or a list of those
    as_is, missing          runnable                what it takes to run it

Of these `also_acceptable_lines` count as right lines, and `non_gradient_findings` and `elsewhere`
as what is to be found besides gradients, at its line where it has one.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from gradcheck.errors import GradcheckError
from gradcheck.record import record

Spot: TypeAlias = tuple[int | None, int]
"""A cell (None outside notebooks) and a line of it."""


@record
class LineEdit:
    """One whole-line replacement, as a sheet has it."""

    spot: Spot
    old: str
    new: str | None


@record
class Bug:
    """One mistake of a case."""

    family: str
    lines: frozenset[Spot]
    edits: tuple[LineEdit, ...]


@record
class Case:
    """One text and the truth about it; `elsewhere` has the spot of each further finding."""

    path: Path
    wrong_parameters: tuple[str, ...]
    bugs: tuple[Bug, ...]
    acceptable: frozenset[Spot]
    elsewhere: tuple[Spot | None, ...]
    is_wrong: bool

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def text(self) -> str:
        return self.path.read_bytes().decode("utf-8-sig", errors="replace")

    @property
    def lines(self) -> frozenset[Spot]:
        """All lines that the first finding may point at."""
        return self.acceptable.union(*(bug.lines for bug in self.bugs))


def load(sheet: Path) -> list[Case]:
    """Return the cases of a sheet; raises `GradcheckError` where it is none."""
    try:
        given = yaml.safe_load(sheet.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise GradcheckError(f"{sheet}: expected a YAML case sheet: {error}") from error
    if not isinstance(given, dict) or not isinstance(given.get("cases"), list):
        raise GradcheckError(f"{sheet}: expected a list under `cases`, found {type(given)}")
    return [_case(sheet, number, one) for number, one in enumerate(given["cases"], 1)]


def _case(sheet: Path, number: int, given: Mapping[str, Any]) -> Case:
    try:
        bugs = tuple(_bug(one) for one in given.get("bugs") or ())
        return Case(
            path=sheet.parent / given["file"],
            wrong_parameters=tuple(given["wrong_parameters"]),
            bugs=bugs,
            acceptable=frozenset(_acceptable([given, *(given.get("bugs") or ())])),
            elsewhere=tuple(_elsewhere(given)),
            is_wrong=bool(given["has_gradient_bug"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise GradcheckError(f"{sheet}: case {number} lacks or misspells {error}") from error


def _bug(given: Mapping[str, Any]) -> Bug:
    return Bug(
        family=given["family"],
        lines=frozenset(_spot(line) for line in given["lines"]),
        edits=tuple(
            LineEdit(spot=_spot(edit), old=edit["old"], new=edit["new"]) for edit in given["edits"]
        ),
    )


def _spot(given: int | Mapping[str, Any]) -> Spot:
    if isinstance(given, int):
        return None, given
    place = given["line"] if "line" in given else given["at"]
    return _spot(place) if isinstance(place, Mapping) else (given.get("cell"), int(place))


def _acceptable(given: Sequence[Mapping[str, Any]]) -> Iterator[Spot]:
    for one in given:
        yield from map(_spot, one.get("also_acceptable_lines") or ())


def _elsewhere(given: Mapping[str, Any]) -> Iterator[Spot | None]:
    yield from (None for _ in given.get("non_gradient_findings") or ())
    found = given.get("elsewhere") or ()
    for one in [found] if isinstance(found, Mapping) else found:
        placed = isinstance(one, Mapping) and ("at" in one or "line" in one)
        yield _spot(one) if placed else None
