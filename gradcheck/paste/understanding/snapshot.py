"""Snapshots of all that a program can reach, put back in place.

What is restored is the contents of every object, not the objects: other names for them, bound
methods and closures go on being right. Random generators are restored too, and how far texts are
read. Generators cannot be; nobody asks for that here.
"""

import copy
import io
import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType, MethodType, ModuleType
from typing import Any, TypeAlias

import numpy as np

_MOST_OBJECTS = 50_000
_ITERATORS: tuple[type, ...] = (
    type(iter([])),
    type(iter(())),
    type(iter(range(0))),
    zip,
    enumerate,
    map,
    filter,
)
_OWN = ("__main__", "types", "argparse", "builtins")
"""The modules of classes whose instances hold a program's own values."""

_ATOMS = (str, bytes, int, float, complex, bool, type(None), range, ModuleType, np.generic)

Restore: TypeAlias = Callable[[], None]


class Snapshot:
    """The state of everything reachable from some variables, and of the global generators."""

    def __init__(self, variables: dict[str, Any]) -> None:
        self._keep: list[Any] = []
        self._restores: list[Restore] = []
        self._seen: set[int] = set()
        self._walk(variables)
        self._restores += _generators()

    def restore(self) -> None:
        for put_back in self._restores:
            put_back()

    def _walk(self, start: Any) -> None:
        queue = [start]
        while queue:
            thing = queue.pop()
            if isinstance(thing, _ATOMS) or id(thing) in self._seen:
                continue
            self._seen.add(id(thing))
            self._keep.append(thing)
            put_back, inside = _saved(thing)
            if put_back is not None:
                self._restores.append(put_back)
            if len(self._seen) < _MOST_OBJECTS:
                queue.extend(inside)


def _saved(thing: Any) -> tuple[Restore | None, Iterable[Any]]:
    """Return how to put a thing's contents back, and what is in it."""
    match thing:
        case np.ndarray():
            return _array(thing)
        case dict():
            return _dict(thing)
        case list():
            return _list(thing)
        case set() | deque() | bytearray():
            return _collection(thing), tuple(thing) if not isinstance(thing, bytearray) else ()
        case tuple() | frozenset():
            return None, thing
        case np.random.Generator() | np.random.RandomState() | random.Random() | io.StringIO():
            return _stream(thing), ()
        case FunctionType():
            return _function(thing)
        case MethodType():
            return None, (thing.__self__, thing.__func__)
        case type():
            return _class(thing)
    return _object(thing)


def _stream(thing: Any) -> Restore | None:
    """Save where random numbers, or the lines of a text, will go on."""
    if isinstance(thing, io.StringIO):
        return None if thing.closed else _text(thing, thing.tell())
    if isinstance(thing, np.random.Generator):
        bits, state = thing.bit_generator, copy.deepcopy(thing.bit_generator.state)
        return lambda: setattr(bits, "state", state)
    if isinstance(thing, random.Random):
        kept = thing.getstate()
        return lambda: thing.setstate(kept)
    held = thing.get_state()
    return lambda: thing.set_state(held)


def _text(thing: io.StringIO, place: int) -> Restore:
    def restore() -> None:
        thing.seek(place)

    return restore


def _array(thing: Any) -> tuple[Restore | None, Iterable[Any]]:
    if not thing.flags.writeable:
        return None, ()
    saved = thing.copy()
    inside = list(thing.flat) if thing.dtype.hasobject else ()
    return lambda: np.copyto(thing, saved), inside


def _dict(thing: dict[Any, Any]) -> tuple[Restore, Iterable[Any]]:
    saved = {key: value for key, value in thing.items() if key != "__builtins__"}
    whole, keys, ids = dict(thing), list(thing), [*map(id, thing.values())]
    moving = {key: copy.copy(v) for key, v in saved.items() if type(v) in _ITERATORS}

    def restore() -> None:
        if [*map(id, thing.values())] != ids or list(thing) != keys:
            thing.clear()
            thing.update(whole)
        for key, iterator in moving.items():
            thing[key] = copy.copy(iterator)

    return restore, list(saved.values())


def _list(thing: list[Any]) -> tuple[Restore, Iterable[Any]]:
    saved = thing[:]

    def restore() -> None:
        thing[:] = saved

    return restore, saved


def _collection(thing: Any) -> Restore:
    saved = copy.copy(thing)

    def restore() -> None:
        thing.clear()
        (thing.update if isinstance(thing, set) else thing.extend)(saved)

    return restore


def _function(thing: FunctionType) -> tuple[Restore | None, Iterable[Any]]:
    cells = thing.__closure__ or ()
    saved = [(cell, cell.cell_contents) for cell in cells if _filled(cell)]

    def restore() -> None:
        for cell, contents in saved:
            if not _filled(cell) or cell.cell_contents is not contents:
                cell.cell_contents = contents

    inside = [contents for _, contents in saved]
    defaults = (*(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values())
    return (restore if saved else None), [*inside, *defaults, thing.__dict__]


def _class(thing: type) -> tuple[Restore | None, Iterable[Any]]:
    if thing.__module__ != "__main__":
        return None, ()
    saved = {name: value for name, value in vars(thing).items() if not name.startswith("__")}

    def restore() -> None:
        now = {name: value for name, value in vars(thing).items() if not name.startswith("__")}
        for name, value in saved.items():
            if now.pop(name, None) is not value:
                setattr(thing, name, value)
        for name in now:
            delattr(thing, name)

    return restore, saved.values()


def _object(thing: Any) -> tuple[Restore | None, Iterable[Any]]:
    """Save an instance of the program's own classes; all others keep their state to themselves."""
    if type(thing).__module__ not in _OWN:
        return None, ()
    slots = [(name, getattr(thing, name)) for name in _slots(type(thing)) if hasattr(thing, name)]
    own = getattr(thing, "__dict__", None)
    inside = [type(thing), own, *(value for _, value in slots)]

    def restore() -> None:
        for name, value in slots:
            object.__setattr__(thing, name, value)

    return (restore if slots else None), inside


def _slots(kind: type) -> Iterator[str]:
    for base in kind.__mro__:
        if base.__module__ in _OWN:
            names = getattr(base, "__slots__", ())
            yield from (names,) if isinstance(names, str) else names


def _filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  (asks whether there is any)
    except ValueError:
        return False
    return True


def _generators() -> list[Restore]:
    numpy_state, state = np.random.get_state(), random.getstate()  # noqa: NPY002
    return [lambda: np.random.set_state(numpy_state), lambda: random.setstate(state)]  # noqa: NPY002
