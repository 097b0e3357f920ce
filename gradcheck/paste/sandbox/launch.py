"""The parent's side of the sandbox: starting a child, asking it once, leaving nothing behind."""

import atexit
import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gradcheck.child import wire
from gradcheck.child.host import end_group
from gradcheck.child.pipes import Died, Pipes, TookTooLong
from gradcheck.errors import GradcheckError
from gradcheck.paste.sandbox import ended
from gradcheck.paste.sandbox.limits import Limits

Hear = Callable[[dict[str, Any]], None]

_START_LIMIT = 60.0
_BOOT = """\
import os, sys
sys.path.extend({path!r})
os.environ.update(dict.fromkeys({threads!r}, "1"))
if {guarded!r}:
    from gradcheck.paste.sandbox import guard
    guard.forget_modules()
from gradcheck.paste.sandbox.child import main
main({service!r}, {guarded!r})
"""
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
# Nothing of the caller's; and one order of sets, so that equal text has equal results.
_ENVIRONMENT = {"PYTHONHASHSEED": "0"}


def available() -> str | None:
    """Return why this system cannot provide the sandbox, or None where it can."""
    if os.name != "posix":
        return f"it needs a POSIX system, and this is {sys.platform}"
    if importlib.util.find_spec("resource") is None:
        return "this Python has no `resource` module, which bounds processes"
    if not sys.executable:
        return "this Python does not know its own executable"
    return None


def call(
    service: str,
    request: Mapping[str, object],
    limits: Limits | None = None,
    *,
    hear: Hear | None = None,
    guarded: bool = True,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """Return what the module `service` (see `child`) answers to `request` in a new sandbox.

    `hear` is handed the reports that come before the answer. With `guarded=False` the child is
    bounded in time only. Raises `ended.Ended` where there is no answer.
    """
    limits = limits or Limits()
    with _taken(service, guarded) as process:
        talk = _Talk(process, limits, clock)
        try:
            return talk.answer(request, hear or (lambda _: None))
        finally:
            talk.pipes.close()


def warm(service: str, *, guarded: bool = True) -> None:
    """Start a process for a later call already, so that its imports take none of that one's time.

    One that is never used is ended with this process.
    """
    _SPARES.setdefault(_key(service, guarded), []).append(_Running(service, guarded))


@contextmanager
def _taken(service: str, guarded: bool) -> Iterator[subprocess.Popen[bytes]]:
    """Hand out a process that was started already, or a new one, and end it afterwards."""
    spares = _SPARES.get(_key(service, guarded))
    running = spares.pop() if spares else _Running(service, guarded)
    try:
        yield running.process
    finally:
        running.end()


class _Running:
    """A process that waits for its request, in an empty directory of its own."""

    def __init__(self, service: str, guarded: bool) -> None:
        self._scratch = tempfile.mkdtemp(prefix="gradcheck-")
        try:
            self.process = _started(service, guarded, self._scratch)
        except BaseException:
            self._clear()
            raise

    def end(self) -> None:
        try:
            end_group(self.process)
        finally:
            self._clear()

    def _clear(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)


_SPARES: dict[tuple[object, ...], list[_Running]] = {}
"""Processes that were started before they are needed, by what they serve."""


def _key(service: str, guarded: bool) -> tuple[object, ...]:
    return (service, guarded, *_path(service))


@atexit.register
def _end_spares() -> None:
    while _SPARES:
        for running in _SPARES.popitem()[1]:
            running.end()


def _started(service: str, guarded: bool, scratch: str) -> subprocess.Popen[bytes]:
    boot = _BOOT.format(path=_path(service), threads=_THREADS, guarded=guarded, service=service)
    flags = ["-P", "-s", "-S", "-X", "utf8"]
    if sys.dont_write_bytecode:
        flags.append("-B")
    try:
        return subprocess.Popen(  # noqa: S603  (our own interpreter and text)
            [sys.executable, *flags, "-c", boot],
            cwd=scratch,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            env=_ENVIRONMENT,
        )
    except OSError as error:
        raise GradcheckError(
            f"no process could be started for the pasted code: {error.strerror}"
        ) from error


def _path(service: str) -> list[str]:
    """Return where the child finds the service, gradcheck and NumPy, and nothing else."""
    return list(dict.fromkeys(_root(name) for name in (service, __name__, "numpy")))


def _root(name: str) -> str:
    spec = importlib.util.find_spec(name.partition(".")[0])
    assert spec is not None
    assert spec.origin is not None
    origin = Path(spec.origin).absolute()
    return str(origin.parents[1] if spec.submodule_search_locations else origin.parent)


class _Talk:
    """One exchange with one child."""

    def __init__(
        self, process: subprocess.Popen[bytes], limits: Limits, clock: Callable[[], float]
    ) -> None:
        self.pipes = Pipes(process, clock, limit=0)
        self._process = process
        self._limits = limits
        self._clock = clock
        self._token = secrets.token_hex(16)

    def answer(self, request: Mapping[str, object], hear: Hear) -> dict[str, Any]:
        self._exchange([], self._clock() + _START_LIMIT)
        deadline = self._clock() + self._limits.wall
        header = self._exchange(self._question(request), deadline)
        for _ in range(self._limits.reports + 1):
            match header:
                case {"token": self._token, "kind": "report", "value": dict(value)}:
                    hear(value)
                    header = self._exchange([], deadline)
                case {"token": self._token, "kind": "answer", "value": dict(value)}:
                    return value
                case _:
                    raise ended.told(header, self._limits.memory)
        raise ended.flooded()

    def _question(self, request: Mapping[str, object]) -> list[memoryview]:
        bounds = {"seconds": self._limits.seconds, "memory": self._limits.memory}
        return wire.pack({"token": self._token, "request": request, **bounds}, {})

    def _exchange(self, frame: list[memoryview], deadline: float) -> wire.Header:
        try:
            return self.pipes.exchange(frame, deadline - self._clock())[0]
        except TookTooLong:
            raise ended.late(self._limits.wall) from None
        except wire.WireError as error:
            raise ended.garbled(str(error)) from None
        except Died:
            code = self._process.poll()
            raise ended.dead(code, self._limits.seconds, self.pipes.output) from None
