"""Where a statement ends."""

import pytest

from gradcheck.paste.reading.lexing import LONGEST, end, within_strings

ENDS: list[tuple[list[str], int | None]] = [
    (["x = 1", "y = 2"], 1),
    (["x = (1,", "  2)", "y"], 2),
    (["x = [", "# ] no", "'] no'", "]", "y"], 4),
    (["x = 1 + \\", "    2", "y"], 2),
    (['x = """a', "don't (", 'b""" + c', "y"], 3),
    (["x = '''a\\'''", "'''", "y"], 2),
    (['"""a""" + """b', '"""', "y"], 2),
    (["it's prose"], None),
    (["x = (1,", "def f():"], None),
    (["x = (1]"], None),
    (["x = 'a\\", "b'", "y"], 2),
    (["x = ("], None),
]


@pytest.mark.parametrize(("lines", "stop"), ENDS)
def test_a_statement_ends_with_its_brackets_and_strings(lines: list[str], stop: int | None) -> None:
    assert end(lines, 0) == stop


def test_a_bracket_that_never_closes_is_given_up_in_time() -> None:
    assert end(["x = ("] + ["1,"] * LONGEST + [")"], 0) is None


def test_lines_within_long_strings_are_known() -> None:
    assert within_strings(['x = """a', 'b""" + (', "c)"]) == [False, True, False]
