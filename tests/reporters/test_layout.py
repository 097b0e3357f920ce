"""Lines that are too long: where they are broken, and how far to the right they go on."""

import pytest

from gradcheck.reporters._layout import broken


def test_a_long_line_goes_on_where_it_begins() -> None:
    assert broken("for k in range(3):\n    total = alpha + beta + gamma", 20) == [
        "for k in range(3):",
        "    total = alpha +",
        "    beta + gamma",
    ]


@pytest.mark.parametrize("width", [2, 5, 9])
def test_without_room_for_it_nothing_is_indented(width: int) -> None:
    pieces = broken("        a = b + c", width)
    assert "".join(pieces).replace(" ", "") == "a=b+c"
    assert all(len(piece) <= width for piece in pieces)
