"""The evaluator: values of expressions and blocks, by walking their trees.

What NumPy or a rule of shapes objects to becomes a `FormulaError` at the smallest
expression in which it happens.
"""

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.formula.arithmetic import Number, Value, array, combine, compare, negate, whole
from gradcheck.formula.errors import MisfitError
from gradcheck.formula.functions import CONSTANTS, FUNCTIONS, METHODS
from gradcheck.formula.grammar import is_constant, is_newaxis
from gradcheck.formula.names import MEMBERS, dotted, is_numpy
from gradcheck.formula.scope import Given, Scope
from gradcheck.formula.syntax import Block, Expression, Statement

if TYPE_CHECKING:
    from gradcheck.formula.tape import Tape

Index: TypeAlias = Any


def evaluate_block(
    block: Block, names: Mapping[str, Given], functions: Mapping[str, Callable[..., Any]]
) -> dict[str, Array]:
    """Return all that the block assigns, by dotted name, in the order of first assignment."""
    scope = Scope(source=block.source, names=names, functions=functions)
    with np.errstate(all="ignore"):
        for statement in block.statements:
            scope.assigned[statement.target] = _assigned(statement, scope)
    return {name: _result(value) for name, value in scope.assigned.items()}


def trace_expression(
    expression: Expression,
    names: Mapping[str, Given],
    functions: Mapping[str, Callable[..., Any]],
    tape: "Tape",
) -> None:
    """Evaluate an expression, and write down on the tape what every part of it came to."""
    scope = Scope(source=expression.source, names=names, functions=functions, tape=tape)
    with np.errstate(all="ignore"):
        tape.values[expression.node] = array(_number(expression.node, scope))


def evaluate_expression(
    expression: Expression, names: Mapping[str, Given], functions: Mapping[str, Callable[..., Any]]
) -> Array:
    scope = Scope(source=expression.source, names=names, functions=functions)
    with np.errstate(all="ignore"):
        return _result(_value(expression.node, scope))


def _result(value: Value) -> Array:
    """Return a copy, so that no result shares its memory with an input or another result."""
    return array(value).copy()


def _assigned(statement: Statement, scope: Scope) -> Value:
    if statement.operator is None:
        return _value(statement.node, scope)
    old = _number(statement.target_node, scope)
    change = _number(statement.node, scope)
    with scope.located(statement.tree, (statement.target_node, statement.node)):
        new = combine(statement.operator, old, change)
        if np.shape(new) != np.shape(old):
            raise MisfitError(f"shape {np.shape(old)} would become {np.shape(new)}")
        return new


def _value(node: ast.expr, scope: Scope) -> Value:
    value = _RULES[type(node)](node, scope)
    if scope.tape is not None:
        scope.tape.values[node] = value
    return value


def _number(node: ast.expr, scope: Scope) -> Number:
    value = _value(node, scope)
    if isinstance(value, tuple):
        raise scope.source.error(
            node,
            f"a shape is not a number; take one of its lengths: `{scope.source.text_of(node)}[0]`",
        )
    return value


def _constant(node: ast.Constant, scope: Scope) -> Value:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise scope.source.error(node, f"expected a number or an array, found `{node.value!r}`")
    return whole(node.value) if isinstance(node.value, int) else node.value


def _name(node: ast.Name, scope: Scope) -> Value:
    found = scope.find(node.id)
    if found is None:
        raise scope.unknown(node.id, node)
    return found


def _attribute(node: ast.Attribute, scope: Scope) -> Value:
    if is_numpy(node.value):
        return CONSTANTS[node.attr]
    name = dotted(node)
    found = scope.find(name) if name else None
    if found is not None:
        return found
    if node.attr in MEMBERS:
        return _member(node, scope)
    if name:
        raise scope.unknown(name, node)
    known = " ".join(f".{member}" for member in MEMBERS)
    raise scope.source.error(node, f"unknown attribute `.{node.attr}`; known are {known}")


def _member(node: ast.Attribute, scope: Scope) -> Value:
    value = array(_number(node.value, scope))
    match node.attr:
        case "T":
            return value.T
        case "shape":
            return value.shape
        case "size":
            return value.size
        case _:
            return value.ndim


def _unary(node: ast.UnaryOp, scope: Scope) -> Value:
    value = _number(node.operand, scope)
    return negate(value) if isinstance(node.op, ast.USub) else value


def _binary(node: ast.BinOp, scope: Scope) -> Value:
    left, right = _number(node.left, scope), _number(node.right, scope)
    with scope.located(node, (node.left, node.right)):
        return combine(node.op, left, right)


def _compare(node: ast.Compare, scope: Scope) -> Value:
    nodes = [node.left, *node.comparators]
    values = [_number(operand, scope) for operand in nodes]
    result: Number = 1
    for position, operator in enumerate(node.ops):
        here = slice(position, position + 2)
        with scope.located(node, nodes[here]):
            result = combine(ast.Mult(), result, compare(operator, *values[here]))
    return result


def _subscript(node: ast.Subscript, scope: Scope) -> Value:
    value = _value(node.value, scope)
    if isinstance(node.slice, ast.Tuple):
        index: Index = tuple(_index(item, scope) for item in node.slice.elts)
    else:
        index = _index(node.slice, scope)
    if scope.tape is not None:
        scope.tape.indices[node] = index
    with scope.located(node, ()):
        found = value[index] if isinstance(value, tuple) else array(value)[index]
        return found if isinstance(value, tuple) else array(found)


def _index(node: ast.expr, scope: Scope) -> Index:
    if isinstance(node, ast.Slice):
        return slice(*(_bound(bound, scope) for bound in (node.lower, node.upper, node.step)))
    if is_newaxis(node):
        return None
    return Ellipsis if is_constant(node, Ellipsis) else _whole(node, scope)


def _bound(node: ast.expr | None, scope: Scope) -> int | None:
    return None if node is None or is_constant(node, None) else _whole(node, scope)


def _whole(node: ast.expr, scope: Scope) -> int:
    value = _value(node, scope)
    if not isinstance(value, int):
        raise scope.source.error(node, f"expected a whole number, found {_described(value)}")
    return value


def _described(value: float | Array | Shape) -> str:
    if isinstance(value, tuple):
        return f"the shape {value}"
    return f"an array of shape {np.shape(value)}" if np.ndim(value) else f"the number {value:.6g}"


def _call(node: ast.Call, scope: Scope) -> Value:
    function = node.func
    if isinstance(function, ast.Attribute):
        if is_numpy(function.value):
            return _apply(FUNCTIONS[function.attr], node, node.args, scope)
        return _apply(METHODS[function.attr], node, [function.value, *node.args], scope)
    assert isinstance(function, ast.Name)
    if function.id in scope.functions:
        return _apply_given(scope.functions[function.id], node, scope)
    if function.id not in FUNCTIONS:
        raise scope.unknown_function(function.id, node)
    return _apply(FUNCTIONS[function.id], node, node.args, scope)


def _apply_given(function: Callable[..., Any], node: ast.Call, scope: Scope) -> Value:
    positional = [array(_number(argument, scope)) for argument in node.args]
    named = {str(keyword.arg): _number(keyword.value, scope) for keyword in node.keywords}
    if scope.tape is not None:
        operands = {str(k): argument for k, argument in enumerate(node.args)}
        scope.tape.note(node, function, operands, given=True)
    with scope.located(node, node.args):
        return array(function(*positional, **named))


def _apply(
    function: Callable[..., Any], node: ast.Call, operands: Sequence[ast.expr], scope: Scope
) -> Value:
    bound = _bind(function, node, operands, scope)
    given = dict(bound.arguments)
    for name, argument in bound.arguments.items():
        bound.arguments[name] = _argument(name, argument, scope)
    if scope.tape is not None:
        scope.tape.note(node, function, given, dict(bound.arguments))
    with scope.located(node, operands):
        result = function(*bound.args, **bound.kwargs)
        return result if isinstance(result, int) else array(result)


def _bind(
    function: Callable[..., Any], node: ast.Call, operands: Sequence[ast.expr], scope: Scope
) -> inspect.BoundArguments:
    named = {str(keyword.arg): keyword.value for keyword in node.keywords}
    try:
        return _signature(function).bind(*operands, **named)
    except TypeError as error:
        expected = ", ".join(_signature(function).parameters)
        raise scope.source.error(
            node, f"{scope.source.quote(node)}: {error}; the arguments are ({expected})"
        ) from None


@cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)


def _argument(name: str, given: Any, scope: Scope) -> Any:
    """Evaluate one argument (or the tuple of those that fill `*shape`) by its parameter's name."""
    match name:
        case "keepdims":
            return _flag(given, scope)
        case "axis" | "shape" | "axes":
            return _wholes(given, scope)
        case _:
            return array(_number(given, scope))


def _flag(node: ast.expr, scope: Scope) -> bool:
    if is_constant(node, True) or is_constant(node, False):
        return is_constant(node, True)
    raise scope.source.error(node, f"expected True or False, found {scope.source.quote(node)}")


def _wholes(given: ast.expr | tuple[ast.expr, ...], scope: Scope) -> int | Shape | None:
    if isinstance(given, tuple):
        if len(given) != 1:
            return tuple(_whole(node, scope) for node in given)
        lengths = _wholes(given[0], scope)
        return (lengths,) if isinstance(lengths, int) else lengths
    if is_constant(given, None):
        return None
    if isinstance(given, ast.Tuple):
        return tuple(_whole(node, scope) for node in given.elts)
    value = _value(given, scope)
    if isinstance(value, int | tuple):
        return value
    found = _described(value)
    raise scope.source.error(given, f"expected a whole number or a tuple of them, found {found}")


_RULES: Mapping[type[ast.expr], Callable[[Any, Scope], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.Subscript: _subscript,
    ast.Call: _call,
}
