"""Hostile and random text: every answer is a `FormulaError`, and a quick one."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gradcheck.array import Array
from gradcheck.formula import (
    FormulaError,
    Given,
    evaluate_block,
    evaluate_expression,
    parse_block,
    parse_expression,
)

NAMES: dict[str, Given] = {
    "x": np.linspace(-1, 1, 1009 * 31).reshape(1009, 31),
    "h.weight": np.eye(3, 5),
    "m": 7,
}
FUNCTIONS = {"relu": lambda z: np.maximum(z, 0)}


@pytest.mark.parametrize(
    "text",
    [
        *("__import__('os')", "().__class__", "x.__dict__", "x.__class__.__mro__", "x.T.__init__"),
        *(
            "lambda: 0",
            "(lambda: 0)()",
            "[i for i in x]",
            "open('f')",
            "x.tofile('a')",
            "eval('1')",
        ),
        *("np.load('f')", "np.linalg.norm(x)", "np.__builtins__", "np.ctypeslib", "x.ctypes"),
        *("relu.__globals__", "relu.__call__(x)", "sum.__self__", "x.sum.__self__", "x.data"),
        *("'%s' % x", "f'{x.__class__}'", "x.shape.__len__()", "m.bit_length()", "m.real"),
        *("9**9**9", "9**9**9**9", "2**1000000000", "x**(2**99)", "10**10**10 * x"),
        *("1e999", "-1e999", "9" * 400, "9" * 5000, "1_0" * 3000, "0x" + "f" * 300),
        *("outer(outer(x, x), outer(x, x))", "outer(x[:, 0], outer(x[:, 0], x[:, 0]))"),
        *("x[:, :, None, None] + x", "x[:, None, :, None] * x[None, :, None, :]"),
        *("x[:, :1, None] @ x[None, :1] @ x.T.reshape(-1)[None]",),
        *("x.reshape(-1)[:, None] @ x.reshape(-1)[None]", "x.reshape(10**9, 10**9)"),
        *("x.reshape(1000000000000)", "x[:0].reshape(0, 1000000000).sum(axis=0)"),
        *("x[:0, :, None] + x.reshape(-1)[:, None, None]", "x[99999999999999999999]"),
        *("(" * 1000 + "x" + ")" * 1000, "(" * 199 + "x", "x" + ".T" * 1000, "x" + ".T" * 10000),
        *("-" * 5000 + "x", "not " * 3000 + "x", "[" * 150 + "]" * 150, "x" + "[0]" * 1000),
        *("sin(" * 150 + "x" + ")" * 150, "x" + "+x" * 1000, "x" + "**x" * 1000, "x<" * 1000 + "y"),
        *("x" + "[None]" * 90, "x if " * 1000 + "x", "x," * 5000, "relu(" + "x," * 5000 + ")"),
        *("x\0", "\0", "\ud800", "x # \udfff", "\x1b[31m", "\ufeffx", "x\u202ey", "\\", "'", '"""'),
        *("", " ", "\n", "#", "\t", "\f", "x\n y", "x;x", "# -*- coding: rot13 -*-\nk"),
        *("relu()", "relu(x, x)", "relu(q=x)", "relu(x.shape)", "relu(None)", "where(x)"),
        *("h.weight()", "h", "h.weight.weight", "x.shape.T", "x.shape[None]", "x.shape[x]"),
        *("x[::0]", "x[1,2,3]", "x[...,...]", "x.transpose(0, 0)", "x.max(axis=())[0, 0, 0]"),
        *("import os", "x = 3", "print(x)", "exec('')", "globals()", "x.sum(out=x)", "x.fill(0)"),
    ],
)
def test_an_attack_is_an_error_with_a_position(text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        evaluate_expression(parse_expression(text), NAMES, FUNCTIONS)
    error = caught.value
    lines = text.replace("\r", "\n").split("\n")
    assert error.message
    assert len(error.message) < 600
    assert 1 <= error.line <= error.end_line <= len(lines)
    assert 1 <= error.column <= len(lines[error.line - 1]) + 1
    assert (error.line, error.column) < (error.end_line, error.end_column)


def test_sizes_are_refused_before_anything_is_allocated() -> None:
    with pytest.raises(FormulaError) as caught:
        evaluate_expression(parse_expression("1 + outer(x, x.T)"), NAMES, {})
    assert caught.value.message == (
        "`outer(x, x.T)`: the result from shapes (1009, 31) and (31, 1009) would have shape "
        "(31279, 31279), which is 9.78e+08 elements; at most 1e+08 are allowed"
    )


def test_nested_arguments_are_evaluated_once() -> None:
    """Evaluated twice at each level, this would take 2**30 steps."""
    text = "v"
    for _ in range(30):
        text = f"v.reshape(len({text}))"
    v = np.array([2.0, 3.0, 5.0])
    np.testing.assert_array_equal(evaluate_expression(parse_expression(text), {"v": v}, {}), v)


def test_a_block_has_a_bounded_number_of_statements() -> None:
    assert len(parse_block("a = 1\n" * 500).statements) == 500
    with pytest.raises(FormulaError, match="500 statements, found 501") as caught:
        parse_block("a = 1\n" * 501)
    assert caught.value.line == 501


def test_a_sum_of_ninety_terms_is_not_too_deep() -> None:
    found = evaluate_expression(parse_expression("+".join(["x"] * 90)), NAMES, {})
    np.testing.assert_allclose(found, 90 * np.asarray(NAMES["x"]), rtol=1e-13)


TOKENS = st.sampled_from(
    [
        *("x", "m", "h", "relu", "np", "sum", "reshape", "T", "shape", "weight", "axis", "None"),
        *("+", "-", "*", "/", "**", "@", "<", "==", "=", "+=", "(", ")", "[", "]", ",", ".", ":"),
        *("0", "1", "2", "99", "1e300", "0.5", "...", " ", "\n", "#", "'", "lambda", "if", "ŷ"),
    ]
)


def outcome(evaluate: Callable[[], Array]) -> Array | FormulaError:
    try:
        return evaluate()
    except FormulaError as error:
        return error


def assert_value_or_place(found: Array | FormulaError, text: str) -> None:
    if isinstance(found, FormulaError):
        assert 1 <= found.line <= text.count("\n") + text.count("\r") + 1
        assert found.column >= 1
        assert "invalid" not in found.message
    else:
        assert found.dtype == np.float64


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(max_size=40), st.lists(TOKENS, max_size=14).map("".join)))
@example("x.sum(axis=None).reshape((1,1))")
@example("sum(x)\n+")
def test_random_text_gives_a_value_or_a_formula_error(text: str) -> None:
    found = outcome(lambda: evaluate_expression(parse_expression(text), NAMES, FUNCTIONS))
    assert_value_or_place(found, text)


@settings(deadline=None, max_examples=200)
@given(st.lists(TOKENS, max_size=9).map("".join))
def test_random_tails_of_statements_give_a_value_or_a_formula_error(tail: str) -> None:
    text = f"a = x[0]*{tail}"
    found = outcome(lambda: evaluate_block(parse_block(text), NAMES, FUNCTIONS)["a"])
    assert_value_or_place(found, text)
