"""The modules that a pasted program can import: copies, stand-ins, and objects that do nothing."""

import importlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from gradcheck.paste.running.absorbing import Absorber
from gradcheck.paste.running.compatibility import COMPATIBLE, compatible
from gradcheck.paste.running.libraries import KNOWN, MAKERS
from gradcheck.paste.running.numpy_one import copied, numpy_copy
from gradcheck.paste.running.sites import line_now
from gradcheck.paste.running.sources import Hub
from gradcheck.paste.running.surroundings import built_in
from gradcheck.paste.running.words import words

REAL = words(
    "abc array bisect calendar cmath collections contextlib copy dataclasses datetime decimal enum "
    "fractions functools heapq itertools json math numbers operator pprint re statistics string "
    "struct textwrap types typing warnings __future__"
)
"""Modules of the standard library that compute only; a program gets a copy of their names."""

_NUMPYS = frozenset({"numpy", "cupy", "autograd.numpy", "jax.numpy", "mxnet.numpy"})
_NOTHING = words(
    "matplotlib pylab seaborn plotly IPython logging tensorboard tensorboardX wandb graphviz "
    "networkx bokeh mpl_toolkits tkinter Tkinter pygame turtle colorama termcolor tabulate "
    "google gc traceback threading multiprocessing signal subprocess shutil socket visdom numba "
    "unittest doctest pytest tempfile platform psutil"
)
_OTHERS = words("random time timeit sys os tqdm argparse")
BENIGN = REAL | _NUMPYS | _NOTHING | COMPATIBLE | _OTHERS
"""Modules that bring no data."""

# Functions that look for masked arrays by themselves, and libraries whose stand-ins use them.
_MASKING = words("unique setdiff1d union1d intersect1d setxor1d nanmedian pandas pd sklearn")
# Parts of NumPy that are imported when they are asked for.
_RARE = words("ma matlib polynomial typing")
_LOADERS = ("load", "loadtxt", "genfromtxt", "fromfile", "fromregex", "memmap", "recfromcsv")
_SAVERS = ("save", "savetxt", "savez", "savez_compressed")


def preload(source: str) -> None:
    """Import what `source` may want, before imports are no longer possible."""
    mentioned = set(re.findall(r"\w+", source))
    for name in _RARE & mentioned:
        with _alone():
            importlib.import_module(f"numpy.{name}")
    if _MASKING & mentioned:
        importlib.import_module("numpy.ma")
    for name in REAL & mentioned | {"copy", "dataclasses", "typing", "collections.abc", "random"}:
        importlib.import_module(name)


@contextmanager
def _alone() -> Iterator[None]:
    """Stand in for the parts of NumPy that `from numpy import *` would import: not all can be."""
    idle = [name for name in np.__all__ if name not in vars(np)]
    empty = {name: ModuleType(f"numpy.{name}") for name in idle}
    vars(np).update(empty)
    try:
        yield
    finally:
        for name, module in empty.items():
            if vars(np).get(name) is module:
                delattr(np, name)


class Modules:
    """The modules of one run, each made when it is first imported, and its built-in names."""

    def __init__(self, hub: Hub, supply: Callable[[str], Any]) -> None:
        self.hub = hub
        self.built_in = built_in(hub, self.importer)
        self._supply = supply
        self._made: dict[str, Any] = {}
        self.numpy = numpy_copy(
            {name: hub.loader(f"np.{name}") for name in _LOADERS}
            | {name: Absorber(name) for name in _SAVERS}
        )
        vars(self.numpy)["testing"] = _Nothing("numpy.testing")
        self._made["numpy"] = self.numpy

    def importer(self, name: str, *rest: Any, **named: Any) -> Any:
        """Do what `__import__` does; there is nothing that can't be imported."""
        module = self.module(name)
        if named.get("fromlist", rest[2] if len(rest) > 2 else ()):
            return module
        top = self.module(name.partition(".")[0])
        if "." in name and isinstance(top, ModuleType | SimpleNamespace):
            _attach(top, name.split(".")[1:], module)
        return top

    def module(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._new(name)
        return self._made[name]

    def _new(self, name: str) -> Any:
        top = name.partition(".")[0]
        if name in _NUMPYS:
            return self._instead_of(name, self.numpy)
        if top == "numpy":
            return self._below(self.numpy, name)
        if top in COMPATIBLE:
            return compatible(name, self.built_in, self.module)
        if top in REAL:
            return copied(importlib.import_module(name))
        if top in _NOTHING:
            self.hub.ledger.note("module", top, "does nothing here", line_now())
            return _Nothing(name)
        if "." in name:
            return self._below(self.module(top), name)
        made = MAKERS.get(name)
        if made is not None:
            return made(self.hub)
        unknown = _Unknown(name, self._supply)
        vars(unknown).update(KNOWN[name](self.hub) if name in KNOWN else {})
        return unknown

    def _below(self, top: Any, name: str) -> Any:
        if isinstance(top, _Unknown):
            return _Unknown(name, self._supply)
        try:
            return _path(top, name)
        except (AttributeError, ImportError):
            # Some parts would be imported now, which is too late.
            return _Unknown(name, self._supply)

    def _instead_of(self, name: str, module: ModuleType) -> ModuleType:
        self.hub.ledger.note("module", name, "is NumPy here", line_now())
        return module


class _Nothing(Absorber):
    """A module that does nothing; `from it import *` gives no names."""

    __all__ = ()


class _Unknown(ModuleType):
    """A module that is not there: usual functions are supplied, what loads gives unseen data."""

    def __init__(self, name: str, supply: Callable[[str], Any]) -> None:
        super().__init__(name)
        self._supply = supply
        self.__all__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._supply(name)


def _path(module: Any, name: str) -> Any:
    for part in name.split(".")[1:]:
        module = getattr(module, part)
    return module


def _attach(top: Any, parts: list[str], module: Any) -> None:
    for part in parts[:-1]:
        if not hasattr(top, part):
            setattr(top, part, SimpleNamespace())
        top = getattr(top, part)
    setattr(top, parts[-1], module)
