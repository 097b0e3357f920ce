"""How much a call into the sandbox may use."""

from gradcheck.record import record


@record
class Limits:
    """Bounds of one call.

    `seconds` holds for the clock on the wall and for the processor alike, the start of Python not
    counted; `memory` is the child's address space in bytes; `reports` is the number of messages
    that may come before the answer.
    """

    seconds: float = 20.0
    memory: int = 1 << 30
    reports: int = 1000
