"""A NumPy for pasted programs: a copy of the module in which what NumPy 2 has removed is back.

A copy, so that a program that assigns to NumPy's names changes only what it sees itself. Without
a seed, generators start from a fixed one: a run must be repeatable.
"""

import builtins
import functools
import math
import random
from collections.abc import Callable
from types import GeneratorType, ModuleType
from typing import Any

import numpy as np

_AXES = {"axis", "keepdims"}

_REMOVED: dict[str, object] = {
    "math": math,
    "float": float,
    "int": int,
    "bool": bool,
    "object": object,
    "complex": complex,
    "str": str,
    "long": int,
    "unicode": str,
    "float_": np.float64,
    "int0": np.intp,
    "complex_": np.complex128,
    "unicode_": np.str_,
    "string_": np.bytes_,
    "Inf": np.inf,
    "Infinity": np.inf,
    "infty": np.inf,
    "PINF": np.inf,
    "NINF": -np.inf,
    "NaN": np.nan,
    "NAN": np.nan,
    "product": np.prod,
    "cumproduct": np.cumprod,
    "sometrue": np.any,
    "alltrue": np.all,
    "row_stack": np.vstack,
    "mat": np.asmatrix,
    "asfarray": lambda array, dtype=float: np.asarray(array, dtype=dtype),
    "round_": np.round,
    "asscalar": lambda array: np.asarray(array).item(),
    "msort": lambda array: np.sort(array, axis=0),
    "trapz": getattr(np, "trapezoid", None),
    "in1d": np.isin,
}
_NAMESPACES = ("random", "linalg", "fft")
_FIXED_SEED = 0


def shimmed() -> frozenset[str]:
    """Return the names that this copy has and the NumPy that is installed has not."""
    return frozenset(name for name in _REMOVED if _REMOVED[name] is not None and not _has(name))


def copied(module: ModuleType) -> ModuleType:
    """Return a module of the same name and contents, whose names are its own."""
    copy = ModuleType(module.__name__, module.__doc__)
    copy.__dict__.update(
        {
            name: value
            for name, value in vars(module).items()
            if name not in ("__loader__", "__spec__", "__path__", "__file__", "__builtins__")
        }
    )
    return copy


def numpy_copy(replaced: dict[str, Callable[..., Any]]) -> ModuleType:
    """Return NumPy with the removed names and with `replaced`, by name, in place of its own."""
    copy = copied(np)
    for name in shimmed():
        setattr(copy, name, _REMOVED[name])
    for name in _NAMESPACES:
        setattr(copy, name, copied(getattr(np, name)))
    _seed_always(copy.random)
    vars(copy)["seterr"] = lambda *_, **__: {}
    vars(copy)["sum"] = _sum
    copy.__dict__.update(replaced)
    # Parts of NumPy that are imported when asked for are no part of `from numpy import *` here.
    own = [n for n in np.__all__ if n in _NAMESPACES or not _is_part(vars(copy).get(n, np))]
    vars(copy)["__all__"] = own + [name for name in sorted(shimmed()) if _is_starred(name)]
    return copy


@functools.wraps(np.sum)
def _sum(a: Any, *rest: Any, **named: Any) -> Any:
    if type(a) is np.ndarray and not rest and named.keys() <= _AXES:
        return np.add.reduce(a, **{"axis": None, **named})  # What it comes to, without detours.
    # After `from numpy import *` this is what `sum(... for ...)` means.
    return sum(a) if isinstance(a, GeneratorType) else np.sum(a, *rest, **named)


def random_copy() -> ModuleType:
    """Return the standard `random`, whose seeds are fixed where the program gives none."""
    copy = copied(random)
    vars(copy)["seed"] = _seeded(random.seed)
    vars(copy)["Random"] = _seeded(random.Random)
    return copy


def _seed_always(copy: ModuleType) -> None:
    for name in ("default_rng", "RandomState", "seed", "SeedSequence", "PCG64", "MT19937"):
        setattr(copy, name, _seeded(getattr(np.random, name)))
    vars(copy)["random_integers"] = _integers


def _seeded(make: Callable[..., Any]) -> Callable[..., Any]:
    def made(seed: object = None, *rest: object, **named: object) -> Any:
        return make(_FIXED_SEED if seed is None else seed, *rest, **named)

    return made


def _integers(low: int, high: int | None = None, size: Any = None) -> Any:
    bounds = (1, low + 1) if high is None else (low, high + 1)
    return np.random.randint(*bounds, size=size)  # noqa: NPY002  (as the program would)


def _is_part(value: object) -> bool:
    return isinstance(value, ModuleType)


def _is_starred(name: str) -> bool:
    """Tell whether `from numpy import *` once gave a name: not those of Python's own."""
    value = _REMOVED[name]
    return not _is_part(value) and value not in vars(builtins).values()


def _has(name: str) -> bool:
    return name in vars(np) and vars(np)[name] is not getattr(builtins, name, None)
