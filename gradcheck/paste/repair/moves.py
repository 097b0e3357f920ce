"""Statements in another order: what reads a weight goes in front of what changes it.

Weights that are updated before the gradients of the layers below are computed from them are
stale: those gradients are off by something that grows with the learning rate.
"""

import ast
from collections.abc import Iterator

from gradcheck.edits import Rewrite
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known, Part, text_of
from gradcheck.paste.repair.statements import Change, Changes, Statement
from gradcheck.paste.repair.states import State
from gradcheck.paste.understanding.sites import of

_COST = 2.0
_HOISTED = "before_update"


def moves(bench: Bench, known: Known, state: State) -> Iterator[tuple[Edit, Changes]]:
    """Yield changes of order that let later statements see weights as the forward pass had them."""
    updates = list(bench.updating)
    readers = [s for s in known.statements.values() if _is_reader(known, state, s)]
    for reader in sorted(readers, key=lambda s: s.order):
        for update in sorted(updates, key=lambda s: s.order):
            if update.number != reader.number and update.function is reader.function:
                yield from _forward(bench, state, update, reader)
    for update in updates:
        yield from _backward(bench, state, update)
    for reader in readers:
        for update in updates:
            if update.function is reader.function and update.order < reader.order:
                yield from _hoisted(bench, state, update, reader)


def _is_reader(known: Known, state: State, statement: Statement) -> bool:
    influence = known.influences.get(statement.number)
    return (
        influence is not None
        and not influence.forward
        and bool(influence.parameters & state.shown.wrong)
    )


def _forward(
    bench: Bench, state: State, update: Statement, reader: Statement
) -> Iterator[tuple[Edit, Changes]]:
    """Put the reader in front of the update, or of the loop that the update is in."""
    text = text_of(reader, state.changes)
    at = _child(reader.body, update.node)
    if text is None or at is None or isinstance(reader.node, ast.Return):
        return
    body = reader.body
    own = next(k for k, node in enumerate(body) if node is reader.node)
    if at >= own:
        return
    changes = around(bench, state.changes, body, at, text, behind=False)
    if changes is None or reader.number in changes.keys() - state.changes.keys():
        return
    gone = Change(number=reader.number, text=None)
    what = f"compute `{text}` before `{update.text}`"
    edit = _edit(update, reader, "move-statement", what, update.text, text)
    yield edit, {**changes, reader.number: gone}


def _backward(bench: Bench, state: State, update: Statement) -> Iterator[tuple[Edit, Changes]]:
    """Put all updates of a block at its end."""
    body = update.body
    group = [s for s in bench.updating if s.body is body]
    rest = [node for node in body if all(s.node is not node for s in group)]
    last = rest[-1] if rest else None
    if group[0] is not update or last is None:
        return
    behind = not isinstance(last, ast.Return)
    texts = [text_of(s, state.changes) for s in group]
    if any(text is None for text in texts):
        return
    at = next(k for k, node in enumerate(body) if node is last)
    joined = "\n".join(text for text in texts if text is not None)
    changes = around(bench, state.changes, body, at, joined, behind=behind)
    if changes is None or any(s.number in changes.keys() - state.changes.keys() for s in group):
        return
    gone = {s.number: Change(number=s.number, text=None) for s in group}
    what = "change the weights last"
    yield _edit(update, update, "move-statement", what, update.text, joined), {**changes, **gone}


def _hoisted(
    bench: Bench, state: State, update: Statement, reader: Statement
) -> Iterator[tuple[Edit, Changes]]:
    """Compute the part of the reader that the update spoils in front of it, under a new name."""
    text = text_of(reader, state.changes)
    value = reader.node.value
    if text is None or reader.number in state.changes or value is None:
        return
    at = _child(update.body, update.node)
    part = ast.get_source_segment(text, ast.parse(text).body[0].value)  # type: ignore[attr-defined]
    if part is None or at is None:
        return
    changes = around(bench, state.changes, update.body, at, f"{_HOISTED} = {part}", behind=False)
    if changes is None or reader.number in changes.keys() - state.changes.keys():
        return
    new = Change(number=reader.number, text=text.replace(part, _HOISTED))
    what = f"compute `{part}` before `{update.text}`"
    edit = _edit(update, reader, "move-statement", what, update.text, part, cost=_COST + 1)
    yield edit, {**changes, reader.number: new}


def _child(body: list[ast.stmt], node: ast.stmt) -> int | None:
    """Return which statement of a block is, or has in it, another one."""
    for index, child in enumerate(body):
        if child is node or any(inner is node for inner in ast.walk(child)):
            return index
    return None


def around(
    bench: Bench, changes: Changes, body: list[ast.stmt], at: int, text: str, *, behind: bool
) -> dict[int, Change] | None:
    """Return changes with a text put before or behind the statement at a place of a block."""
    anchor = bench.statements.get(of(body[at])) or bench.blocks.get(of(body[at]))
    if anchor is None:
        return None
    inside = {of(node) for node in ast.walk(anchor.node)} - {anchor.number}
    if inside & changes.keys():
        return None
    old = changes.get(anchor.number) or Change(
        number=anchor.number, text=anchor.text, node=anchor.node
    )
    texts = tuple(text.split("\n"))
    new = Change(
        number=anchor.number,
        text=old.text,
        node=old.node,
        before=old.before if behind else (*old.before, *texts),
        after=(*texts, *old.after) if behind else old.after,
    )
    return {**changes, anchor.number: new}


def _edit(
    update: Statement,
    reader: Statement,
    kind: str,
    what: str,
    old: str,
    new: str,
    cost: float = _COST,
) -> Edit:
    rewrite = Rewrite(start=0, end=len(reader.text), new="", kind=kind, cost=cost, what=what)
    parts = tuple(Part(number=s.number, idea=rewrite) for s in dict.fromkeys((reader, update)))
    return Edit(
        parts=parts,
        kind=kind,
        cost=cost,
        rank=cost,
        what=what,
        old=old,
        new=new,
        rewrites={reader.number: (rewrite,)},
    )
