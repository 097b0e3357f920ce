"""The statements of a program, with their texts, and programs in which some of them are changed."""

import ast
import copy
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeAlias

from gradcheck.edits.rewrite import source, span
from gradcheck.paste.reading.syntax import names_of
from gradcheck.paste.understanding.sites import of
from gradcheck.record import record

Simple: TypeAlias = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return | ast.Expr

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

_NAMED = frozenset(
    {
        "replace-name",
        "change-index",
        "assign-to-accumulate",
        "append-derivative",
        "multiply-name",
        "leak",
    }
)
"""What may as well be wrong, or missing, where a value is but named."""


@record
class Statement:
    """One statement: its number, its text without indentation, and where it stands.

    `top` is the index of the top-level statement that it is in, `parents` the nodes around it
    from there inwards, `order` its place among all statements of the program.
    """

    number: int
    node: Any
    text: str
    top: int
    parents: tuple[ast.AST, ...]
    order: int

    @property
    def line(self) -> int:
        return int(self.node.lineno)

    @property
    def flush(self) -> str:
        """Its text with all lines moved to the left as far as the first one."""
        first, *more = self.text.split("\n")
        lead = " " * int(self.node.col_offset)
        return "\n".join([first, *(line.removeprefix(lead) for line in more)])

    @property
    def function(self) -> ast.AST | None:
        """The innermost function that it is in; None at the top level."""
        inner = [node for node in self.parents if isinstance(node, _FUNCTIONS)]
        return inner[-1] if inner else None

    def helps(self, other: "Statement") -> bool:
        """Tell whether another statement calls, by name, the function that it is in."""
        name = getattr(self.function, "name", None)
        calls = (node.func for node in ast.walk(other.node) if isinstance(node, ast.Call))
        return any(name == getattr(f, "attr", getattr(f, "id", "")) for f in calls)

    @property
    def owner(self) -> ast.ClassDef | None:
        """The innermost class that it is in."""
        inner = [node for node in self.parents if isinstance(node, ast.ClassDef)]
        return inner[-1] if inner else None

    @property
    def body(self) -> list[ast.stmt]:
        """The statements among which it stands."""
        around = self.parents[-1] if self.parents else None
        for _, value in ast.iter_fields(around) if around else ():
            if isinstance(value, list) and any(node is self.node for node in value):
                return value
        return [self.node]

    @property
    def indices(self) -> Iterator[str]:
        """The variables of the loops around it by which these pick entries, the inner ones first.

        Those of loops around its function are none of its own.
        """
        for loop in reversed(self.parents):
            if isinstance(loop, _FUNCTIONS):
                return
            turning = names_of(loop.target) if isinstance(loop, ast.For) else set()
            used = (n.slice for n in ast.walk(loop) if isinstance(n, ast.Subscript))
            yield from sorted(turning & names_of(*used))

    @property
    def sites(self) -> frozenset[int]:
        """The numbers of the places whose values are what the statement computes."""
        value = self.node.value
        if isinstance(value, ast.Tuple) and not isinstance(self.node, ast.AugAssign):
            return frozenset(of(element) for element in value.elts)
        return frozenset({of(value) if isinstance(self.node, ast.Expr) else self.number})


@record
class Change:
    """What becomes of one statement: its new text (None: it goes), and new ones around it.

    Texts are without indentation. `node` is the new statement where it is parsed already, or
    the old one, before or behind which others are put.
    """

    number: int
    text: str | None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    node: ast.stmt | None = None


Changes: TypeAlias = Mapping[int, Change]


def statements(tree: ast.Module, text: str) -> Iterator[Statement]:
    """Yield the simple statements of a numbered tree that stand in `text` as they are in it."""
    count = 0
    for top, root in enumerate(tree.body):
        for node, parents in _simple(root, ()):
            count += 1
            if of(node) >= 0 and _stands(node, text):
                yield Statement(
                    number=of(node),
                    node=node,
                    text=source(text, node),
                    top=top,
                    parents=parents,
                    order=count,
                )


def is_plain(statement: Statement, kind: str) -> bool:
    """Tell statements that only name something: what is missing is missed where it is used."""
    plain = isinstance(statement.node.value, ast.Name | ast.Attribute | ast.Subscript)
    return plain and kind not in _NAMED


def is_given(node: ast.expr, root: ast.expr) -> bool:
    """Tell the argument of a function that is no library's."""
    for call in ast.walk(root):
        match call:
            case ast.Call(func=ast.Name() | ast.Attribute(value=ast.Name(id="self")), args=args):
                if any(argument is node for argument in args):
                    return True
    return False


def is_helper(statement: Statement) -> bool:
    """Tell small functions of one argument, which stand for a formula that others rely on."""
    function = statement.function
    if not isinstance(function, ast.FunctionDef):
        return False
    arguments = [a.arg for a in function.args.args if a.arg != "self"]
    return len(function.body) <= 3 and 0 < len(arguments) - len(function.args.defaults) <= 1


def _is_closed(function: Any) -> bool:
    """Tell a function that computes with nothing but what it is given."""
    nodes = [*ast.walk(function)]
    called = {id(inner) for n in nodes if isinstance(n, ast.Call) for inner in ast.walk(n.func)}
    own = {n.arg for n in nodes if isinstance(n, ast.arg)} - {"self"}
    own |= {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return all(n.id in own or id(n) in called for n in nodes if isinstance(n, ast.Name))


def openings(forward: Sequence[Statement], others: Iterable[Statement]) -> Iterator[Statement]:
    """Yield the first statement of each loop that is on the way to the loss.

    Of a loop that only calls functions which are, that is the first of the `others` to call one.
    """
    makers = {getattr(statement.function, "name", None) for statement in forward}
    calling = [statement for statement in others if _calls(statement, makers)]
    seen: set[int] = set()
    for statement in sorted({s.number: s for s in (*forward, *calling)}.values(), key=_order):
        loops = [n for n in statement.parents if isinstance(n, ast.For | ast.While)]
        if loops and id(loops[-1]) not in seen:
            seen.add(id(loops[-1]))
            yield statement


def _order(statement: Statement) -> int:
    return statement.order


def _calls(statement: Statement, functions: Collection[str | None]) -> bool:
    """Tell whether a statement calls one of some functions, or an object of a class that can be."""
    for node in ast.walk(statement.node):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in functions:
                return True
            case ast.Call(func=ast.Name(id=name)):
                if name in functions or "__call__" in functions:
                    return True
    return False


def unnamed(statement: Statement) -> frozenset[int]:
    """Return the parts of a formula that have no name: what is multiplied, or given to calls."""
    if is_helper(statement) and _is_closed(statement.function):
        return frozenset()
    found = set()
    for node in ast.walk(statement.node):
        match node:
            case ast.BinOp(op=ast.Mult() | ast.Div() | ast.MatMult() | ast.Pow()):
                parts = [node.left, node.right]
            case ast.Call(args=args):
                # What arrays are joined from are parts, too.
                lists = [a.elts for a in args if isinstance(a, ast.List | ast.Tuple)]
                parts = [*args, *chain.from_iterable(lists)]
            case _:
                continue
        # Of a sigmoid's `np.exp(-z)`, what is negated.
        parts = [part.operand if isinstance(part, ast.UnaryOp) else part for part in parts]
        found |= {of(part) for part in parts if isinstance(part, ast.BinOp | ast.Call)}
    return frozenset(found - {-1})


def blocks(tree: ast.Module, text: str) -> Iterator[Statement]:
    """Yield the loops and branches of a numbered tree, around which statements can be put."""
    for top, root in enumerate(tree.body):
        for node, parents in _compound(root, ()):
            if of(node) >= 0 and node.end_lineno <= text.count("\n") + 1:
                yield Statement(
                    number=of(node),
                    node=node,
                    text=source(text, node),
                    top=top,
                    parents=parents,
                    order=-1,
                )


def _compound(
    node: ast.AST, parents: tuple[ast.AST, ...]
) -> Iterator[tuple[Any, tuple[ast.AST, ...]]]:
    if isinstance(node, ast.For | ast.While | ast.If | ast.With):
        yield node, parents
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from _compound(child, (*parents, node))


def _stands(node: Simple, text: str) -> bool:
    """Tell whether a node is what the text has at its place; lines may have been added."""
    try:
        (own,) = ast.parse(source(text, node)).body
    except (SyntaxError, ValueError, IndexError):
        return False
    return [type(n) for n in ast.walk(own)] == [type(n) for n in ast.walk(node)]


def _simple(
    node: ast.AST, parents: tuple[ast.AST, ...]
) -> Iterator[tuple[Any, tuple[ast.AST, ...]]]:
    if isinstance(node, Simple):
        if node.value is not None:
            yield node, parents
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from _simple(child, (*parents, node))


def renewed(node: ast.stmt, old: str, new: str, *, shift: bool = True) -> ast.stmt:
    """Parse a statement's new text; nodes outside of what differs keep their numbers.

    `shift` puts it on the line of the old one.
    """
    (fresh,) = ast.parse(new).body
    (past,) = ast.parse(old).body
    numbers = {
        (type(p), *span(old, p)): of(n)
        for p, n in zip(ast.walk(past), ast.walk(node), strict=True)
        if isinstance(p, ast.expr | ast.stmt)
    }
    head, tail = _shared(old, new)
    for inner in ast.walk(fresh):
        if not isinstance(inner, ast.expr | ast.stmt):
            continue
        start, end = span(new, inner)
        if end <= head:
            at = (start, end)
        elif start >= len(new) - tail:
            at = (start - len(new) + len(old), end - len(new) + len(old))
        elif start <= head and end >= len(new) - tail:
            at = (start, end - len(new) + len(old))
        else:
            continue
        number = numbers.get((type(inner), *at), -1)
        if number >= 0:
            fresh_node: Any = inner
            fresh_node.number = number
    return ast.increment_lineno(fresh, node.lineno - 1) if shift else fresh


def differing(one: str, other: str) -> tuple[str, str]:
    """Return what two texts have between their equal begins and ends."""
    head, tail = _shared(one, other)
    return one[head : len(one) - tail], other[head : len(other) - tail]


def _shared(one: str, other: str) -> tuple[int, int]:
    """Return how many characters two texts have in common at their begins and ends."""
    most = min(len(one), len(other))
    head = next((k for k in range(most) if one[k] != other[k]), most)
    rest = most - head
    tail = next((k for k in range(rest) if one[-1 - k] != other[-1 - k]), rest)
    return head, tail


def substituted(root: ast.stmt, node: ast.expr, new: ast.expr) -> ast.stmt:
    """Return a statement with one of its parts, a very object in it, replaced by another."""
    if isinstance(new, type(node)) and of(node) >= 0:
        new.number = of(node)  # type: ignore[attr-defined]
    found: ast.stmt = put(root, node, new)
    return found


def put(root: Any, node: ast.expr, new: ast.expr) -> Any:
    """Return a copy of a tree with one of its parts, a very object in it, replaced by another."""
    if root is node:
        return new
    for name, value in ast.iter_fields(root):
        if isinstance(value, ast.AST):
            one: Any = put(value, node, new)
            if one is not value:
                return _set(root, name, one)
        elif isinstance(value, list):
            many = [put(v, node, new) if isinstance(v, ast.AST) else v for v in value]
            if any(one is not old for one, old in zip(many, value, strict=True)):
                return _set(root, name, many)
    return root


def _set(root: ast.AST, name: str, value: object) -> ast.AST:
    fresh = copy.copy(root)
    setattr(fresh, name, value)
    return fresh
