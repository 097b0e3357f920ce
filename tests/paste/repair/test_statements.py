"""Statements with new texts: what did not change keeps its number."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.paste.repair.statements import renewed, statements, substituted
from gradcheck.paste.understanding.sites import number, of

OLD = "g = a * (b - c) + np.dot(d, e) / m"


def parsed(text: str) -> ast.Module:
    tree = ast.parse(text)
    number(tree)
    return tree


@pytest.mark.parametrize(
    ("new", "kept"),
    [
        ("g = a * (c - b) + np.dot(d, e) / m", "np.dot(d, e)"),
        ("g = a * (b - c) + np.dot(d, e) / (2 * m)", "b - c"),
        ("g = x + a * (b - c) + np.dot(d, e) / m", "np.dot(d, e) / m"),
    ],
)
def test_unchanged_parts_keep_their_numbers(new: str, kept: str) -> None:
    (old,) = parsed(OLD).body
    numbers = {ast.unparse(n): of(n) for n in ast.walk(old) if isinstance(n, ast.expr)}
    fresh = renewed(old, OLD, new)
    found = {ast.unparse(n): of(n) for n in ast.walk(fresh) if isinstance(n, ast.expr)}
    assert found[kept] == numbers[kept] >= 0
    assert of(fresh) == of(old)


@given(st.sampled_from("abcdem"), st.sampled_from(["x", "x + y", "f(x)", "x * 2", "-x"]))
def test_a_part_put_in_means_the_same_as_its_text(name: str, new: str) -> None:
    (old,) = parsed(OLD).body
    node = next(n for n in ast.walk(old) if isinstance(n, ast.Name) and n.id == name)
    put = substituted(old, node, ast.parse(new, mode="eval").body)
    assert ast.unparse(old) == ast.unparse(ast.parse(OLD))
    assert ast.dump(put) == ast.dump(ast.parse(re.sub(rf"\b{name}\b", f"({new})", OLD)).body[0])


def test_statements_that_were_put_in_by_others_are_left_out() -> None:
    text = "a = 1\nif a:\n    b = a + 1\n"
    tree = parsed(text + "c = 2\n")
    assert [s.text for s in statements(tree, text)] == ["a = 1", "b = a + 1"]
