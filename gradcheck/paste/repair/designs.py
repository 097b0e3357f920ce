"""Repairs that only give a loss another shape.

Where a program writes no loss, what it makes of its residuals is all that tells which one it
minimises. A derivative like `r / np.sqrt(1 + r ** 2)` is that of a loss as good as any, so whoever
makes a plain residual of it has repaired nothing. Nor has who drops what weighs the residuals of
samples or classes. The slope of an activation is another matter: it depends on what the network
computes, not on the target.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.states import State

_BOUNDING = ("clip", "minimum", "maximum", "min", "max")


def is_design(bench: Bench, state: State) -> bool:
    """Tell whether edits change nothing but how gradients depend on the residual."""
    meant = _residuals(bench)
    made = _made(bench, meant)
    pairs = [(bench.statements.get(n), change) for n, change in state.changes.items()]
    return bool(meant) and all(
        statement is not None
        and change.text is not None
        and not change.before
        and not change.after
        and (
            _reshapes(statement.node, ast.parse(change.text), meant)
            or _weighs(statement.node, ast.parse(change.text), meant, made)
        )
        for statement, change in pairs
    )


def _reshapes(old: ast.AST, new: ast.AST, meant: AbstractSet[str]) -> bool:
    before, after = Counter(_names(old)), Counter(_names(new))
    gone, come = before - after, after - before
    if come.keys() - meant:
        return False
    if (gone.keys() | come.keys()) & meant:
        return True
    one, other = set(_shapes(old, meant)), set(_shapes(new, meant))
    return not gone and not come and one != other and not any(map(_loses_signs, one))


def _made(bench: Bench, meant: AbstractSet[str]) -> AbstractSet[str]:
    """Return the names of all that the step makes or starts from, its inputs among them."""
    sites, events = bench.machine.sites, bench.inquiry.base.events
    own = {event.site for event in events if event.site in sites}
    names = {name for site in own for name in sites[site].names}
    for number in own & bench.statements.keys():
        read = {*_names(bench.statements[number].node)}
        names |= read if read.isdisjoint(meant) else set()
    return names | {path.root for path in bench.parameters}


def _weighs(old: ast.AST, new: ast.AST, meant: AbstractSet[str], made: AbstractSet[str]) -> bool:
    """Tell whether a residual loses something that the step makes nothing else of."""
    gone = Counter(_names(old)) - Counter(_names(new))
    return not meant.isdisjoint(_names(old)) and bool({*gone} - meant - made)


def _shapes(tree: ast.AST, meant: AbstractSet[str]) -> Iterator[str]:
    """Yield the powers and bounds of residuals, and lists of numbers: what may weigh them."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left=base, op=ast.Pow()) if not meant.isdisjoint(_names(base)):
                yield ast.unparse(node)
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if (
                name in _BOUNDING and not meant.isdisjoint(_names(node))
            ):
                yield ast.unparse(node)
            case ast.List(elts=[ast.Constant(), *_]):
                yield ast.unparse(node)


def _loses_signs(text: str) -> bool:
    """Tell an even power, which is the derivative of no loss that has a minimum."""
    match ast.parse(text, mode="eval").body:
        case ast.BinOp(right=ast.Constant(value=int() as power)):
            return power % 2 == 0
    return False


def _residuals(bench: Bench) -> AbstractSet[str]:
    """Return the names of the targets, of the residuals, and of what is made of these alone.

    That is followed up to the updates of the parameters.
    """
    candidate = bench.inquiry.candidates[bench.candidate]
    node = bench.machine.nodes[candidate.site]
    if not isinstance(node, ast.BinOp):
        return frozenset()
    found = {*_names(node.right if candidate.left else node.left)}
    found -= {*_names(node.left if candidate.left else node.right)}
    kept = {path.root for path in bench.parameters}
    updates = {statement.number for statement in bench.updating}
    size = -1
    while found and size != len(found):
        size = len(found)
        for statement in bench.statements.values():
            match statement.node:
                case ast.Assign(targets=targets, value=value) if (
                    statement.number not in updates and not found.isdisjoint(_names(value))
                ):
                    found |= {name for one in targets for name in _names(one)} - kept
    return found


def _names(tree: ast.AST) -> Iterator[str]:
    """Yield names and attributes, as they are written; not those of what is called."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        match node:
            case ast.Name(id=name):
                yield name
            case ast.Attribute(value=ast.Name()):
                yield ast.unparse(node)
            case ast.Call(func=func, args=args, keywords=keywords):
                pending += [*args, *(keyword.value for keyword in keywords)]
                if isinstance(func, ast.Attribute) and not isinstance(func.value, ast.Name):
                    pending.append(func.value)
            case _:
                pending += ast.iter_child_nodes(node)
