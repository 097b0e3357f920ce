"""Slots: the places inside an object where its arrays stand, by the expressions that reach them."""

from collections.abc import Iterator, Mapping
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.record import record

DEPTH = 6
"""How many steps away from the object its arrays may stand."""

Part: TypeAlias = tuple[bool, str | int]
"""One step of a path: whether to an attribute, and its name; else a key or an index."""

_OPAQUE = (
    np.ndarray,
    np.generic,
    str,
    bytes,
    type,
    ModuleType,
    FunctionType,
    BuiltinFunctionType,
    MethodType,
)


@record
class Slot:
    """A place where a number or an array stands: an attribute of `owner`, or one of its items."""

    owner: Any
    parts: tuple[Part, ...]

    @property
    def path(self) -> str:
        """The expression that reaches it, without the object's own name."""
        text = "".join(f".{key}" if is_attribute else f"[{key!r}]" for is_attribute, key in
                       self.parts)  # fmt: skip
        return text.removeprefix(".")

    @property
    def names(self) -> tuple[str | int, ...]:
        return tuple(key for _, key in self.parts)

    def get(self) -> Any:
        is_attribute, key = self.parts[-1]
        return getattr(self.owner, str(key)) if is_attribute else self.owner[key]

    def set(self, value: Any) -> None:
        is_attribute, key = self.parts[-1]
        if is_attribute:
            setattr(self.owner, str(key), value)
        else:
            self.owner[key] = value


def is_real(value: object) -> bool:
    """Tell whether a value is a floating-point number or array."""
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind == "f"
    return type(value) is float


def slots(root: object) -> Iterator[Slot]:
    """Yield every slot with a floating-point number or array, those nearest the root first."""
    level: list[tuple[Any, tuple[Part, ...]]] = [(root, ())]
    seen = {id(root)}
    for _ in range(DEPTH):
        deeper: list[tuple[Any, tuple[Part, ...]]] = []
        for owner, path in level:
            for part, value in members(owner):
                parts = (*path, part)
                if is_real(value) and not isinstance(owner, tuple):
                    yield Slot(owner=owner, parts=parts)
                elif id(value) not in seen and holds(value):
                    seen.add(id(value))
                    deeper.append((value, parts))
        level = deeper


def members(owner: object) -> Iterator[tuple[Part, Any]]:
    """Yield what stands in an object, a dict, a list or a tuple."""
    if isinstance(owner, Mapping):
        yield from (((False, key), value) for key, value in list(owner.items())
                    if isinstance(key, str | int))  # fmt: skip
    elif isinstance(owner, list | tuple):
        yield from (((False, k), value) for k, value in enumerate(owner))
    else:
        yield from (((True, name), value) for name, value in _attributes(owner).items())


def holds(value: object) -> bool:
    """Tell whether other values may stand in a value."""
    if isinstance(value, dict | list | tuple):
        return True
    if isinstance(value, _OPAQUE):
        return False
    return hasattr(value, "__dict__") or hasattr(type(value), "__slots__")


def _attributes(owner: object) -> dict[str, Any]:
    """Return an object's own attributes, in the order in which they were made."""
    slotted = [name for kind in type(owner).__mro__ for name in getattr(kind, "__slots__", ())
               if not name.startswith("__")]  # fmt: skip
    found = {name: getattr(owner, name) for name in slotted if hasattr(owner, name)}
    return {**found, **getattr(owner, "__dict__", {})}


def as_array(value: Any) -> Array:
    """Return what stands in a slot as an array of its own."""
    return np.array(value)
