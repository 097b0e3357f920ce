"""The small networks in which faults are planted: for the self-test, for demos and for tests.

Each is a config like any user's. Their sizes are pairwise distinct primes wherever a mistake
could hide behind equal ones, no parameter starts at zero, and no activation is saturated.
"""

from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "networks"


def grounds() -> Iterator[Path]:
    """Yield the configs of the small networks, by name."""
    yield from sorted(FOLDER.glob("*.yaml"))
