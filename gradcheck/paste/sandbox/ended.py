"""How a call into the sandbox can end without an answer."""

import signal
from collections.abc import Mapping
from typing import Literal, TypeAlias

from gradcheck.errors import GradcheckError

Ending: TypeAlias = Literal[
    "timed out", "memory", "recursion", "crashed", "killed", "left", "flooded", "garbled", "failed"
]


_CRASHES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT)


class Ended(GradcheckError):  # noqa: N818  (an outcome, foreseen)
    """The child was ended, or ended itself, before it had answered; `ending` says how.

    `timed out`, `memory` and `flooded` are bounds of `Limits`; `recursion` is Python's own;
    `crashed` is a signal that broken native code raises; `killed` any other signal; `left`
    an exit of its own; `garbled` something on our pipe that is not ours; `failed` an exception in
    our own part of the child, whose traceback is in `detail`.
    """

    def __init__(self, ending: Ending, message: str, detail: str = "") -> None:
        super().__init__(ending, message, detail)
        self.ending = ending
        self.message = message
        self.detail = detail

    def __str__(self) -> str:
        return self.message


def told(header: Mapping[str, object], memory: int) -> Ended:
    """Return what the child's last message says, which may be no message of ours."""
    match header:
        case {"kind": "ended", "value": "memory"}:
            bound = f"the {memory >> 20} MB that it may use"
            return Ended("memory", f"the code needed more memory than {bound}")
        case {"kind": "ended", "value": "recursion"}:
            return Ended("recursion", "the code called itself too deeply for Python")
        case {"kind": "ended", "value": "flooded"}:
            return flooded()
        case {"kind": "failed", "value": str(trace)}:
            return Ended("failed", "gradcheck's own analysis of the code failed", trace)
        case _:
            return garbled("it is no message of ours")


def flooded() -> Ended:
    return Ended("flooded", "the code made more output than can be read")


def garbled(why: str) -> Ended:
    return Ended("garbled", f"what came from the process that ran the code can't be read: {why}")


def late(seconds: float) -> Ended:
    return Ended("timed out", f"the code was still running after {seconds:g} s and was ended")


def dead(code: int | None, seconds: float, output: str) -> Ended:
    """Return what a process with this exit code died of, as `subprocess` counts them."""
    if code is None or code >= 0:
        how = "closed its pipe" if code is None else f"ended its process (exit code {code})"
        return Ended("left", f"the code {how} before the analysis was done", output)
    number = signal.Signals(-code)
    if number == signal.SIGXCPU:
        return late(seconds)
    if number in _CRASHES:
        return Ended("crashed", f"the code crashed Python itself ({number.name})")
    return Ended("killed", f"the process that ran the code was killed ({number.name})")
