"""Reverse mode, batch axes and corners of expressions, against the expressions themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.array import Array
from gradcheck.formula import parse_expression
from gradcheck.formula.program import Function, Program

H = 2.0**-100

EVERYTHING = [
    "z * tanh(1.3 * z) + beta * z**2",
    "(z @ W) * exp(-z.sum(axis=1, keepdims=True))",
    "max(z, axis=-1, keepdims=True) + where(z > 0, z, 0.1 * z) + clip(z, -0.3, 0.4)",
    "dot(z, W).reshape(-1, 11)[:, 1:3] * mean(z)",
    "outer(z[:, 0], beta) - dot(beta, W)[0]",
    "transpose(z)[0] + abs(z)[:, 1] - minimum(z, beta)[:, 2]",
    "log1p(z**2) / sqrt(1 + z**2) - expm1(-z) ** 2",
    "2**z + abs(z) ** beta",
    "np.maximum(z, W[0, 0]) * len(z) / z.size * np.pi",
    "matmul(z.T, z) @ beta",
    "z.min(axis=0) - z.max() + z.reshape(5, 7).T",
    "arctan(z) + cosh(z) * sinh(z) - cos(z) * sin(z) + tan(0.2 * z) + log(beta)",
    "z[None, :, :].sum(axis=0) * z.shape[1] - (-z)[..., None].mean(axis=2)",
    "clip(0.3, z, beta) * (z >= beta) - (beta @ W) @ W.T + z @ beta @ z",
    "cubed(z) * zeros_like(z) + cubed(z.transpose(1, 0)).T + sum(cubed(beta))",
]


@pytest.fixture
def point() -> dict[str, Array]:
    rng = np.random.default_rng(8)
    return {
        "z": rng.normal(size=(7, 5)),
        "W": rng.normal(size=(5, 11)),
        "beta": rng.uniform(0.5, 2, size=5),
    }


def cubed() -> Function:
    return Function(value=lambda x: x**3, pull=lambda dy, x: 3 * dy * x**2)


def program(text: str) -> Program:
    return Program(expression=parse_expression(text), functions={"cubed": cubed()})


@pytest.mark.parametrize("text", EVERYTHING)
def test_every_gradient_agrees_with_the_complex_step(text: str, point: dict[str, Array]) -> None:
    rng = np.random.default_rng(3)
    made = program(text)
    tape = made.run(point)
    dy = rng.normal(size=tape.output.shape)
    gradients = made.gradients(tape, dy)
    assert gradients
    for name, value in point.items():
        direction = rng.normal(size=value.shape)
        moved = made.run({**point, name: value + 1j * H * direction}).output
        numeric = float(np.sum(dy * moved.imag) / H)
        own = float(np.sum(gradients[name] * direction)) if name in gradients else 0.0
        assert own == pytest.approx(numeric, rel=1e-12, abs=1e-12)
        assert name not in gradients or gradients[name].shape == value.shape


@pytest.mark.parametrize("text", EVERYTHING)
def test_no_gradient_that_is_compared_is_next_to_nothing(
    text: str, point: dict[str, Array]
) -> None:
    made = program(text)
    tape = made.run(point)
    gradients = made.gradients(tape, np.random.default_rng(3).normal(size=tape.output.shape))
    assert min(float(np.abs(gradient).max()) for gradient in gradients.values()) > 1e-3


def test_the_branch_that_was_not_taken_hands_nothing_on() -> None:
    made = program("where(z > 0, log(z), 0.5 * z) + where(z == 0, 1, sin(z) / z)")
    z = np.array([-2.0, 0.0, 3.0])
    (gradient,) = made.gradients(made.run({"z": z}), np.array([1.0, 2.0, 5.0])).values()
    sinc = (np.cos(3.0) - np.sin(3.0) / 3) / 3, (np.cos(2.0) - np.sin(2.0) / 2) / -2
    np.testing.assert_allclose(gradient, [0.5 + sinc[1], 1.0, 5 / 3 + 5 * sinc[0]], rtol=1e-13)


_LEAVES = st.sampled_from(["z", "beta", "0.7", "c"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    unary = st.tuples(st.sampled_from(["tanh", "sin", "arctan", "abs", "exp", "-", "1 + "]), inner)
    binary = st.tuples(inner, st.sampled_from("+-*"), inner)
    chosen = st.tuples(st.sampled_from(["maximum", "minimum"]), inner, inner)
    reduced = st.tuples(
        st.sampled_from(["mean", "max", "sum"]), inner, st.sampled_from(["0", "1", "-1"])
    )
    return st.one_of(
        unary.map(lambda p: f"{p[0]}({p[1]})"),
        binary.map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        chosen.map(lambda p: f"{p[0]}({p[1]}, {p[2]})"),
        reduced.map(lambda p: f"{p[0]}({p[1]} + 0 * z, axis={p[2]}, keepdims=True)"),
    )


EXPRESSIONS = st.recursive(_LEAVES, _grown, max_leaves=7).map(lambda text: f"z + 0 * c + ({text})")


@given(EXPRESSIONS, st.integers(0, 2**31))
def test_random_expressions_are_differentiated_rightly(text: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    point = {
        "z": rng.uniform(-1, 1, (3, 5)),
        "beta": rng.uniform(-1, 1, 5),
        "c": rng.normal(size=(1, 1)),
    }
    made = program(text)
    tape = made.run(point)
    dy = rng.normal(size=tape.output.shape)
    gradients = made.gradients(tape, dy)
    for name, gradient in gradients.items():
        direction = rng.normal(size=gradient.shape)
        moved = made.run({**point, name: point[name] + 1j * H * direction}).output
        terms = np.abs(dy * moved.imag / H).sum() + np.abs(gradient * direction).sum()
        if not np.isfinite(terms) or terms > 1e6 or not clear(made, point):
            continue
        numeric = float(np.sum(dy * moved.imag) / H)
        assert float(np.sum(gradient * direction)) == pytest.approx(numeric, abs=1e-9 * (1 + terms))


def clear(made: Program, point: dict[str, Array]) -> bool:
    """Tell whether a point is on no corner."""
    tape = made.run(point)
    return all(
        bool(np.isinf(made.distances(tape, {name: value})).all()) for name, value in point.items()
    )


@given(EXPRESSIONS, st.integers(0, 2**31))
def test_what_is_called_rowwise_gives_each_row_alone_whatever_the_others(
    text: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    made = program(text)
    own = {"beta": rng.uniform(-1, 1, 5), "c": rng.normal(size=(1, 1))}
    z = rng.uniform(-1, 1, (3, 5))
    tape = made.run({"z": z, **own})
    if made.rowwise(tape, ["z"]):
        stacked = made.run({"z": np.concatenate([z, 2 * z + 1]), **own}).output
        np.testing.assert_array_equal(stacked[:3], tape.output)


@pytest.mark.parametrize(
    ("text", "rowwise"),
    [
        ("z * beta", True),
        ("z - mean(z, axis=-1, keepdims=True)", True),
        ("z @ W + 1", True),
        ("z[:, 1:] * z.shape[1]", True),
        ("z[..., 0] * z.ndim", True),
        ("reshape(z, (-1, 5, 1))[:, :, 0].transpose(0, 1)", True),
        ("cubed(z)", True),
        ("z - mean(z, axis=0)", False),
        ("z / len(z)", False),
        ("z / z.shape[0]", False),
        ("z / z.size", False),
        ("z @ z.T", False),
        ("z[0] + z", False),
        ("reshape(z, (7, 5))", False),
        ("z + mean(z)", False),
        ("z[:, 0] - z[:, 0:1]", False),
        ("z + V", False),
    ],
)
def test_the_batch_axis_is_followed(text: str, rowwise: bool, point: dict[str, Array]) -> None:
    made = program(text)
    tape = made.run({**point, "V": np.ones((7, 1))})
    assert made.rowwise(tape, ["z"]) is rowwise


@pytest.mark.parametrize(
    ("text", "z", "near"),
    [
        ("abs(z - 2)", [1.0, 2.0, 3.0], [1]),
        ("maximum(3 * z, z + 4)", [1.0, 2.0, 3.0], [1]),
        ("clip(z, -1, 1)", [-1.0, 0.0, 1.0], [0, 2]),
        ("where(z > 1, z, 1)", [1.0, 0.0, 5.0], [0]),
        ("where(z, 1, z)", [1.0, 0.0, 5.0], [1]),
        ("max(z)", [4.0, 2.0, 4.0], [0, 2]),
        ("max(z)", [4.0, 2.0, 3.0], []),
        ("sign(z) * z", [0.0, 2.0, 3.0], [0]),
        ("abs(z**2)", [0.0, 2.0, 3.0], []),
        ("tanh(z) + abs(beta)", [0.0, 2.0, 3.0], []),
    ],
)
def test_corners_are_found_at_the_elements_that_move_them(
    text: str, z: list[float], near: list[int]
) -> None:
    made = program(text)
    given = {"z": np.array(z)}
    tape = made.run({**given, "beta": np.zeros(3)})
    distances = made.distances(tape, given)
    assert np.flatnonzero(np.isfinite(distances)).tolist() == near
    np.testing.assert_allclose(distances[near], 0.0, atol=1e-15)


def test_a_distance_is_in_units_of_the_input() -> None:
    z = np.array([0.5, 1.0 + 2.0**-50])
    made = program("abs(1000 * z - 1000)")
    (distance,) = made.distances(made.run({"z": z}), {"z": z})[1:]
    assert distance == pytest.approx(2.0**-50, rel=1e-6)
