"""The state of objects: taken once, and put back as it was before every call.

Layers remember inputs, count steps and average what they see. So that each call begins alike,
everything that an object holds is put back in place: the containers and arrays stay the same, what
is in them is restored. Generators of random numbers are put back as well, NumPy's and Python's own
among them, so that a mask that is drawn is the same mask every time.
"""

import random
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from gradcheck.module.slots import holds, members

DEPTH = 12
"""How many steps away from an object its state may stand."""


class Snapshot:
    """What some objects held when it was taken."""

    def __init__(self, roots: Iterable[object]) -> None:
        self._restorers: list[Callable[[], None]] = []
        self._seen: set[int] = set()
        self._kept: list[object] = []
        for root in roots:
            self._take(root, DEPTH)
        self._take_chance()

    def restore(self) -> None:
        """Put everything back."""
        for restorer in self._restorers:
            restorer()

    def _take(self, value: Any, depth: int) -> None:
        if id(value) in self._seen or not depth:
            return
        self._seen.add(id(value))
        restorer = _restorer(value)
        if restorer is not None:
            # An object that is let go could leave its identity to another one.
            self._kept.append(value)
            self._restorers.append(restorer)
        if holds(value):
            for _, member in list(members(value)):
                self._take(member, depth - 1)

    def _take_chance(self) -> None:
        drawn, chance = np.random.get_state(legacy=False), random.getstate()  # noqa: NPY002

        def restore() -> None:
            # To put it back takes long, and mostly nobody has drawn from it.
            if not _same(np.random.get_state(legacy=False), drawn):  # noqa: NPY002
                np.random.set_state(drawn)  # noqa: NPY002
            if random.getstate() != chance:
                random.setstate(chance)

        self._restorers.append(restore)


def _same(one: Any, other: Any) -> bool:
    """Tell whether two states of NumPy's generator are one."""
    key, place = one["state"].get("key"), one["state"].get("pos")
    if key is None or one["has_gauss"] != other["has_gauss"]:
        return False
    own = other["state"]
    return place == own.get("pos") and np.array_equal(key, own.get("key"))


def _restorer(value: Any) -> Callable[[], None] | None:
    """Return what puts a value back as it is now; None of a value that can't change."""
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.random.Generator):
        state = value.bit_generator.state
        return lambda: setattr(value.bit_generator, "state", state)
    if isinstance(value, np.random.RandomState):
        old = value.get_state()
        return lambda: value.set_state(old)
    if isinstance(value, random.Random):
        drawn = value.getstate()
        return lambda: value.setstate(drawn)
    if isinstance(value, dict):
        return _dict(value)
    if isinstance(value, list):
        return _list(value)
    return _object(value) if holds(value) and not isinstance(value, tuple) else None


def _array(array: Any) -> Callable[[], None] | None:
    if not array.flags.writeable or array.dtype.hasobject:
        return None
    copy = array.copy()

    def restore() -> None:
        array[...] = copy

    return restore


def _dict(value: dict[Any, Any]) -> Callable[[], None]:
    copy = dict(value)

    def restore() -> None:
        value.clear()
        value.update(copy)

    return restore


def _list(value: list[Any]) -> Callable[[], None]:
    copy = list(value)

    def restore() -> None:
        value[:] = copy

    return restore


def _object(value: Any) -> Callable[[], None]:
    copy = {str(name): member for (_, name), member in members(value)}

    def restore() -> None:
        for (_, name), _member in list(members(value)):
            if name not in copy:
                delattr(value, str(name))
        for name, member in copy.items():
            if getattr(value, name, None) is not member:
                setattr(value, name, member)

    return restore
