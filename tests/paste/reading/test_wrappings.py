"""Code as pages, shells and notebooks hand it out: each wrapping comes off, nothing else does."""

import json
from collections.abc import Callable

import pytest

from gradcheck.paste.reading.post import Program
from gradcheck.paste.reading.read import read

Only = Callable[[str], Program]
Same = Callable[[str, str], bool]


def _prompted(code: str) -> str:
    lines = []
    for line in code.split("\n"):
        blank = not line.strip()
        lines.append(f"{'...' if line[:1].isspace() else '>>>'} {line}" if not blank else "...")
    return "\n".join(lines)


WRAPPINGS: dict[str, Callable[[str], str]] = {
    "nothing": lambda code: code,
    "prose": lambda code: (
        f"I've got a problem, here's my code:\n\n{code}\nIt doesn't learn. Why?\n"
    ),
    "a fence": lambda code: f"Hello,\n```python\n{code}```\nThanks!\n",
    "a fence without a language": lambda code: f"Look at this.\n\n~~~\n{code}~~~\n",
    "a fence that is never closed": lambda code: f"See:\n```py\n{code}",
    "a forum's page": lambda code: (
        f"me\n\nReputation: 79\n\nWhy is it wrong?\n\n{code}\n\n"
        "Upvotes: 0\n\nViews: 548\n\nAnswers (1)\n\nyou\n\nReputation: 1855\n\nIt works.\n"
    ),
    "Markdown indentation": lambda code: (
        "As follows:\n\n"
        + "".join(f"    {line}\n" for line in code.split("\n"))
        + "\nThat's all.\n"
    ),
    "line numbers": lambda code: "".join(
        f"{n:4d}  {line}\n" for n, line in enumerate(code.split("\n"), 1)
    ),
    "line numbers with colons": lambda code: "".join(
        f"{n}: {line}\n" for n, line in enumerate(code.split("\n"), 40)
    ),
    "quotation marks": lambda code: "".join(f"> {line}\n" for line in code.split("\n")),
    "signs of a diff": lambda code: (
        "@@ -0,0 +1,90 @@\n" + "".join(f"+{line}\n" for line in code.split("\n"))
    ),
    "DOS line ends": lambda code: code.replace("\n", "\r\n"),
    "old Mac line ends": lambda code: code.replace("\n", "\r"),
    "a byte order mark": lambda code: "\ufeff" + code,
    "no-break spaces": lambda code: code.replace("    ", "\u00a0\u00a0\u00a0\u00a0"),
    "zero-width spaces": lambda code: code.replace("=", "\u200b=\u200b"),
    "tabs": lambda code: code.replace("    ", "\t"),
    "tabs and spaces": lambda code: code.replace("        ", "\t"),
    "HTML entities": lambda code: (
        code.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    ),
    "wide characters": lambda code: code.replace("(", "（").replace(")", "）"),
    "a shell session": lambda code: f"$ cat net.py\n{code}\n$ python net.py\n0.25\n0.24\n$\n",
    "output below": lambda code: (
        f"{code}\n\n[[0.1 0.2]\n[0.3 0.4]]\nEpoch 0, loss 0.693\nloss: 0.69\n0.5\n(3, 4)\nnan\n"
    ),
    "a traceback below": lambda code: (
        f"{code}\n\nTraceback (most recent call last):\n"
        '  File "net.py", line 12, in <module>\n    W = W - step(X)\n'
        "ValueError: shapes (3,4) and (3,1) not aligned\n\nWhat does this mean?\n"
    ),
}


@pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS.keys())
def test_a_wrapped_program_is_read_as_it_was(
    short: str, wrap: Callable[[str], str], only: Only, same: Same
) -> None:
    assert same(only(wrap(short)).source, short)


def test_a_typed_session_is_read_as_a_program(code: str, only: Only, same: Same) -> None:
    assert same(only(_prompted(code)).source, code)


def test_a_notebook_is_read_as_one_program(code: str, only: Only, same: Same) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "x = 3 is prose here"]},
        *({"cell_type": "code", "source": part, "outputs": []} for part in code.split("\n\n\n")),
    ]
    assert same(only(json.dumps({"cells": cells, "nbformat": 4})).source, code)


def test_every_line_of_a_program_names_the_line_it_came_from(code: str, only: Only) -> None:
    text = f"Some words first.\n\n{code}\nAnd some after, don't you think?\n"
    lines = text.split("\n")
    program = only(text)
    assert program.source.split("\n") == [place.text for place in program.places]
    for place in program.places:
        assert lines[place.line - 1] == place.given
        assert [place.given[column] for column in place.columns[:-1]] == list(place.text)


def test_an_output_block_in_a_fence_is_left_out() -> None:
    text = "```json\nx = 3\n```\n```python\nimport numpy as np\ny = np.ones(3)\n```\n"
    post = read(text)
    assert [p.source for p in post.programs] == ["import numpy as np\ny = np.ones(3)"]
    assert post.notes == ("line 1: json block, left out",)


def test_prompts_of_an_interactive_shell_come_off_and_their_output_stays_out(only: Only) -> None:
    text = (
        "In [1]: import numpy as np\n\nIn [2]: def f(x):\n   ...:     return x * 2\n   ...:\n\n"
        "In [3]: f(np.ones(3))\nOut[3]: array([2., 2., 2.])\n\nIn [4]: w = f(3)\n"
    )
    program = only(text)
    assert "array" not in program.source
    assert "def f(x):\n    return x * 2\n" in program.source
    assert program.place(program.source.split("\n").index("w = f(3)") + 1).line == 10


def test_a_comment_that_is_typed_in_belongs_to_what_is_around_it(only: Only) -> None:
    text = (
        "In [1]: def f(x):\n   ...:     # twice what (we think) it is, or less\n"
        "   ...:     return x * 2\n   ...:\n\nIn [2]: w = f(3)\n"
        ">>> def g(x):\n...     # half of it\n...     return x / 2\n"
    )
    source = only(text).source
    assert "def f(x):\n    # twice what (we think) it is, or less\n    return x * 2\n" in source
    assert "def g(x):\n    # half of it\n    return x / 2" in source


def test_of_a_diff_the_new_side_is_read(only: Only) -> None:
    text = "@@ -1,3 +1,3 @@\n import numpy as np\n-w = np.ones(3)\n+w = np.zeros(3)\n w += 1\n"
    program = only(text)
    lines = [line for line in program.source.split("\n") if line]
    assert lines == ["import numpy as np", "w = np.zeros(3)", "w += 1"]


def test_magics_are_the_notebooks_business(only: Only) -> None:
    text = "%matplotlib inline\n!pip install numpy\nimport numpy as np\n%time w = np.ones(3)\n"
    post = read(text)
    assert [line for line in post.programs[0].source.split("\n") if line] == [
        "import numpy as np",
        "w = np.ones(3)",
    ]
    assert "line 1: `%matplotlib inline` is the notebook's business, left out" in post.notes


def test_typographic_characters_are_read_as_python_writes_them(only: Only) -> None:
    text = "names = {‘a’: “w1”}\nw = 3 − 1 × 2\nif w ≥ 1:\n    print(“it’s”, w)  # “quoted”\n"
    assert only(text).source == (
        'names = {\'a\': "w1"}\nw = 3 - 1 * 2\nif w >= 1:\n    print("it’s", w)  # “quoted”'
    )


def test_strings_keep_their_typographic_characters(only: Only) -> None:
    text = "label = 'the “loss” – smoothed'\n"
    assert only(text).source == text.strip()


def test_names_and_comments_in_other_languages_are_kept(only: Only) -> None:
    text = "# пример\nвеса = [1.0, 2.0]\nfür_alle = 3\nfor 値 in веса:\n    für_alle -= 値\n"
    assert only(text).source == text.strip()


def test_a_page_without_code_has_no_programs() -> None:
    text = "Introduction\n\nViews: 548\n\nAnswers (1)\n\nIt's the learning rate, I think.\nThanks\n"
    assert read(text).programs == ()


def test_a_heading_is_no_code_and_parts_nothing_from_nothing() -> None:
    assert read("# Backpropagation\n\n## Introduction\n\nWords.\n").programs == ()


def test_a_missing_colon_is_put_in(only: Only) -> None:
    program = only("def f(x)\n    return x * 2\n\ny = f(3)\n")
    assert program.source.startswith("def f(x):\n    return x * 2\n")
    assert program.places[0].given == "def f(x)"


def test_a_line_that_is_no_python_is_left_out_with_a_note(only: Only) -> None:
    text = "def f(x):\n    y = x * 2\n    z = y +* 3\n    return y\n\nw = f(3)\n"
    post = read(text)
    assert "z" not in post.programs[0].source
    assert post.notes == ("line 3: `z = y +* 3` can't be read as Python, left out",)


@pytest.mark.parametrize(
    "end",
    ["for k in range(3):", "x = f(1,", "def g(a):\n    if a:", "class Net:", "w = 'abc"],
)
def test_what_is_incomplete_at_the_end_is_left_out(end: str, only: Only, same: Same) -> None:
    text = f"def f(x):\n    return x * 2\n\ny = f(3)\n{end}"
    assert same(only(text).source, "def f(x):\n    return x * 2\n\ny = f(3)")
    assert read(text).notes


def test_a_bracket_left_open_in_prose_swallows_no_code(only: Only) -> None:
    text = "This is what I did (after a long time:\n\nx = [1, 2]\ny = sum(x)\n\nand so on\n"
    assert only(text).source == "x = [1, 2]\ny = sum(x)"


def test_a_cell_in_another_language_is_left_out() -> None:
    cells = [
        {"cell_type": "code", "source": "%%bash\nx = 3\necho $x"},
        {"cell_type": "code", "source": "w = 4"},
    ]
    post = read(json.dumps({"cells": cells}))
    assert [program.source for program in post.programs] == ["w = 4"]
    assert post.notes == ("cell 0, line 1: `%%bash` is another language's, left out",)


def test_an_old_notebook_is_read() -> None:
    cells = [{"cell_type": "code", "input": ["w = 4\n", "v = w"], "language": "python"}]
    text = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]})
    assert [program.source for program in read(text).programs] == ["w = 4\nv = w"]
