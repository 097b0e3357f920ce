"""The right backward passes, written by hand, in which the tests of faults make mistakes."""

from collections.abc import Callable
from pathlib import Path

import pytest

WRITTEN = sorted(path.stem for path in (Path(__file__).parent / "backward").glob("*.txt"))


@pytest.mark.parametrize("network", WRITTEN)
def test_a_backward_pass_written_by_hand_is_right(
    network: str, exact: Callable[[str, str], None], edited: Callable[..., str]
) -> None:
    exact(network, edited(network))
