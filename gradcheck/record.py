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
    made.__record__ = [
        (f.name, f.default, f.default_factory) for f in dataclasses.fields(made) if f.init
    ]
    return made  # type: ignore[no-any-return]


def _init(self: Any, /, **given: Any) -> None:
    values = self.__dict__
    for name, default, factory in self.__record__:
        if name in given:
            values[name] = given.pop(name)
        elif default is not dataclasses.MISSING:
            values[name] = default
        elif factory is not dataclasses.MISSING:
            values[name] = factory()
        else:
            raise TypeError(f"{type(self).__name__} needs {name!r}")
    if given:
        raise TypeError(f"{type(self).__name__} has no {', '.join(map(repr, given))}")


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
