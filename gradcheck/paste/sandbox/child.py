"""The child's side of the sandbox: one request in, reports and one answer out.

A service is a module with `answer(request, report) -> dict`; `report` sends a dict on the way.
If it has a function `prepare(request)`, that runs before the doors are shut: the place for
imports that depend on the request, never for pasted code. Numbers that JSON does not know (NaN and
the infinities) cross as null, NumPy's scalars as Python's, arrays and tuples as lists.
"""

import codecs
import importlib
import math
import os
import sys
import traceback
import unicodedata  # noqa: F401  (the parser's, for names that are not ASCII)
from collections.abc import Callable, Mapping
from io import FileIO
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
import numpy.fft
import numpy.linalg
import numpy.random  # Newer releases import these when asked, which would be too late.

from gradcheck.child import wire
from gradcheck.paste.sandbox import guard

Report: TypeAlias = Callable[[Mapping[str, object]], None]
Answer: TypeAlias = Callable[[dict[str, Any], Report], Mapping[str, object]]
_Outcome: TypeAlias = tuple[str, object]

for _codec in ("ascii", "latin-1", "unicode_escape"):
    codecs.lookup(_codec)  # Imported when first used, too: formatted texts are written by the last.

_GLANCE = 0.5
_RECURSION = 3000


def main(service: str, guarded: bool) -> None:
    """Serve one request and end the process; never returns."""
    leave = os._exit
    incoming, outgoing = FileIO(os.dup(0)), FileIO(os.dup(1), "w")
    module = importlib.import_module(service)
    _send(outgoing, wire.pack({"kind": "ready"}, {}))
    header, _ = wire.read(wire.fill_from(incoming))
    if hasattr(module, "prepare"):
        module.prepare(header["request"])
    os.set_blocking(incoming.fileno(), False)
    outcomes = _started(module.answer, header, guarded)
    while True:
        kind, value = _next(outcomes, incoming, leave)
        if kind == "over":
            leave(1)
        _send(outgoing, _frame(header["token"], kind, value))
        if kind != "report":
            leave(0)


def _started(answer: Answer, header: wire.Header, guarded: bool) -> SimpleQueue[_Outcome]:
    """Run the service in a thread: no frame of ours, with the token in it, is below its own."""
    outcomes: SimpleQueue[_Outcome] = SimpleQueue()
    door = Lock()
    door.acquire()
    request = header["request"]
    thread = guard.roomy_thread(lambda: _run(answer, request, outcomes.put, door))
    thread.start()
    _lead_nowhere()
    sys.setrecursionlimit(_RECURSION)
    if guarded:
        guard.shut(header["seconds"], header["memory"])
    door.release()
    return outcomes


def _lead_nowhere() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)


def _run(
    answer: Answer, request: dict[str, Any], put: Callable[[_Outcome], None], door: Lock
) -> None:
    door.acquire()
    try:
        put(("answer", plain(answer(request, lambda value: put(("report", plain(value)))))))
    except MemoryError:
        put(("ended", "memory"))
    except RecursionError:
        put(("ended", "recursion"))
    except BaseException:
        put(("failed", traceback.format_exc()))
    finally:
        # Heard only where nothing else could be said: without built-in names, all the above fails.
        put(("over", None))


def _next(
    outcomes: SimpleQueue[_Outcome], incoming: FileIO, leave: Callable[[int], None]
) -> _Outcome:
    while True:
        try:
            return outcomes.get(timeout=_GLANCE)
        except Empty:
            if incoming.read(1) == b"":
                leave(1)  # The parent is gone.


def _frame(token: str, kind: str, value: object) -> list[memoryview]:
    try:
        return wire.pack({"token": token, "kind": kind, "value": value}, {})
    except wire.WireError:
        return wire.pack({"token": token, "kind": "ended", "value": "flooded"}, {})


def _send(outgoing: FileIO, frame: list[memoryview]) -> None:
    for piece in frame:
        while piece:
            piece = piece[outgoing.write(piece) :]


def plain(value: object) -> object:
    """Return what JSON can hold of `value`; raises TypeError for what is no data."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return float(value) if math.isfinite(value) else None
        case np.ndarray() | np.generic():
            return plain(value.tolist())
        case Mapping():
            return {str(key): plain(entry) for key, entry in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(entry) for entry in value]
        case _:
            raise TypeError(f"a {type(value).__name__} is no data that can cross")
