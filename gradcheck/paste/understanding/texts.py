"""What the text of a program tells: of a gradient's way into an update, and of its calls."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

from gradcheck.paste.understanding.machine import Machine
from gradcheck.paste.understanding.words import RATES, says

_SOLVERS = ("inv", "pinv", "solve", "lstsq", "cho_solve")


def products(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the texts of a product's factors, each with what it multiplies."""
    match node:
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            yield ast.unparse(left), right
            yield ast.unparse(right), left


def multipliers(machine: Machine, site: int) -> Iterator[str]:
    """Yield what a site's value, or the variable that it goes into, is multiplied by."""
    own = {*machine.sites[site].names, ast.unparse(machine.nodes[site])}
    inner = {id(part) for node in ast.walk(machine.tree) for _, part in products(node)}
    for node in ast.walk(machine.tree):
        factors = [*map(ast.unparse, _factors(node))] if id(node) not in inner else []
        if not own.isdisjoint(factors):
            yield from (text for text in factors if text not in own)


def _factors(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            yield from (*_factors(left), *_factors(right))
        case _:
            yield node


def is_at_a_rate(machine: Machine, site: int) -> bool:
    """Tell whether a value is multiplied by what is called a learning rate, and by nothing else."""
    texts = {*multipliers(machine, site)}
    named = {text for text in texts if text.isidentifier() and says(text, RATES)}
    return bool(named) and all(text.replace(".", "").isdigit() for text in texts - named)


def solves(machine: Machine) -> bool:
    """Tell whether a program solves equations, as Newton's method does."""
    calls = [node.func for node in ast.walk(machine.tree) if isinstance(node, ast.Call)]
    return any(ast.unparse(func).rpartition(".")[2] in _SOLVERS for func in calls)


def is_rescaled(machine: Machine, site: int) -> bool:
    """Tell whether what an update changes is also multiplied by what is computed on the way.

    A bound on a norm does that; a weight decay multiplies by numbers that are given.
    """
    update = machine.nodes.get(site)
    if not isinstance(update, ast.AugAssign | ast.Assign):
        return False
    target = ast.unparse(update.target if isinstance(update, ast.AugAssign) else update.targets[0])
    scaling = [
        node.value
        for node in ast.walk(machine.tree)
        if isinstance(node, ast.AugAssign)
        and node is not update
        and isinstance(node.op, ast.Mult | ast.Div)
        and ast.unparse(node.target) == target
    ]
    if not scaling:
        return False
    loops = [node for node in ast.walk(machine.tree) if isinstance(node, ast.For | ast.While)]
    made = {target} | {
        ast.unparse(part)
        for loop in loops
        for part in ast.walk(loop)
        if isinstance(getattr(part, "ctx", None), ast.Store)
    }
    return any(not made.isdisjoint(map(ast.unparse, ast.walk(value))) for value in scaling)


def adds_a_loss(node: ast.AST) -> bool:
    """Tell what adds up logarithms or squares, as losses do, and not numbers such as rewards."""
    return isinstance(node, ast.AugAssign) and _is_made_like_a_loss(node.value)


def is_half_a_square(node: ast.AST) -> bool:
    """Tell what is half of some squares: no metric is, and no other loss."""
    value = getattr(node, "value", None)
    if value is None or not _is_made_like_a_loss(value):
        return False
    return any(map(_halves, ast.walk(value)))


def _halves(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(left=ast.Constant(value=0.5), op=ast.Mult()):
            return True
        case ast.BinOp(op=ast.Mult(), right=ast.Constant(value=0.5)):
            return True
        case ast.BinOp(op=ast.Div(), right=ast.Constant(value=2)):
            return True
    return False


def adds_a_returned_loss(machine: Machine, node: ast.AST, updates: Iterable[int]) -> bool:
    """Tell what adds up the logarithms or squares that a function returns which has updates in it.

    Another one may measure anything.
    """
    match node:
        case ast.AugAssign(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))):
            updating = {machine.sites[site].function.rpartition(".")[2] for site in updates}
            returned = _returned(machine, name) if name in updating else ()
            return any(_is_made_like_a_loss(value) for value in returned)
    return False


def _returned(machine: Machine, function: str) -> Iterator[ast.expr]:
    """Yield what functions of a name return; of a variable, what it is given there."""
    for node in ast.walk(machine.tree):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            parts = list(ast.walk(node))
            values = [part.value for part in parts if isinstance(part, ast.Return) and part.value]
            names = {value.id for value in values if isinstance(value, ast.Name)}
            yield from values
            for part in parts:
                match part:
                    case (
                        ast.Assign(targets=[ast.Name(id=name)], value=value)
                        | ast.AugAssign(target=ast.Name(id=name), value=value)
                    ) if name in names:
                        yield value


def _is_made_like_a_loss(value: ast.expr) -> bool:
    for part in ast.walk(value):
        match part:
            case ast.BinOp(op=ast.Pow()):
                return True
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                if name.startswith(("log", "square", "power")):
                    return True
    return False


def called_twice(machine: Machine) -> Iterator[str]:
    """Yield the functions that are called at several places, as for other data."""
    calls = Counter(
        ast.unparse(node.func).rpartition(".")[2]
        for node in ast.walk(machine.tree)
        if isinstance(node, ast.Call)
    )
    for function in {site.function for site in machine.sites.values()}:
        if calls[function.rpartition(".")[2]] > 1:
            yield function


def roots_of(machine: Machine) -> Iterator[str]:
    """Yield the names of nodes that are told to go back, as in `total.backward()`."""
    for node in ast.walk(machine.tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=verb), args=[]):
                if "back" in verb.lower():
                    yield name
