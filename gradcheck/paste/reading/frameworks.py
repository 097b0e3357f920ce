"""Code of frameworks that differentiate by themselves: there is nothing in it to check."""

import ast
from collections.abc import Iterator, Sequence

from gradcheck.paste.reading.syntax import walk
from gradcheck.paste.reading.tops import Top

_FRAMEWORKS = {
    "tensorflow": "TensorFlow", "tf": "TensorFlow", "torch": "PyTorch", "keras": "Keras",
    "jax": "JAX", "flax": "JAX", "optax": "JAX", "autograd": "autograd", "theano": "Theano",
    "mxnet": "MXNet", "chainer": "Chainer", "paddle": "Paddle", "lasagne": "Lasagne",
    "pytorch_lightning": "PyTorch", "tinygrad": "tinygrad", "torchvision": "PyTorch",
}  # fmt: skip
_PLAIN = {"numpy", "datasets", "utils", "preprocessing", "examples", "data"}
_AUTOMATIC = {"minimize", "fit", "run", "gradients", "GradientTape", "zero_grad", "compile", "step"}
_SHARE = 0.4
"""The share of statements that makes a block with a hand-written part a framework's."""


def imported(found: Sequence[Top]) -> dict[str, str]:
    """Return the framework behind every name that the statements import from one."""
    result = {}
    for top in found:
        for node in walk(top.node):
            match node:
                case ast.Import(names=aliases):
                    modules = [(a.name, a.asname or a.name.partition(".")[0]) for a in aliases]
                case ast.ImportFrom(module=str(module), names=aliases):
                    modules = [(f"{module}.{a.name}", a.asname or a.name) for a in aliases]
                case _:
                    continue
            result.update({name: known for path, name in modules if (known := _framework(path))})
    return result


def framework(found: Sequence[Top], names: dict[str, str]) -> str | None:
    """Return the framework that a block is written for, if it is for one.

    `names` are those that stand for frameworks; the customary ones need no import.
    """
    leaves = [leaf for top in found for leaf in _leaves(top.node)]
    known = {**_FRAMEWORKS, **names}
    mentioned = [name for leaf in leaves if (name := _mentioned(leaf, known))]
    if not mentioned:
        return None
    by_hand = any(_by_hand(leaf) and not _mentioned(leaf, known) for leaf in leaves)
    automatic = any(_automatic(leaf) for leaf in leaves)
    if len(mentioned) >= _SHARE * len(leaves) or (automatic and not by_hand):
        return max(set(mentioned), key=mentioned.count)
    return None


def _framework(path: str) -> str | None:
    parts = path.split(".")
    return None if _PLAIN & set(parts[1:]) else _FRAMEWORKS.get(parts[0])


def _leaves(node: ast.stmt) -> Iterator[ast.stmt]:
    """Return the simple statements within one, and the bases of classes."""
    for part in walk(node):
        if isinstance(part, ast.ClassDef):
            yield from (ast.Expr(value=base) for base in part.bases)
        if isinstance(part, ast.stmt) and not hasattr(part, "body"):
            yield part


def _mentioned(node: ast.stmt, known: dict[str, str]) -> str | None:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return next(iter(imported_by(node).values()), None)
    for part in walk(node):
        if isinstance(part, ast.Attribute) and part.attr in _PLAIN:
            return None
    names = (part.id for part in walk(node) if isinstance(part, ast.Name))
    return next((known[name] for name in names if name in known), None)


def imported_by(node: ast.stmt) -> dict[str, str]:
    """Return the frameworks that one import binds names of."""
    empty: frozenset[str] = frozenset()
    top = Top(node=node, start=0, stop=1, binds=empty, alters=empty, needs=empty, shows=False)
    return imported([top])


def _automatic(node: ast.stmt) -> bool:
    for part in walk(node):
        match part:
            case ast.Call(func=ast.Attribute(attr="backward"), args=[], keywords=[]):
                return True
            case ast.Call(func=ast.Attribute(attr=name)) if name in _AUTOMATIC:
                return True
    return False


def _by_hand(node: ast.stmt) -> bool:
    match node:
        case ast.AugAssign(op=ast.Sub() | ast.Add()):
            return True
        case ast.Assign(targets=[target], value=ast.BinOp(left=left, op=ast.Sub() | ast.Add())):
            return type(target) is type(left) and _names(target) == _names(left)
    return False


def _names(node: ast.AST) -> list[str]:
    return [part.id for part in walk(node) if isinstance(part, ast.Name)]
