"""Edits made: the changes of a program's statements with one more on top."""

import ast
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from gradcheck.edits import Draft, Rewrite, apply
from gradcheck.edits.rewrite import parsed
from gradcheck.paste.repair.candidates import Edit, Known, text_of
from gradcheck.paste.repair.statements import Change, Changes, renewed, substituted


def tentative(known: Known, changes: Changes, edit: Edit) -> Changes | None:
    """Return changes with an edit on top, for a first trial: parsed, but not written down."""
    made = dict(changes)
    for number, ideas in _by_statement(edit).items():
        statement = known.statements[number]
        text = text_of(statement, changes)
        if text is None:
            return None
        node = known.parsed(statement, changes)
        try:
            for idea in ideas:
                if isinstance(idea, Rewrite):
                    node = renewed(statement.node, statement.text, apply(text, [idea]))
                else:
                    new = parsed(idea.new)
                    node = substituted(node, idea.node, new)
        except SyntaxError:
            return None
        made[number] = _changed(changes, number, text, node)
    return made


def _by_statement(edit: Edit) -> Mapping[int, list[Draft | Rewrite]]:
    found: dict[int, list[Draft | Rewrite]] = defaultdict(list)
    for part in edit.parts:
        found[part.number].append(part.idea)
    return found


def written(known: Known, changes: Changes, edit: Edit) -> tuple[Edit, Changes] | None:
    """Write an edit down: return it with its rewrites, and the changes with it on top."""
    made = dict(changes)
    rewrites = {}
    for number, ideas in _by_statement(edit).items():
        statement = known.statements[number]
        text = text_of(statement, changes)
        if text is None:
            return None
        own = [idea if isinstance(idea, Rewrite) else idea.written(text) for idea in ideas]
        found = tuple(rewrite for rewrite in own if rewrite is not None)
        if len(found) < len(own):
            return None
        rewrites[number] = found
        new = apply(text, found)
        node = renewed(statement.node, statement.text, new)
        made[number] = _changed(changes, number, new, node)
    number, (first, *_) = next(iter(rewrites.items()))
    old = (text_of(known.statements[number], changes) or "")[first.start : first.end]
    return replace(edit, rewrites=rewrites, old=old, new=first.new), made


def _changed(changes: Changes, number: int, text: str, node: ast.stmt) -> Change:
    old = changes.get(number)
    if old is not None:
        return replace(old, text=text, node=node)
    return Change(number=number, text=text, node=node)
