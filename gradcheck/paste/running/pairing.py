"""Data that a program goes through in pairs, `for x, y in batch`, and what it calls them elsewhere.

A list is followed through assignments, slices and loops, and into the program's own functions.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import TypeAlias

from gradcheck.paste.running.handing import called, parameters
from gradcheck.paste.running.words import words

_Place: TypeAlias = tuple[str, str]
"""A name, with the function whose own it is; attributes have a dot there."""

_COPIES = words("list tuple sorted iter copy deepcopy tqdm permutation")
_PICKS = words("choice next")


def paired(tree: ast.Module) -> frozenset[str]:
    """Return the names of lists whose items are taken apart in two."""
    flow = _Flow(tree)
    flow.visit(tree)
    found: set[_Place] = set()
    fresh = flow.apart
    while fresh:
        found |= fresh
        fresh = {other for place in fresh for other in flow.links[place]} - found
    return frozenset(name for _, name in found)


class _Flow(ast.NodeVisitor):
    """Which names may hold the same lists or parts of them, and which are taken apart."""

    def __init__(self, tree: ast.Module) -> None:
        self.links: defaultdict[_Place, set[_Place]] = defaultdict(set)
        self.apart: set[_Place] = set()
        self._parameters = parameters(tree)
        self._function = ""
        self._own: frozenset[str] = frozenset()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer = self._function, self._own
        named = (part for part in ast.walk(node) if isinstance(part, ast.Name))
        stored = (name.id for name in named if isinstance(name.ctx, ast.Store))
        self._function = node.name
        self._own = frozenset([*stored, *(each.arg for each in node.args.args)])
        self.generic_visit(node)
        self._function, self._own = outer

    def visit_For(self, node: ast.For) -> None:
        self._through(node.target, node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._through(node.target, node.iter)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        match node.targets[0], node.value:
            case ast.Tuple(elts=[_, _]), ast.Subscript(value=source, slice=place):
                if not isinstance(place, ast.Slice | ast.Constant | ast.Tuple):
                    self.apart.update(self._held(source))
            case ast.Tuple(elts=[_, _]), ast.Call(args=[source, *_]) as call:
                if called(call) in _PICKS:
                    self.apart.update(self._held(source))
            case target, value:
                self._linked(target, value)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        function = called(node)
        names = self._parameters.get(function, ())
        named = [(each.arg, each.value) for each in node.keywords if each.arg]
        for name, value in (*zip(names, node.args, strict=False), *named):
            for source in self._held(value):
                self._join((function, name), source)
        self.generic_visit(node)

    def _through(self, target: ast.expr, source: ast.expr) -> None:
        match target, source:
            case ast.Tuple(elts=[_, inner]), ast.Call(func=ast.Name(id="enumerate"), args=[many]):
                self._through(inner, many)
            case ast.Tuple(elts=[_, _]), _:
                self.apart.update(self._held(source))
            case _:
                self._linked(target, source)

    def _linked(self, target: ast.expr, value: ast.expr) -> None:
        for place in self._held(target):
            for source in self._held(value):
                self._join(place, source)

    def _join(self, one: _Place, other: _Place) -> None:
        self.links[one].add(other)
        self.links[other].add(one)

    def _held(self, value: ast.expr) -> Iterator[_Place]:
        """Yield what a value is, wholly or a stretch of it."""
        match value:
            case ast.Name(id=name):
                yield (self._function if name in self._own else "", name)
            case ast.Attribute(attr=name):
                yield (".", name)
            case ast.Subscript(value=inner, slice=ast.Slice()):
                yield from self._held(inner)
            case ast.ListComp(elt=inner) | ast.GeneratorExp(elt=inner):
                yield from self._held(inner)
            case ast.Call(args=[inner, *_]) if called(value) in _COPIES:
                yield from self._held(inner)
