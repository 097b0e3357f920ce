"""What a program's text has that edits can be made of: its functions, and how it writes things."""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from string import digits

import numpy as np

from gradcheck.paste.repair.terms import DERIVATIVE
from gradcheck.paste.understanding.sites import words


def functions(tree: ast.Module) -> Iterator[str]:
    """Yield the functions of one argument, by whatever name they are called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node in tree.body and _takes_one(node.args):
            yield node.name
    yield from _held(tree)


def leaks(tree: ast.Module) -> Iterator[str]:
    """Yield what units that are off multiply by: the c of `where(z > 0, z, c * z)` and its kin."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=func, args=[ast.Compare(), on, off]) if _ends(func, "where"):
                pair = on, off
            case ast.Call(func=func, args=[on, off]) if _ends(func, "maximum", "max"):
                pair = on, off
            case ast.IfExp(test=ast.Compare(), body=on, orelse=off):
                pair = on, off
            case _:
                continue
        for whole, part in (pair, pair[::-1]):
            match part:
                case ast.BinOp(op=ast.Mult(), left=left, right=right):
                    for one, other in ((left, right), (right, left)):
                        if ast.dump(one) == ast.dump(whole):
                            yield ast.unparse(other)


def _ends(func: ast.expr, *names: str) -> bool:
    return ast.unparse(func).rpartition(".")[2] in names


def _held(tree: ast.Module) -> Iterator[str]:
    """Yield the variables that functions of one argument are kept in, and their numbered kin."""
    nodes = [*ast.walk(tree)]
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    called = set()
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]) if name in stored:
                called.add(name.rstrip(digits))
    yield from sorted(name for name in stored if name.rstrip(digits) in called)


def applied(tree: ast.Module) -> Mapping[str, dict[str, None]]:
    """Return what NumPy's functions of single numbers are applied to, by its text."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name) as func,
                args=[ast.Name() | ast.Attribute() | ast.Subscript() as inner],
                keywords=[],
            ):
                known = getattr(np, name, None)
                if isinstance(known, np.ufunc) and known.nin == 1:
                    found[ast.unparse(inner)][ast.unparse(func)] = None
    return found


def called(tree: ast.Module) -> Iterator[str]:
    """Yield the functions that are called by name."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                yield name


def _takes_one(arguments: ast.arguments, skipped: int = 0) -> bool:
    needed = len(arguments.args) - len(arguments.defaults) - skipped
    return needed == 1 and not arguments.vararg


def templates(tree: ast.Module) -> Iterator[str]:
    """Yield derivatives as the program writes them, with a place for what they are taken at."""
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} | {*_held(tree)}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=func, args=[_, *rest], keywords=keywords) if _is_own(func) and (
                _derives(_name(func), own) or _has_flag(rest, keywords)
            ):
                tail = [ast.unparse(a) for a in rest]
                tail += [f"{k.arg}={ast.unparse(k.value)}" for k in keywords if k.arg]
                yield f"{_braces(ast.unparse(func))}({', '.join(['{0}', *map(_braces, tail)])})"
            case ast.FunctionDef(name=name, args=arguments) if node in tree.body:
                if _derives(name, own) and _takes_one(arguments):
                    yield f"{name}({{0}})"


def _braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _is_own(func: ast.expr) -> bool:
    match func:
        case ast.Name():
            return True
        case ast.Attribute(value=ast.Name(id="self")):
            return True
    return False


def _name(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else str(getattr(func, "attr", ""))


def _derives(name: str, own: Collection[str]) -> bool:
    """Tell a derivative by its name: one of the words for it, or `df` where there is an `f`."""
    if not DERIVATIVE.isdisjoint(words(name)):
        return True
    inner = name[1:].lstrip("_")
    return name[:1] == "d" and (inner in own or isinstance(getattr(np, inner, None), np.ufunc))


def _has_flag(rest: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> bool:
    return any(
        isinstance(value, ast.Constant) and value.value is True
        for value in [*rest, *(keyword.value for keyword in keywords)]
    )


def entrywise(tree: ast.Module, numpy: str | None) -> str | None:
    """Return what multiplies entry by entry where `*` is the product of matrices."""
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if not any(call.rpartition(".")[2] in ("matrix", "mat", "asmatrix") for call in calls):
        return None
    own = (call for call in calls if call.rpartition(".")[2] == "multiply")
    return next(own, f"{numpy}.multiply" if numpy else "multiply")


def numpy_alias(tree: ast.Module) -> str | None:
    """Return what NumPy is called: nothing where all of it is imported; None where it is not."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    if alias.name == "numpy":
                        return alias.asname or "numpy"
            case ast.ImportFrom(module="numpy", names=names):
                if any(alias.name == "*" for alias in names):
                    return ""
    used = {
        n.value.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)
    }
    return "np" if "np" in used else None
