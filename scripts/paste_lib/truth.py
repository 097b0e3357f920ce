"""The text of a case with all of its own edits made."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from gradcheck.errors import GradcheckError
from gradcheck.paste.reading.read import read
from gradcheck.paste.reading.rewriting import applied
from gradcheck.report import Edit
from paste_lib.sheet import Case, LineEdit, Spot

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


def corrected(case: Case) -> str:
    """Return a case's text without its mistakes.

    Two mistakes may touch one line, and one may move the line that another changes: lines that
    move do so first, and each change is made to a line as the others have left it.
    """
    made: dict[Spot, LineEdit] = {}
    edits = [edit for bug in case.bugs for edit in bug.edits]
    for edit in sorted(edits, key=lambda edit: not _moves(edit)):
        _make(case, made, edit)
    changes = [
        Edit(file=case.path.name, line=spot[1], cell=spot[0], old=edit.old, new=edit.new)
        for spot, edit in made.items()
    ]
    return applied(read(case.text), changes)


def _moves(edit: LineEdit) -> bool:
    return edit.new is None or "\n" in edit.new


def _make(case: Case, made: dict[Spot, LineEdit], edit: LineEdit) -> None:
    before = made.get(edit.spot)
    if before is None:
        made[edit.spot] = edit
    elif before.new is not None and edit.new is not None and not _moves(before):
        new = _merged(edit.old, before.new, edit.new)
        made[edit.spot] = LineEdit(spot=edit.spot, old=edit.old, new=new)
    elif not _follow(made, edit):
        raise GradcheckError(f"{case.path}: the edits of line {edit.spot[1]} do not go together")


def _follow(made: dict[Spot, LineEdit], edit: LineEdit) -> bool:
    """Make an edit where its line has gone."""
    for spot, other in made.items():
        lines = (other.new or "").split("\n")
        if edit.old in lines and edit.new is not None:
            lines[lines.index(edit.old)] = edit.new
            made[spot] = LineEdit(spot=spot, old=other.old, new="\n".join(lines))
            return True
    return False


def _merged(old: str, one: str, other: str) -> str:
    """Make two changes to one line, token by token; the same one is made once."""
    tokens = _TOKEN.findall(old)
    changes = sorted({*_changes(tokens, one), *_changes(tokens, other)}, reverse=True)
    for start, end, new in changes:
        tokens[start:end] = [new]
    return "".join(tokens)


def _changes(tokens: Sequence[str], new: str) -> Iterator[tuple[int, int, str]]:
    fresh = _TOKEN.findall(new)
    for kind, a, b, c, d in SequenceMatcher(None, tokens, fresh, autojunk=False).get_opcodes():
        if kind != "equal":
            yield a, b, "".join(fresh[c:d])
