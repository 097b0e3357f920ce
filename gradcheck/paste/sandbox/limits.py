"""How much a call into the sandbox may use."""

from gradcheck.record import record

BUSY = 2.0
"""How much longer than on an idle machine anything may take on one that is busy."""


@record
class Limits:
    """Bounds of one call.

    `seconds` are the processor's, the start of Python not counted; `memory` is the child's address
    space in bytes; `reports` is the number of messages that may come before the answer.
    """

    seconds: float = 20.0
    memory: int = 1 << 30
    reports: int = 1000

    @property
    def wall(self) -> float:
        """The seconds that may pass: the processor may have others to serve, too."""
        return BUSY * self.seconds
