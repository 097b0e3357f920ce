"""Fixes: a repair of formulas as edits of the file's lines, shared out among the findings."""

import difflib
from collections.abc import Sequence

from gradcheck.claims.formulas import Formulas
from gradcheck.diagnose.explanation import Blame, Mending
from gradcheck.report import Edit, Fix, Location


def shared_out(mending: Mending, blames: Sequence[Blame]) -> list[list[int]]:
    """Return, for each blame, the numbers of the edits that undo it: those of the same reach."""
    found: list[list[int]] = [[] for _ in blames]
    for number, changed in enumerate(mending.repair.changed):
        likeness = [_likeness(changed, frozenset(blame.parameters)) for blame in blames]
        # Of blames with the same reach, the one that has none yet.
        best = max(range(len(blames)), key=lambda k: (likeness[k], -len(found[k])))
        found[best].append(number)
    return found


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)


def fix(mending: Mending, numbers: Sequence[int]) -> Fix | None:
    """Return the edits of some numbers as a fix of the file; None where its lines do not show."""
    new = mending.repair.text.split("\n")
    old = mending.formulas.block.source.text.split("\n")
    edits = []
    for line in sorted({mending.repair.spots[number][0] for number in numbers}):
        edit = _edit(mending.formulas, line, old[line - 1], new[line - 1])
        if edit is None:
            return None
        edits.append(edit)
    if not edits:
        return None
    return Fix(
        applicability="ambiguous" if mending.repair.alternatives else "verified",
        edits=tuple(edits),
        diff=diff(mending.formulas.text, edits),
    )


def fix_of(mending: Mending | None, parameter: str) -> Fix | None:
    """Return the edits that change one parameter's gradient as a fix."""
    if mending is None:
        return None
    return fix(mending, [k for k, names in enumerate(mending.repair.changed) if parameter in names])


def place(mending: Mending, number: int) -> Location:
    """Return where the expression is that an edit changes, in the file.

    An edit behind another one in the same line has moved; it gets the whole statement.
    """
    formulas, repair = mending.formulas, mending.repair
    line, column = repair.spots[number]
    span = next(s.span for s in formulas.block.statements if s.span.line <= line <= s.span.end_line)
    start, end = (span.line, span.column), (span.end_line, span.end_column)
    if all(other != line for other, _ in repair.spots[:number]):
        edit = repair.edits[number]
        start, end = (line, column), (line, column + edit.end - edit.start)
    return formulas.place(start, end)


def _edit(formulas: Formulas, line: int, old: str, new: str) -> Edit | None:
    """Return the edit of the file's line that holds a line of the formulas."""
    where = formulas.place((line, 1), (line, len(old) + 1))
    rows = formulas.text.splitlines()
    row = rows[where.line - 1]
    if row.count(old.strip()) != 1:
        return None
    return Edit(
        file=where.file, line=where.line, old=row, new=row.replace(old.strip(), new.strip())
    )


def diff(text: str, edits: Sequence[Edit]) -> str:
    """Return the edits of a text as a unified diff with little around them."""
    before = text.splitlines()
    after = list(before)
    for edit in edits:
        after[edit.line - 1] = edit.new or ""
    name = edits[0].file
    rows = difflib.unified_diff(before, after, name, name, lineterm="", n=1)
    return "\n".join(rows) + "\n"
