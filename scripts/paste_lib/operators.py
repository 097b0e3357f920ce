"""The mistakes that the mutation study plants, one statement at a time.

The list is fixed. It is written for itself, and shares nothing with the edits that repair.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from gradcheck.record import record
from paste_lib.splices import Splice, between, closed, put, read, span, turned


@record
class Ground:
    """A statement on one line, in its program."""

    node: Any
    tree: ast.Module
    lines: Sequence[str]


@record
class Mutant:
    """A planted mistake: its operator, the lines that it changes, and what they become."""

    operator: str
    lines: Mapping[int, str | None]

    @property
    def first(self) -> int:
        return min(self.lines)


def mutants(source: str, backward: frozenset[int]) -> Iterator[Mutant]:
    """Yield all mistakes that can be planted in the statements on some lines of a program."""
    tree = ast.parse(source)
    lines = source.split("\n")
    for node in _statements(tree):
        if node.lineno in backward and node.lineno == node.end_lineno:
            for operator, propose in OPERATORS.items():
                for splice in propose(Ground(node=node, tree=tree, lines=lines)):
                    text = lines[splice.line - 1]
                    new = text[: splice.start] + splice.new + text[splice.end :]
                    if new != text:
                        yield Mutant(operator=operator, lines={splice.line: new})
    yield from _stale(tree, lines, backward)


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    simple = ast.Assign | ast.AugAssign | ast.Return | ast.Expr
    yield from (node for node in ast.walk(tree) if isinstance(node, simple) and _is_code(node))


def _is_code(node: ast.stmt) -> bool:
    value = getattr(node, "value", None)
    return value is not None and not isinstance(value, ast.Constant)


def _flip_sign(at: Ground) -> Iterator[Splice]:
    """`a - b` for `a + b` and the other way round; `-a` for `a`; `-=` for `+=`."""
    for part in _arithmetic(at.node):
        match part:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                sign = "-" if isinstance(op, ast.Add) else "+"
                yield between(left, right, f" {sign} ", at.lines)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                yield put(part, closed(operand, at.lines), at.lines)
    if isinstance(at.node, ast.Assign | ast.Return):
        yield put(at.node.value, f"-({read(at.node.value, at.lines)})", at.lines)
    if isinstance(at.node, ast.AugAssign) and isinstance(at.node.op, ast.Add | ast.Sub):
        sign = "-=" if isinstance(at.node.op, ast.Add) else "+="
        yield between(at.node.target, at.node.value, f" {sign} ", at.lines)


def _drop_factor(at: Ground) -> Iterator[Splice]:
    for part in _arithmetic(at.node):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult):
            yield put(part, closed(part.left, at.lines), at.lines)
            yield put(part, closed(part.right, at.lines), at.lines)


def _repeat_factor(at: Ground) -> Iterator[Splice]:
    for part in _arithmetic(at.node):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult):
            factor = closed(part.right, at.lines)
            yield put(part, f"({read(part, at.lines)} * {factor})", at.lines)


def _swap_variables(at: Ground) -> Iterator[Splice]:
    """Exchange two names of one expression."""
    value = at.node.value
    called = {id(part.func) for part in ast.walk(value) if isinstance(part, ast.Call)}
    named = [n for n in ast.walk(value) if isinstance(n, ast.Name) and id(n) not in called]
    named = [name for name in named if name.id not in ("np", "numpy", "math", "self")]
    for one, other in combinations(named, 2):
        if one.id != other.id and (one.lineno, other.lineno) == (at.node.lineno, at.node.lineno):
            text = at.lines[at.node.lineno - 1]
            first, second = sorted((span(one, at.lines), span(other, at.lines)))
            middle = text[first[1] : second[0]]
            new = text[second[0] : second[1]] + middle + text[first[0] : first[1]]
            yield Splice(line=at.node.lineno, start=first[0], end=second[1], new=new)


def _transpose(at: Ground) -> Iterator[Splice]:
    """Drop a `.T`, or put one behind an operand of a product."""
    for part in ast.walk(at.node):
        match part:
            case ast.Attribute(attr="T", value=value):
                yield put(part, read(value, at.lines), at.lines)
            case ast.BinOp(op=ast.MatMult(), left=left, right=right):
                yield from (turned(side, at.lines) for side in (left, right))
            case ast.Call(func=ast.Attribute(attr="dot"), args=args):
                yield from (turned(side, at.lines) for side in args)


def _change_axis(at: Ground) -> Iterator[Splice]:
    for part in ast.walk(at.node):
        match part:
            case ast.keyword(arg="axis", value=ast.Constant(value=0 | 1 as axis) as value):
                yield put(value, str(1 - axis), at.lines)


def _drop_mean(at: Ground) -> Iterator[Splice]:
    """A sum for a mean, and no division by a number of something."""
    for part in ast.walk(at.node):
        match part:
            case ast.BinOp(op=ast.Div(), left=left, right=right) if _counts(right, at.lines):
                yield put(part, closed(left, at.lines), at.lines)
            case ast.Attribute(attr="mean", value=value):
                yield put(part, f"{read(value, at.lines)}.sum", at.lines)


def _wrong_layer(at: Ground) -> Iterator[Splice]:
    """Another number in a name, or the neighbouring entry of a list."""
    known = {n.id for n in ast.walk(at.tree) if isinstance(n, ast.Name)}
    known |= {n.attr for n in ast.walk(at.tree) if isinstance(n, ast.Attribute)}
    known |= {n.value for n in ast.walk(at.tree) if _is_text(n)}
    for part in ast.walk(_value(at.node)):
        match part:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                end = span(part, at.lines)[1]
                for other in sorted(known & set(_numbered(name))):
                    line, start = part.lineno, end - len(name)
                    yield Splice(line=line, start=start, end=end, new=other)
            case ast.Subscript(slice=ast.Constant(value=str() as name) as key):
                for other in sorted(known & set(_numbered(name))):
                    yield put(key, repr(other), at.lines)
            case ast.Subscript(slice=key):
                yield from (put(key, text, at.lines) for text in _neighbours(key, at.lines))


def _neighbours(key: ast.expr, lines: Sequence[str]) -> Iterator[str]:
    match key:
        case ast.Constant(value=int() as number):
            yield str(number - 1 if number else 1)
        case ast.BinOp(op=ast.Add() | ast.Sub(), left=left):
            yield read(left, lines)
        case ast.Name() | ast.UnaryOp():
            yield f"{read(key, lines)} - 1"


def _drop_term(at: Ground) -> Iterator[Splice]:
    for part in _arithmetic(at.node):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
            yield put(part, read(part.left, at.lines), at.lines)
            yield put(part, read(part.right, at.lines), at.lines)


def _assign(at: Ground) -> Iterator[Splice]:
    """`=` for `+=`."""
    if isinstance(at.node, ast.AugAssign) and isinstance(at.node.op, ast.Add):
        yield between(at.node.target, at.node.value, " = ", at.lines)


def _activation(at: Ground) -> Iterator[Splice]:
    """The activation where its argument belongs, and the other way round."""
    pairs = dict(_activations(at.tree))
    exchanged = {**pairs, **{value: key for key, value in pairs.items()}}
    for part in ast.walk(_value(at.node)):
        if isinstance(part, ast.Name | ast.Attribute | ast.Subscript):
            other = exchanged.get(ast.unparse(part))
            if other is not None:
                yield put(part, other, at.lines)


_Propose = Callable[[Ground], Iterator[Splice]]

OPERATORS: Mapping[str, _Propose] = {
    "flip a sign": _flip_sign,
    "drop a factor": _drop_factor,
    "repeat a factor": _repeat_factor,
    "swap two variables": _swap_variables,
    "transpose": _transpose,
    "change an axis": _change_axis,
    "drop a mean": _drop_mean,
    "wrong layer's index": _wrong_layer,
    "drop a term": _drop_term,
    "assign for accumulate": _assign,
    "activation for pre-activation": _activation,
}
STALE = "stale weight"


def _stale(tree: ast.Module, lines: Sequence[str], backward: frozenset[int]) -> Iterator[Mutant]:
    """Put an update of a weight in front of a statement that reads it."""
    for body in _bodies(tree):
        for at, update in enumerate(body):
            name = _updated(update)
            if name is None or update.lineno not in backward:
                continue
            needed = {n.id for n in ast.walk(update) if isinstance(n, ast.Name)}
            for before in range(at - 1, -1, -1):
                other = body[before]
                if other.lineno not in backward or other.lineno != other.end_lineno:
                    break
                if _assigned(other) & needed:
                    break
                if name in ast.unparse(_value(other)) and _updated(other) != name:
                    moved = f"{lines[update.lineno - 1]}\n{lines[other.lineno - 1]}"
                    yield Mutant(operator=STALE, lines={other.lineno: moved, update.lineno: None})


def _bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
            yield body


def _updated(node: ast.stmt) -> str | None:
    """Return what a statement on one line changes by a difference."""
    if node.lineno != node.end_lineno:
        return None
    match node:
        case ast.AugAssign(op=ast.Sub() | ast.Add(), target=target):
            return ast.unparse(target)
        case ast.Assign(targets=[target], value=ast.BinOp(op=ast.Sub(), left=left)):
            same = ast.unparse(target) == ast.unparse(left)
            return ast.unparse(target) if same else None
    return None


def _assigned(node: ast.stmt) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", node)]
    return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}


def _activations(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the names of pre-activations with those of what is made of them alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            sides = [*node.value.args[:1], *node.targets[:1]]
            if len(sides) == 2 and all(isinstance(s, ast.Name | ast.Attribute) for s in sides):
                yield ast.unparse(sides[0]), ast.unparse(sides[1])


def _arithmetic(node: ast.stmt) -> Iterator[ast.expr]:
    """Yield the parts of a statement's value, but no indices."""
    stack: list[ast.AST] = [_value(node)]
    while stack:
        part = stack.pop()
        if isinstance(part, ast.expr):
            yield part
        skipped = part.slice if isinstance(part, ast.Subscript) else None
        stack += [child for child in ast.iter_child_nodes(part) if child is not skipped]


def _value(node: ast.stmt) -> ast.AST:
    return getattr(node, "value", None) or node


def _counts(node: ast.expr, lines: Sequence[str]) -> bool:
    """Tell divisors that are numbers of something: `m`, `len(x)`, `x.shape[0]`, `y.size`."""
    text = read(node, lines)
    return bool(re.fullmatch(r"[a-zA-Z_]\w*|len\(.*\)|.*\.shape\[\d\]|.*\.size|\d\d+", text))


def _numbered(name: str) -> Iterator[str]:
    found = re.fullmatch(r"(.*?)(\d)", name)
    if found:
        stem, number = found[1], int(found[2])
        yield from (f"{stem}{other}" for other in (number - 1, number + 1) if other >= 0)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
