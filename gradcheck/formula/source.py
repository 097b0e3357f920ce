"""The text of a formula, and the places in it."""

import ast
from functools import cached_property
from typing import TypeAlias

from gradcheck.formula.errors import FormulaError
from gradcheck.record import record

Node: TypeAlias = ast.expr | ast.stmt | ast.keyword

_QUOTED = 60
"""The longest stretch of text, in characters, that a message quotes in full."""


@record
class Span:
    """A stretch of text: 1-based, in characters, up to just before its end."""

    line: int
    column: int
    end_line: int
    end_column: int


@record
class Source:
    r"""A formula's text, its lines ended by `\n`."""

    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        # Not splitlines(), which also breaks at characters that Python's parser does not.
        return tuple(self.text.split("\n"))

    def span(self, node: Node) -> Span:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return Span(
            line=node.lineno,
            column=self._column(node.lineno, node.col_offset),
            end_line=node.end_lineno,
            end_column=self._column(node.end_lineno, node.end_col_offset),
        )

    def extract(self, span: Span) -> str:
        lines = list(self.lines[span.line - 1 : span.end_line])
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        return "\n".join(lines)

    def text_of(self, node: Node) -> str:
        return self.extract(self.span(node))

    def quote(self, node: Node) -> str:
        """Return the node's text on one line, shortened where it is long."""
        text = " ".join(self.text_of(node).split())
        return f"`{text}`" if len(text) <= _QUOTED else f"`{text[: _QUOTED - 3]}...`"

    def error(self, node: Node, message: str) -> FormulaError:
        span = self.span(node)
        return FormulaError(message, span.line, span.column, span.end_line, span.end_column)

    def error_at(self, offset: int, message: str) -> FormulaError:
        """Return an error at the character of this index in the text."""
        before = self.text[:offset]
        line, column = before.count("\n") + 1, offset - before.rfind("\n")
        return FormulaError(message, line, column, line, column + 1)

    def _column(self, line: int, offset: int) -> int:
        """Turn the tree's count of UTF-8 bytes into a column."""
        return len(self.lines[line - 1].encode()[:offset].decode()) + 1
