"""How unlikely edits are at their places: what they would be put into makes some dearer."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import replace

from gradcheck.edits import SCALING, Draft, Rewrite
from gradcheck.edits.rewrite import source
from gradcheck.paste.repair.accumulators import is_never_emptied, is_overwritten
from gradcheck.paste.repair.material import Stock
from gradcheck.paste.repair.scope import Scope
from gradcheck.paste.repair.statements import Statement, is_given

_OTHER_SHAPE = 0.8
_DEEP = 0.5
_RATE = 0.3
_GIVEN = 1.0
_ADDED = 0.05
_SUMMED = 0.2
_OVERWRITTEN = 0.8


def outside(draft: Draft, statement: ast.stmt) -> Draft:
    """Make it dearer to multiply each term of a sum by a derivative than the sum."""
    dearer = draft.kind == "append-derivative" and isinstance(statement, ast.AugAssign)
    return replace(draft, cost=draft.cost + _SUMMED) if dearer else draft


def likelier(
    rewrite: Rewrite,
    statement: Statement,
    statements: Mapping[int, Statement],
    run: Iterable[int],
) -> Rewrite:
    """Make it cheaper to add to what a loop overwrites, and not to what is never emptied."""
    if rewrite.kind == "assign-to-accumulate":
        likely = is_overwritten(statement, statements.values())
    elif rewrite.kind == "accumulate-to-assign":
        likely = is_never_emptied(statement, (statements[n] for n in run))
    else:
        return rewrite
    return replace(rewrite, cost=rewrite.cost - _OVERWRITTEN * likely)


def kept(draft: Draft, old: str, stock: Stock, scope: Scope) -> Draft:
    """Make it dearer to drop a learning rate than what it multiplies."""
    if draft.kind == "drop-factor" and stock.drops_rate(old, draft.new, scope):
        return replace(draft, cost=draft.cost + _RATE)
    return draft


def weighed(draft: Draft, text: str, scope: Scope, root: ast.expr) -> Draft:
    """Make replacements by something of another shape dearer, and derivatives deep inside.

    A program has many values that a derivative could be taken at. What is squared to be given to a
    function of the program's own, as a derivative, is rather to be squared there. What has a name
    and is only added is rather scaled where it is made.
    """
    if draft.kind in SCALING and _is_added(draft.node, root):
        return replace(draft, cost=draft.cost + _ADDED)
    if draft.kind == "square" and is_given(draft.node, root):
        return replace(draft, cost=draft.cost + _GIVEN)
    whole = root.elt if isinstance(root, ast.ListComp) else root
    deep = draft.kind == "append-derivative" and draft.node is not whole
    if deep or draft.kind == "replace-by-derivative":
        return replace(draft, cost=draft.cost + _DEEP)
    if draft.kind != "replace-name":
        return draft
    old = source(text, draft.node)
    is_known = all(name in scope.arrays or name in scope.numbers for name in (old, draft.new))
    if not is_known or scope.arrays.get(old, ()) == scope.arrays.get(draft.new, ()):
        return draft
    return replace(draft, cost=draft.cost + _OTHER_SHAPE)


def _is_added(node: ast.expr, root: ast.expr) -> bool:
    match root:
        case ast.BinOp(left=ast.Name() as left, op=ast.Add(), right=ast.Name() as right):
            return node is left or node is right
    return False
