"""Marked lines of the user's text: the marks are below what they mark, however it is written."""

from hypothesis import given
from hypothesis import strategies as st

from gradcheck.report import Excerpt
from gradcheck.reporters._excerpts import excerpted, rows
from gradcheck.reporters._layout import columns


def one(text: str, column: int, end_column: int, width: int = 80) -> tuple[str, str]:
    (row,) = rows([Excerpt(line=7, text=text, column=column, end_column=end_column)], width)
    return row.text, row.marks


def test_marks_stand_below_what_they_mark() -> None:
    assert one("    d = y - p", 9, 14) == ("    d = y - p", "        ^^^^^")


def test_tabs_and_wide_characters_keep_their_columns() -> None:
    assert one("\td = 重み - p", 6, 8) == ("    d = 重み - p", "        ^^^^")


def test_a_long_line_is_cut_around_its_marks() -> None:
    text, marks = one("a = " + "x + " * 50 + "wrong" + " + y" * 50, 205, 210, width=60)
    at = marks.index("^")
    assert text[at : at + 5] == "wrong"
    assert marks.count("^") == 5
    assert text.startswith("…")
    assert text.endswith("…")


def test_marks_of_one_line_are_put_together_and_lines_in_order() -> None:
    text = "a = b * c"
    found = rows(
        [
            Excerpt(line=9, text=text, column=9, end_column=10),
            Excerpt(line=3, text="z", column=1, end_column=2),
            Excerpt(line=9, text=text, column=5, end_column=6),
        ],
        80,
    )
    assert [(row.label, row.marks) for row in found] == [("3", "^"), ("9", "    ^   ^")]


def test_what_is_behind_the_end_is_marked_there() -> None:
    assert one("a = b", 99, 120) == ("a = b", "     ^")


def test_a_cell_is_named_with_its_line() -> None:
    (row,) = rows([Excerpt(line=2, cell=5, text="a", column=1, end_column=2)], 80)
    assert row.label == "5:2"


def test_many_lines_are_counted() -> None:
    many = [Excerpt(line=k, text="a", column=1, end_column=2) for k in range(1, 14)]
    lines = ["".join(span.text for span in line) for line in excerpted(many, 80, "  ")]
    assert len(lines) == 17
    assert lines[-1].endswith("and 5 more lines")


@given(
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\t\x1b重")),
    st.integers(0, 300),
    st.integers(0, 300),
    st.integers(40, 120),
)
def test_any_line_fits(text: str, column: int, end_column: int, width: int) -> None:
    excerpt = Excerpt(line=12, text=text, column=column, end_column=end_column)
    for line in excerpted([excerpt], width, "    "):
        assert columns("".join(span.text for span in line)) <= width
    assert any("^" in row.marks for row in rows([excerpt], width)) or not columns(text)
