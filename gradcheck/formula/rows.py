"""Which expressions treat the rows of their inputs one by one, whatever their number.

Axis 0 of an input is the batch. It is followed through the tree: an elementwise operation keeps
rows apart as long as they are on the first axis of its result, a reduction as long as it leaves
that axis alone. What is not certain counts as mixed, which costs time but is never wrong.
"""

import ast
from collections.abc import Collection
from enum import Enum
from typing import Any

from gradcheck.array import Shape
from gradcheck.formula import functions
from gradcheck.formula.names import dotted
from gradcheck.formula.reverse import arrays
from gradcheck.formula.tape import Call, Tape


class Kept(Enum):
    """What an expression is of: no sample, each sample alone, or more than that."""

    SAME = 0
    ROWS = 1
    MIXED = 2


_REDUCTIONS = (functions.sum_, functions.mean, functions.max_, functions.min_)
_PRODUCTS = (functions.matmul, functions.dot)
_MIXING = (functions.outer, functions.len_)


def rowwise(tape: Tape, inputs: Collection[str], alone: Collection[str]) -> bool:
    """Tell whether each row of the result depends on the same row of the inputs alone.

    `alone` are the caller's functions that treat every element by itself.
    """
    found = _Follower(tape, inputs, alone).follow(tape.root)
    return found is Kept.ROWS


class _Follower:
    """Follows the batch axis from the names `inputs` through one tape."""

    def __init__(self, tape: Tape, inputs: Collection[str], alone: Collection[str]) -> None:
        self._tape = tape
        self._inputs = inputs
        self._alone = alone
        self._known: dict[ast.expr, Kept] = {}

    def follow(self, node: ast.expr) -> Kept:
        """Judge an expression, once."""
        if node not in self._known:
            self._known[node] = self._judged(node)
        return self._known[node]

    def _judged(self, node: ast.expr) -> Kept:
        match node:
            case ast.UnaryOp(operand=operand):
                return self.follow(operand)
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                return self._product(left, right)
            case ast.BinOp(left=left, right=right):
                return self._aligned(node, [left, right])
            case ast.Compare(left=left, comparators=others):
                return self._aligned(node, [left, *others])
            case ast.Subscript(value=value):
                return self._subscript(node, value)
            case ast.Call():
                return self._call(node)
            case ast.Name() | ast.Attribute():
                return self._named(node)
        return Kept.SAME

    def _named(self, node: ast.Name | ast.Attribute) -> Kept:
        if isinstance(node, ast.Attribute) and node.value in self._tape.values:
            own = self.follow(node.value)
            if node.attr == "ndim":
                return Kept.SAME
            flat = node.attr == "T" and len(self._shape(node.value)) < 2
            return own if flat or own is Kept.SAME else Kept.MIXED
        return Kept.ROWS if dotted(node) in self._inputs else Kept.SAME

    def _shape(self, node: ast.expr) -> Shape:
        return self._tape.array(node).shape

    def _aligned(self, node: ast.expr, operands: list[ast.expr]) -> Kept:
        """Judge an elementwise operation: rows must share the result's first axis with rows."""
        kinds = [self.follow(operand) for operand in operands]
        if Kept.ROWS not in kinds or Kept.MIXED in kinds:
            return Kept.MIXED if Kept.MIXED in kinds else Kept.SAME
        axes = len(self._shape(node))
        for kind, operand in zip(kinds, operands, strict=True):
            shape = self._shape(operand)
            fits = len(shape) == axes if kind is Kept.ROWS else len(shape) < axes or shape[0] == 1
            if not fits:
                return Kept.MIXED
        return Kept.ROWS

    def _product(self, left: ast.expr, right: ast.expr) -> Kept:
        """Judge a matrix product: rows times what is the same for all."""
        kinds = self.follow(left), self.follow(right)
        if kinds == (Kept.SAME, Kept.SAME):
            return Kept.SAME
        rows, others = self._shape(left), self._shape(right)
        plain = kinds == (Kept.ROWS, Kept.SAME) and len(rows) > 1 and len(others) < 3
        stacked = kinds == (Kept.ROWS, Kept.ROWS) and len(rows) == len(others) > 2
        return Kept.ROWS if plain or stacked else Kept.MIXED

    def _subscript(self, node: ast.expr, value: ast.expr) -> Kept:
        index = self._tape.indices[node]
        if isinstance(self._tape.values[value], tuple):
            return self._length(value, index)
        own = self.follow(value)
        first = index[0] if isinstance(index, tuple) and index else index
        whole = first == slice(None) or (first is Ellipsis and self._spares_first(value, index))
        return own if own is not Kept.ROWS or whole else Kept.MIXED

    def _spares_first(self, value: ast.expr, index: Any) -> bool:
        items = index if isinstance(index, tuple) else (index,)
        taken = [item for item in items if item is not Ellipsis and item is not None]
        return len(taken) < len(self._shape(value)) and None not in items

    def _length(self, shape: ast.expr, index: Any) -> Kept:
        """Judge `x.shape[k]`: the same for all but for the batch's own length."""
        assert isinstance(shape, ast.Attribute)
        own = self.follow(shape.value)
        axes = len(self._shape(shape.value))
        other = isinstance(index, int) and index % max(axes, 1) != 0
        return Kept.SAME if own is Kept.SAME or (own is Kept.ROWS and other) else Kept.MIXED

    def _call(self, node: ast.Call) -> Kept:
        call = self._tape.calls[node]
        operands = list(node.args) if call.given else arrays(call)
        kinds = [self.follow(operand) for operand in operands]
        if all(kind is Kept.SAME for kind in kinds):
            return Kept.SAME
        if call.given:
            assert isinstance(node.func, ast.Name)
            apart = node.func.id in self._alone or len(self._shape(operands[0])) > 1
            return kinds[0] if apart else Kept.MIXED
        if call.function in _PRODUCTS:
            return self._product(*operands)
        if call.function in _MIXING or Kept.MIXED in kinds:
            return Kept.MIXED
        return self._rest(node, call, operands)

    def _rest(self, node: ast.Call, call: Call, operands: list[ast.expr]) -> Kept:
        """Judge the reductions, what moves elements about, and the elementwise functions."""
        axes = len(self._shape(operands[0]))
        if call.function in _REDUCTIONS:
            axis = call.settings.get("axis")
            taken = axis if isinstance(axis, tuple) else (axis,)
            spared = axis is not None and all(k % axes for k in taken)
            return Kept.ROWS if spared else Kept.MIXED
        if call.function in (functions.reshape, functions.reshape_method):
            # A length that is left open is the batch's if the others are those of a row.
            shape = call.settings["shape"]
            first = shape[0] if isinstance(shape, tuple) else shape
            same = self._shape(node)[:1] == self._shape(operands[0])[:1]
            return Kept.ROWS if first == -1 and same else Kept.MIXED
        if call.function in (functions.transpose, functions.transpose_method):
            order = call.settings.get("axes")
            return Kept.ROWS if axes < 2 or (order and order[0] % axes == 0) else Kept.MIXED
        if call.function is functions.one_hot:
            return self.follow(operands[0])
        return self._aligned(node, operands)
