"""Complex arrays that prove a calculation analytic: whatever is not raises, or loses the watch.

NumPy drops imaginary parts without a word in `abs`, `norm`, `var` or `.real`. A watched array goes
only through functions that are analytic, or that choose and move elements by their real parts;
everything else raises `NotAnalytic`. What comes out unwatched has been where nobody looked.
"""

from typing import Any, NoReturn

import numpy as np

from gradcheck.array import Array


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UFUNCS = _words("""
    add subtract multiply divide negative positive power float_power square sqrt reciprocal exp exp2
    expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh
    arctanh matmul matvec maximum minimum clip greater greater_equal less less_equal equal not_equal
    isfinite isnan isinf
""")
_FUNCTIONS = _words("""
    sum mean prod cumsum cumprod max min amax amin argmax argmin argsort sort partition average diff
    dot matmul inner outer tensordot einsum kron trace cross convolve correlate solve inv det
    where select choose clip concatenate stack vstack hstack column_stack dstack split array_split
    reshape ravel transpose swapaxes moveaxis squeeze expand_dims broadcast_to broadcast_arrays
    atleast_1d atleast_2d atleast_3d take take_along_axis put_along_axis repeat tile roll flip
    fliplr flipud rot90 pad diag diagonal diagflat tril triu meshgrid insert delete append compress
    zeros_like ones_like empty_like full_like copy copyto shape ndim size iscomplexobj isscalar
    result_type can_cast
""")
_OFF = _words("""
    real imag conj conjugate item tolist tobytes round view var std data tofile dump dumps byteswap
    getfield setfield ctypes
""")


class NotAnalytic(Exception):  # noqa: N818  (no error of the user's)
    """Something was done to a watched array that complex numbers do not carry through."""


class Watched(np.ndarray[Any, Any]):
    """A complex array under watch."""

    def __getattribute__(self, name: str) -> Any:
        if name in _OFF:
            raise NotAnalytic(f".{name}")
        return super().__getattribute__(name)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if ufunc.__name__ not in _UFUNCS:
            raise NotAnalytic(ufunc.__name__)
        for given in inputs:
            _refuse_unwatched(given)
        out = kwargs.get("out", ())
        if any(not isinstance(o, Watched) for o in out if o is not None):
            raise NotAnalytic(f"{ufunc.__name__} into another array")
        if out:
            kwargs["out"] = tuple(None if o is None else bare(o) for o in out)
        result = getattr(ufunc, method)(*(bare(x) for x in inputs), **kwargs)
        return out[0] if out else watch(result)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if func.__name__ not in _FUNCTIONS:
            raise NotAnalytic(func.__name__)
        for given in _leaves((args, kwargs)):
            _refuse_unwatched(given)
        return watch(func(*_bared(args), **_bared(kwargs)))

    def __getitem__(self, key: Any) -> Any:
        return watch(bare(self)[_bared(key)])

    def __setitem__(self, key: Any, value: Any) -> None:
        _refuse_unwatched(value)
        bare(self)[_bared(key)] = bare(value)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        if np.dtype(dtype).kind != "c":
            raise NotAnalytic(f".astype({np.dtype(dtype)})")
        return watch(bare(self).astype(dtype, *args, **kwargs))

    def __complex__(self) -> NoReturn:
        raise NotAnalytic("complex()")

    def __float__(self) -> NoReturn:
        raise NotAnalytic("float()")

    def __int__(self) -> NoReturn:
        raise NotAnalytic("int()")


def watch(value: Any) -> Any:
    """Put complex arrays and numbers under watch, those in tuples and lists as well."""
    if isinstance(value, tuple | list):
        return type(value)(watch(item) for item in value)
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind == "c":
        return np.ndarray.view(np.asarray(value), Watched)
    return value


def bare(value: Any) -> Any:
    """Return a watched array as a plain one; anything else as it is."""
    return np.ndarray.view(value, np.ndarray) if isinstance(value, Watched) else value


def _bared(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(_bared(item) for item in value)
    if isinstance(value, dict):
        return {key: _bared(item) for key, item in value.items()}
    return bare(value)


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, tuple | list):
        return [leaf for item in value for leaf in _leaves(item)]
    if isinstance(value, dict):
        return _leaves([*value.values()])
    return [value]


def _refuse_unwatched(value: Any) -> None:
    """Refuse complex numbers that are not under watch: it is not known what was done to them."""
    if isinstance(value, Watched):
        return
    if isinstance(value, complex | np.ndarray | np.generic) and np.iscomplexobj(value):
        raise NotAnalytic("complex numbers that were made plain")


def is_watched(value: object) -> bool:
    """Tell whether a result is complex and was under watch all the time."""
    return isinstance(value, Watched)


def imaginary_kept(value: Any) -> Array:
    """Return a watched result as a plain complex array."""
    return np.asarray(bare(value))
