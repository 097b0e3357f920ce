"""What may have been left out of a sum: a penalty, another gradient, a value that is not used.

Terms are texts of expressions that a statement can see, with shapes that it can add.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from gradcheck.paste.repair.adjoints import Match
from gradcheck.paste.repair.influence import Influence
from gradcheck.paste.repair.scope import Scope
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.understanding.sites import words
from gradcheck.paste.understanding.words import gradient_of
from gradcheck.record import record

DERIVATIVE = frozenset(
    [
        "prime",
        "deriv",
        "derivative",
        "derivatives",
        "derivada",
        "slope",
        "grad",
        "gradient",
        "d",
        "diff",
        "ableitung",
        "backward",
    ]
)
_STRENGTHS = frozenset(
    [
        "reg",
        "lambda",
        "lam",
        "lambd",
        "lmbda",
        "lmbd",
        "l",
        "l1",
        "l2",
        "decay",
        "penalty",
        "alpha",
        "wd",
        "regularization",
    ]
)
_MOST_PRODUCTS = 8
_NAME = re.compile(r"[^\W\d]\w*")


@record
class Uses:
    """What backward statements make: everything, derivatives, and what nothing comes of.

    `kept` is what the updates change.
    """

    backward: frozenset[str] = frozenset()
    derivatives: frozenset[str] = frozenset()
    idle: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()


@record
class Style:
    """How a program writes products of matrices; `known` are all the products that it has."""

    product: str | None
    known: frozenset[str]

    @staticmethod
    def of(tree: ast.Module, numpy: str | None) -> "Style":
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp)]
        product = None if numpy is None else f"{numpy}.dot({{}}, {{}})" if numpy else "dot({}, {})"
        if any(isinstance(node.op, ast.MatMult) for node in nodes):
            product = "{} @ {}"
        return Style(product=product, known=frozenset(map(ast.unparse, nodes)))


def uses(
    statements: Mapping[int, Statement],
    influences: Mapping[int, Influence],
    matches: Mapping[int, Match],
    updates: Iterable[int],
    parameters: Iterable[str] = (),
) -> Uses:
    """Return what is known of what backward statements assign, but for the updates."""
    backward = [n for n, one in influences.items() if not one.forward and one.known]
    idle = [n for n in backward if not influences[n].parameters]
    kept = frozenset(name for n in updates for name in _assigned(statements[n]))
    return Uses(
        backward=frozenset(name for n in backward for name in _assigned(statements[n])) - kept,
        derivatives=frozenset(name for n in matches for name in _assigned(statements[n])),
        idle=frozenset(name for n in idle for name in _assigned(statements[n])),
        kept=kept | frozenset(parameters),
    )


def _assigned(statement: Statement) -> Iterator[str]:
    match statement.node:
        case ast.Assign(targets=[ast.Name() | ast.Attribute() | ast.Subscript() as target]):
            yield ast.unparse(target)
        case ast.AugAssign(target=target):
            yield ast.unparse(_whole(target))


def _whole(target: ast.expr) -> ast.expr:
    return _whole(target.value) if isinstance(target, ast.Subscript) else target


def forgotten(
    uses: Uses,
    statement: Statement,
    scope: Scope,
    shapes: Collection[tuple[int, ...]],
    sizes: Iterable[str],
) -> Iterator[str]:
    """Yield values that are computed for nothing, and fit: as they are, or a mean's share.

    What is one for all samples goes to each of them.
    """
    numbers = [*sizes]
    for name in idle(uses, statement, scope):
        shape = scope.arrays.get(name)
        spread = shape is not None and any(_is_spread(shape, other) for other in shapes)
        if spread or shape in shapes:
            yield name
        if spread:
            yield from (f"{name} / {number}" for number in numbers)


def _is_spread(shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Tell whether what has one shape is the same for all rows of what has another."""
    return len(other) > 1 and shape in (other[1:], (1, *other[1:]))


def lost(uses: Uses, statement: Statement, scope: Scope, products: Iterable[str]) -> Iterator[str]:
    """Yield what may be missing in a product: values for nothing, and the target's own gradient.

    Where a statement has nothing that comes from behind, that may be anything which does, or one
    of some products.
    """
    yield from idle(uses, statement, scope)
    own = parts(statement)
    if not any(is_backward(uses, name) for name in _value_parts(statement)):
        names = (name for name in (*scope.arrays, *scope.numbers) if name in scope.moving)
        yield from (name for name in names if is_backward(uses, name))
        yield from _sums(uses, statement, scope)
        yield from (f"({text})" for text in islice(products, _MOST_PRODUCTS))
    for target in _assigned(statement):
        chain = _NAME.findall(target)
        for name in (*scope.arrays, *scope.numbers):
            free = name in scope.moving and name not in own
            if free and gradient_of(chain, _NAME.findall(name)):
                yield name


def _sums(uses: Uses, statement: Statement, scope: Scope) -> Iterator[str]:
    """Yield sums over the samples of what comes from behind, as a bias's gradient is."""
    shapes = {scope.arrays.get(target) for target in _assigned(statement)}
    for name, shape in scope.arrays.items():
        if is_backward(uses, name) and not shapes.isdisjoint({shape[1:], (1, *shape[1:])}):
            keep = "" if shape[1:] in shapes else ", keepdims=True"
            yield f"{name}.sum(axis=0{keep})"


def uncalled(functions: Iterable[str], statement: Statement) -> Iterator[str]:
    """Yield what functions that nothing calls may make of a statement's target."""
    for target in _assigned(statement):
        yield from (f"{function}({target})" for function in functions)


def idle(uses: Uses, statement: Statement, scope: Scope) -> Iterator[str]:
    """Yield values that are computed for nothing."""
    own = parts(statement)
    yield from (n for n in (*scope.arrays, *scope.numbers) if n in uses.idle and n not in own)


def scaling(tree: ast.AST) -> Iterator[str]:
    """Yield the values that a program multiplies others by, entry by entry."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                yield from (ast.unparse(left), ast.unparse(right))
            case ast.AugAssign(op=ast.Mult(), value=value):
                yield ast.unparse(value)


def masks(scaling: Collection[str], statement: Statement, scope: Scope) -> Iterator[str]:
    """Yield what the way forward may be multiplied by, and so the way back: a mask of a dropout.

    That depends on no parameter, and has the shape of what the statement makes.
    """
    own, shapes = parts(statement), set(own_shapes(statement, scope))
    for name, shape in scope.arrays.items():
        if name in scaling and name not in scope.moving and shape in shapes and name not in own:
            yield name


def penalties(style: Style, scope: Scope, strengths: Iterable[str]) -> Iterator[str]:
    """Yield shares of a penalty: its strength, by name or by what it multiplies, times a weight."""
    named = [name for name in scope.numbers if is_strength(name)]
    for strength in dict.fromkeys((*named, *strengths)):
        for name in scope.arrays:
            if f"{strength} * {name}" in style.known or _is_gradient(name):
                continue
            if name in scope.moving:
                yield f"{strength} * {name}"
                yield f"2 * {strength} * {name}"


def gradients(
    statement: Statement, scope: Scope, shapes: Collection[tuple[int, ...]]
) -> Iterator[str]:
    """Yield other gradients of the statement's shapes."""
    own = parts(statement)
    for name, shape in scope.arrays.items():
        if shape in shapes and name in scope.moving and name not in own and _is_gradient(name):
            yield name


def is_backward(uses: Uses, name: str) -> bool:
    """Tell what comes from behind: what backward statements make, or what is called a gradient."""
    return name in uses.backward or is_derivative(uses, name)


def is_derivative(uses: Uses, name: str) -> bool:
    """Tell what is known to be a derivative, or is called one.

    What backward statements make may be none: where the loss has a forward pass of its own, that of
    the training step is not felt by it.
    """
    return name in uses.derivatives or _is_gradient(name)


def _value_parts(statement: Statement) -> set[str]:
    value = statement.node.value
    return {ast.unparse(node) for node in ast.walk(value) if isinstance(node, ast.expr)}


def parts(statement: Statement) -> set[str]:
    return {ast.unparse(node) for node in ast.walk(statement.node) if isinstance(node, ast.expr)}


def own_shapes(statement: Statement, scope: Scope) -> Iterator[tuple[int, ...]]:
    yield from (shape for shape in scope.made if shape)
    for node in ast.walk(statement.node):
        if isinstance(node, ast.expr) and (text := ast.unparse(node)) in scope.arrays:
            yield scope.arrays[text]


def is_strength(text: str) -> bool:
    """Tell texts that name a regulariser's strength."""
    return not _STRENGTHS.isdisjoint(words(text))


def _is_gradient(name: str) -> bool:
    """Tell names for gradients: `dW`, `delta_prime`."""
    last = name.rpartition(".")[2]
    return last.startswith("d") or not DERIVATIVE.isdisjoint(words(last))
