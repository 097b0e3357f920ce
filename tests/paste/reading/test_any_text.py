"""Any text at all: read in time, without an error, and never changed behind one's back."""

import ast
import cProfile
import itertools
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.paste.reading import lexing, syntax
from gradcheck.paste.reading.alternatives import alternatives
from gradcheck.paste.reading.lines import split
from gradcheck.paste.reading.notebook import cells
from gradcheck.paste.reading.post import Post
from gradcheck.paste.reading.read import read
from gradcheck.paste.reading.rewriting import Change, applied, edits

Mutilated = Callable[[random.Random, Sequence[str]], str]

PIECES = st.sampled_from(
    ["def f(x):", "class A:", "    return x", "return x", "for k in range(3):", "else:", "if x:",
     "x = 3", "x -= f(x)", "print x", "```", "```python", ">>> x = 1", "In [3]:", "Out[3]: 4", "",
     "  ", "\t", "# a", "'''", '"""', "(", ")", "x = (", "It's so.", "try:", "except E, e:", "@a",
     "%time f(x)", "Traceback (most recent call last):", "> y = 2", "3 x = 1", "+z = 1", "\\",
     "import torch", "@@ -1 +1 @@", "W: 3", "self.w = 2", "\x00", "\ufeff", "match x:", "case 1:",
     "async def f(self):", "yield", "lambda: 0", "break", "Answers (1)", "﻿“a”", "x &lt; 3"]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=9), max_size=23).map("\n".join)


def check(text: str) -> None:
    """Demand of a reading what holds for every one."""
    post = read(text)
    assert applied(post, ()) == text
    for program in post.programs:
        ast.parse(program.source)
        assert program.source == "\n".join(place.text for place in program.places)
        _check_places(post, program.places[0].cell)
    for program in post.programs[:1]:
        for other in itertools.islice(alternatives(program), 3):
            ast.parse(other.source)


def _check_places(post: Post, first_cell: int | None) -> None:
    sources = {cell.number: cell.source for cell in cells(post.text) or ()}
    assert post.notebook == (first_cell is not None)
    for program in post.programs:
        for place in program.places:
            lines = split(post.text if place.cell is None else sources[place.cell])
            assert lines[place.line - 1].rstrip("\r\n") == place.given
            assert len(place.columns) == len(place.text) + 1
            assert list(place.columns) == sorted(place.columns)
            assert all(0 <= column <= len(place.given) for column in place.columns)


@settings(max_examples=40)
@given(st.text())
def test_any_characters_are_read(text: str) -> None:
    check(text)


@given(TEXTS)
def test_any_mixture_of_code_and_prose_is_read(text: str) -> None:
    check(text)


@given(TEXTS, st.integers(0, 99), st.sampled_from(["y = 2", "    y = 2", "a\nb", None]))
def test_any_line_can_be_changed_and_nothing_else_is(text: str, at: int, new: str | None) -> None:
    post = read(text)
    for program in post.programs[:1]:
        change = Change(line=at % len(program.places) + 1, new=new)
        line = program.places[change.line - 1].line
        before, after = split(text), split(applied(post, edits(program, [change], "x")))
        assert after[: line - 1] == before[: line - 1]
        assert after[len(after) - len(before) + line :] == before[line:]


def test_mutilated_programs_are_read(code: str, mutilated: Mutilated) -> None:
    chance = random.Random(code)
    for _ in range(6):
        check(mutilated(chance, [code]))


def test_mutilated_practice_texts_are_read(practice: Sequence[Path], mutilated: Mutilated) -> None:
    texts = [path.read_bytes().decode() for path in practice]
    chance = random.Random(7)
    for _ in range(40):
        check(mutilated(chance, texts))


LONG: dict[str, Callable[[int], str]] = {
    "brackets that never close": lambda n: "x = (\n" * n,
    "brackets that do not match": lambda n: ("(\n" * 99 + "]\n") * (n // 100),
    "prose": lambda n: "".join(f"It's line {k} of prose, don't you think?\n" for k in range(n)),
    "statements": lambda n: "".join(f"x{k} = x{k - 1} + 1\n" for k in range(n)),
    "flat loops": lambda n: "".join(f"for k{k} in r:\nx = k{k}\n" for k in range(n // 2)),
    "flat functions": lambda n: "".join(f"def f{k}(x):\nreturn x\n" for k in range(n // 2)),
    "flat branches": lambda n: (
        "if a:\nx = 3\n" + "".join(f"elif a == {k}:\nx = {k}\n" for k in range(n // 4))
    ),
    "fences": lambda n: "".join(f"```\nx = {k}\n" for k in range(n // 2)),
    "small blocks": lambda n: "".join(
        f"def f{k}(x):\n    return x\n\nSo much, for it.\n" for k in range(n // 4)
    ),
    "small programs": lambda n: "".join(
        f"for k in r:\n    w -= g{k}\n\nSo much, for it.\n" for k in range(n // 4)
    ),
    "prompts": lambda n: "".join(f">>> x = {k}\n{k}\n" for k in range(n // 2)),
    "old prints": lambda n: "".join(f"print 'x', {k}\n" for k in range(n)),
    "continued lines": lambda n: "\\\n" * n,
    "tracebacks": lambda n: "Traceback (most recent call last):\n" * n,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_a_text_twice_as_long_takes_about_twice_the_work(text: Callable[[int], str]) -> None:
    once, twice = (_calls(text(lines)) for lines in (400, 800))
    assert twice < 3 * once


def _calls(text: str) -> int:
    """Return how many calls reading takes, with nothing remembered."""
    for cached in (syntax.statement, syntax.tree, lexing.scan):
        cached.cache_clear()
    profile = cProfile.Profile()
    profile.runcall(read, text)
    return sum(entry.callcount for entry in profile.getstats())


HARD = {
    "headers within headers": "".join(f"{' ' * k}if x:\n" for k in range(300)),
    "quotes": "'" * 9_000 + '\n"""\n' * 101,
    "one long line": f"x = [{'0.5, ' * 5_000}]",
    "deep brackets": f"x = {'(' * 5_000}1{')' * 5_000}",
    "a long sum": f"x = {'+'.join('1' * 9_000)}",
    "a long chain": f"x = y{'.a' * 9_000}",
    "many signs": f"x = {'-' * 9_000}1",
    "broken JSON": '{"cells": [' + "[" * 3_000,
}


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_what_python_itself_may_choke_on_is_read(text: str) -> None:
    check(text)
