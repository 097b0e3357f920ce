"""Reports read back from JSON, field by field, as the types of their records say.

A number that is null where there must be one was not finite when it was written.
"""

import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

Read: TypeAlias = Callable[[Any], Any]


def restored(kind: type[T], value: Any) -> T:
    """Return the record of type `kind` that JSON describes; what is left out has its default.

    Raises KeyError, TypeError or ValueError where it describes none.
    """
    hint: Any = kind
    found: T = _reader(hint)(value)
    return found


@cache
def _reader(hint: Any) -> Read:
    """Return what reads a value of a type; made once for each, as there are many values."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        # Only `X | None` is there.
        read = _reader(next(argument for argument in arguments if argument is not type(None)))
        return lambda value: None if value is None else read(value)
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda value: tuple(map(item, value))
    if origin is Literal:
        return lambda value: _one_of(arguments, value)
    if hint is float:
        return lambda value: float("nan") if value is None else float(value)
    if hasattr(hint, "__record__"):
        return _record(hint)
    return (lambda value: _exactly(hint, value)) if hint in (str, int, bool) else _as_it_is


def _record(kind: Any) -> Read:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise TypeError(f"expected an object, found {value!r}")
        return kind(**{name: readers[name](item) for name, item in value.items()})

    return read


def _one_of(choices: tuple[Any, ...], value: Any) -> Any:
    if value not in choices:
        raise ValueError(f"expected one of {', '.join(choices)}, found {value!r}")
    return value


def _exactly(kind: type[Any], value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, found {value!r}")
    return value


def _as_it_is(value: Any) -> Any:
    return value
