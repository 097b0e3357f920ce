"""What an iteration moves: of all that differs behind it, the things that may be parameters."""

import ast
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np

from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.steps import Step, Trial


def moves(step: Step, base: Trial, path: Path, change: Any) -> bool:
    """Tell numbers that a trial can set."""
    if change is None or not np.all(np.isfinite(change)):
        return False
    return step.can_set(path) or is_array(base.before.things[path])


def is_array(thing: Any) -> bool:
    return isinstance(thing, np.ndarray) and thing.dtype.kind == "f"


def unaliased(trial: Trial, paths: Sequence[Path], names: AbstractSet[str]) -> list[Path]:
    """Keep one path of those that lead to the same things, of `names` only if need be."""
    seen: dict[Any, Path] = {}
    for path in sorted(paths, key=lambda path: not path.keys and path.root in names):
        before, after = trial.before.things[path], trial.after.things[path]
        whole = isinstance(before, int) and isinstance(after, int)
        key = (_identity(before), _identity(after)) if not np.isscalar(after) else (str(path), 0)
        if not whole:
            seen.setdefault(key, path)
    return list(seen.values())


def _identity(thing: Any) -> Any:
    """Return what is one for an array and its views of all of it, as the transposed one."""
    if isinstance(thing, np.ndarray) and thing.size > 1:
        return thing.__array_interface__["data"][0], thing.size
    return id(thing)


def passing(step: Step) -> frozenset[str]:
    """Return the names that go through the values of a loop, as in `for W, b in layers`."""
    loop = step.scene.machine.nodes[step.loop]
    targets = [
        node.target for node in ast.walk(loop) if isinstance(node, ast.For | ast.comprehension)
    ]
    return frozenset(
        name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)
    )
