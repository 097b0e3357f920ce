"""Reading formulas: from text to statements and expressions with exact positions.

Python's parser makes the tree; it is only walked, never compiled or run.
"""

import ast
import re
import warnings
from collections.abc import Callable
from typing import TypeVar

from gradcheck.formula import names
from gradcheck.formula.errors import FormulaError
from gradcheck.formula.grammar import ALLOWED, check, check_target
from gradcheck.formula.source import Source, Span
from gradcheck.record import record

LENGTH = 20_000
"""The most characters of a formula's text."""
STATEMENTS = 500
"""The most statements of a block."""
DEPTH = 100
"""The deepest nesting of an expression; a sum of so many terms is nested as deeply."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
_DIGITS = re.compile(r"\d[\d_]{400}")
_STATEMENT = "a line of a formula reads `name = expression`, with = += -= *= or /="

Tree = TypeVar("Tree", bound=ast.mod)


@record
class Statement:
    """One assignment: `node` is its right-hand side, `operator` that of an augmented one."""

    target: str
    target_node: ast.expr
    node: ast.expr
    operator: ast.operator | None
    tree: ast.Assign | ast.AugAssign
    span: Span
    text: str


@record
class Block:
    """A list of assignments."""

    source: Source
    statements: tuple[Statement, ...]

    def reads(self) -> tuple[str, ...]:
        """Return the dotted names that are read before they are assigned, in order."""
        free: dict[str, None] = {}
        assigned: set[str] = set()
        for statement in self.statements:
            own = [statement.target] if statement.operator else []
            for name in (*own, *names.reads(statement.node)):
                if name not in assigned:
                    free[name] = None
            assigned.add(statement.target)
        return tuple(free)


@record
class Expression:
    """A single expression."""

    source: Source
    node: ast.expr

    def reads(self) -> tuple[str, ...]:
        """Return the dotted names that are read, in order."""
        return tuple(dict.fromkeys(names.reads(self.node)))


def parse_block(source: str) -> Block:
    """Read assignments, one a line, with comments and blank lines between them."""
    text = _readable(source)
    body = _parse(text, ast.parse).body
    if len(body) > STATEMENTS:
        raise text.error(
            body[STATEMENTS], f"a block may have {STATEMENTS} statements, found {len(body)}"
        )
    return Block(source=text, statements=tuple(_statement(tree, text) for tree in body))


def parse_expression(source: str) -> Expression:
    """Read a single expression."""
    text = _readable(source)
    node = _parse(text, lambda code: ast.parse(code, mode="eval")).body
    _bound_depth(node, text)
    check(node, text)
    return Expression(source=text, node=node)


def _readable(source: str) -> Source:
    """Return the text with its line ends made one kind, which moves no line and no column."""
    text = Source(text=re.sub("\r\n?", "\n", source))
    if len(text.text) > LENGTH:
        found = len(text.text)
        raise text.error_at(LENGTH, f"a formula may have {LENGTH} characters, found {found}")
    if control := _CONTROL.search(text.text):
        raise text.error_at(control.start(), f"found the control character {control.group()!r}")
    if digits := _DIGITS.search(text.text):
        raise text.error_at(digits.start(), "a number may have 400 digits, found more")
    return text


def _parse(source: Source, parser: Callable[[str], Tree]) -> Tree:
    try:
        with warnings.catch_warnings():
            # Such as those on `"\d"` and `1if`, of which nothing passes the grammar.
            warnings.simplefilter("ignore")
            return parser(source.text)
    except SyntaxError as error:
        raise _unreadable(error, source) from None
    except (RecursionError, MemoryError, ValueError) as error:
        reason = str(error) or "the parser ran out of memory"
        raise source.error_at(0, f"the formula is too deep to be read: {reason}") from None


def _unreadable(error: SyntaxError, source: Source) -> FormulaError:
    line = min(max(error.lineno or 1, 1), len(source.lines))
    text = source.lines[line - 1]
    # Without an offset, the text ended too early.
    column = min(max(error.offset or 0, 0) or len(text) + 1, len(text) + 1)
    column += len(text[column - 1 :]) - len(text[column - 1 :].lstrip())
    reason = error.msg.replace("invalid", "unexpected")
    found = "at " + (f"`{text[column - 1 :].split()[0][:40]}`" if text[column - 1 :] else "the end")
    return FormulaError(f"{reason} {found} ({ALLOWED})", line, column, line, column + 1)


def _statement(tree: ast.stmt, source: Source) -> Statement:
    match tree:
        case ast.Assign(targets=[target], value=node):
            operator = None
        case ast.AugAssign(
            target=target, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() as operator, value=node
        ):
            pass
        case _:
            raise source.error(tree, f"{_STATEMENT}; found {source.quote(tree)}")
    _bound_depth(tree, source)
    name = check_target(target, source)
    check(node, source)
    return Statement(
        target=name,
        target_node=target,
        node=node,
        operator=operator,
        tree=tree,
        span=source.span(tree),
        text=source.text_of(tree),
    )


def _bound_depth(root: ast.expr | ast.stmt, source: Source) -> None:
    # With a list and not by recursion, which is what is being kept in bounds.
    level: list[ast.AST] = [root]
    for _ in range(DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    place = next((node for node in level if isinstance(node, ast.expr)), root)
    raise source.error(place, f"the expression is nested more than {DEPTH} levels deep; split it")
