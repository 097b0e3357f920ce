"""Gradients after a backward pass: what it returned, and what it left in attributes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.child.numbers import real
from gradcheck.errors import ClaimError
from gradcheck.module.naming import is_gradient_of
from gradcheck.module.slots import Slot, slots
from gradcheck.record import record


@record
class Harvest:
    """How to find the gradients of a layer.

    `places` maps parameters to the paths of the attributes of `root` that hold their gradients, of
    one that is shared to several, which are added up unless they say the same;
    `ordered` are parameters whose gradients, in this order, are returned behind those of the
    inputs.
    """

    name: str
    root: object = None
    places: Mapping[str, tuple[str, ...]]
    ordered: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def gradients(
        self, inputs: Sequence[str], returned: Any, own: Mapping[str, Array]
    ) -> dict[str, Array]:
        """Return copies of all gradients, by the names of parameters and inputs."""
        there = {} if self.root is None else {slot.path: slot for slot in slots(self.root)}
        found = self._returned(inputs, returned, own)
        for name in inputs:
            if name not in found and (slot := _attribute(there, name)) is not None:
                found[name] = slot.get()
        for name, paths in self.places.items():
            parts = [there[path].get() for path in paths if path in there]
            found |= {name: _added(parts)} if parts else {}
        return {
            name: np.array(real(f"{self.name}.backward", f"a gradient of {name}", value))
            for name, value in found.items()
            if value is not None
        }

    def _returned(
        self, inputs: Sequence[str], returned: Any, own: Mapping[str, Array]
    ) -> dict[str, Any]:
        """Give what the backward pass returned its names."""
        arrays, named = flattened(returned)
        known = [*inputs, *self.ordered, *self.places]
        found = {
            name: value for key, value in named.items() if (name := _meant(key, known)) is not None
        }
        free = [name for name in inputs if name not in found]
        rest = [n for n in dict.fromkeys((*self.ordered, *self.places)) if n not in found]
        for names in _orders(free, rest, self.ordered):
            if len(names) == len(arrays):
                return {**found, **dict(zip(names, arrays, strict=True))}
        if len(arrays) == 1 and free:
            name = next((n for n in free if np.shape(arrays[0]) == own[n].shape), free[0])
            return {**found, name: arrays[0]}
        if not arrays or not free:
            return found
        raise ClaimError(
            f"{self.name}.backward returned {len(arrays)} arrays; expected {len(free)}, by "
            f"{', '.join(free)}" + (f", and {len(rest)} by {', '.join(rest)}" if rest else "")
        )


def _added(parts: Sequence[Any]) -> Any:
    """Add up the gradients of the uses of a parameter, each that is there but once."""
    different: list[Any] = []
    for part in parts:
        if not any(np.array_equal(part, other) for other in different):
            different.append(part)
    return different[0] if len(different) == 1 else sum(different[1:], different[0])


def _meant(key: str, known: Sequence[str]) -> str | None:
    return next((name for name in known if key == name or is_gradient_of(name, key)), None)


def _orders(
    free: Sequence[str], rest: Sequence[str], ordered: Sequence[str]
) -> Iterator[Sequence[str]]:
    """Yield what the arrays that were returned may be gradients of, the most usual first."""
    yield [*free, *ordered]
    yield free
    yield [*free, *rest]
    yield rest


def flattened(returned: Any) -> tuple[list[Any], dict[str, Any]]:
    """Return the arrays in what was returned: those without a name in order, and those with one."""
    if returned is None:
        return [], {}
    if isinstance(returned, Mapping):
        return [], {str(key): value for key, value in returned.items()}
    if not isinstance(returned, tuple | list):
        return [returned], {}
    arrays: list[Any] = []
    named: dict[str, Any] = {}
    for item in returned:
        if isinstance(item, Mapping):
            named |= {str(key): value for key, value in item.items()}
        elif isinstance(item, list | tuple):
            arrays += item
        else:
            arrays.append(item)
    return arrays, named


def _attribute(there: Mapping[str, Slot], name: str) -> Slot | None:
    """Return the attribute that holds the gradient of an input."""
    for path, slot in there.items():
        if len(slot.parts) == 1 and is_gradient_of(name, path):
            return slot
    return None
