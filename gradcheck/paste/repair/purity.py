"""What can be evaluated in passing, as it changes nothing: formulas, and functions made of them."""

import ast
from collections.abc import Iterator

_BUILTINS = frozenset(
    (
        "abs",
        "enumerate",
        "float",
        "int",
        "len",
        "list",
        "max",
        "min",
        "range",
        "reversed",
        "round",
        "sorted",
        "sum",
        "tuple",
        "zip",
    )
)
_METHODS = frozenset(
    (
        "all",
        "any",
        "argmax",
        "argmin",
        "astype",
        "clip",
        "copy",
        "cumsum",
        "diagonal",
        "dot",
        "flatten",
        "get",
        "item",
        "items",
        "keys",
        "matmul",
        "max",
        "mean",
        "min",
        "prod",
        "ravel",
        "repeat",
        "reshape",
        "squeeze",
        "std",
        "sum",
        "swapaxes",
        "transpose",
        "values",
        "var",
    )
)
_MODULES = ("np", "numpy", "math")
_STATEMENTS = (ast.Assign, ast.AugAssign, ast.Return, ast.If, ast.For)


class Purity:
    """Tells formulas of a program that change nothing wherever they are evaluated."""

    def __init__(self, tree: ast.Module) -> None:
        self._functions: dict[str, list[ast.FunctionDef | ast.Lambda]] = {}
        for name, function in _defined(tree):
            self._functions.setdefault(name, []).append(function)
        self._known: dict[str, bool] = {}

    def pure(self, node: ast.AST) -> bool:
        return all(
            self._is_pure(inner.func) and all(k.arg != "out" for k in inner.keywords)
            for inner in ast.walk(node)
            if isinstance(inner, ast.Call)
        ) and not any(isinstance(n, ast.NamedExpr | ast.Await | ast.Yield) for n in ast.walk(node))

    def _is_pure(self, function: ast.expr) -> bool:
        match function:
            case ast.Name(id=name):
                return self._is_known(name) if name in self._functions else name in _BUILTINS
            case ast.Attribute(value=ast.Name(id=module)) if module in _MODULES:
                return True
            case ast.Attribute(attr=name) if name in self._functions:
                return self._is_known(name)
            case ast.Attribute(attr=name):
                return name in _METHODS and "random" not in ast.unparse(function)
        return False

    def _is_known(self, name: str) -> bool:
        if name not in self._known:
            self._known[name] = False  # What calls itself is left alone.
            self._known[name] = all(map(self._does_nothing, self._functions[name]))
        return self._known[name]

    def _does_nothing(self, function: ast.FunctionDef | ast.Lambda) -> bool:
        if isinstance(function, ast.Lambda):
            return self.pure(function.body)
        own = {
            node.id
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        for node in ast.walk(function):
            if isinstance(node, ast.stmt) and node is not function:
                words = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
                if not words and not isinstance(node, _STATEMENTS):
                    return False
            if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(
                node.ctx, ast.Load
            ):
                owner = node.value
                if not isinstance(owner, ast.Name) or owner.id not in own:
                    return False
        return all(self.pure(node) for node in function.body)


def _defined(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.Lambda]]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name):
                yield name, node
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as function):
                yield name, function
