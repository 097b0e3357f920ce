"""The way in, for `gradcheck` and `python -m gradcheck`."""

import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # Small networks spend more time starting BLAS threads than using them, and NumPy reads
    # this when it is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from gradcheck.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
