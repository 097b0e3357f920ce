"""Steps that follow right gradients uphill: what an optimizer does with them has the wrong sign.

The gradient variables are right then, and no formula of theirs is to be changed, but one of those
behind them. By which sign a changed step follows its gradients is found by turning these round.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace

from gradcheck.edits import Draft, Material, Rewrite, drafts, statement_rewrites
from gradcheck.edits.rewrite import parsed
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known, Part, text_of
from gradcheck.paste.repair.making import written
from gradcheck.paste.repair.statements import Changes, Statement
from gradcheck.paste.repair.states import Late, State
from gradcheck.paste.understanding.claims import leads_uphill
from gradcheck.paste.understanding.paths import Path

_WITHIN = 0.3
"""How much dearer a change inside the optimizer is than one of the update itself."""


def descending(bench: Bench, known: Known, start: State, late: Late) -> tuple[State, ...]:
    """Return the changes of a step that goes uphill after which it goes downhill, if it does."""
    rising = {path for path in start.shown.wrong if path in bench.claims}
    if not any(bench.claims[path].ascends for path in rising):
        return ()
    found: list[State] = []
    before = bench.signs
    for edit in sorted(_turns(bench, known), key=lambda edit: edit.rank):
        if late():
            break
        both = written(known, start.changes, edit)
        signs = None if both is None else _signs(bench, both[1])
        if both is None or not signs or signs == before:
            continue
        bench.signs = signs
        shown = bench.tells(both[1])
        if shown is not None and shown.wrong < start.shown.wrong and bench.is_harmless(both[1]):
            found.append(State(changes=both[1], shown=shown, edits=(both[0],)))
        bench.signs = before
    best = min((len(state.shown.wrong) for state in found), default=0)
    return tuple(state for state in found if len(state.shown.wrong) == best)


def follow(bench: Bench, changes: Changes) -> None:
    """Have the bench take claims by the signs by which a changed step follows them."""
    bench.signs = _signs(bench, changes) or bench.signs


def _signs(bench: Bench, changes: Changes) -> Mapping[Path, float] | None:
    if not bench.edit(changes):
        return None
    return {
        path: -1.0 if leads_uphill(bench.inquiry, path, claim, bench.plan) else 1.0
        for path, claim in bench.claims.items()
    }


def _turns(bench: Bench, known: Known) -> Iterator[Edit]:
    """Yield the changes of sign in what is behind the gradients."""
    updating = {statement.number for statement in bench.updating}
    for number, influence in known.influences.items():
        statement = known.statements[number]
        if influence.forward or influence.parameters or text_of(statement, {}) is None:
            continue
        for idea in _ideas(statement, known):
            cost = idea.cost + _WITHIN * (number not in updating)
            what = f"{idea.what}, so that the step goes downhill"
            yield Edit(
                parts=(Part(number=number, idea=replace(idea, cost=cost)),),
                kind="turn-step",
                cost=cost,
                rank=cost,
                what=what,
            )


def _ideas(statement: Statement, known: Known) -> Iterator[Draft | Rewrite]:
    """Yield changes of one sign: to turn a whole sum would turn what is kept in it as well."""
    node, text = known.parsed(statement, {}), statement.text
    yield from (
        idea for idea in statement_rewrites(text, node, Material()) if idea.kind == "flip-update"
    )
    value = getattr(node, "value", None)
    for draft in () if value is None else drafts(text, value, Material()):
        if draft.kind == "negate" and isinstance(parsed(draft.new), ast.BinOp):
            yield draft
