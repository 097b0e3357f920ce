"""Stand-ins for libraries and for what of the standard library reaches outside."""

import sys
import time
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any, TypeAlias

import numpy as np

from gradcheck.paste.running import datasets
from gradcheck.paste.running.absorbing import Absorber
from gradcheck.paste.running.arguments import argparse, command_line
from gradcheck.paste.running.helpers import one_hot
from gradcheck.paste.running.numpy_one import copied, random_copy
from gradcheck.paste.running.sources import Hub
from gradcheck.paste.running.surroundings import leave
from gradcheck.paste.running.tables import pandas

Maker: TypeAlias = Callable[[Hub], Any]


def _sys(hub: Hub) -> SimpleNamespace:
    stream = hub.printed
    return SimpleNamespace(
        argv=command_line(hub.arguments, hub.ledger),
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


def _time(_: Hub) -> SimpleNamespace:
    started = time.monotonic()

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


def _tqdm(_: Hub) -> SimpleNamespace:
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


def _sklearn(hub: Hub) -> SimpleNamespace:
    tools = datasets.sklearn_tools()
    parts = ("preprocessing", "model_selection", "metrics", "utils", "cross_validation")
    tool = SimpleNamespace(**tools)
    return SimpleNamespace(
        datasets=datasets.sklearn_datasets(hub), **dict.fromkeys(parts, tool), **tools
    )


def _scipy(hub: Hub) -> SimpleNamespace:
    special = SimpleNamespace(**datasets.scipy_special())
    stats = SimpleNamespace(truncnorm=_TruncatedNormal, norm=_TruncatedNormal)
    io = SimpleNamespace(loadmat=hub.loader("loadmat"), savemat=Absorber("savemat"))
    return SimpleNamespace(
        special=special,
        stats=stats,
        io=io,
        optimize=Absorber("optimize"),
        misc=Absorber("misc"),
        ndimage=Absorber("ndimage"),
        signal=Absorber("signal"),
        linalg=copied(np.linalg),
    )


class _TruncatedNormal:
    """Normal numbers between the bounds, which are in units of the spread."""

    def __init__(self, a: float = -2, b: float = 2, loc: float = 0, scale: float = 1) -> None:
        self._bounds, self._loc, self._scale = (a, b), loc, scale

    def rvs(self, size: Any = None) -> Any:
        return self._loc + self._scale * np.clip(
            np.random.standard_normal(size),  # noqa: NPY002  (as the program would)
            *self._bounds,
        )


def _os(_: Hub) -> SimpleNamespace:
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


def _pickle(hub: Hub) -> SimpleNamespace:
    load = hub.loader("pickle.load")
    return SimpleNamespace(
        load=load, loads=load, dump=Absorber("dump"), dumps=lambda *_: b"", HIGHEST_PROTOCOL=5
    )


def _keras(hub: Hub) -> SimpleNamespace:
    data = datasets.keras_datasets(hub)
    utils = SimpleNamespace(
        to_categorical=one_hot, np_utils=SimpleNamespace(to_categorical=one_hot)
    )
    return SimpleNamespace(
        datasets=data,
        utils=utils,
        layers=Absorber("layers"),
        models=Absorber("models"),
        optimizers=Absorber("optimizers"),
        keras=SimpleNamespace(datasets=data, utils=utils),
    )


def _random(_: Hub) -> ModuleType:
    return random_copy()


MAKERS: dict[str, Maker] = {
    "argparse": argparse,
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
    "pandas": pandas,
}

KNOWN: dict[str, Maker] = {"mnist": datasets.mnist_parts}
"""Modules of which some functions are known; other modules of that name have others."""
