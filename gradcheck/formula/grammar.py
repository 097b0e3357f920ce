"""The grammar: which of Python's constructs a formula may use, and in which places.

What passes here is made of known constructs only; that names are known and shapes fit is
found out when the formula is evaluated.
"""

import ast
import math
from collections.abc import Callable, Mapping
from typing import Any

from gradcheck.formula.functions import CONSTANTS, FUNCTIONS, METHODS
from gradcheck.formula.names import MEMBERS, NUMPY, dotted, is_numpy, offer
from gradcheck.formula.source import Source

ALLOWED = (
    "a formula is made of numbers, names, + - * / ** @, comparisons, subscripts, "
    ".T .shape .size .ndim, and calls of known functions"
)

_BINARY = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)

_OPERATORS = {
    "FloorDiv": "`//`",
    "Mod": "`%`",
    "BitXor": "`^`; a power is written `**`",
    "BitAnd": "`&`; multiply comparisons instead: `(a > 0) * (b > 0)`",
    "BitOr": "`|`; use `maximum` of comparisons instead",
    "Invert": "`~`; compare with 0 instead: `x == 0`",
    "Not": "`not`; compare with 0 instead: `x == 0`",
    "LShift": "`<<`",
    "RShift": "`>>`",
    "Is": "`is`; numbers are compared with `==`",
    "IsNot": "`is not`; numbers are compared with `!=`",
    "In": "`in`",
    "NotIn": "`not in`",
}
_FOUND = {
    "BoolOp": "`and` or `or`; multiply comparisons instead: `(a > 0) * (b > 0)`",
    "IfExp": "a conditional; write `where(condition, a, b)`",
    "JoinedStr": "an f-string",
    "Lambda": "a lambda",
    "ListComp": "a comprehension",
    "SetComp": "a comprehension",
    "DictComp": "a comprehension",
    "GeneratorExp": "a comprehension",
    "NamedExpr": "`:=`",
    "Starred": "unpacking with `*`",
    "List": "a list",
    "Dict": "a dictionary",
    "Set": "a set",
    "Tuple": "a tuple, which only an axis, a shape or an index may be",
    "Slice": "a slice, which only a subscript may hold",
    "Await": "`await`",
    "Yield": "`yield`",
    "YieldFrom": "`yield`",
}


def check(node: ast.expr, source: Source) -> None:
    """Raise `FormulaError` at the first construct that an expression may not have."""
    _RULES.get(type(node), _refuse)(node, source)


def check_name(name: str, node: ast.expr, source: Source) -> None:
    if name.startswith("__"):
        raise source.error(node, f"names that start with two underscores are not allowed: {name!r}")
    if name in NUMPY:
        raise source.error(node, f"`{name}` is the prefix of functions, as in `{name}.sum(x)`")


def check_attribute(node: ast.Attribute, source: Source) -> None:
    if node.attr.startswith("_"):
        raise source.error(
            node, f"attributes that start with an underscore are not allowed: {node.attr!r}"
        )


def _refuse(node: ast.expr, source: Source) -> None:
    found = _FOUND.get(type(node).__name__, f"the construct {type(node).__name__}")
    raise source.error(node, f"found {found} ({ALLOWED})")


def _constant(node: ast.Constant, source: Source) -> None:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise source.error(node, f"found {_kind(value)} where a number belongs ({ALLOWED})")
    try:
        finite = math.isfinite(float(value))
    except OverflowError:
        finite = False
    if not finite:
        raise source.error(node, f"the number {source.quote(node)} is too large for float64")


def _kind(value: object) -> str:
    if isinstance(value, complex):
        return "a complex number"
    if isinstance(value, str | bytes):
        return "a string"
    return "`...`" if value is Ellipsis else f"`{value}`"


def _name(node: ast.Name, source: Source) -> None:
    check_name(node.id, node, source)


def _attribute(node: ast.Attribute, source: Source) -> None:
    check_attribute(node, source)
    if not is_numpy(node.value):
        check(node.value, source)
    elif node.attr == "newaxis":
        raise source.error(node, f"{source.quote(node)} is only allowed in a subscript")
    elif node.attr in FUNCTIONS:
        raise source.error(node, f"{source.quote(node)} is a function; call it")
    elif node.attr not in CONSTANTS:
        known = (*FUNCTIONS, *CONSTANTS, "newaxis")
        hint = offer(node.attr, known)
        raise source.error(node, f"{source.quote(node)} is not available in a formula{hint}")


def _unary(node: ast.UnaryOp, source: Source) -> None:
    if not isinstance(node.op, ast.USub | ast.UAdd):
        _refuse_operator(node, node.op, source)
    check(node.operand, source)


def _binary(node: ast.BinOp, source: Source) -> None:
    if not isinstance(node.op, _BINARY):
        _refuse_operator(node, node.op, source)
    check(node.left, source)
    check(node.right, source)


def _compare(node: ast.Compare, source: Source) -> None:
    for operator in node.ops:
        if not isinstance(operator, _COMPARISONS):
            _refuse_operator(node, operator, source)
    for operand in (node.left, *node.comparators):
        check(operand, source)


def _refuse_operator(node: ast.expr, operator: ast.AST, source: Source) -> None:
    raise source.error(node, f"found {_OPERATORS[type(operator).__name__]} ({ALLOWED})")


def _subscript(node: ast.Subscript, source: Source) -> None:
    check(node.value, source)
    items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for item in items:
        _index(item, source)


def _index(node: ast.expr, source: Source) -> None:
    if isinstance(node, ast.Slice):
        for bound in (node.lower, node.upper, node.step):
            if bound is not None and not is_constant(bound, None):
                check(bound, source)
    elif not (is_newaxis(node) or is_constant(node, Ellipsis)):
        check(node, source)


def _call(node: ast.Call, source: Source) -> None:
    _callee(node, source)
    seen = set()
    for keyword in node.keywords:
        if keyword.arg is None:
            raise source.error(keyword, f"found unpacking with `**` ({ALLOWED})")
        if keyword.arg in seen:
            raise source.error(keyword, f"the argument {keyword.arg!r} is given twice")
        seen.add(keyword.arg)
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        _argument(argument, source)


def _callee(node: ast.Call, source: Source) -> None:
    function = node.func
    if isinstance(function, ast.Name):
        return check_name(function.id, function, source)
    if not isinstance(function, ast.Attribute):
        raise source.error(node, f"only functions with a name can be called ({ALLOWED})")
    check_attribute(function, source)
    known = FUNCTIONS if is_numpy(function.value) else METHODS
    if function.attr not in known:
        called = dotted(function) if known is FUNCTIONS else f".{function.attr}"
        hint = offer(function.attr, known)
        raise source.error(node, f"`{called}` is not available in a formula{hint}")
    if known is METHODS:
        check(function.value, source)
    return None


def _argument(node: ast.expr, source: Source) -> None:
    if isinstance(node, ast.Tuple):
        for element in node.elts:
            check(element, source)
    elif not any(is_constant(node, value) for value in (None, True, False)):
        check(node, source)


def is_constant(node: ast.expr, value: object) -> bool:
    """Tell whether the node is this one of None, True, False and Ellipsis."""
    return isinstance(node, ast.Constant) and node.value is value


def is_newaxis(node: ast.expr) -> bool:
    numpys = isinstance(node, ast.Attribute) and node.attr == "newaxis" and is_numpy(node.value)
    return numpys or is_constant(node, None)


def check_target(node: ast.expr, source: Source) -> str:
    """Return the dotted name that is assigned to, or raise where it is not one."""
    name = dotted(node)
    if name is None:
        raise source.error(
            node,
            "only a name such as `delta` or `grad.hidden.weight` can be assigned to, "
            f"found {source.quote(node)}",
        )
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        check_attribute(root, source)
        root = root.value
    check_name(name.partition(".")[0], root, source)
    if isinstance(node, ast.Attribute) and node.attr in (*MEMBERS, *METHODS):
        raise source.error(node, f"`.{node.attr}` belongs to an array and cannot be assigned to")
    return name


_RULES: Mapping[type[ast.expr], Callable[[Any, Source], None]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.Subscript: _subscript,
    ast.Call: _call,
}
