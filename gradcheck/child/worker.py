"""The child's side of the wire: it answers requests until the parent lets go of the pipe.

What is answered is a service's business: a module with a function `service()` that returns
a handler. A handler refuses a request by raising `ClaimError`; the text goes to the parent.
"""

import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from queue import SimpleQueue
from typing import TypeAlias

from gradcheck.child import wire
from gradcheck.child.opened import Opened
from gradcheck.errors import ClaimError

Handler: TypeAlias = Callable[[wire.Header, wire.Arrays], wire.Message]


def main(service: str) -> None:
    """Answer requests with the handler of the module `service`; never returns."""
    incoming, outgoing = _claim_pipes()
    requests: SimpleQueue[wire.Message] = SimpleQueue()
    threading.Thread(target=_listen, args=(incoming, requests), daemon=True).start()
    handle: Handler = importlib.import_module(service).service()
    # From now on the user's own modules come first; before, they could shadow what we import.
    sys.path.insert(0, str(Path.cwd()))
    _send(outgoing, wire.pack({"ready": True}, {}))
    opened = Opened()
    while True:
        _send(outgoing, _answer(handle, *requests.get(), opened))


def _claim_pipes() -> tuple[FileIO, FileIO]:
    """Take stdin and stdout away from the user's code, which reads nothing and prints to stderr."""
    incoming, outgoing = FileIO(os.dup(0)), FileIO(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    # What was printed before a crash or a time-out is worth seeing.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    return incoming, outgoing


def _listen(incoming: FileIO, requests: SimpleQueue[wire.Message]) -> None:
    """Pass requests on; a thread of its own, so that a hanging child sees its parent go."""
    fill = wire.fill_from(incoming)
    try:
        while True:
            requests.put(wire.read(fill))
    except wire.WireError:
        _end()
    except OSError:
        return  # The user's code closed the pipe; the parent sees that at the other one, or waits.


def _end() -> None:
    try:
        # With the children of its own. The group is ours only if the parent made it so.
        os.killpg(os.getpid(), signal.SIGKILL)
    except ProcessLookupError:
        os._exit(1)


def _answer(
    handle: Handler, header: wire.Header, arrays: wire.Arrays, opened: Opened
) -> list[memoryview]:
    try:
        answer, answered = handle(header, arrays)
        return wire.pack({**answer, "opened": opened.new()}, answered)
    except (ClaimError, wire.WireError) as error:
        return wire.pack({"error": str(error)}, {})


def _send(outgoing: FileIO, frame: list[memoryview]) -> None:
    for piece in frame:
        while piece:
            piece = piece[outgoing.write(piece) :]
