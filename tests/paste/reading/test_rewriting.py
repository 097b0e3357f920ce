"""Changes to a program, written into the text as it was given."""

import json
from collections.abc import Callable

import pytest

from gradcheck.errors import InternalError
from gradcheck.paste.reading.post import Post
from gradcheck.paste.reading.read import read
from gradcheck.paste.reading.rewriting import Change, applied, edits
from gradcheck.report import Edit


def changed(text: str, old: str, new: str | None, *, program: int = 0) -> str:
    """Return the text after the program's line `old` was replaced."""
    post = read(text)
    lines = post.programs[program].source.split("\n")
    change = Change(line=lines.index(old) + 1, new=new)
    return applied(post, edits(post.programs[program], [change], "net.py"))


def test_no_change_leaves_any_text_as_it_is(code: str) -> None:
    for text in (code, code.replace("\n", "\r\n"), f"\ufeff{code}", f"Words.\n\n{code}\nWords"):
        assert applied(read(text), ()) == text


@pytest.mark.parametrize(
    "wrap",
    [
        lambda line: line,
        lambda line: f"> {line}",
        lambda line: f"\u00a0\u00a0{line}",
        lambda line: f"    {line}",
    ],
)
def test_a_changed_line_is_changed_in_place(wrap: Callable[[str], str]) -> None:
    code = "for k in range(3):\n    w -= rate * g   # update\nprint(w)"
    text = "\n".join(wrap(line) for line in code.split("\n"))
    new = changed(text, "    w -= rate * g   # update", "    w += rate * g   # update")
    assert new == text.replace("-=", "+=")


def test_line_ends_stay_as_they_were() -> None:
    text = "for k in range(3):\r\n    w -= g\r\nprint(w)\r\n"
    assert changed(text, "    w -= g", "    w -= g\n    b -= h") == (
        "for k in range(3):\r\n    w -= g\r\n    b -= h\r\nprint(w)\r\n"
    )


def test_a_deleted_line_is_gone_with_its_end() -> None:
    assert changed("a = 1\r\nb = 2\r\nc = 3", "b = 2", None) == "a = 1\r\nc = 3"


def test_tabs_stay_tabs() -> None:
    text = "def f(g):\n\tif g:\n\t\tw = g\n\treturn w\n\nf(3)\n"
    assert "\t\tw = -g\n\t\tb = 2\n\treturn" in changed(text, "\t\tw = g", "\t\tw = -g\n\t\tb = 2")


def test_lost_indentation_stays_lost() -> None:
    text = "for k in range(3):\nw -= g\nb -= h\nprint(w)"
    new = changed(text, "    w -= g", "    w += g\n    v -= 2 * g")
    assert new == "for k in range(3):\nw += g\nv -= 2 * g\nb -= h\nprint(w)"


def test_prompts_are_put_in_front_of_new_lines() -> None:
    text = ">>> for k in range(3):\n...     w -= g\n...\n>>> print(w)\n"
    new = changed(text, "    w -= g", "    w -= g\n    b -= h")
    assert new == ">>> for k in range(3):\n...     w -= g\n...     b -= h\n...\n>>> print(w)\n"


def test_python_2_stays_python_2() -> None:
    text = 'for k in xrange(3):\n    print "w", w / 2, w\n    w -= g\n'
    new = changed(text, '    print("w", w / 2, w)', '    print("w", w / 3, w)')
    assert new == text.replace("/ 2", "/ 3")


def test_typographic_characters_stay_where_nothing_changes() -> None:
    text = "w = g × 2 − h\nprint(“w”, w)\n"
    assert changed(text, "w = g * 2 - h", "w = g * 3 - h") == text.replace("2", "3")
    assert changed(text, 'print("w", w)', 'print("w", -w)') == text.replace(", w", ", -w")


def test_a_variants_change_goes_to_the_variants_lines() -> None:
    text = (
        "class A:\n    def f(self, x):\n        return x\n\na = A()\n"
        "for k in range(3):\n    w -= a.f(k)\n\nor, as he has it,\n\n"
        "def f(self, x):\n    return x * 2\n\nwhat's right?\n"
    )
    new = changed(text, "        return x * 2", "        return x * 3", program=1)
    assert new == text.replace("x * 2", "x * 3")


def notebook(indent: int | None, *, ascii_only: bool = True) -> str:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Näher\n", "b"]},
        {
            "cell_type": "code",
            "execution_count": 7,
            "source": ["# größer\n", "w = 3\n", "for k in range(2):\n", "    w -= 0.1"],
            "outputs": [{"text": ["w = 3\n"]}],
        },
        {"cell_type": "code", "source": "print(w)\nv = w", "outputs": []},
    ]
    return json.dumps({"cells": cells, "nbformat": 4}, indent=indent, ensure_ascii=ascii_only)


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_notebook_keeps_its_format(indent: int | None, *, ascii_only: bool) -> None:
    text = notebook(indent, ascii_only=ascii_only)
    assert changed(text, "    w -= 0.1", "    w += 0.1") == text.replace("w -= 0.1", "w += 0.1")


@pytest.mark.parametrize("indent", [None, 1])
def test_lines_are_added_to_and_deleted_from_a_notebook(indent: int | None) -> None:
    text = notebook(indent)
    longer = json.loads(changed(text, "w = 3", "w = 3\nb = 'ä'"))
    assert longer["cells"][1]["source"] == [
        "# größer\n", "w = 3\n", "b = 'ä'\n", "for k in range(2):\n", "    w -= 0.1",
    ]  # fmt: skip
    last = json.loads(changed(text, "    w -= 0.1", "    w -= 0.1\n    b -= 1"))
    assert last["cells"][1]["source"][-2:] == ["    w -= 0.1\n", "    b -= 1"]
    shorter = json.loads(changed(text, "w = 3", None))
    assert shorter["cells"][1]["source"] == ["# größer\n", "for k in range(2):\n", "    w -= 0.1"]
    assert longer["cells"][0] == shorter["cells"][0] == json.loads(text)["cells"][0]


def test_a_cell_that_is_one_string_stays_one() -> None:
    text = notebook(1)
    assert changed(text, "v = w", "v = w\nu = v") == text.replace("v = w", "v = w\\nu = v")


def test_edits_hold_the_lines_as_given() -> None:
    post = read("Hi!\n\n>>> w = 3\n>>> v = 4\n")
    assert edits(post.programs[0], [Change(line=1, new="w = 5")], "net.py") == (
        Edit(file="net.py", line=3, old=">>> w = 3", new=">>> w = 5"),
    )


def test_an_edit_for_another_text_is_refused() -> None:
    post = Post(text="a = 1\n", programs=())
    with pytest.raises(InternalError, match="line 1 is 'a = 1"):
        applied(post, [Edit(file="net.py", line=1, old="a = 2", new="a = 3")])
