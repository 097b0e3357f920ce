"""Fixes: repairs that were found in the child, as edits of the given text, proved as text.

A repair is applied to the text as given; what comes out is read and run again in a new child,
from other random points and, where data are made up, with other data. Only then is it verified.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from gradcheck.errors import GradcheckError
from gradcheck.paste.reading.differences import diff
from gradcheck.paste.reading.post import Post, Program
from gradcheck.paste.reading.read import read
from gradcheck.paste.reading.rewriting import Change, applied, edits
from gradcheck.paste.verdicts import judged
from gradcheck.record import record
from gradcheck.report import Edit, Fix

Ask: TypeAlias = Callable[[str, str | None], Mapping[str, Any]]
"""Understands the source of a program, in a new child and at fresh points, with any loss or one."""

_PROVED = 3
"""So many repairs are tried as text, if the better ones turn out not to hold."""

_EQUAL = 0.2
"""How much dearer a repair elsewhere may be and still be as likely as the best one."""


@record
class Mended:
    """A repair that holds: what the child said of it, the edits of the text, and its equals.

    `others` are repairs of other lines that are as likely, as the child tells of them.
    """

    state: Mapping[str, Any]
    edits: tuple[Edit, ...]
    text: str
    others: tuple[Mapping[str, Any], ...]


def mended(post: Post, index: int, step: Mapping[str, Any], file: str, ask: Ask) -> Mended | None:
    """Return the best repair of a program's step that holds as text, None where none does."""
    done = (step.get("repair") or {}).get("done", ())
    for state in done[:_PROVED]:
        made = _edits(post.programs[index], state, file)
        if made is None:
            continue
        text = applied(post, made)
        if _holds(text, index, step, ask):
            others = tuple(other for other in done if _is_equal(other, state))
            return Mended(state=state, edits=made, text=text, others=others)
    return None


def _is_equal(other: Mapping[str, Any], best: Mapping[str, Any]) -> bool:
    where = [{change["line"] for change in state["changes"]} for state in (other, best)]
    return where[0] != where[1] and other["cost"] <= best["cost"] + _EQUAL


def _holds(text: str, index: int, step: Mapping[str, Any], ask: Ask) -> bool:
    """Tell whether a new text reads and runs with all gradients right.

    Of two losses that are written, right gradients may show another than wrong ones: they are to be
    right for that which the wrong ones were held against.
    """
    programs = read(text).programs
    if index >= len(programs) or step["loss"] is None:
        return False
    for loss in (None, step["loss"]["name"]):
        try:
            found = ask(programs[index].source, loss)["steps"]
        except GradcheckError:
            return False
        if any(_is_right(new, step) for new in found):
            return True
        if not any(_has_another_loss(new, step) for new in found):
            return False
    return False


def _has_another_loss(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    return new["loss"] is not None and new["loss"]["name"] != old["loss"]["name"]


def _is_right(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Tell whether a step is the old one, with the same parameters and loss, and all right."""
    if new["loss"] is None or _has_another_loss(new, old):
        return False
    # One that the loss does not depend on is no parameter any more, where its update has become 0.
    needed = {c.parameter for c in judged(old).checks if c.directions}
    needed |= {entry["name"] for entry in old["neglected"] if entry["overwritten"]}
    if not needed <= {p["name"] for p in new["parameters"]}:
        return False
    before = {c.parameter for c in judged(old).checks if c.verdict == "undecided"}
    checks = [c for c in judged(new).checks if c.parameter not in before]
    return bool(checks) and all(check.verdict == "right" for check in checks)


def _edits(program: Program, state: Mapping[str, Any], file: str) -> tuple[Edit, ...] | None:
    by_line: dict[int, str | None] = {}
    staying = [change for change in state["changes"] if change["new"] == change["old"]]
    for change in state["changes"]:
        lines = {} if change in staying else _lines(program, change)
        if lines is None or not by_line.keys().isdisjoint(lines):
            return None
        by_line |= lines
    for change in sorted(staying, key=lambda change: -change["column"]):
        if not _put_beside(program, change, by_line):
            return None
    changes = [Change(line=line, new=new) for line, new in by_line.items()]
    return edits(program, changes, file)


def _put_beside(
    program: Program, change: Mapping[str, Any], by_line: dict[int, str | None]
) -> bool:
    """Put lines around those of a statement that stays, whatever becomes of what is in it."""
    ends = _ends(program, change)
    if ends is None:
        return False
    first, last = change["line"], change["end_line"]
    for line, above, below in ((first, change["before"], ()), (last, (), change["after"])):
        kept = by_line.get(line, program.places[line - 1].text)
        middle = [] if kept is None else [kept]
        if above or below:
            parts = [*_indented(ends[0], above), *middle, *_indented(ends[0], below)]
            by_line[line] = "\n".join(parts)
    return True


def _ends(program: Program, change: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return what stands before and behind a statement in its lines; None of one not alone there.

    One that others are not put around, and that does not go, need not be.
    """
    first, last = change["line"], change["end_line"]
    lead = program.places[first - 1].text[: program.characters(first, change["column"])]
    tail = program.places[last - 1].text[program.characters(last, change["end_column"]) :]
    alone = not lead.strip() and tail.strip()[:1] in ("", "#")
    if not alone and (change["new"] is None or change["before"] or change["after"]):
        return None
    return lead, tail


def _lines(program: Program, change: Mapping[str, Any]) -> dict[int, str | None] | None:
    """Return the program's lines that a change of one statement makes, None where it can't be."""
    first, last = change["line"], change["end_line"]
    ends = _ends(program, change)
    if ends is None:
        return None
    lead, tail = ends
    old = [program.places[line - 1].text for line in range(first, last + 1)]
    new = _indented(lead, change["before"])
    if change["new"] is not None:
        new += f"{lead}{change['new']}{tail}".split("\n")
    new += _indented(lead, change["after"])
    if not new:
        return dict.fromkeys(range(first, last + 1))
    if len(new) == len(old):
        pairs = zip(range(first, last + 1), old, new, strict=True)
        return {line: text for line, was, text in pairs if was != text}
    rest = dict.fromkeys(range(first + 1, last + 1))
    return {first: "\n".join(new), **rest}


def _indented(lead: str, texts: Sequence[str]) -> list[str]:
    return [f"{lead}{line}" for text in texts for line in text.split("\n")]


def fix(post: Post, mend: Mended, lines: Sequence[tuple[int | None, int]] | None = None) -> Fix:
    """Return a repair, or what it does to some (cell, line), as a fix of the given text."""
    own = tuple(e for e in mend.edits if lines is None or (e.cell, e.line) in lines)
    return Fix(
        applicability="ambiguous" if mend.others else "verified",
        edits=own,
        diff=diff(post.text, own),
    )
