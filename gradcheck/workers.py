"""Worker processes of this machine, as an executor.

Unlike `ProcessPoolExecutor`, it goes on when a worker dies: the one call that the worker was
making fails and says how the worker ended, and another process takes its place. Leaving the `with`
block ends the processes, whatever they are doing. They in turn end when their parent does.
"""

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from gradcheck.child.host import death
from gradcheck.errors import WorkerError

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE = 5.0
"""Seconds within which the system should have removed a killed process."""


class Workers(Executor):
    """Up to `count` processes, started when there is something to do; calls must be picklable."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._threads: ThreadPoolExecutor | None = None
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._all: set[_Worker] = set()
        self._lock = threading.RLock()
        self._closed = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        call = pickle.dumps((fn, args, kwargs))
        with self._lock:
            if self._threads is None:
                # Before the threads: to fork is quick and safe only as long as there are none.
                for _ in range(self._count):
                    self._idle.put(self._started())
                self._threads = ThreadPoolExecutor(self._count)
        return self._threads.submit(self._call, call)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        """End the processes; calls under way fail, and those not begun are cancelled."""
        with self._lock:
            self._closed = True
            workers = [*self._all]
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.end()
        if self._threads is not None:
            self._threads.shutdown(wait=wait)

    def _started(self) -> "_Worker":
        with self._lock:
            if self._closed:
                raise WorkerError("its worker was ended")
            worker = _Worker(_context())
            self._all.add(worker)
        return worker

    def _call(self, call: bytes) -> Any:
        worker = self._idle.get()
        try:
            answer = worker.call(call)
        except WorkerError:
            self._all.discard(worker)
            worker = self._started()
            raise
        finally:
            self._idle.put(worker)
        done, result = pickle.loads(answer)  # noqa: S301  (our own process, which runs our code)
        if not done:
            raise result
        return result


class _Worker:
    """One process, and the pipe to it."""

    def __init__(self, context: BaseContext) -> None:
        self._pipe, theirs = context.Pipe()
        # mypy does not know that every context has processes.
        self._process: BaseProcess = context.Process(target=_serve, args=(theirs,), daemon=True)  # type: ignore[attr-defined]
        self._process.start()
        theirs.close()

    def call(self, call: bytes) -> bytes:
        try:
            self._pipe.send_bytes(call)
            return self._pipe.recv_bytes()
        except (EOFError, OSError):
            self._process.join(PATIENCE)
            raise WorkerError(f"its worker {death(self._process.exitcode)}") from None

    def end(self) -> None:
        self._process.kill()
        self._process.join(PATIENCE)


def _context() -> BaseContext:
    """Choose how processes are started: forking is much the fastest, but not safe with threads."""
    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["gradcheck.session"])
        return context
    return multiprocessing.get_context("spawn")


def _serve(pipe: Connection) -> None:
    """Make calls until the parent is gone."""
    # Ctrl-C reaches every process of the terminal; what becomes of us is the parent's decision.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            function, args, kwargs = pickle.loads(pipe.recv_bytes())  # noqa: S301  (from our parent)
        except EOFError:
            return
        pipe.send_bytes(_answer(function, args, kwargs))


def _answer(function: Callable[..., Any], args: Any, kwargs: Any) -> bytes:
    try:
        return pickle.dumps((True, function(*args, **kwargs)))
    except Exception as error:
        return pickle.dumps((False, error))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
