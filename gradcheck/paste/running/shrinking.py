"""Smaller sizes for programs whose data are all made up: 12288 features tell no more than 67.

A number is a size where it stands in a list, is handed to a function that makes arrays, or is
given to a name that does not sound like a count of turns. Equal numbers shrink alike.
"""

import ast
import copy
import re
from collections.abc import Iterator, Mapping

from gradcheck.paste.running.datasets import PICTURE_SAMPLES, PICTURES
from gradcheck.paste.running.words import words

_SMALL = 64
_PRIMES = (67, 71, 73, 79, 83, 89, 97, 101)
_COUNTS = re.compile(
    r"(?i)epoch|iter|step|seed|batch|round|every|num_examples|samples|^m$|^n$|print"
)
_MAKERS = words(
    "randn rand zeros ones empty full normal uniform random standard_normal random_sample reshape"
)


def data_sets(tree: ast.Module) -> dict[int, int]:
    """Return the numbers of samples of well-known pictures, with those of their stand-ins."""
    named = {
        word
        for node in ast.walk(tree)
        for word in (getattr(node, "id", ""), getattr(node, "name", ""), getattr(node, "attr", ""))
    }
    if not named & set(PICTURES):
        return {}
    written = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {size: small for size, small in PICTURE_SAMPLES.items() if size in written}


def sizes(tree: ast.Module) -> dict[int, int]:
    """Return the large sizes of the program, each with a small prime to stand for it."""
    large = {value for value in shaping(tree) if value > _SMALL}
    return dict(zip(sorted(large), _PRIMES, strict=False))


def shrunk(tree: ast.Module, smaller: Mapping[int, int]) -> ast.Module:
    """Return the program with all numbers of these values replaced."""
    small: ast.Module = _Shrink(smaller).visit(copy.deepcopy(tree))
    return ast.fix_missing_locations(small)


def shaping(tree: ast.Module) -> Iterator[int]:
    """Yield the numbers that give arrays their shapes."""
    for node in ast.walk(tree):
        match node:
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                found = parts
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=parts):
                found = parts if name in _MAKERS or name[:1].isupper() else []
            case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value):
                found = [] if _COUNTS.search(name) else [value]
            case ast.keyword(arg=str(name), value=value):
                found = [] if _COUNTS.search(name) else [value]
            case _:
                continue
        yield from (size for part in found if (size := _value(part)) is not None)


class _Shrink(ast.NodeTransformer):
    def __init__(self, smaller: Mapping[int, int]) -> None:
        self._smaller = smaller

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        value = _value(node)
        return self._replaced(node, value) if value in self._smaller else self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return self._replaced(node, _value(node)) if _value(node) in self._smaller else node

    def _replaced(self, node: ast.expr, value: int | None) -> ast.AST:
        assert value is not None
        return ast.copy_location(ast.Constant(value=self._smaller[value]), node)


def _value(node: ast.AST) -> int | None:
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.BinOp(
            left=ast.Constant(value=int(a)), op=ast.Mult(), right=ast.Constant(value=int(b))
        ):
            return a * b
    return None
