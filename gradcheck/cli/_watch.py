"""Checks made again whenever a file changes that they depend on, until Ctrl-C."""

import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import click

INTERVAL = 0.3
"""Seconds between two looks at the files."""


def watched(check: Callable[[], tuple[int, set[Path]]]) -> int:
    """Check, and again after each change of the files that the check says it read.

    Returns the last check's exit code after Ctrl-C.
    """
    while True:
        if sys.stdout is not None and sys.stdout.isatty():
            click.clear()
        code, files = check()
        # A new file shows in its folder.
        seen = files | {path.parent for path in files}
        before = _state(seen)
        plural = "" if len(files) == 1 else "s"
        click.echo(f"watching {len(files)} file{plural}; Ctrl-C ends", err=True)
        try:
            while _state(seen) == before:
                time.sleep(INTERVAL)
        except KeyboardInterrupt:
            return code


def _state(paths: Iterable[Path]) -> dict[Path, int]:
    found = {}
    for path in paths:
        with suppress(OSError):
            found[path] = path.stat().st_mtime_ns
    return found
