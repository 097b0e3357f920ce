"""Where in the pasted program a stand-in is called from, and to which names its result goes."""

import ast
import sys
from types import FrameType
from typing import TypeAlias

PROGRAM = "<pasted>"

Pattern: TypeAlias = "str | list[Pattern]"


class Sites:
    """The assignments of a program, by line."""

    def __init__(self, tree: ast.Module) -> None:
        self._targets: dict[int, ast.expr] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                    self._targets.setdefault(line, node.targets[0])

    def pattern(self, fallback: str) -> Pattern:
        """Return the names to which the statement that is being run assigns."""
        target = self._targets.get(line_now())
        return _pattern(target) if target is not None else fallback


def line_now() -> int:
    """Return the line of the innermost frame of the program, 0 if there is none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == PROGRAM:
            return frame.f_lineno
        frame = frame.f_back
    return 0


def _pattern(target: ast.expr) -> Pattern:
    match target:
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return [_pattern(part) for part in parts]
        case ast.Starred(value=value):
            return _pattern(value)
        case ast.Attribute(attr=name):
            return name
        case _:
            return ast.unparse(target)
