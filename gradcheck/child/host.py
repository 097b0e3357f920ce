"""The parent's side of a child process: starting it, asking it, and ending it.

Every way in which the process itself can fail is a `ClaimError` here: it does not start,
takes too long, dies, or answers with something that is no answer. Needs a POSIX system.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from gradcheck.array import Array
from gradcheck.child import wire
from gradcheck.child.pipes import Died, Pipes, TookTooLong
from gradcheck.errors import ClaimError
from gradcheck.reads import noted

_START_LIMIT = 60.0
_BOOT = """\
import sys
sys.path[:] = {path!r}
from gradcheck.child.worker import main
main({service!r})
"""
_SHOWN_LINES = 6
_CAUSES = {
    signal.SIGKILL: "; the system does that when memory runs out",
    signal.SIGABRT: "; compiled code does that when it finds itself broken",
}


class Child:
    """A process that answers requests, one at a time, for as long as the `with` block lasts.

    `service` is the module that answers (see `worker`), `folder` its working directory and the
    first place for imports, `subject` what it runs, for messages. `timeout` is the limit
    of one request in seconds by `clock`; Python's own start is not counted.
    """

    def __init__(
        self,
        service: str,
        *,
        folder: Path,
        subject: str,
        timeout: float,
        clock: Callable[[], float] = time.monotonic,
        limit: int = wire.LIMIT,
    ) -> None:
        self._service = service
        self._folder = folder
        self._subject = subject
        self._timeout = timeout
        self._clock = clock
        self._limit = limit
        self._process: subprocess.Popen[bytes] | None = None
        self._pipes: Pipes | None = None

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether another request can be made; a time-out or a crash ends the process."""
        return self._process is not None and self._process.poll() is None

    @property
    def output(self) -> str:
        """The last 4000 characters of what the child printed, to stdout and stderr alike."""
        return self._pipes.output if self._pipes else ""

    def request(
        self,
        header: Mapping[str, object],
        arrays: Mapping[str, Array],
        what: str | None = None,
        times: int = 1,
    ) -> wire.Message:
        """Return the child's answer; `what` stands in messages where the subject does not fit.

        What is asked for so many `times` at once may take as many times the limit.
        """
        what = what or self._subject
        try:
            frame = wire.pack(header, arrays, self._limit)
        except wire.WireError as error:
            raise ClaimError(f"{what} can't be asked: {error}") from None
        answer, answered = self._exchange(frame, self._timeout * times, what)
        for file in answer.pop("opened", ()):
            noted(file)
        if "error" in answer:
            raise ClaimError(str(answer["error"]))
        return answer, answered

    def open(self) -> None:
        """Start the process, for those who can't use a `with` block; `close` must follow."""
        self._process = self._start()
        self._pipes = Pipes(self._process, self._clock, self._limit)
        self._exchange([], _START_LIMIT, "starting Python")

    def close(self) -> None:
        """End the process and all that it started; harmless when done twice."""
        if self._process is None:
            return
        end_group(self._process)
        if self._pipes is not None:
            self._pipes.close()
        self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603  (our own interpreter and text)
                _command(self._service),
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
                env={"PYTHONIOENCODING": "utf-8:backslashreplace", **os.environ},
            )
        except OSError as error:
            raise ClaimError(
                f"no process could be started for {self._subject} in {str(self._folder)!r}: "
                f"{error.strerror}"
            ) from error

    def _exchange(self, frame: list[memoryview], limit: float, what: str) -> wire.Message:
        if self._pipes is None or not self.alive:
            raise ClaimError(f"{what} can't be run: its process has ended; start a new one")
        try:
            return self._pipes.exchange(frame, limit)
        except TookTooLong:
            message = f"{what} took longer than {limit:g} s, its timeout"
        except Died:
            code = self._process.poll() if self._process else None
            message = f"{what} {death(code)} before it answered"
        except wire.WireError as error:
            message = f"{what} wrote on gradcheck's own pipe, and its answer can't be read: {error}"
        except BaseException:
            self.close()
            raise
        self.close()
        raise ClaimError(message + self._last_lines())

    def _last_lines(self) -> str:
        printed = self._pipes.recent_output if self._pipes else ""
        lines = printed.rstrip().splitlines()[-_SHOWN_LINES:]
        return "".join(["\nits last output:", *(f"\n  {line}" for line in lines)]) if lines else ""


def _command(service: str) -> list[str]:
    """Run Python with our own search path, so that it finds the same gradcheck, wherever it is.

    `-P` keeps the working directory, the user's, from shadowing what we import; `-B` leaves no
    compiled files in it.
    """
    path = [str(Path(entry).absolute()) for entry in sys.path]
    return [sys.executable, "-P", "-B", "-c", _BOOT.format(path=path, service=service)]


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the process, which must lead a session of its own, with all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()  # The group is gone already; macOS says so with a PermissionError.
    process.wait()


def death(code: int | None) -> str:
    """Say how a process ended, by its exit code; None where it has closed its pipe but lives on."""
    if code is None:
        return "closed its pipe"
    if code >= 0:
        return f"ended its process with exit code {code}"
    number = signal.Signals(-code)
    return f"was ended by {number.name} ({signal.strsignal(number)}{_CAUSES.get(number, '')})"
