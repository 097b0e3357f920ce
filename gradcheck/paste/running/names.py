"""Which names a program uses without ever defining them, and how it uses each."""

import ast
import builtins
import symtable
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np

from gradcheck.record import record

_ARRAY_ATTRIBUTES = frozenset(dir(np.ndarray))
_PYTHON_2 = frozenset({"xrange", "raw_input", "unicode", "long", "reduce", "basestring", "unichr"})
_GIVEN = frozenset(dir(builtins)) | _PYTHON_2 | {"__file__", "__name__", "display", "get_ipython"}


@record
class Use:
    """How a name is used: the first line, whether called or indexed, by text keys, its attributes.

    What is `parted` is cut into several parts by columns, as a table of features and labels is.
    What `picks` is good for nothing but to pick something out of arrays, as the number of a word.
    """

    name: str
    line: int
    called: bool
    indexed: bool
    keyed: bool
    parted: bool
    picks: bool
    attributes: frozenset[str]

    @property
    def held(self) -> bool:
        """Whether it is used as an array or a list is, and never as a function."""
        return not self.called and (self.indexed or bool(self.attributes & _ARRAY_ATTRIBUTES))

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
    lines: dict[str, int] = {}
    called: set[str] = set()
    indexed: set[str] = set()
    keyed: set[str] = set()
    attributes: dict[str, set[str]] = {}
    columns: dict[str, set[str]] = {}
    others = _counted(nodes) - _handed(nodes)
    picking = _picking(nodes)
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in wanted:
                called.add(name)
            case ast.Subscript(value=ast.Name(id=name), slice=key) if name in wanted and _text(key):
                keyed.add(name)
            case ast.Subscript(
                value=ast.Name(id=name), slice=ast.Tuple(elts=[ast.Slice(), column])
            ) if name in wanted:
                columns.setdefault(name, set()).add(ast.unparse(column))
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in wanted:
                attributes.setdefault(name, set()).add(attribute)
            case ast.Name(id=name, lineno=line) if name in wanted:
                lines[name] = min(line, lines.get(name, line))
        match node:
            case ast.Subscript(value=ast.Name(id=name)) if name in wanted:
                indexed.add(name)
    return {
        name: Use(
            name=name,
            line=line,
            called=name in called,
            indexed=name in indexed,
            keyed=name in keyed,
            parted=_parted(columns.get(name, ())),
            picks=0 < picking[name] == others[name],
            attributes=frozenset(attributes.get(name, ())),
        )
        for name, line in lines.items()
    }


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


def _parted(columns: Collection[str]) -> bool:
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
