"""Which names a program uses without ever defining them, and how it uses each."""

import ast
import builtins
import symtable
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

from gradcheck.record import record

_ARRAY_ATTRIBUTES = frozenset(dir(np.ndarray))
_PYTHON_2 = frozenset({"xrange", "raw_input", "unicode", "long", "reduce", "basestring", "unichr"})
_GIVEN = frozenset(dir(builtins)) | _PYTHON_2 | {"__file__", "__name__", "display", "get_ipython"}
T = TypeVar("T")


@record
class Use:
    """How a name is used: the first line, whether called or indexed, by text keys, its attributes.

    What is `parted` is cut into several parts by columns, as a table of features and labels is.
    What `picks` is good for nothing but to pick something out of arrays, as the number of a word.
    What is `reckoned` with is an operand.
    What is `moved` has something added to it or taken away, as a parameter has; what `scales` that
    is a factor of it, as a learning rate.
    """

    name: str
    line: int
    called: bool
    indexed: bool
    keyed: bool
    parted: bool
    picks: bool
    reckoned: bool
    moved: bool
    scales: bool
    attributes: frozenset[str]

    @property
    def held(self) -> bool:
        """Whether it is used as an array or a list is, and never as a function."""
        seen = self.indexed or self.reckoned or bool(self.attributes & _ARRAY_ATTRIBUTES)
        return seen and not self.called

    @property
    def foreign(self) -> bool:
        """Whether it is used as no array is: by attributes or keys that arrays do not have."""
        return self.keyed or not self.attributes <= _ARRAY_ATTRIBUTES


def undefined(tree: ast.Module, known: frozenset[str] = frozenset()) -> dict[str, Use]:
    """Return the uses of all names that no scope binds, in the order of their first lines.

    `known` are names that come from elsewhere, for example by `from module import *`.
    """
    read: set[str] = set()
    bound: set[str] = set(known)
    for statement in tree.body:
        for table in _tables(statement):
            _collect(table, read, bound)
    found = uses(tree, read - bound - _GIVEN)
    return dict(sorted(found.items(), key=lambda item: (item[1].line, item[0])))


def bound_by(statement: ast.stmt) -> set[str]:
    """Return the global names that a top-level statement binds, in functions too if so declared."""
    read: set[str] = set()
    bound: set[str] = set()
    for table in _tables(statement):
        _collect(table, read, bound)
    return bound


def uses(tree: ast.AST, names: Iterable[str]) -> dict[str, Use]:
    """Return how the tree uses each of `names` that occurs in it."""
    nodes = [*ast.walk(tree)]
    wanted = {node.id for node in nodes if isinstance(node, ast.Name)}.intersection(names)
    if not wanted:
        return {}
    others, picking = _counted(nodes) - _handed(nodes), _picking(nodes)
    called = {n.func.id for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    keys = _grouped((n.value, n.slice) for n in nodes if isinstance(n, ast.Subscript))
    attributes = _grouped((n.value, n.attr) for n in nodes if isinstance(n, ast.Attribute))
    operands = _operands(nodes)
    changes = list(moves(nodes))
    moved = {target.id for target, _ in changes if isinstance(target, ast.Name)}
    scaling = {name for _, amount in changes for name in _factors(amount)}
    return {
        name: Use(
            name=name,
            line=line,
            called=name in called,
            indexed=name in keys,
            keyed=any(map(_text, keys.get(name, ()))),
            parted=_parted(keys.get(name, ())),
            picks=0 < picking[name] == others[name],
            reckoned=name in operands,
            moved=name in moved,
            scales=name in scaling,
            attributes=frozenset(attributes.get(name, ())),
        )
        for name, line in _first_lines(nodes).items()
        if name in wanted
    }


def _first_lines(nodes: Iterable[ast.AST]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, ast.Name):
            found[node.id] = min(node.lineno, found.get(node.id, node.lineno))
    return found


def _grouped(parts: Iterable[tuple[ast.expr, T]]) -> Mapping[str, Sequence[T]]:
    """Return what belongs to each name, of expressions with something of theirs."""
    found = defaultdict(list)
    for value, part in parts:
        if isinstance(value, ast.Name):
            found[value.id].append(part)
    return found


def _counted(nodes: Iterable[ast.AST]) -> Counter[str]:
    return Counter(node.id for node in nodes if isinstance(node, ast.Name))


def _handed(nodes: Iterable[ast.AST]) -> Counter[str]:
    """Count how often names are handed to functions, put into lists or compared, as they are."""
    found: Counter[str] = Counter()
    for node in nodes:
        parts: Sequence[ast.AST] = ()
        match node:
            case ast.Call(args=args, keywords=keywords):
                parts = [*args, *(keyword.value for keyword in keywords)]
            case ast.List(elts=parts):
                pass
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
                parts = [left, right]
        found.update(part.id for part in parts if isinstance(part, ast.Name))
    return found


def _picking(nodes: Iterable[ast.AST]) -> Counter[str]:
    """Count how often names are all that stands between the brackets behind another one."""
    return Counter(
        node.slice.id
        for node in nodes
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Name)
        and isinstance(node.value, ast.Name | ast.Attribute)
    )


def _operands(nodes: Sequence[ast.AST]) -> set[str]:
    both = [
        side for node in nodes if isinstance(node, ast.BinOp) for side in (node.left, node.right)
    ]
    return {side.id for side in both if isinstance(side, ast.Name)}


def moves(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what something is added to or taken away from, with that."""
    for node in nodes:
        pairs: Sequence[tuple[ast.expr, ast.expr]] = ()
        match node:
            case ast.AugAssign(target=target, op=ast.Add() | ast.Sub(), value=amount):
                if not isinstance(amount, ast.Constant):
                    yield target, amount
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                pairs = list(zip(targets, values, strict=False))
            case ast.Assign(targets=[target], value=value):
                pairs = [(target, value)]
        for target, value in pairs:
            match value:
                case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=amount):
                    if ast.unparse(left) == ast.unparse(target):
                        yield target, amount


def _factors(amount: ast.expr) -> Iterator[str]:
    match amount:
        case ast.Name(id=name):
            yield name
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=right):
            yield from (*_factors(left), *_factors(right))


def _parted(keys: Iterable[ast.expr]) -> bool:
    """Tell keys that are several columns of all rows, some of them a stretch."""
    columns = set()
    for key in keys:
        match key:
            case ast.Tuple(elts=[ast.Slice(), column]):
                columns.add(ast.unparse(column))
    return len(columns) > 1 and any(":" in column for column in columns)


def _text(key: ast.expr) -> bool:
    match key:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(left=left):
            return _text(left)
    return False


def _tables(statement: ast.stmt) -> Iterator[symtable.SymbolTable]:
    # One by one: a statement that does not compile must not hide the others.
    try:
        table = symtable.symtable(ast.unparse(statement), "<program>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return
    pending: list[symtable.SymbolTable] = [table]
    while pending:
        table = pending.pop()
        yield table
        pending += table.get_children()


def _collect(table: symtable.SymbolTable, read: set[str], bound: set[str]) -> None:
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if not (top or symbol.is_global()):
            continue
        if symbol.is_assigned() or symbol.is_imported():
            bound.add(symbol.get_name())
        if symbol.is_referenced():
            read.add(symbol.get_name())
