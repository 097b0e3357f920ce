"""Modules that let one text run under Python 2 and 3: `six`, `future`, `past`, and `builtins`.

All they bring are built-in names, of which a program has its own, and a few helpers.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType, SimpleNamespace
from typing import Any

from gradcheck.paste.running.absorbing import Absorber
from gradcheck.paste.running.words import words

COMPATIBLE = words("builtins __builtin__ six future past future_builtins")
"""Modules of such names, and those within them."""


def compatible(name: str, built_in: Mapping[str, Any], module: Callable[[str], Any]) -> ModuleType:
    """Return a module with all built-in names; another name in it is the module called so."""
    made = _Compatible(name, module)
    vars(made).update(
        {key: value for key, value in built_in.items() if not key.startswith("_")} | _HELPERS
    )
    made.__all__ = [key for key in built_in if not key.startswith("_")]
    return made


class _Compatible(ModuleType):
    def __init__(self, name: str, module: Callable[[str], Any]) -> None:
        super().__init__(name)
        self._module = module
        self.__all__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self if name in _PARTS else self._module(name)


def _divided(one: Any, other: Any) -> Any:
    """Divide as Python 2 does."""
    whole = isinstance(one, int) and isinstance(other, int)
    return one // other if whole else one / other


def _with_bases(meta: Any, *bases: type) -> Any:
    return meta("Base", bases, {})


def _unchanged(thing: Any) -> Any:
    return thing


def _keys(table: Mapping[Any, Any]) -> Iterator[Any]:
    return iter(table.keys())


def _values(table: Mapping[Any, Any]) -> Iterator[Any]:
    return iter(table.values())


def _items(table: Mapping[Any, Any]) -> Iterator[Any]:
    return iter(table.items())


_PARTS = words("moves builtins utils types")
_HELPERS: dict[str, Any] = {
    "PY2": False,
    "PY3": True,
    "string_types": (str,),
    "integer_types": (int,),
    "text_type": str,
    "binary_type": bytes,
    "iterkeys": _keys,
    "itervalues": _values,
    "iteritems": _items,
    "viewkeys": dict.keys,
    "viewvalues": dict.values,
    "viewitems": dict.items,
    "lrange": lambda *bounds: list(range(*bounds)),
    "lzip": lambda *columns: list(zip(*columns, strict=False)),
    "lmap": lambda function, *columns: list(map(function, *columns)),
    "lfilter": lambda function, things: list(filter(function, things)),
    "zip_longest": itertools.zip_longest,
    "old_div": _divided,
    "with_metaclass": _with_bases,
    "add_metaclass": lambda _: _unchanged,
    "python_2_unicode_compatible": _unchanged,
    "standard_library": SimpleNamespace(install_aliases=Absorber("install_aliases")),
}
