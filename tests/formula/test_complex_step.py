"""The complex-step derivative of a formula is its derivative."""

import numpy as np
import pytest

from gradcheck.formula import evaluate_expression, parse_expression

STEP = 1e-20
X = np.array([[-1.7, -0.3, 1e-9], [0.4, 0.9, 2.3]])
P = np.abs(X)
ONE = np.ones_like(X)


@pytest.mark.parametrize(
    ("text", "at", "derivative"),
    [
        ("abs(x)", X, np.sign(X)),
        ("abs(x) * x", X, 2 * P),
        ("x * sign(x)", X, np.sign(X)),
        ("maximum(x, 0.2 * x)", X, np.where(X > 0, 1, 0.2)),
        ("minimum(x, 0.5) ** 2", X, np.where(X < 0.5, 2 * X, 0)),
        ("where(x > 0.35, x ** 3, -x)", X, np.where(X > 0.35, 3 * X**2, -1)),
        ("clip(x, -1, 1) * 3", X, np.where(P < 1, 3, 0)),
        ("x * (x > 0)", X, np.where(X > 0, 1, 0)),
        ("x * (-1 < x <= 0.8)", X, np.where((X > -1) & (X <= 0.8), 1, 0)),
        ("x * (x != x.max())", X, np.where(X.max() > X, 1, 0)),
        ("sqrt(x)", P, 0.5 / np.sqrt(P)),
        ("1 / sqrt(x + 1)", P, -0.5 * (P + 1) ** -1.5),
        ("x ** 2.5", P, 2.5 * P**1.5),
        ("x ** -2", X, -2 * X**-3.0),
        ("2 ** x", X, np.log(2) * 2**X),
        ("log(x)", P, 1 / P),
        ("log1p(x) ** 2", P, 2 * np.log1p(P) / (1 + P)),
        ("log1p(x)", X[1:], 1 / (1 + X[1:])),
        ("expm1(x) ** 2", X, 2 * np.expm1(X) * np.exp(X)),
        ("sin(x) * cos(x)", X, np.cos(2 * X)),
        ("tan(x)", X, 1 / np.cos(X) ** 2),
        ("tanh(x)", X, 1 - np.tanh(X) ** 2),
        ("sinh(x) - cosh(x)", X, np.exp(-X)),
        ("arctan(x)", X, 1 / (1 + X**2)),
        ("x + zeros_like(x) * x + ones_like(x)", X, ONE),
        ("np.pi - x / x.size", X, -ONE / 6),
    ],
)
def test_each_function_is_differentiated(text: str, at: np.ndarray, derivative: np.ndarray) -> None:
    found = evaluate_expression(parse_expression(text), {"x": at + STEP * 1j}, {})
    assert found.dtype == np.complex128
    np.testing.assert_allclose(found.imag / STEP, derivative, rtol=1e-13)


@pytest.mark.parametrize(
    ("text", "gradient"),
    [
        ("sum(x ** 2)", 2 * X),
        ("x.mean() * 3", ONE / 2),
        ("x.max()", np.where(X.max() == X, 1, 0)),
        ("np.min(abs(x))", np.where(P.min() == P, np.sign(X), 0)),
        ("x.T.reshape(-1)[4] ** 2", np.where(X[0, 2] == X, 2 * X, 0)),
        ("(x @ x.T)[0, 0]", np.array([[2], [0]]) * X),
        ("np.dot(x[0], x[1])", X[::-1]),
        ("outer(x[0], x[1]).sum()", np.array([[X[1].sum()], [X[0].sum()]]) * ONE),
    ],
)
def test_each_reduction_is_differentiated(text: str, gradient: np.ndarray) -> None:
    expression = parse_expression(text)
    for index in np.ndindex(X.shape):
        moved = X.astype(complex)
        moved[index] += STEP * 1j
        found = evaluate_expression(expression, {"x": moved}, {})
        assert found.imag / STEP == pytest.approx(gradient[index], rel=1e-13), index


@pytest.mark.parametrize("text", ["x > 0", "x == 1", "sign(x)", "0 < x < 1", "len(x)", "x.shape"])
def test_what_is_constant_in_pieces_is_real(text: str) -> None:
    found = evaluate_expression(parse_expression(text), {"x": X + STEP * 1j}, {})
    assert found.dtype == np.float64
