"""Descent in place of SciPy's optimisers, as functions that are added to the program.

What an optimiser does inside can't be watched. A few plain steps down the gradient that it is
told show the same cost and the same gradient, and the point is called what the program's own cost
function calls it. Where no gradient is told, there is nothing to check, and all stays as it is.
"""

import ast
import re
from collections.abc import Mapping

from gradcheck.record import record

_MINIMISES = re.compile(r"(?:\w+\.)*(?:minimize|fmin_\w+)")
_BY_POSITION = ("fun", "x0", "fprime", "args")
_BY_POSITION_IN_MINIMIZE = ("fun", "x0", "args", "method", "jac")
_TEXT = """\
def {name}(function, slope, start, more):
    more = more if isinstance(more, tuple) else (more,)
    {point} = __import__("numpy").array(start, dtype=float).flatten()
    for step_number in range(3):
        value = function({point}, *more)
        {both}
        {point} = {point} - 0.1 * gradient
    {made}
"""
_APART = "gradient = slope({point}, *more).flatten()"
_TOGETHER = "value, gradient = value\n        gradient = gradient.flatten()"
_RESULT = """\
made = type("Result", (dict,), {"__getattr__": dict.__getitem__})
    return made(x=POINT, fun=value, jac=gradient, nit=3, nfev=3, success=True, message="")"""
_RETURNED = {"minimize": _RESULT, "fmin_tnc": "return POINT, 3, 0"}
_RETURNED["fmin_l_bfgs_b"] = 'return POINT, value, {"grad": gradient, "nit": 3, "warnflag": 0}'


@record
class _Call:
    """A call of an optimiser: its cost function, the gradient, the start and further arguments."""

    function: ast.expr
    slope: ast.expr | None
    start: ast.expr
    more: ast.expr


def descended(tree: ast.Module) -> tuple[ast.Module, list[str]]:
    """Return the tree with the optimisers replaced, and the texts of the functions it needs."""
    replacer = _Replacer(tree)
    return replacer.visit(tree), replacer.texts


def prepended(tree: ast.Module, texts: list[str]) -> ast.Module:
    """Return the tree with functions before its own statements, on lines after its last."""
    last = max((node.end_lineno or 0 for node in tree.body), default=0)
    added = ast.parse("".join(texts))
    ast.increment_lineno(added, last)
    return ast.Module(body=[*added.body, *tree.body], type_ignores=[])


class _Replacer(ast.NodeTransformer):
    def __init__(self, tree: ast.Module) -> None:
        self.texts: list[str] = []
        self._functions = {
            node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
        }

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = ast.unparse(node.func)
        if not _MINIMISES.fullmatch(called):
            return node
        found = _told(node)
        if found is None:
            return node
        name = f"descent_{len(self.texts) + 1}"
        self.texts.append(self._text(name, called.rpartition(".")[2], found))
        slope = found.slope or ast.Constant(value=None)
        return ast.copy_location(
            ast.Call(
                func=ast.Name(id=name, ctx=ast.Load()),
                args=[found.function, slope, found.start, found.more],
                keywords=[],
            ),
            node,
        )

    def _text(self, name: str, optimiser: str, found: _Call) -> str:
        point = self._first_argument(found.function)
        both = (_APART if found.slope else _TOGETHER).format(point=point)
        made = _RETURNED.get(optimiser, "return POINT").replace("POINT", point)
        return _TEXT.format(name=name, point=point, both=both, made=made)

    def _first_argument(self, function: ast.expr) -> str:
        """Return what a cost function calls the point that it is given."""
        match function:
            case ast.Lambda(args=args):
                names = [argument.arg for argument in args.args]
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in self._functions:
                names = [argument.arg for argument in self._functions[name].args.args]
            case _:
                names = []
        names = [name for name in names if name != "self"]
        reserved = ("function", "slope", "start", "more", "value", "gradient", "made")
        return names[0] if names and names[0] not in reserved else "theta"


def _told(call: ast.Call) -> _Call | None:
    """Read an optimiser's arguments; None where it is told no gradient."""
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    optimiser = ast.unparse(call.func).rpartition(".")[2]
    names = _BY_POSITION_IN_MINIMIZE if optimiser == "minimize" else _BY_POSITION
    given: dict[str, ast.expr] = dict(zip(names, call.args, strict=False))
    given |= {word.arg: word.value for word in call.keywords if word.arg}
    function = given.get("fun", given.get("func", given.get("f")))
    start = given.get("x0")
    slope, together = _slope(given, optimiser)
    if function is None or start is None or (slope is None and not together):
        return None
    more = given.get("args", ast.Tuple(elts=[], ctx=ast.Load()))
    return _Call(function=function, slope=slope, start=start, more=more)


def _slope(given: Mapping[str, ast.expr], optimiser: str) -> tuple[ast.expr | None, bool]:
    """Return the gradient's function; without one, whether the cost's returns both."""
    slope = given.get("jac", given.get("fprime"))
    match slope:
        case ast.Constant(value=True):
            return None, True
        case ast.Constant():
            return None, False
        case None:
            inside = optimiser in ("fmin_tnc", "fmin_l_bfgs_b") and "approx_grad" not in given
            return None, inside
    return slope, False
