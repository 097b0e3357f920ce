"""The way in, for `gradcheck` and `python -m gradcheck`.

On small networks a user waits for little but start-up, so three things are done about it
that have no other use: no BLAS threads, hardly any garbage collection, and a quick exit.
"""

import contextlib
import gc
import os
import sys

COLLECT = 100_000
"""Objects allocated between garbage collections; importing makes many, none of them garbage."""


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(COLLECT)
    # NumPy reads this when it is imported: small networks spend more time starting BLAS threads
    # than using them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from gradcheck.cli import run

    code = run()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    # All is written; taking down NumPy's modules one by one would take longer than a small check.
    os._exit(code)


if __name__ == "__main__":
    main()
