"""Parameters held at other values: in place where the code may keep references, put back after."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.child.watched import watch
from gradcheck.module.slots import Slot, as_array, slots
from gradcheck.module.state import Snapshot


class Holder:
    """Parameters that stand in slots of objects; `roots` are all objects whose state counts."""

    def __init__(self, places: Mapping[str, Slot], roots: Sequence[object]) -> None:
        self._slots = dict(places)
        self._roots = tuple(roots)
        self._snapshot = Snapshot(self._roots)
        self.values: dict[str, Array] = {
            name: as_array(slot.get()).astype(np.float64) for name, slot in self._slots.items()
        }
        self._aliases = {name: self._same(slot) for name, slot in self._slots.items()}

    def hold(self, values: Mapping[str, Array]) -> None:
        """Put the objects' state back as it was, with other values for the parameters."""
        self._snapshot.restore()
        for name, slot in self._slots.items():
            self._put(slot, values[name], self._aliases[name])

    def everything(self) -> dict[str, Array]:
        """Return what stands in all slots of the objects at present, parameters or not."""
        there = (slot for root in self._roots for slot in slots(root))
        return {slot.path: as_array(slot.get()) for slot in there}

    def _put(self, slot: Slot, value: Array, aliases: Sequence[Slot]) -> None:
        present = slot.get()
        fits = isinstance(present, np.ndarray) and present.dtype == value.dtype
        if fits and present.flags.writeable:
            present[...] = value
            return
        # What is neither of float64 nor an array can't take the value: another takes its place.
        new = watch(value.copy()) if np.iscomplexobj(value) else _like(present, value)
        for alias in aliases:
            alias.set(new)

    def _same(self, slot: Slot) -> list[Slot]:
        """Return all slots in which the very same array stands."""
        own = slot.get()
        if not isinstance(own, np.ndarray):
            return [slot]
        found = [other for root in self._roots for other in slots(root) if other.get() is own]
        return found or [slot]


def _like(present: Any, value: Array) -> Any:
    return float(value) if type(present) is float else value.copy()
