"""Evaluation: every construct against plain NumPy, and the errors of names and shapes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.array import Array
from gradcheck.formula import (
    FormulaError,
    evaluate_block,
    evaluate_expression,
    parse_block,
    parse_expression,
)

RNG = np.random.default_rng(5)
NAMES: dict[str, Any] = {
    "x": RNG.normal(size=(7, 3)),
    "y": RNG.normal(size=(7, 3)),
    "p": RNG.uniform(0.1, 2, size=(7, 3)),
    "t": RNG.normal(size=(2, 5, 3)),
    "v": RNG.normal(size=3),
    "delta": RNG.normal(size=(7, 1)),
    "hidden": RNG.normal(size=(7, 11)),
    "hidden.weight": RNG.normal(size=(3, 11)),
    "output.weight": RNG.normal(size=(13, 1)),
    "ids": np.array([[2, 0, 5]]),
    "m": 7,
    "k": np.int64(3),
    "rate": 0.25,
}


def sigmoid(z: Array, *, slope: float = 1.0) -> Array:
    return 1 / (1 + np.exp(-slope * z))


FUNCTIONS: dict[str, Callable[..., Any]] = {"sigmoid": sigmoid}


def evaluate(text: str, **names: Any) -> Array:
    return evaluate_expression(parse_expression(text), {**NAMES, **names}, FUNCTIONS)


def run(text: str) -> dict[str, Array]:
    return evaluate_block(parse_block(text), NAMES, FUNCTIONS)


def error_of(text: str, **names: Any) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        evaluate(text, **names)
    return caught.value


NUMPY = {name: value for name, value in NAMES.items() if "." not in name}
NUMPY |= {"np": np, "numpy": np, "sigmoid": sigmoid, "W": NAMES["hidden.weight"]}
NUMPY |= {name: getattr(np, name) for name in ("sum", "exp", "where", "maximum", "abs", "max")}


@pytest.mark.parametrize(
    "text",
    [
        *("x + y", "x - 2", "2.5 * x", "x / p", "p ** 1.5", "p ** y", "2 ** x", "x ** 2"),
        *("x.T @ y", "v @ x.T", "x @ v", "v @ v", "t @ W", "t @ x.T", "-x", "+x", "-2 ** 2"),
        *("x * (x > 0)", "1.0 * (x <= y)", "x * (x == y)", "x * (x != y)", "x * (x >= 0.1)"),
        *("1.0 * (x < y)", "x * (3 > 2)", "x.T", "t.T", "v.T", "x / x.shape[0]", "t.shape"),
        *("x.shape[-1] * x", "x.size", "x.ndim", "t.shape[1:]", "x.T.shape[0]", "t.T.shape[::2]"),
        *("x[0]", "x[-1, 2]", "x[1:5:2]", "x[:, None]", "x[..., 0]", "x[:, -1:]", "t[:, 1, None]"),
        *("x[np.newaxis]", "x[None:2]", "x[k]", "x[m - 4:, 0]", "x[len(v)]", "x[2 * 3, 1 + 1 - 1]"),
        *("x[-k]", "x[+k]", "ids[0, 1] * x", "ids / 2", "m * x", "rate * x", "1 / m", "k ** 2"),
        *("x.sum()", "x.sum(axis=0)", "t.sum(axis=(0, 2))", "t.sum(axis=-1, keepdims=True)"),
        *("x.sum(0)", "x.mean(axis=1)", "t.mean(axis=(0, 1), keepdims=True)", "x.mean()"),
        *("x.max(axis=0)", "x.min(axis=1, keepdims=False)", "x.max()", "t.min(axis=(0, -1))"),
        *("x.sum(axis=None)", "np.sum(x, axis=x.ndim - 1)", "sum(x, axis=0)", "max(x, axis=1)"),
        *("np.mean(t, axis=(1, 2))", "np.max(x)", "np.min(t, axis=1)", "numpy.sum(x)"),
        *("x.dot(v)", "x.T.dot(y)", "np.dot(t, W)", "np.dot(2, x)", "np.dot(v, v)"),
        *("x.reshape(3, 7)", "x.reshape((3, 7))", "x.reshape(-1)", "t.reshape(t.shape[0], -1)"),
        *("x.reshape(k, m)", "np.reshape(x, (3, -1))", "np.reshape(x, -1)", "x.reshape(y.T.shape)"),
        *("t.reshape(t.shape[0] * t.shape[1], 3)", "np.reshape(x, shape=(k, 7))"),
        *("t.transpose(1, 0, 2)", "t.transpose((2, 0, 1))", "t.transpose()", "np.transpose(x)"),
        *("np.transpose(t, (0, 2, 1))", "np.transpose(t, axes=(1, -1, 0))"),
        *("np.outer(v, x[0])", "np.outer(x, v)", "np.matmul(x.T, y)", "np.matmul(v, x.T)"),
        *("exp(x)", "np.log(p)", "np.log1p(p)", "np.expm1(x)", "np.sqrt(p)", "abs(x)"),
        *("np.sign(x)", "maximum(x, 0)", "np.minimum(x, y)", "where(x > 0, x, 0.1 * x)"),
        *("np.where(x, y, v)", "np.sin(x)", "np.cos(x)", "np.tan(x)", "np.tanh(x)", "np.sinh(x)"),
        *("np.cosh(x)", "np.arctan(x)", "np.clip(x, -0.5, 0.7)", "np.clip(x, v - 1, 1)"),
        *("np.zeros_like(x)", "np.ones_like(ids)", "len(x) * x", "len(t)", "np.pi * x", "np.e"),
        *("sigmoid(x)", "sigmoid(x, slope=-2)", "sigmoid(2)", "1e3", "0x1f", "7", "-0.5"),
        *("x[:0].sum(axis=0)", "np.log(x)", "x / 0", "p ** -100", "np.exp(1000 * x)"),
        *("(x + \n  y)", "((((x))))", "x[:, 0][:, None] * v[None, :]"),
    ],
)
def test_each_construct_agrees_with_numpy(text: str) -> None:
    with np.errstate(all="ignore"):
        expected = eval(text, NUMPY)
    found = evaluate(text, W=NAMES["hidden.weight"])
    assert found.dtype == np.float64
    assert found.shape == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-15)


def test_chained_comparisons_hold_where_all_do() -> None:
    expected = (NAMES["x"] > -0.5) & (NAMES["x"] < NAMES["p"]) & (NAMES["p"] != 1)
    assert 0 < expected.sum() < expected.size
    np.testing.assert_array_equal(evaluate("-0.5 < x < p != 1"), expected)


def test_the_mean_over_nothing_is_not_a_number() -> None:
    assert np.isnan(evaluate("x[:0].mean(axis=0)")).all()


def test_whole_numbers_beyond_float64_become_floats() -> None:
    assert evaluate("9007199254740993 * 3") == 9007199254740992.0 * 3
    assert evaluate("94906267 * 94906267 * 94906267") == pytest.approx(94906267.0**3)


def test_blocks_assign_in_order_and_shadow_what_was_given() -> None:
    found = run(
        """
        delta = hidden @ hidden.weight.T - x  # an input, from here on ours
        grad.hidden.weight = x.T @ hidden
        twice = delta; twice *= 2
        grad.hidden.weight -= x.T @ (delta @ hidden.weight) / m
        hidden.weight = grad.hidden.weight.T
        last = hidden.weight[0] + 0 * hidden.weight.T.shape[1]
        n = len(x)
        m /= 2
        """.replace("\n        ", "\n")
    )
    x, hidden, weight = NAMES["x"], NAMES["hidden"], NAMES["hidden.weight"]
    delta = hidden @ weight.T - x
    grad = x.T @ hidden - x.T @ (delta @ weight) / 7
    targets = ["delta", "grad.hidden.weight", "twice", "hidden.weight", "last", "n", "m"]
    assert list(found) == targets
    expected = [delta, grad, 2 * delta, grad.T, grad.T[0], 7, 3.5]
    for target, value in zip(targets, expected, strict=True):
        assert found[target].dtype == np.float64
        np.testing.assert_allclose(found[target], value, rtol=1e-14, err_msg=target)


def test_results_share_no_memory_with_inputs_or_each_other() -> None:
    found = run("a = x\nb = a.T")
    assert not np.shares_memory(found["a"], NAMES["x"])
    assert not np.shares_memory(found["a"], found["b"])


def test_an_augmented_assignment_cannot_widen_its_target() -> None:
    with pytest.raises(FormulaError, match=r"shape \(7, 1\) would become \(7, 3\)") as caught:
        run("a = x\ndelta += x")
    assert (caught.value.line, caught.value.column, caught.value.end_column) == (2, 1, 11)


def test_functions_of_the_caller_come_before_our_own() -> None:
    found = evaluate_expression(parse_expression("abs(x)"), NAMES, {"abs": lambda z: z + 5})
    np.testing.assert_array_equal(found, NAMES["x"] + 5)


def test_the_longest_known_name_wins() -> None:
    names = {"a": np.ones((2, 3)), "a.T": np.array(5.0), "a.T.b": np.array(7.0)}
    assert evaluate("a.T", **names) == 5
    assert evaluate("a.T.b", **names) == 7
    assert evaluate("a.shape[1]", **names) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("delta @ output.weight", "(7, 1) and (13, 1) do not fit; did you mean `output.weight.T`?"),
        ("x @ y", "shapes (7, 3) and (7, 3) do not fit; did you mean `y.T`?"),
        ("x @ (y + 0)", "did you mean `(y + 0).T`?"),
        ("hidden @ y", "shapes (7, 11) and (7, 3) do not fit; did you mean `hidden.T`?"),
        ("hidden @ x.T", "did you mean `hidden.T` and `x`?"),
        ("x @ (y + 0).T.T", "did you mean `(y + 0).T`?"),
        ("np.dot(x, y)", "did you mean `y.T`?"),
        ("x.dot(y)", "did you mean `y.T`?"),
        ("np.matmul(x, y)", "did you mean `y.T`?"),
        ("x * y.T", "did you mean `y`?"),
        ("np.maximum(x, y.T)", "did you mean `y`?"),
    ],
)
def test_misfits_offer_the_transpose_that_fits(text: str, message: str) -> None:
    error = error_of(f"1 + ({text})")
    assert error.message.startswith(f"`{text}`: ")
    assert error.message.endswith(message)
    assert (error.column, error.end_column) == (6, 6 + len(text))


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("x - labels", "`one_hot(labels, 3)`"),
        ("labels - x", "`one_hot(labels, 3)`"),
        ("(labels + 0) * x", "`one_hot(labels + 0, 3)`"),
        # With as many columns as these there would be more classes than there are.
        ("x[:, :2] - labels", None),
        ("x - (labels + 0.5)", None),
        ("x - (labels - 1)", None),
        ("x.sum(axis=1) - x", None),
    ],
)
def test_labels_that_meet_rows_get_the_offer_of_rows(text: str, offer: str | None) -> None:
    labels = np.array([0, 2, 1, 1, 0, 2, 2])
    with pytest.raises(FormulaError) as caught:
        evaluate(text, x=NAMES["x"], labels=labels)
    assert "do not fit" in caught.value.message
    assert ("one_hot" in caught.value.message) == (offer is not None)
    if offer:
        assert caught.value.message.endswith(f"for class labels as rows, write {offer}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("v @ hidden", "shapes (3,) and (7, 11) do not fit"),
        ("t @ hidden", "shapes (2, 5, 3) and (7, 11) do not fit"),
        ("x @ 3", "a matrix product needs two arrays, but finds a number; use `*`"),
        ("x + hidden", "shapes (7, 3) and (7, 11) do not fit"),
        ("x < hidden", "shapes (7, 3) and (7, 11) do not fit"),
        ("x ** hidden", "shapes (7, 3) and (7, 11) do not fit"),
        ("where(x > 0, delta, hidden)", "shapes (7, 3), (7, 1) and (7, 11) do not fit"),
        ("clip(x, 0, hidden)", "shapes (7, 3), () and (7, 11) do not fit"),
        ("x.reshape(2, 3)", "cannot reshape array of size 21 into shape (2,3)"),
        ("x.sum(axis=2)", "axis 2 is out of bounds for array of dimension 2"),
        ("x.sum(axis=(0, 0))", "duplicate value in 'axis'"),
        ("x.T[3]", "index 3 is out of bounds for axis 0 with size 3"),
        ("x.shape[2]", "tuple index out of range"),
        ("m[0]", "too many indices for array: array is 0-dimensional, but 1 were indexed"),
        ("len(rate)", "a number has no length"),
        ("sigmoid(x, y)", "sigmoid() takes 1 positional argument but 2 were given"),
        ("x[:0].max()", "zero-size array to reduction operation maximum which has no identity"),
    ],
)
def test_misfits_without_a_remedy_say_what_does_not_fit(text: str, message: str) -> None:
    error = error_of(f"1 + ({text})")
    assert error.message == f"`{text}`: {message}"
    assert (error.column, error.end_column) == (6, 6 + len(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hidden.wieght", "unknown name `hidden.wieght`; did you mean `hidden.weight`?"),
        ("dleta", "did you mean `delta`?"),
        ("x.shap", "did you mean `x.shape`?"),
        ("sigmod(x)", "unknown function `sigmod`; did you mean `sigmoid`?"),
        ("arctann(x)", "did you mean `arctan`?"),
        ("hidden(x)", "`hidden` is an array and cannot be called"),
        ("exp", "`exp` is a function; call it: `exp(...)`"),
        ("x.sum", "`.sum` is a method; call it: `x.sum(...)`"),
        ("(x + y).foo", "unknown attribute `.foo`; known are .T .shape .size .ndim"),
        ("x.shape * 2", "a shape is not a number; take one of its lengths: `x.shape[0]`"),
        ("x[1.5]", "expected a whole number, found the number 1.5"),
        ("x[x > 0]", "expected a whole number, found an array of shape (7, 3)"),
        ("x[x.shape]", "expected a whole number, found the shape (7, 3)"),
        ("x.sum(axis=rate)", "expected a whole number or a tuple of them, found the number 0.25"),
        ("x.sum(axis=True)", "expected a number or an array, found `True`"),
        ("x.sum(keepdims=1)", "expected True or False, found `1`"),
        ("sum(None)", "expected a number or an array, found `None`"),
        ("sum()", "missing a required argument: 'x'; the arguments are (x, axis, keepdims)"),
        ("sum(x, ddof=1)", "got an unexpected keyword argument 'ddof'"),
        ("exp(x, y)", "too many positional arguments"),
        ("p ** 101", "an exponent must lie between -100 and 100, found 101"),
        ("p ** -x.sum(axis=0).sum() ** 100", "an exponent must lie between -100 and 100"),
    ],
)
def test_names_and_arguments_are_explained(text: str, message: str) -> None:
    assert message in error_of(text).message


def test_many_known_names_are_cut_short() -> None:
    assert error_of("qqqq", **{f"name{i}": 1 for i in range(20)}).message.endswith(", ...")


def test_long_operands_are_quoted_in_part() -> None:
    error = error_of("x + " * 30 + "x + hidden")
    assert error.message.startswith("`x + x +")
    assert "...`: shapes (7, 3) and (7, 11) do not fit" in error.message


def shaped(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Wrap expressions of shape (7, 3) into further ones of that shape."""
    number = st.sampled_from(["2", "0.5", "-3", "m", "rate", "x.shape[1]", "np.pi"])
    binary = st.sampled_from(["+", "-", "*", "/"])
    unary = st.sampled_from(["np.exp", "np.tanh", "np.sin", "np.arctan", "np.abs", "sigmoid", "-"])
    reduction = st.sampled_from(["sum", "mean", "max", "min"])
    axis = st.integers(-2, 1)
    return st.one_of(
        st.builds("({} {} {})".format, texts, binary, texts),
        st.builds("({} {} {})".format, number, binary, texts),
        st.builds("({} {} {})".format, texts, binary, number),
        st.builds("{}({})".format, unary, texts),
        st.builds("({} ** {})".format, texts, st.sampled_from(["2", "3", "-1", "0.5"])),
        st.builds("({} * (0.0 < {}))".format, texts, texts),
        st.builds("(x + {}.{}(axis={}, keepdims=True))".format, texts, reduction, axis),
        st.builds("({} @ {}.T @ {})".format, texts, texts, texts),
        st.builds("np.where({} <= {}, {}, 0.1)".format, texts, texts, texts),
        st.builds("{}.T.reshape(-1)[:, None].T.reshape(7, 3)".format, texts),
    )


@settings(deadline=None, max_examples=150)
@given(st.recursive(st.sampled_from(["x", "y", "p", "delta * v"]).map("({})".format), shaped))
def test_random_expressions_agree_with_numpy(text: str) -> None:
    with np.errstate(all="ignore"):
        expected = eval(text, NUMPY)
    np.testing.assert_array_equal(evaluate(text), expected)
