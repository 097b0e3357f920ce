"""Standard output that takes any text and outlives its reader."""

import os
import sys

import click


class Failure(click.ClickException):
    """Something outside gradcheck that keeps a command from its work."""

    exit_code = 2


def say(text: str) -> None:
    """Write to standard output; what its encoding lacks becomes `?`.

    A reader who has gone, such as `head`, is no error: nothing is left to say.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.buffer.write(text.encode(encoding, errors="replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _close()
    except OSError as error:
        _close()
        raise Failure(f"standard output could not be written: {error.strerror}") from None


def _close() -> None:
    """Lead what is still buffered into the void, or Python would complain of it at exit."""
    void = os.open(os.devnull, os.O_WRONLY)
    os.dup2(void, sys.stdout.fileno())
    os.close(void)


def is_terminal() -> bool:
    """Tell whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()
