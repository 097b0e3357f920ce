"""An object that takes everything that is done to it and has no effect: a plot, a progress bar."""

import dis
import sys
from collections.abc import Iterator
from typing import Any, Self

_UNPACK = frozenset(dis.opmap[name] for name in ("UNPACK_SEQUENCE", "UNPACK_EX"))


class Absorber:
    """Stands for `name`; attributes, calls, items and arithmetic give absorbers again.

    A loop over it does nothing; an assignment to several targets gives each an absorber.
    """

    def __init__(self, name: str) -> None:
        self.__dict__["__name__"] = name

    def __getattr__(self, name: str) -> "Absorber":
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Absorber(f"{self.__name__}.{name}")

    def __setattr__(self, name: str, value: object) -> None:
        self.__dict__[name] = value

    def __call__(self, *_: object, **__: object) -> "Absorber":
        return Absorber(f"{self.__name__}()")

    def __getitem__(self, key: object) -> "Absorber":
        return self

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def __iter__(self) -> Iterator["Absorber"]:
        return iter([self] * _wanted(sys._getframe(1)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def __deepcopy__(self, memory: object) -> Self:
        return self

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def __contains__(self, item: object) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<{self.__name__}, which does nothing here>"


def _absorb(self: Absorber, *_: object) -> Absorber:
    return self


for _operation in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    for _prefix in ("", "r", "i"):
        setattr(Absorber, f"__{_prefix}{_operation}__", _absorb)
for _operation in ("neg", "pos", "abs", "lt", "le", "gt", "ge"):
    setattr(Absorber, f"__{_operation}__", _absorb)


def _wanted(frame: Any) -> int:
    """Return into how many targets the caller unpacks, 0 if it does something else."""
    code, at = frame.f_code.co_code, frame.f_lasti
    if at < 0 or code[at] not in _UNPACK:
        return 0
    return int(code[at + 1])
