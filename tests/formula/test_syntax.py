"""Reading formulas: statements, positions, free names, and what is refused."""

import ast
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.formula import FormulaError, parse_block, parse_expression

BLOCK = """\
# The output layer
delta = y - yhat
grad.output.weight = hidden_out.T @ delta  # summed over samples

s = 'ŷ'
"""


def error_of(source: str) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        parse_block(source)
    return caught.value


def test_statements_carry_target_text_and_tree() -> None:
    block = parse_block("\n".join(BLOCK.splitlines()[:3]) + "\nb -= 2 * b")
    assert [s.target for s in block.statements] == ["delta", "grad.output.weight", "b"]
    assert [s.text for s in block.statements][:2] == [
        "delta = y - yhat",
        "grad.output.weight = hidden_out.T @ delta",
    ]
    assert isinstance(block.statements[1].node, ast.BinOp)
    assert block.statements[0].operator is None
    assert isinstance(block.statements[2].operator, ast.Sub)


def test_columns_count_characters() -> None:
    block = parse_block("a = 1\nδŷ = ŷŷ - (β +\n  γδ.T) * x")
    statement = block.statements[1]
    assert isinstance(statement.node, ast.BinOp)
    assert block.source.text_of(statement.node.right) == "(β +\n  γδ.T) * x"
    span = block.source.span(statement.node.right)
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 11, 3, 12)
    assert block.source.extract(statement.span) == statement.text


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_of_every_kind_count_one_line(end: str) -> None:
    assert parse_block(f"a = x{end}{end}b = y").statements[1].span.line == 3


def test_form_feeds_and_line_separators_end_no_line() -> None:
    error = error_of("a = 1 # \u2028 \x0c\nb = 'ŷ'")
    assert (error.line, error.column, error.end_column) == (2, 5, 8)


@given(st.text(alphabet="ŷδé x", max_size=7))
def test_an_error_after_any_text_is_at_its_character(comment: str) -> None:
    error = error_of(f"a = (b # {comment}\n + 'ŷŷ' * c)")
    assert (error.line, error.column, error.end_line, error.end_column) == (2, 4, 2, 8)


def test_reads_are_the_free_names_in_order() -> None:
    block = parse_block(
        "delta = (y - yhat.T) * sigmoid_prime(z[k, None])\n"
        "grad.w = hidden.weight.T.shape[0] * np.sum(delta, axis=a) + grad.w * np.pi\n"
        "z += h.sum(keepdims=True)\n"
        "yhat = y.reshape((n, m)) + grad.w\n"
        "total += (delta @ u).T.max()"
    )
    assert block.reads() == (
        *("y", "yhat", "z", "k", "hidden.weight", "a", "grad.w"),
        *("h", "n", "m", "total", "u"),
    )


def test_reads_of_an_expression_are_listed_once() -> None:
    assert parse_expression("sin(x) + noise.level * x.T").reads() == ("x", "noise.level")


def test_a_block_may_be_empty() -> None:
    assert parse_block("\n# nothing yet\n").statements == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lambda: x", "a lambda"),
        ("f'{x}'", "an f-string"),
        ("'text'", "a string"),
        ("b'text'", "a string"),
        ("1j", "a complex number"),
        ("x if y else z", "where(condition, a, b)"),
        ("x and y", "multiply comparisons"),
        ("not x", "`not`"),
        ("~x", "`~`"),
        ("x // 2", "`//`"),
        ("x % 2", "`%`"),
        ("x ^ 2", "a power is written `**`"),
        ("x & y", "multiply comparisons"),
        ("x | y", "maximum"),
        ("x << 2", "`<<`"),
        ("x >> 2", "`>>`"),
        ("x is y", "`is`"),
        ("x is not y", "`is not`"),
        ("x in y", "`in`"),
        ("x not in y", "`not in`"),
        ("[i for i in x]", "a comprehension"),
        ("{i for i in x}", "a comprehension"),
        ("{i: i for i in x}", "a comprehension"),
        ("sum(i for i in x)", "a comprehension"),
        ("[x]", "a list"),
        ("{x}", "a set"),
        ("{x: y}", "a dictionary"),
        ("(x, y)", "a tuple"),
        ("sum(x, axis=[0])", "a list"),
        ("(y := x)", "`:=`"),
        ("(yield)", "`yield`"),
        ("(await x)", "`await`"),
        ("sum(*x)", "`*`"),
        ("sum(**x)", "`**`"),
        ("sum(x, axis=0, axis=1)", "given twice"),
        ("True", "`True`"),
        ("...", "`...`"),
        ("x + None", "`None`"),
        ("np.newaxis", "only allowed in a subscript"),
        ("np", "prefix"),
        ("np.sum", "call it"),
        ("np.pie", "did you mean `pi`?"),
        ("np.sun(x)", "did you mean `sum`?"),
        ("numpy.linalg.norm(x)", "`.norm`"),
        ("numpy.random.mean(x)", "`numpy.random`"),
        ("x.sun()", "did you mean `sum`?"),
        ("x.copy()", "`.copy`"),
        ("sin(x)(y)", "functions with a name"),
        ("__name__", "two underscores"),
        ("x._y", "underscore"),
        ("x._sum()", "underscore"),
    ],
)
def test_refused_constructs_are_named_with_their_place(text: str, found: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_expression(f"1 + (\n  y - ({text}))")
    assert found in caught.value.message
    assert "invalid" not in caught.value.message
    assert caught.value.line == 2
    assert caught.value.column >= 7


@pytest.mark.parametrize(
    "text",
    [
        *("x", "'text'", "import os", "a = b = x", "x: int = 3", "del x", "pass"),
        *("x **= 2", "x @= y", "x //= 2", "for i in x: pass", "while x: pass", "if x: pass"),
        *("def f(): pass", "class A: pass", "with x: pass", "raise x", "assert x", "global x"),
    ],
)
def test_a_line_that_is_no_assignment_is_quoted(text: str) -> None:
    error = error_of(f"a = 1\n{text}")
    assert error.line == 2
    assert f"found `{text}`" in error.message
    assert "name = expression" in error.message


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x[0] = y", "`x[0]`"),
        ("x.T = y", "`.T`"),
        ("grad.x.sum = y", "`.sum`"),
        ("a, b = y", "`a, b`"),
        ("np = y", "prefix"),
        ("np.x = y", "prefix"),
        ("__x = y", "two underscores"),
        ("x._y.z = y", "'_y'"),
        ("sin(x).y = z", "`sin(x).y`"),
    ],
)
def test_what_cannot_be_assigned_to_is_named(text: str, found: str) -> None:
    error = error_of(f"a = 1\n{text}")
    assert error.line == 2
    assert found in error.message


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a = x +", 1, 8),
        ("a = (x", 1, 5),
        ("a = 1\n  b = 2", 2, 3),
        ("a = 3 4", 1, 7),
        ("a = x → y", 1, 7),
        ("a = ŷ ) 3", 1, 7),
        ("if", 1, 3),
    ],
)
def test_unreadable_text_is_an_error_at_its_place(text: str, line: int, column: int) -> None:
    error = error_of(text)
    assert (error.line, error.column) == (line, column)
    assert "invalid" not in error.message


def test_an_empty_expression_is_an_error() -> None:
    with pytest.raises(FormulaError, match="unexpected syntax at the end"):
        parse_expression("")


def test_errors_survive_pickling() -> None:
    error = error_of("a = 'x'")
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert str(error).startswith("line 1, column 5: found a string")
    assert copy.end_column == error.end_column == 8
