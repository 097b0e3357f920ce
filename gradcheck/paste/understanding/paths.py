"""Paths to the numbers that a program keeps: where they are, how to read and to set them.

A path starts at a global name, or at a local name of a running function, and goes on through
attributes, keys and indices. It reads as the user would write it: `net.stack[0][0]`.
"""

import re
from collections.abc import Iterator, Mapping
from types import FrameType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.running.sites import PROGRAM
from gradcheck.paste.understanding.values import is_number, table
from gradcheck.record import altered, record

Roots: TypeAlias = Mapping[str, Mapping[str, Any]]
"""The variables of each scope that is alive: "" for globals, else a function's name."""

_MANGLED = re.compile(r"^_[A-Za-z]\w*?(__\w+)$")
_MOST_LEAVES = 4000
_MOST_ITEMS = 256
_DEEPEST = 8


@record
class Path:
    """A place that holds numbers; `keys` are ("attr", name), ("item", key) or ("closure", name)."""

    scope: str
    root: str
    keys: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        text = self.root
        for kind, key in self.keys:
            text = str(key) if kind == "closure" else text + _shown(kind, key)
        return text

    @property
    def is_variable(self) -> bool:
        """Whether this is a local variable itself, which only its own frame can set."""
        return bool(self.scope) and not self.keys

    @property
    def function(self) -> str:
        """The function whose variable the path starts at, as sites name it; "" for globals."""
        return self.scope.replace(".<locals>", "")

    @property
    def chain(self) -> tuple[str, ...]:
        """The names on the way to the value."""
        return (self.root, *(key for _, key in self.keys if isinstance(key, str)))

    @property
    def last(self) -> str:
        """The name nearest to the value: of an attribute, a key or the variable."""
        return self.chain[-1]


class Leaf(NamedTuple):
    """A number, an array or a list of numbers that a path leads to."""

    path: Path
    thing: Any

    def copy(self) -> Any:
        """Return its value: a float, or an array of floats; of ints, where it is whole."""
        return value_of(self.thing)


def value_of(thing: Any) -> Any:
    if isinstance(thing, np.ndarray):
        return np.array(thing, subok=False)
    if isinstance(thing, list):
        return table(thing)
    return thing


def scopes(frame: FrameType) -> dict[str, Mapping[str, Any]]:
    """Return the roots that are alive in a frame: globals, then the outer frames first."""
    frames = []
    at: FrameType | None = frame
    while at is not None:
        if at.f_code.co_filename == PROGRAM and at.f_locals is not at.f_globals:
            frames.append(at)
        at = at.f_back
    found: dict[str, Mapping[str, Any]] = {"": frame.f_globals}
    for inner in reversed(frames):
        found[inner.f_code.co_qualname] = inner.f_locals
    return found


def leaves(roots: Roots) -> list[Leaf]:
    """Return all numbers that are reachable, every container being entered once.

    Variables are followed one by one, in the order in which they were made: of several ways to
    a number the first is the one that its program would write.
    """
    found: list[Leaf] = []
    seen: set[int] = set()
    for scope, names in roots.items():
        for name, value in list(names.items()):
            if not name.startswith("__") and name != "_" and len(found) < _MOST_LEAVES:
                _gather(Path(scope=scope, root=name), value, found, seen)
    return found


def _gather(start: Path, value: Any, found: list[Leaf], seen: set[int]) -> None:
    queue: list[tuple[tuple[tuple[str, Any], ...], Any]] = [((), value)]
    for keys, thing in queue:
        if _is_leaf(thing):
            found.append(Leaf(path=altered(start, keys=keys) if keys else start, thing=thing))
        elif len(keys) < _DEEPEST and id(thing) not in seen:
            seen.add(id(thing))
            queue.extend([((*keys, key), inner) for key, inner in _inside(thing)])


def read(path: Path, roots: Roots) -> Any:
    """Return what is at a path; KeyError where nothing is."""
    try:
        value: Any = roots[path.scope][path.root]
        for kind, key in path.keys:
            value = _step(value, kind, key)
    except (KeyError, AttributeError, IndexError, TypeError, ValueError) as error:
        raise KeyError(str(path)) from error
    return value


def write(path: Path, roots: Roots, new: Any) -> None:
    """Set what is at a path, in place where it can be, so that other names for it see that too."""
    old = read(path, roots)
    if isinstance(old, np.ndarray) and old.shape == np.shape(new) and _holds(old, new):
        old[...] = new
    elif isinstance(old, list) and np.ndim(new):
        _fill(old, new)
    else:
        replaced(path, roots, fitting(old, new))


def fitting(old: Any, new: Any) -> Any:
    """Return a value in the kind of thing that it replaces."""
    if isinstance(old, np.ndarray):
        return (
            np.asarray(new, dtype=float)
            if old.dtype.kind in "iu"
            else np.array(new, dtype=old.dtype)
        )
    if isinstance(old, list):
        return np.asarray(new, dtype=float).tolist()
    return np.float64(new) if isinstance(old, np.floating | np.integer) else float(new)


def _holds(old: Array, new: Any) -> bool:
    return old.flags.writeable and (old.dtype.kind == "f" or bool(np.all(np.mod(new, 1) == 0)))


def _fill(old: list[Any], new: Array) -> None:
    for index, item in enumerate(new):
        if np.ndim(item):
            _fill(old[index], item)
        else:
            old[index] = float(item)


def replaced(path: Path, roots: Roots, new: Any) -> None:
    """Put another thing at a path."""
    if not path.keys:
        names: Any = roots[path.scope]
        names[path.root] = new
        return
    kind, key = path.keys[-1]
    owner = read(Path(scope=path.scope, root=path.root, keys=path.keys[:-1]), roots)
    if kind == "attr":
        object.__setattr__(owner, key, new)
    elif kind == "closure":
        _cell(owner, key).cell_contents = new
    else:
        owner[key] = new


def _step(value: Any, kind: str, key: Any) -> Any:
    if kind == "attr":
        return getattr(value, key)
    if kind == "closure":
        return _cell(value, key).cell_contents
    return value[key]


def _cell(function: Any, name: str) -> Any:
    return function.__closure__[function.__code__.co_freevars.index(name)]


def _is_leaf(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiu" and value.size > 0
    if isinstance(value, list):
        return table(value) is not None
    return is_number(value)


def _inside(value: Any) -> Iterator[tuple[tuple[str, Any], Any]]:
    if isinstance(value, dict):
        items = list(value.items())[:_MOST_ITEMS]
        yield from ((("item", key), inner) for key, inner in items if _plain(key))
    elif isinstance(value, list | tuple):
        if len(value) <= _MOST_ITEMS:
            yield from ((("item", index), inner) for index, inner in enumerate(value))
    elif isinstance(value, np.ndarray):
        if value.dtype.kind == "O" and value.size <= _MOST_ITEMS and value.ndim == 1:
            yield from ((("item", index), inner) for index, inner in enumerate(value))
    elif isinstance(value, MethodType):
        yield ("attr", "__self__"), value.__self__
    elif isinstance(value, FunctionType):
        if not _is_ours(value):
            yield from _closed_over(value)
    elif not isinstance(value, ModuleType):
        yield from _attributes(value)


def _is_ours(function: FunctionType) -> bool:
    """Tell what stands in for a library: it keeps state of its own, none of it the program's."""
    return (function.__module__ or "").partition(".")[0] == __name__.partition(".")[0]


def _closed_over(function: FunctionType) -> Iterator[tuple[tuple[str, Any], Any]]:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield ("closure", name), cell.cell_contents
        except ValueError:
            continue  # Not yet assigned.


def _attributes(value: Any) -> Iterator[tuple[tuple[str, Any], Any]]:
    own = getattr(value, "__dict__", None)
    if not isinstance(own, Mapping):
        own = {
            name: getattr(value, name)
            for kind in type(value).__mro__
            for name in getattr(kind, "__slots__", ())
            if isinstance(name, str) and hasattr(value, name)
        }
    elif not isinstance(value, type):
        shared = vars(type(value)).items() if type(value).__module__ == "__main__" else ()
        own = {n: v for n, v in shared if _is_leaf(v) or isinstance(v, dict | list)} | dict(own)
    yield from (
        (("attr", name), inner) for name, inner in list(own.items()) if not name.startswith("__")
    )


def _plain(key: object) -> bool:
    return isinstance(key, str | int | float | tuple)


def _shown(kind: str, key: Any) -> str:
    if kind == "attr":
        mangled = _MANGLED.match(key)
        return f".{mangled[1] if mangled else key}"
    return f"[{key!r}]"
