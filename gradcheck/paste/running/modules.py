"""The modules that a pasted program can import: copies, stand-ins, and objects that do nothing."""

import importlib
import re
import sys
import time
from collections.abc import Callable, Mapping
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from gradcheck.paste.running import datasets
from gradcheck.paste.running.absorbing import Absorber
from gradcheck.paste.running.helpers import supplied
from gradcheck.paste.running.numpy_one import copied, numpy_copy, random_copy
from gradcheck.paste.running.sites import line_now
from gradcheck.paste.running.sources import Hub
from gradcheck.paste.running.surroundings import Printed, leave
from gradcheck.paste.running.tables import pandas

REAL = frozenset(
    "abc array bisect calendar cmath collections contextlib copy dataclasses datetime decimal enum "
    "fractions functools heapq itertools json math numbers operator pprint re statistics string "
    "struct textwrap types typing warnings __future__".split()  # noqa: SIM905  (a list of words)
)
"""Modules of the standard library that compute only; a program gets a copy of their names."""

_NUMPYS = frozenset({"numpy", "cupy", "autograd.numpy", "jax.numpy", "mxnet.numpy"})
_NOTHING = frozenset(
    "matplotlib pylab seaborn plotly IPython logging tensorboard tensorboardX wandb graphviz "
    "networkx bokeh mpl_toolkits tkinter Tkinter pygame turtle colorama termcolor tabulate "
    "google gc traceback threading multiprocessing signal subprocess shutil socket visdom numba "
    "unittest doctest pytest tempfile platform psutil".split()  # noqa: SIM905
)
_LOADERS = ("load", "loadtxt", "genfromtxt", "fromfile", "fromregex", "memmap", "recfromcsv")
_SAVERS = ("save", "savetxt", "savez", "savez_compressed")


def preload(source: str) -> None:
    """Import what `source` may want, before imports are no longer possible."""
    words = set(re.findall(r"\w+", source))
    for name in REAL & words | {"copy", "dataclasses", "typing", "collections.abc", "random"}:
        importlib.import_module(name)


class Modules:
    """The modules of one run, each made when it is first imported."""

    def __init__(self, hub: Hub, printed: Printed, supply: Callable[[str], Any]) -> None:
        self.hub = hub
        self.printed = printed
        self._supply = supply
        self._made: dict[str, Any] = {}
        self.numpy = numpy_copy(
            {name: hub.loader(f"np.{name}") for name in _LOADERS}
            | {name: Absorber(name) for name in _SAVERS}
        )
        self._made["numpy"] = self.numpy

    def importer(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002  (Python's own signature)
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: tuple[str, ...] | None = (),
        level: int = 0,
    ) -> Any:
        """Do what `__import__` does; there is nothing that cannot be imported."""
        module = self.module(name)
        if fromlist:
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
            return _path(self.numpy, name)
        if top in REAL:
            return copied(importlib.import_module(name))
        if top in _NOTHING:
            self.hub.ledger.note("module", top, "does nothing here", line_now())
            return _Nothing(name)
        if "." in name:
            return self._below(self.module(top), name)
        made = _MAKERS.get(name)
        return made(self) if made else _Unknown(name, self._supply)

    def _below(self, top: Any, name: str) -> Any:
        try:
            return _path(top, name)
        except AttributeError:
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


def _sys(modules: Modules) -> SimpleNamespace:
    stream = modules.printed
    return SimpleNamespace(
        argv=["program"],
        exit=leave,
        stdout=stream,
        stderr=stream,
        stdin=Absorber("stdin"),
        maxsize=sys.maxsize,
        float_info=sys.float_info,
        version=sys.version,
        version_info=sys.version_info,
        platform="linux",
        path=[],
        modules={},
        setrecursionlimit=Absorber("setrecursionlimit"),
        getsizeof=lambda value: 0,
    )


def _time(modules: Modules) -> SimpleNamespace:
    started = time.monotonic()
    del modules

    def clock() -> float:
        return time.monotonic() - started

    names = (
        "time",
        "clock",
        "perf_counter",
        "process_time",
        "monotonic",
        "time_ns",
        "default_timer",
    )
    return SimpleNamespace(
        **dict.fromkeys(names, clock),
        sleep=Absorber("sleep"),
        strftime=lambda *_: "",
        ctime=lambda *_: "",
        localtime=Absorber("localtime"),
    )


def _tqdm(modules: Modules) -> SimpleNamespace:
    class Bar(Absorber):
        def __init__(self, iterable: Any = (), *_: object, **__: object) -> None:
            super().__init__("tqdm")
            self.__dict__["_iterable"] = iterable

        def __iter__(self) -> Any:
            return iter(self.__dict__["_iterable"])

    ranged = lambda *bounds, **_: range(*bounds)  # noqa: E731
    names = {"tqdm": Bar, "trange": ranged, "tqdm_notebook": Bar, "tnrange": ranged}
    return SimpleNamespace(
        **names, notebook=SimpleNamespace(**names), auto=SimpleNamespace(**names)
    )


def _sklearn(modules: Modules) -> SimpleNamespace:
    tools = datasets.sklearn_tools()
    parts = ("preprocessing", "model_selection", "metrics", "utils", "cross_validation")
    tool = SimpleNamespace(**tools)
    return SimpleNamespace(
        datasets=datasets.sklearn_datasets(modules.hub), **dict.fromkeys(parts, tool), **tools
    )


def _scipy(modules: Modules) -> SimpleNamespace:
    special = SimpleNamespace(**datasets.scipy_special())
    stats = SimpleNamespace(truncnorm=_TruncatedNormal, norm=_TruncatedNormal)
    io = SimpleNamespace(loadmat=modules.hub.loader("loadmat"), savemat=Absorber("savemat"))
    return SimpleNamespace(
        special=special,
        stats=stats,
        io=io,
        optimize=Absorber("optimize"),
        misc=Absorber("misc"),
        ndimage=Absorber("ndimage"),
        signal=Absorber("signal"),
        linalg=modules.numpy.linalg,
    )


class _TruncatedNormal:
    """Normal numbers between the bounds, which are in units of the spread."""

    def __init__(self, a: float = -2, b: float = 2, loc: float = 0, scale: float = 1) -> None:
        self._bounds, self._loc, self._scale = (a, b), loc, scale

    def rvs(self, size: Any = None) -> Any:
        return self._loc + self._scale * np.clip(np.random.standard_normal(size), *self._bounds)


def _os(modules: Modules) -> SimpleNamespace:
    path = SimpleNamespace(
        join=lambda *parts: "/".join(str(part) for part in parts),
        exists=lambda path: True,
        isfile=lambda path: True,
        isdir=lambda path: True,
        basename=lambda path: str(path).rpartition("/")[2],
        dirname=lambda path: str(path).rpartition("/")[0],
        abspath=str,
        realpath=str,
        expanduser=str,
        splitext=lambda path: (str(path).rpartition(".")[0], ".txt"),
    )
    nothing = ("makedirs", "mkdir", "system", "remove", "chdir", "rename", "putenv")
    return SimpleNamespace(
        path=path,
        environ={},
        sep="/",
        name="posix",
        linesep="\n",
        listdir=lambda path=".": [],
        getcwd=lambda: "/",
        getpid=lambda: 1,
        getenv=lambda name, default=None: default,
        **{name: Absorber(name) for name in nothing},
    )


def _pickle(modules: Modules) -> SimpleNamespace:
    load = modules.hub.loader("pickle.load")
    return SimpleNamespace(
        load=load, loads=load, dump=Absorber("dump"), dumps=lambda *_: b"", HIGHEST_PROTOCOL=5
    )


def _keras(modules: Modules) -> SimpleNamespace:
    data = datasets.keras_datasets(modules.hub)
    encode = supplied("to_categorical")
    assert encode is not None
    utils = SimpleNamespace(
        to_categorical=encode[0], np_utils=SimpleNamespace(to_categorical=encode[0])
    )
    return SimpleNamespace(
        datasets=data,
        utils=utils,
        layers=Absorber("layers"),
        models=Absorber("models"),
        optimizers=Absorber("optimizers"),
        keras=SimpleNamespace(datasets=data, utils=utils),
    )


def _random(modules: Modules) -> ModuleType:
    del modules
    return random_copy()


_MAKERS: dict[str, Callable[[Modules], Any]] = {
    "sys": _sys,
    "time": _time,
    "timeit": _time,
    "tqdm": _tqdm,
    "sklearn": _sklearn,
    "scipy": _scipy,
    "os": _os,
    "pickle": _pickle,
    "cPickle": _pickle,
    "_pickle": _pickle,
    "joblib": _pickle,
    "dill": _pickle,
    "keras": _keras,
    "random": _random,
    "tensorflow": _keras,
    "pandas": lambda modules: pandas(modules.hub),
}
