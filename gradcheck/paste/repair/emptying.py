"""Sums that objects keep from step to step: made empty once, added to in every step, never emptied.

They are emptied behind the update that has used them.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known, Part
from gradcheck.paste.repair.copies import inserted
from gradcheck.paste.repair.placing import around
from gradcheck.paste.repair.statements import Changes, Statement
from gradcheck.paste.repair.states import State
from gradcheck.paste.repair.sums import collects


def emptyings(bench: Bench, known: Known, state: State) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with all sums that are never emptied set to zero behind their updates."""
    kept = _kept(bench, known)
    used = [(one, text) for one in bench.updating for text in _used(known, one, kept)]
    changes = dict(state.changes)
    for update, text in used:
        at = next(k for k, node in enumerate(update.body) if node is update.node)
        made = around(bench, changes, update.body, at, (text,), behind=True)
        if made is None:
            return
        changes = made
    if used:
        yield _emptied(used), changes


def _kept(bench: Bench, known: Known) -> set[str]:
    """Return the attributes that the step only ever adds to, and more than once.

    What it adds to once may as well be set.
    """
    run = [known.statements[number] for number in known.influences]
    sums = [one for one in run if collects(one) and _is_repeated(bench, one)]
    added = {name for one in sums for name in _attributes(_target(one))}
    made = (one for one in run if isinstance(one.node, ast.Assign) and not collects(one))
    return added.difference(*(_attributes(target) for one in made for target in one.node.targets))


def _is_repeated(bench: Bench, statement: Statement) -> bool:
    """Tell whether a statement changes the same thing again and again."""
    events = bench.inquiry.base.events
    things = [event.thing for event in events if event.site == statement.number]
    return len({id(thing) for thing in things}) < len(things)


def _target(statement: Statement) -> ast.expr:
    node = statement.node
    target: ast.expr = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
    return target


def _attributes(node: ast.expr) -> Iterator[str]:
    """Yield the attribute that is set, in whole or in part; those of several things at once."""
    match node:
        case ast.Attribute(attr=name):
            yield name
        case ast.Subscript(value=value):
            yield from _attributes(value)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _attributes(part)


def _used(known: Known, update: Statement, kept: set[str]) -> Iterator[str]:
    """Yield what empties the sums that an update is made of, by the names it has for them."""
    scope = known.scopes.get(update.number)
    if scope is None:
        return
    handed = set(_handed(update, kept))
    seen = set()
    for node in ast.walk(update.node.value):
        if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            continue
        text = ast.unparse(node)
        is_kept = text in handed or not kept.isdisjoint(_attributes(node))
        if is_kept and text not in seen and text in {**scope.arrays, **scope.numbers}:
            seen.add(text)
            yield f"{text}[:] = 0" if scope.arrays.get(text) else f"{text} = 0"


def _handed(update: Statement, kept: set[str]) -> Iterator[str]:
    """Yield the variables of loops that run over such attributes."""
    for loop in update.parents:
        if not isinstance(loop, ast.For):
            continue
        match loop.target, loop.iter:
            case ast.Tuple(elts=targets), ast.Call(func=ast.Name(id="zip"), args=sources):
                pairs = zip(targets, sources, strict=False)
            case target, source:
                pairs = zip([target], [source], strict=True)
        yield from (ast.unparse(t) for t, s in pairs if not kept.isdisjoint(_attributes(s)))


def _emptied(used: Sequence[tuple[Statement, str]]) -> Edit:
    """Return the edit that empties sums; it is missing behind the first update."""
    first, text = used[0]
    edit = inserted(text, first, "empty what has been used up, behind its update")
    own = dict.fromkeys(update.number for update, _ in used)
    parts = tuple(Part(number=number, idea=edit.parts[0].idea) for number in own)
    return replace(edit, parts=parts, new="; ".join(text for _, text in used))
