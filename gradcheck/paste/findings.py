"""Findings about pasted programs: each mistake by its name and place, and what is unexplained."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gradcheck.fault import Fault
from gradcheck.paste.fixes import Mended, fix
from gradcheck.paste.mistake import Mistake
from gradcheck.paste.naming import codes
from gradcheck.paste.reading.post import Post, Program, Spot
from gradcheck.paste.verdicts import ASCENT, Judged, times
from gradcheck.record import record
from gradcheck.report import Check, Excerpt, Finding, Location

_SHOWN = 4

_PARALLEL = 1e-8
"""How far a cosine may be from 1 or -1 where one factor explains a gradient: the square of the
differences' own error.
"""

_MOVED = ("move-statement", "insert-statement")
_LAST = (*_MOVED, "copy-value")


@record
class Case:
    """One step of one program of a post, judged; `faults` is the catalogue, by code."""

    post: Post
    program: Program
    file: str
    step: Mapping[str, Any]
    judged: Judged
    faults: Mapping[str, Fault]

    @property
    def wrong(self) -> list[Check]:
        return [check for check in self.judged.checks if check.verdict == "wrong"]


def findings(case: Case, mend: Mended | None) -> Iterator[Finding]:
    """Yield a finding for each mistake that a repair undoes, or one for all that is wrong."""
    if mend is None:
        if case.wrong:
            yield _unexplained(case)
        return
    # Stale weights spoil gradients by as little as the learning rate is small: they come last.
    for edit in sorted(
        mend.state["edits"], key=lambda edit: (edit["kind"] in _LAST, edit["parts"][0]["line"])
    ):
        yield _mistake(case, mend, edit)


def _mistake(case: Case, mend: Mended, edit: Mapping[str, Any]) -> Finding:
    found = codes(_described(case, edit), case.faults)
    fault = case.faults[found[0] if found else "GRD01"]
    feeds = [check for check in case.wrong if check.parameter in edit["feeds"]] or case.wrong
    lines = _lines(case, edit)
    shared = len(mend.state["edits"]) > 1
    apart = all(other["kind"] not in _MOVED for other in mend.state["edits"])
    return Finding(
        code=fault.code,
        family=fault.family,
        level="error",
        title=fault.title,
        message=_message(edit, feeds),
        parameters=tuple(check.parameter for check in feeds),
        location=_location(case, edit["parts"][0]),
        excerpts=tuple(_excerpts(case, edit["parts"])),
        evidence=tuple(_evidence(case, mend, edit, feeds)),
        alternatives=tuple(found[1:]),
        fix=fix(case.post, mend, lines if shared and apart else None),
        help=_help(edit, shared=shared),
    )


def _described(case: Case, edit: Mapping[str, Any]) -> Mistake:
    exact = {c.parameter: c.ratio for c in case.wrong if c.ratio and _is_factor(c)}
    everything = frozenset(check.parameter for check in case.judged.checks)
    return Mistake(
        kind=edit["kind"],
        old=edit["old"],
        new=edit["new"],
        statement=edit["statement"],
        function=edit["function"],
        feeds=frozenset(edit["feeds"]),
        everything=everything,
        ratios={name: ratio for name, ratio in exact.items() if name in edit["feeds"]},
        updates=edit["updates"],
        roles=edit["roles"],
        link=edit["link"],
        decays=edit["decays"],
        begins=edit["begins"],
        biases=frozenset(case.step["repair"]["biases"]) & everything,
    )


def _is_factor(check: Check) -> bool:
    """Tell whether a gradient is off by a factor and nothing else, along more than one line."""
    alone = check.directions == 1 and (check.ratio or 0.0) > 0
    return not alone and check.cosine is not None and 1 - abs(check.cosine) < _PARALLEL


def _message(edit: Mapping[str, Any], feeds: Sequence[Check]) -> str:
    names = _listed([check.parameter for check in feeds])
    if edit["kind"] == "move-statement":
        early = f"after `{edit['old']}` has changed its weights"
        return f"`{edit['statement']}` comes {early}, and spoils the gradient of {names}"
    if edit["kind"] == "copy-value":
        return f"`{edit['statement']}` is no copy, and so spoils the gradient of {names}"
    if edit["kind"] in ("indent", "dedent"):
        return f"`{edit['statement']}` is indented wrongly, and spoils the gradient of {names}"
    if edit["kind"] == "turn-step":
        return f"`{edit['statement']}` goes uphill, though the gradient of {names} is right"
    if edit["kind"] == "insert-statement" and edit["new"].startswith(edit["statement"]):
        return f"`{edit['statement']}` comes too seldom, which spoils the gradient of {names}"
    if edit["kind"] == "insert-statement":
        return f"`{edit['new']}` is missing, which spoils the gradient of {names}"
    return f"`{edit['old']}` spoils the gradient of {names}"


def _help(edit: Mapping[str, Any], *, shared: bool) -> str:
    then = "with all fixes, every gradient is right" if shared else "every gradient is right then"
    return f"{edit['what']}: {then}, at fresh points in a fresh process"


def _evidence(
    case: Case, mend: Mended, edit: Mapping[str, Any], feeds: Sequence[Check]
) -> Iterator[str]:
    yield from edit.get("facts", ())
    for check in feeds[:_SHOWN]:
        yield f"{check.parameter}: {_off(check)}"
    right = [check.parameter for check in case.judged.checks if check.verdict == "right"]
    if right:
        yield f"right: {_listed(right)}"
    for other in mend.others:
        yield f"as good: {_in_words(case, other)}"


def _in_words(case: Case, state: Mapping[str, Any]) -> str:
    return " and ".join(
        f"in line {case.program.place(edit['parts'][0]['line']).line}, {edit['what']}"
        for edit in state["edits"]
        if edit["parts"]
    )


def _off(check: Check) -> str:
    if check.reason == ASCENT:
        return ASCENT
    if check.ratio is not None and _is_factor(check):
        return f"{times(check.ratio)} the gradient"
    if check.cosine is None or check.relative is None:
        return check.reason or "wrong"
    return f"{check.relative:.2g} off in norm, cosine {check.cosine:.4f}"


def _unexplained(case: Case) -> Finding:
    names = [check.parameter for check in case.wrong]
    fault = case.faults["GRD01"]
    entries = (*case.step["parameters"], *case.step["neglected"])
    by_name = {entry["name"]: entry["lines"] for entry in entries}
    line = next((by_name[name][0] for name in names if by_name[name]), case.step["line"])
    first = (case.step.get("repair") or {}).get("first")
    return Finding(
        code=fault.code,
        family=fault.family,
        level="error",
        title="the claimed gradient is not the gradient of the loss",
        message=f"the gradient of {_listed(names)} is wrong",
        parameters=tuple(names),
        location=_location(case, first) if first else at(case, line),
        excerpts=tuple(_excerpts(case, [first])) if first else (whole(case, line),),
        evidence=(
            *((first["fact"],) if first and first["fact"] else ()),
            *(f"{check.parameter}: {_off(check)}" for check in case.wrong[:_SHOWN]),
        ),
    )


def _lines(case: Case, edit: Mapping[str, Any]) -> list[tuple[int | None, int]]:
    """Return the cells and lines of the text that an edit touches."""
    found = []
    for part in edit["parts"]:
        for line in range(part["line"], part["end_line"] + 1):
            spot = case.program.place(line)
            found.append((spot.cell, spot.line))
    return found


def at(case: Case, line: int) -> Location:
    """Return where a line of the program is in the text."""
    spot = case.program.place(line)
    return _between(case, spot, spot)


def stretch(case: Case, place: Mapping[str, int]) -> Location:
    """Return where a part of the program is in the text, from its lines and columns in bytes."""
    program = case.program
    first, last = (
        program.place(place[line], program.characters(place[line], place[column]))
        for line, column in (("line", "column"), ("end_line", "end_column"))
    )
    return _between(case, first, last)


def _between(case: Case, first: Spot, last: Spot) -> Location:
    """Return the place from one character of the text to another."""
    return Location(
        file=case.file,
        line=first.line,
        column=first.column + 1,
        end_line=last.line,
        end_column=last.column + 1,
        cell=first.cell,
    )


def whole(case: Case, line: int) -> Excerpt:
    """Return the given line that a line of the program comes from, all of it marked."""
    place = case.program.places[min(line, len(case.program.places)) - 1]
    text = place.given
    return Excerpt(
        line=place.line,
        cell=place.cell,
        text=text,
        column=len(text) - len(text.lstrip()) + 1,
        end_column=len(text.rstrip()) + 1,
    )


def _location(case: Case, part: Mapping[str, Any]) -> Location:
    """Return where the characters are that an edit replaces."""
    program = case.program
    text = "\n".join(
        program.places[line - 1].text for line in range(part["line"], part["end_line"] + 1)
    )
    begin = program.characters(part["line"], part["column"])
    start, end = _spot(text, begin + part["start"]), _spot(text, begin + part["end"])
    first = program.place(part["line"] + start[0], start[1])
    last = program.place(part["line"] + end[0], end[1])
    return _between(case, first, last)


def _excerpts(case: Case, parts: Sequence[Mapping[str, Any]]) -> Iterator[Excerpt]:
    """Yield the given lines that some parts of statements are on, each part marked."""
    for part in parts:
        yield from marked(case, _location(case, part))


def marked(case: Case, *places: Location) -> Iterator[Excerpt]:
    """Yield the given lines that some places are on, each place marked."""
    given = {(place.cell, place.line): place.given for place in case.program.places}
    for place in places:
        for line in range(place.line, place.end_line + 1):
            text = given.get((place.cell, line))
            if text is None:
                continue
            lead = len(text) - len(text.lstrip()) + 1
            yield Excerpt(
                line=line,
                cell=place.cell,
                text=text,
                column=place.column if line == place.line else lead,
                end_column=place.end_column if line == place.end_line else len(text) + 1,
            )


def _spot(text: str, at: int) -> tuple[int, int]:
    before = text[:at]
    return before.count("\n"), len(before) - (before.rfind("\n") + 1)


def _listed(names: Sequence[str]) -> str:
    """Name some things in a sentence, not more than six of them."""
    if len(names) > 6:
        return f"{', '.join(names[:5])} and {len(names) - 5} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
