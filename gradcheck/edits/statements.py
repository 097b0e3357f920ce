"""Edits of what a statement does with its value: assign it, add it, subtract it."""

import ast
from collections.abc import Iterator

from gradcheck.edits.rewrite import Rewrite, span

_AUGMENTED = {ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/="}
_INSTEAD: dict[str, tuple[tuple[str, str, float], ...]] = {
    "+=": (("-=", "flip-update", 1.5), ("=", "accumulate-to-assign", 2.4)),
    "-=": (("+=", "flip-update", 1.5),),
    "*=": (("/=", "divide", 2.2),),
    "/=": (("*=", "multiply", 2.4),),
    "=": (("+=", "assign-to-accumulate", 1.7), ("-=", "assign-to-update", 2.0)),
}


def statement_rewrites(text: str, node: ast.stmt) -> Iterator[Rewrite]:
    """Yield the edits of the operator of an assignment, a statement of `text`."""
    match node:
        case ast.AugAssign(target=target, op=op) if type(op) in _AUGMENTED:
            sign = _AUGMENTED[type(op)]
        case ast.Assign(targets=[ast.Name() | ast.Attribute() | ast.Subscript() as target]):
            sign = "="
        case _:
            return
    _, behind = span(text, target)
    start = text.index(sign, behind)
    for new, kind, cost in _INSTEAD[sign]:
        yield Rewrite(
            start=start,
            end=start + len(sign),
            new=new,
            kind=kind,
            cost=cost,
            what=f"write {new} for {sign}",
        )
