"""Threads of NumPy's linear algebra, of which a check needs one.

A check multiplies small matrices many times. For these, handing the work to threads takes longer
than the work, many times longer where other programs want the processors as well.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

_GET, _SET = "scipy_openblas_get_num_threads64_", "scipy_openblas_set_num_threads64_"


@contextmanager
def one_thread() -> Iterator[None]:
    """Have NumPy's own OpenBLAS use one thread inside; any other library is left alone."""
    library = _openblas()
    if library is None:
        yield
        return
    before = int(library[_GET]())
    library[_SET](1)
    try:
        yield
    finally:
        library[_SET](before)


def _openblas() -> ctypes.CDLL | None:
    """Return the library that comes with NumPy's wheels, which has been loaded with NumPy."""
    home = Path(np.__file__).parent
    places = (home.with_name("numpy.libs"), home / ".dylibs")
    for path in (path for place in places for path in sorted(place.glob("*openblas*"))):
        try:
            library = ctypes.CDLL(str(path))
        except OSError:
            continue
        if hasattr(library, _GET) and hasattr(library, _SET):
            return library
    return None
