"""Programs that bring all they need, or miss names only whose meaning their text tells.

They need no trial, which is most of the time that it takes to prepare one.
"""

import ast

from gradcheck.paste.running.assumptions import Ledger
from gradcheck.paste.running.knowledge import Knowledge
from gradcheck.paste.running.modules import BENIGN
from gradcheck.paste.running.names import undefined
from gradcheck.paste.running.numpy_one import shimmed
from gradcheck.paste.running.resolve import module_of
from gradcheck.paste.running.world import World, imported

_OUTSIDE = frozenset({"open", "input", "raw_input", "file"})
_LOADERS = frozenset({"load", "loadtxt", "genfromtxt", "fromfile", "memmap", "fromregex"})


def complete(tree: ast.Module) -> World | None:
    """Return a world with all that the program misses; None where that takes a trial to tell."""
    known = Knowledge(tree)
    world = World(known, {}, Ledger())
    if any(_opens(node) for node in ast.walk(tree)):
        return None
    imported(world, tree)
    missing = list(undefined(tree, _starred(world, tree)))
    if any(_brings_data(module_of(name)) for name in missing):
        return None
    try:
        world.supply(missing)
    except KeyError:
        return None
    if world.data.asked:
        return None
    _note_shims(tree, world.ledger)
    return world


def _opens(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return any(_brings_data(alias.name) for alias in names)
        case ast.ImportFrom(module=name):
            return name is None or _brings_data(name)
        case ast.Name(id=name):
            return name in _OUTSIDE or name in _LOADERS
        case ast.Attribute(attr=name):
            return name in _LOADERS
    return False


def _brings_data(module: str | None) -> bool:
    return module is not None and module.partition(".")[0] not in BENIGN


def _starred(world: World, tree: ast.Module) -> frozenset[str]:
    """Return the names that the program imports with a star."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(name), names=[ast.alias(name="*")]):
                module = world.modules.module(name)
                found |= set(getattr(module, "__all__", vars(module)))
    return frozenset(found)


def _note_shims(tree: ast.Module, ledger: Ledger) -> None:
    gone = shimmed()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr=name) if name in gone:
                ledger.note("shim", f"np.{name}", "is not in NumPy 2, and is supplied", node.lineno)
