"""The parent's ends of a child's pipes, served together so that no full pipe stops the child."""

import os
import selectors
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from io import FileIO
from typing import cast

from gradcheck.child import wire

_KEPT_CHARACTERS = 4000
_KEPT_BYTES = 4 * _KEPT_CHARACTERS  # UTF-8 takes at most four each.
_CHUNK = 1 << 16
_GLANCE = 0.2
_GRACE = 1.0
_LAST_CHUNKS = 4  # More than a pipe holds; who inherited it may go on printing for ever.


class Died(Exception):  # noqa: N818  (no error of ours)
    """The child's end of the pipe is closed."""


class TookTooLong(Exception):  # noqa: N818
    """The answer did not come in time."""


class Pipes:
    """Sends frames, receives frames, and keeps the end of what the child prints."""

    def __init__(
        self, process: subprocess.Popen[bytes], clock: Callable[[], float], limit: int
    ) -> None:
        self._process = process
        self._clock = clock
        self._limit = limit
        self._requests, self._answers, self._prints = (
            cast(FileIO, pipe) for pipe in (process.stdin, process.stdout, process.stderr)
        )
        self._printed = bytearray()
        self._unrelated = 0
        self._unsent: deque[memoryview] = deque()
        self._deadline = 0.0
        self._selector = selectors.DefaultSelector()
        for pipe in (self._requests, self._answers, self._prints):
            os.set_blocking(pipe.fileno(), False)
        self._selector.register(self._answers, selectors.EVENT_READ)
        self._selector.register(self._prints, selectors.EVENT_READ)

    @property
    def output(self) -> str:
        return _text(self._printed)

    @property
    def recent_output(self) -> str:
        """What was printed since the last frame was sent."""
        return _text(self._printed[self._unrelated :])

    def exchange(self, frame: Sequence[memoryview], limit: float) -> wire.Message:
        """Send one frame, if there is one, and return the answer that comes within `limit` s."""
        self._deadline = self._clock() + limit
        self._unrelated = len(self._printed)
        self._unsent.extend(piece for piece in frame if piece)
        if self._unsent:
            self._selector.register(self._requests, selectors.EVENT_WRITE)
        try:
            answer = wire.read(self._fill, self._limit)
        except Died:
            self._hear_last_words()
            raise
        if self._unsent:
            raise wire.WireError("the answer came before the question was read")
        self._hear()
        return answer

    def close(self) -> None:
        self._selector.close()
        for pipe in (self._requests, self._answers, self._prints):
            pipe.close()

    def _fill(self, view: memoryview) -> None:
        while view:
            ready = self._wait()
            if self._prints in ready:
                self._hear()
            if self._requests in ready:
                self._send()
            if self._answers in ready:
                view = view[self._receive(view) :]

    def _wait(self) -> list[object]:
        left = self._deadline - self._clock()
        if left <= 0:
            raise TookTooLong
        events = self._selector.select(min(left, _GLANCE))
        # A process that the child started may hold the pipes open after the child is dead.
        if not events and self._process.poll() is not None:
            raise Died
        return [key.fileobj for key, _ in events]

    def _receive(self, view: memoryview) -> int:
        count = self._answers.readinto(view)
        if count == 0:
            raise Died
        return count or 0

    def _send(self) -> None:
        try:
            count = self._requests.write(self._unsent[0]) or 0
        except BrokenPipeError:
            raise Died from None
        self._unsent[0] = self._unsent[0][count:]
        if not self._unsent[0]:
            self._unsent.popleft()
        if not self._unsent:
            self._selector.unregister(self._requests)

    def _hear(self) -> None:
        chunk = self._prints.read(_CHUNK)
        if chunk == b"" and self._prints in self._selector.get_map():
            self._selector.unregister(self._prints)
        self._printed += chunk or b""
        excess = max(len(self._printed) - _KEPT_BYTES, 0)
        del self._printed[:excess]
        self._unrelated = max(self._unrelated - excess, 0)

    def _hear_last_words(self) -> None:
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            return
        for _ in range(_LAST_CHUNKS):
            self._hear()


def _text(printed: bytearray) -> str:
    return printed.decode("utf-8", "replace")[-_KEPT_CHARACTERS:]
