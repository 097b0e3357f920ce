"""A place-holder for data that nobody has guessed yet: it can be handed around, not used."""

from collections.abc import Callable
from typing import Any, NoReturn, Self


class Unseen:
    """Raises what `demand` makes as soon as anything is asked of it."""

    def __init__(self, demand: Callable[[], BaseException]) -> None:
        self.__dict__["_demand"] = demand

    def __getattr__(self, name: str) -> NoReturn:
        raise self.__dict__["_demand"]()

    def __deepcopy__(self, memory: object) -> Self:
        return self

    def __copy__(self) -> Self:
        return self


def _ask(self: Unseen, *_: Any, **__: Any) -> NoReturn:
    raise self.__dict__["_demand"]()


_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")
_OTHER = (
    *("setattr", "array", "array_ufunc", "array_function", "iter", "len", "getitem", "setitem"),
    *("bool", "float", "int", "index", "call", "contains", "format", "str", "repr", "hash"),
    *("eq", "ne", "lt", "le", "gt", "ge", "neg", "pos", "abs", "enter", "exit", "next", "round"),
)
for _name in (*_OTHER, *(prefix + name for name in _BINARY for prefix in ("", "r", "i"))):
    setattr(Unseen, f"__{_name}__", _ask)
