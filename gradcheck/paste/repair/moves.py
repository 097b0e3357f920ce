"""Statements in another order: what reads a weight goes in front of what changes it.

Weights that are updated before the gradients of the layers below are computed from them are
stale: those gradients are off by something that grows with the learning rate.
"""

import ast
from collections.abc import Iterable, Iterator
from itertools import chain

from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known, text_of
from gradcheck.paste.repair.keeping import copied, kept, kept_by_owner
from gradcheck.paste.repair.later import later
from gradcheck.paste.repair.placing import COST, around, child, moved
from gradcheck.paste.repair.statements import Change, Changes, Statement
from gradcheck.paste.repair.states import State

_HOISTED = "before_update"


def moves(bench: Bench, known: Known, state: State) -> Iterator[tuple[Edit, Changes]]:
    """Return changes that let later statements see weights as the forward pass had them."""
    updates = sorted(bench.updating, key=lambda s: s.order)
    readers = sorted(known.suspects(state.shown.wrong), key=lambda s: s.order)
    both = [(u, r) for r in readers for u in updates if u is not r]
    pairs = [(u, r) for u, r in both if u.function is r.function]
    apart = [(u, r) for u, r in both if u.function is not r.function]
    changes = state.changes
    kinds: tuple[Iterable[Iterator[tuple[Edit, Changes]]], ...] = (
        (copied(changes, reader) for reader in readers),
        (_forward(bench, state, update, reader) for update, reader in pairs),
        (_backward(bench, state, update) for update in updates),
        (later(bench, changes, update, reader) for update, reader in pairs),
        (_hoisted(bench, state, update, reader) for update, reader in pairs),
        (kept(bench, changes, update, reader) for update, reader in pairs),
        (kept_by_owner(bench, changes, update, reader) for update, reader in apart),
    )
    for proposals in chain.from_iterable(kinds):
        yield from proposals


def _forward(
    bench: Bench, state: State, update: Statement, reader: Statement
) -> Iterator[tuple[Edit, Changes]]:
    """Put the reader in front of the update, or of the loop that the update is in."""
    text = text_of(reader, state.changes)
    at = child(reader.body, update.node)
    if text is None or at is None or isinstance(reader.node, ast.Return):
        return
    body = reader.body
    own = next(k for k, node in enumerate(body) if node is reader.node)
    if at >= own:
        return
    changes = around(bench, state.changes, body, at, (text,), behind=False)
    if changes is None or reader.number in changes.keys() - state.changes.keys():
        return
    gone = Change(number=reader.number, text=None)
    what = f"compute `{text}` before `{update.text}`"
    edit = moved(update, reader, what, update.text, text)
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
    texts = [text for s in group if (text := text_of(s, state.changes)) is not None]
    if len(texts) < len(group):
        return
    at = next(k for k, node in enumerate(body) if node is last)
    changes = around(bench, state.changes, body, at, texts, behind=behind)
    if changes is None or any(s.number in changes.keys() - state.changes.keys() for s in group):
        return
    gone = {s.number: Change(number=s.number, text=None) for s in group}
    what = "change the weights last"
    yield moved(update, update, what, update.text, "\n".join(texts)), {**changes, **gone}


def _hoisted(
    bench: Bench, state: State, update: Statement, reader: Statement
) -> Iterator[tuple[Edit, Changes]]:
    """Compute the part of the reader that the update spoils in front of it, under a new name."""
    if update.order > reader.order:
        return
    text = text_of(reader, state.changes)
    value = reader.node.value
    if text is None or reader.number in state.changes or value is None:
        return
    at = child(update.body, update.node)
    part = ast.get_source_segment(text, ast.parse(text).body[0].value)  # type: ignore[attr-defined]
    if part is None or at is None:
        return
    changes = around(bench, state.changes, update.body, at, (f"{_HOISTED} = {part}",), behind=False)
    if changes is None or reader.number in changes.keys() - state.changes.keys():
        return
    new = Change(number=reader.number, text=text.replace(part, _HOISTED))
    what = f"compute `{part}` before `{update.text}`"
    edit = moved(update, reader, what, update.text, part, cost=COST + 1)
    yield edit, {**changes, reader.number: new}
