"""Running a program one top-level statement at a time: one that fails is noted, not the end."""

import __future__

import ast
import warnings
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import Any

import numpy as np

from gradcheck.paste.running.assumptions import Failure
from gradcheck.paste.running.sites import PROGRAM

_LONGEST = 300


def tamed(tree: ast.Module) -> ast.Module:
    """Return the tree with `if __name__ == "__main__":` opened, and no `except` for everything.

    What catches everything would also catch our own signals to stop.
    """
    tree = _Tamer().visit(tree)
    tree.body = [part for statement in tree.body for part in _opened(statement)]
    return ast.fix_missing_locations(tree)


def execute(
    statement: ast.stmt, namespace: dict[str, Any], flags: int = 0, code: CodeType | None = None
) -> Failure | None:
    """Run one top-level statement, or its `code`; return how it failed, if it did.

    Exceptions that are no `Exception`, `SystemExit` apart, are ours and pass through.
    """
    try:
        code = code or compiled(statement, flags)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            exec(code, namespace)  # noqa: S102  (in the sandbox)
    except SystemExit as error:
        return _failed(statement, error, "the program asks to end here")
    except (Exception, KeyboardInterrupt) as error:
        return _failed(statement, error, str(error))
    return None


def compiled(statement: ast.stmt, flags: int) -> CodeType:
    """Return the code of one top-level statement; raises what `compile` does."""
    module = ast.Module(body=[statement], type_ignores=[])
    code: CodeType = compile(module, PROGRAM, "exec", flags=flags, dont_inherit=True)
    return code


def flags_of(statements: Sequence[ast.stmt]) -> int:
    """Return the compiler's flags for what the program imports from `__future__`."""
    flags = 0
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                feature = getattr(__future__, alias.name, None)
                flags |= feature.compiler_flag if feature else 0
    return flags


class _Tamer(ast.NodeTransformer):
    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        match node.type:
            case None | ast.Name(id="BaseException"):
                node.type = ast.Name(id="Exception", ctx=ast.Load())
        return node


def _opened(statement: ast.stmt) -> Iterator[ast.stmt]:
    match statement:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__")), body=body):
            for part in body:
                yield from _opened(part)
        case _:
            yield statement


def _failed(statement: ast.stmt, error: BaseException, message: str) -> Failure:
    lines = list(_program_lines(error))
    return Failure(
        line=statement.lineno,
        at=lines[-1] if lines else statement.lineno,
        error=type(error).__name__,
        message=message[:_LONGEST],
    )


def _program_lines(error: BaseException) -> Iterator[int]:
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == PROGRAM:
            yield trace.tb_lineno
        trace = trace.tb_next
