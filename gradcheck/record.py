"""Frozen, keyword-only dataclasses that cost next to nothing to define.

`dataclasses.dataclass` writes and compiles the methods of every class when it is
imported, half a millisecond each before Python 3.13; a check of a small network would
spend a fifth of its time on that. A record is a dataclass whose fields the standard library
collects (so `replace`, `fields` and `asdict` work) and whose methods are shared by all.
"""

import dataclasses
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(dataclasses.field,)
)
def record(cls: type[T]) -> type[T]:
    """Make a class a frozen dataclass with keyword-only fields."""
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=True)(cls)
    made.__init__ = _init
    made.__repr__ = _repr
    made.__eq__ = _eq
    made.__hash__ = _hash
    made.__setattr__ = _frozen
    made.__delattr__ = _frozen
    own = [f for f in dataclasses.fields(made) if f.init]
    made.__record__ = (
        {f.name: f.default for f in own},
        {f.name for f in own if f.default is f.default_factory is dataclasses.MISSING},
        {f.name: f.default_factory for f in own if f.default_factory is not dataclasses.MISSING},
    )
    return made  # type: ignore[no-any-return]


def _init(self: Any, /, **given: Any) -> None:
    fields, needed, factories = self.__record__
    values = self.__dict__
    # Fields first, so that all records of a class have them in the same order.
    values.update(fields)
    values.update(given)
    if len(values) > len(fields):
        unknown = (repr(name) for name in given if name not in fields)
        raise TypeError(f"{type(self).__name__} has no {', '.join(unknown)}")
    if not needed <= given.keys():
        missing = next(name for name in fields if name in needed and name not in given)
        raise TypeError(f"{type(self).__name__} needs {missing!r}")
    for name, factory in factories.items():
        if name not in given:
            values[name] = factory()


def _repr(self: Any) -> str:
    values = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
    return f"{type(self).__qualname__}({values})"


def _eq(self: Any, other: object) -> Any:
    if type(self) is not type(other):
        return NotImplemented
    return self.__dict__ == other.__dict__


def _hash(self: Any) -> int:
    return hash(tuple(self.__dict__.values()))


def _frozen(self: Any, name: str, *value: object) -> NoReturn:  # noqa: ARG001
    raise dataclasses.FrozenInstanceError(f"{type(self).__name__}.{name} can't be changed")


def altered(original: T, /, **changes: Any) -> T:
    """Return a copy of a record with some fields changed, unchecked and at once.

    For where `dataclasses.replace` would take most of the time.
    """
    copy = object.__new__(type(original))
    copy.__dict__.update(original.__dict__, **changes)
    return copy
