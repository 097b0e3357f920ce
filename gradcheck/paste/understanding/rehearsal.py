"""Running a statement for what comes after it, with its training cut short."""

from types import FrameType

from gradcheck.paste.understanding.instrument import Plan
from gradcheck.paste.understanding.iterations import Found
from gradcheck.paste.understanding.machine import Machine

_STEPS = 2
_SECONDS = 0.5


def rehearse(machine: Machine, statement: int, found: Found | None) -> str | None:
    """Run a statement once; return its error, if it fails.

    The loops of a training step, and those around it, end after a few of its iterations.
    """
    machine.install(Plan(sites=frozenset()))
    training = {found.turns.loop, *found.turns.outer} if found else set()
    done = 0

    def watch(loop: int, count: int, frame: FrameType, ending: bool) -> bool:  # noqa: ARG001
        nonlocal done
        if found and loop == found.turns.loop and ending:
            done += 1
        return not ending and loop in training and done >= _STEPS

    machine.runtime.watch = watch
    try:
        return machine.run(statement, None, _SECONDS).error
    finally:
        machine.runtime.watch = None
