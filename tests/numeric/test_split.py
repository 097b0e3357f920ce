"""Split complex arrays: whatever is done to them, they are what true complex ones become."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.array import Array
from gradcheck.numeric.complex_step import STEP
from gradcheck.numeric.split import Split, signless
from gradcheck.numeric.strip import Strip

PARTS = 3
LARGEST = 400

Rng = np.random.Generator
Action = Callable[[Any], Any]
"""What is done to an array, split or complex; anything random in it is drawn beforehand."""


def drawn(rng: Rng, shape: tuple[int, ...]) -> Split:
    """Draw a split array: with or without a slope of any shape that fits, and a strip."""
    real, strip = rng.normal(size=shape), None
    if rng.integers(2):
        axis = int(rng.integers(len(shape)))
        width = int(rng.integers(1, shape[axis] + 1))
        lines = [rng.permutation(shape[axis])[:width] for _ in range([1, PARTS][rng.integers(2)])]
        strip = Strip(axis, np.array(lines))
    slopes = [None, 1.7, rng.normal(size=shape), rng.normal(size=shape[-1:])]
    root = rng.normal(size=(PARTS, *(shape if strip is None else strip.inner(shape))))
    return Split(real, root, slopes[rng.integers(len(slopes))], strip)


def as_complex(x: Split) -> list[Array]:
    """Return the arrays that a split one stands for."""
    return [x.real + 1j * STEP * part for part in x.imag]


def assert_equal(found: Any, wanted: list[Array]) -> None:
    """Hold an array against complex ones; a plain one is where nothing is imaginary."""
    if not isinstance(found, Split):
        found = Split(found, np.zeros((PARTS, *found.shape)))
    scale = np.max(np.abs(found.imag), initial=1.0)
    assert found.imag.shape == (len(wanted), *found.real.shape)
    for part, array in zip(found.imag, wanted, strict=True):
        assert found.shape == array.shape
        np.testing.assert_allclose(found.real, array.real, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(part, np.imag(array) / STEP, rtol=1e-10, atol=1e-11 * scale)


def axis_of(rng: Rng, x: Split) -> int:
    return int(rng.integers(-x.ndim, x.ndim))


def unary(rng: Rng, x: Split) -> Action:
    functions: list[Action] = [
        *(np.tanh, np.sin, np.cos, np.arctan, np.negative, lambda a: -a),
        *(lambda a: np.exp(-a * a), lambda a: np.log1p(a * a), lambda a: np.sqrt(a * a + 1)),
        *(lambda a: a**2, lambda a: np.power(a, 3), lambda a: np.log(2 + np.tanh(a))),
        *(lambda a: np.expm1(np.tanh(a)), lambda a: (a * a + 0.5) ** -0.5),
    ]
    return functions[rng.integers(len(functions))]


def binary(rng: Rng, x: Split) -> Action:
    shapes = [x.shape, (), x.shape[-1:], (*x.shape[:-1], 1), (2, *x.shape)]
    b = rng.normal(size=shapes[rng.integers(len(shapes) - (x.size > 60))])
    choices: list[Action] = [
        *(lambda a: a + b, lambda a: b + a, lambda a: a - b, lambda a: b - a),
        *(lambda a: a * b, lambda a: b * a, lambda a: a / (3 + b * b), lambda a: b / (2 + a * a)),
        *(lambda a: a - a * b, lambda a: a / (1 + a * a), lambda a: (a + b) * (a - b)),
        *(lambda a: np.maximum(a, b), lambda a: np.minimum(b, a), lambda a: np.maximum(a, a * b)),
    ]
    return choices[rng.integers(len(choices))]


def where(rng: Rng, x: Split) -> Action:
    mask = rng.uniform(size=x.shape) < 0.5
    return [
        lambda a: np.where(mask, a, 0.0),
        lambda a: np.where(mask, 1.5, a),
        lambda a: np.where(a > 0, a * a, -a),
        lambda a: np.where(mask, a, a * a),
    ][rng.integers(4)]


def reduction(rng: Rng, x: Split) -> Action:
    keep = bool(rng.integers(2))
    axis = axis_of(rng, x)
    several = tuple(int(a) for a in rng.permutation(x.ndim)[: rng.integers(1, x.ndim + 1)])
    choices: list[Action] = [
        lambda a: a.sum(axis=axis, keepdims=keep),
        lambda a: np.sum(a, axis=several, keepdims=keep),
        lambda a: a.mean(axis=several, keepdims=keep),
        lambda a: np.mean(a, axis=axis, keepdims=keep),
        lambda a: a.max(axis=axis, keepdims=keep),
        lambda a: np.min(a, axis=axis, keepdims=keep),
        lambda a: a.reshape(a.shape[0], -1).max(axis=1),
        lambda a: a.sum(),
    ]
    return choices[rng.integers(len(choices))]


def reordering(rng: Rng, x: Split) -> Action:
    order = tuple(int(a) for a in rng.permutation(x.ndim))
    a, b = axis_of(rng, x), axis_of(rng, x)
    choices: list[Action] = [
        lambda y: y.transpose(order),
        lambda y: y.transpose(*order),
        lambda y: np.transpose(y, order),
        lambda y: y.T,
        lambda y: y.swapaxes(a, b),
        lambda y: np.swapaxes(y, a, b),
        lambda y: np.moveaxis(y, a, b),
        lambda y: np.moveaxis(y, order[:2], tuple(sorted(order[:2]))),
        lambda y: y.reshape(-1),
        lambda y: y.reshape(y.shape[0], -1),
        lambda y: np.reshape(y, (1, *y.shape)),
        lambda y: y.ravel(),
        lambda y: np.expand_dims(y, a),
        lambda y: np.broadcast_to(y, (2, *y.shape)),
    ]
    return choices[rng.integers(len(choices))]


def product(rng: Rng, x: Split) -> Action:
    k = x.shape[-1]
    right, left = rng.normal(size=(k, 2)), rng.normal(size=(3, x.shape[-2]))
    stack = rng.normal(size=(*x.shape[:-2], k, 2))
    choices: list[Action] = [
        lambda a: a @ right,
        lambda a: left @ a,
        lambda a: a @ stack,
        lambda a: a @ a.swapaxes(-1, -2),
        lambda a: np.matmul(np.tanh(a), right) / 2,
    ]
    return choices[rng.integers(len(choices))]


def basic_index(rng: Rng, x: Split) -> Action:
    keys: list[Any] = [
        0,
        -1,
        slice(None, None, -1),
        (Ellipsis, 0),
        (Ellipsis, slice(0, 1)),
        (slice(None), None),
        (None, Ellipsis, slice(None, None, 2)),
        (Ellipsis, None),
        np.int64(0),
    ]
    key = keys[rng.integers(len(keys))]
    return lambda a: a[key]


def advanced_index(rng: Rng, x: Split) -> Action:
    n, last = x.shape[0], x.shape[-1]
    rows = rng.integers(n, size=5)
    keys: list[Any] = [
        rows,
        rng.integers(n, size=(2, 3)),
        rng.uniform(size=n) < 0.8,
        (Ellipsis, rng.integers(last, size=3)),
        list(rows),
    ]
    if x.ndim > 1:
        keys += [(rows, rng.integers(x.shape[1], size=5)), (slice(None), np.array([0, 0]))]
    if x.ndim > 2:
        # Index arrays that are apart put their axes first.
        keys += [
            (rows, slice(None), rng.integers(x.shape[2], size=5)),
            (np.arange(n)[:, None], slice(None), rng.integers(x.shape[2], size=3)),
            (0, slice(None), rng.integers(x.shape[2], size=3)),
        ]
    key = keys[rng.integers(len(keys))]
    return lambda a: a[key]


def gathering(rng: Rng, x: Split) -> Action:
    axis = axis_of(rng, x)
    zeros, ones = np.zeros(x.shape), np.ones(x.shape)
    taken = rng.integers(x.shape[axis], size=4)
    order = np.argsort(rng.normal(size=x.shape), axis=axis)
    pads = [(int(p), int(q)) for p, q in rng.integers(3, size=(x.ndim, 2))]
    choices: list[Action] = [
        lambda a: np.take(a, taken, axis=axis),
        lambda a: np.take_along_axis(a, order, axis=axis),
        lambda a: np.pad(a, pads),
        lambda a: np.pad(a, ((1, 0), *[(0, 0)] * (a.ndim - 1))),
        lambda a: np.concatenate([a, 2 * a], axis=axis),
        lambda a: np.concatenate([zeros, a, ones], axis=axis),
        lambda a: np.concatenate([a, ones], axis=-1),
        lambda a: np.stack([a, np.full(a.shape, 0.5)], axis=axis),
        lambda a: np.stack([a * a, a]),
    ]
    return choices[rng.integers(len(choices))]


STEPS: Mapping[str, Callable[[Rng, Split], Action]] = {
    f.__name__: f
    for f in (
        *(unary, binary, where, reduction, reordering),
        *(product, basic_index, advanced_index, gathering),
    )
}


def suited(step: str, x: Split) -> bool:
    """Tell whether there is an array left on which a step makes sense."""
    return x.ndim >= (2 if step == "product" else 1) and x.size > 0 and x.ndim < 6


@given(
    seed=st.integers(0, 2**32),
    shape=st.sampled_from([(3, 5), (2, 3, 5), (7,), (3, 1, 2, 5), (5, 7, 2)]),
    steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=6),
)
def test_a_chain_of_operations_is_that_of_complex_arrays(
    seed: int, shape: tuple[int, ...], steps: list[str]
) -> None:
    rng = np.random.default_rng(seed)
    x = drawn(rng, shape)
    truth = as_complex(x)
    for step in steps:
        if not suited(step, x) or x.size > LARGEST:
            break
        action = STEPS[step](rng, x)
        x, truth = action(x), [action(a) for a in truth]
        assert_equal(x, truth)
        if not isinstance(x, Split):
            break


@pytest.mark.parametrize("step", STEPS)
def test_every_kind_of_operation_is_that_of_complex_arrays(step: str) -> None:
    rng = np.random.default_rng(37)
    for _ in range(120):
        x = drawn(rng, (2, 3, 5))
        action = STEPS[step](rng, x)

        assert_equal(action(x), [action(a) for a in as_complex(x)])


@given(
    seed=st.integers(0, 2**32),
    shape=st.sampled_from([(3, 5), (2, 3, 5), (7,), (5, 7, 2)]),
    steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=5),
)
def test_without_signs_nothing_is_smaller(
    seed: int, shape: tuple[int, ...], steps: list[str]
) -> None:
    rng = np.random.default_rng(seed)
    x = drawn(rng, shape)
    bare = Split(x.real, np.abs(x.imag))
    for step in steps:
        if not suited(step, x) or x.size > LARGEST:
            break
        action = STEPS[step](rng, x)
        with signless():
            bare = action(bare)
        x = action(x)
        if not isinstance(x, Split):
            break
        assert isinstance(bare, Split)
        assert (np.abs(x.imag) <= bare.imag * (1 + 1e-12) + 1e-300).all()


def test_without_signs_nothing_cancels() -> None:
    x = Split(np.array([0.5, -2.0]), np.ones((1, 2)))
    matrix = np.array([[1.0, -1.0], [-3.0, 3.0]])
    assert (x - x).imag.max() == 0
    with signless():
        np.testing.assert_array_equal((x - x).imag, [[2.0, 2.0]])
        np.testing.assert_array_equal((-3 * x + x / -2).imag, [[3.5, 3.5]])
        np.testing.assert_array_equal((x[None] @ matrix).imag, [[[4.0, 4.0]]])
        np.testing.assert_array_equal((x * x - x**2).imag, [[2.0, 8.0]])
    assert (x - x).imag.max() == 0


def test_comparisons_see_real_parts_alone() -> None:
    x = drawn(np.random.default_rng(41), (3, 5))

    np.testing.assert_array_equal(x > 0.1, x.real > 0.1)
    np.testing.assert_array_equal(x <= x.real, np.ones((3, 5), dtype=bool))
    np.testing.assert_array_equal(x.argmax(axis=1), x.real.argmax(axis=1))
    np.testing.assert_array_equal(np.isfinite(x), np.ones((3, 5), dtype=bool))


@pytest.mark.parametrize(
    "call",
    [
        np.linalg.norm,
        np.sort,
        np.cumsum,
        lambda x: x**x,
        lambda x: np.add.reduce(x),
        lambda x: np.add(x, 1, where=np.array(True)),
        lambda x: x[0] @ x[0],
        lambda x: np.einsum("ij->j", x),
        lambda x: np.arctan2(x, 1.0),
    ],
)
def test_what_it_can_not_do_it_refuses(call: Callable[[Split], Any]) -> None:
    with pytest.raises(TypeError):
        call(drawn(np.random.default_rng(43), (3, 5)))


def test_it_looks_like_an_array() -> None:
    x = drawn(np.random.default_rng(47), (2, 3, 5))

    assert (x.shape, x.ndim, x.size, len(x)) == ((2, 3, 5), 3, 30, 2)
    assert x.dtype == np.complex128
    assert np.shape(x) == x.shape
    assert (np.ndim(x), np.size(x)) == (3, 30)  # type: ignore[arg-type]
    assert np.zeros_like(x).tolist() == np.zeros((2, 3, 5)).tolist()


def test_factors_are_gathered_and_parts_untouched_where_elements_stay_apart() -> None:
    rng = np.random.default_rng(53)
    x: Any = Split(rng.normal(size=(3, 5)), rng.normal(size=(PARTS, 3, 5)))

    found = np.tanh(2 * x + 1) / (1 + np.exp(-x)) - np.where(x > 0, x, 0.1 * x)

    assert found.root is x.root


def test_a_strip_stays_one_until_columns_are_mixed() -> None:
    rng = np.random.default_rng(59)
    x: Any = Split(rng.normal(size=(3, 5, 7)), rng.normal(size=(PARTS, 3, 1, 7)), None, COLUMN)

    assert np.tanh(x * x).strip == COLUMN
    padded: Any = np.pad(x, ((0, 0), (0, 0), (1, 1)))
    assert padded.strip == COLUMN
    assert x.max(axis=2).strip == COLUMN
    assert x.reshape(3, 35).strip.places.tolist() == [[14, 15, 16, 17, 18, 19, 20]]
    assert (x.reshape(3, 35) @ rng.normal(size=(35, 2))).strip is None


COLUMN = Strip(1, np.array([[2]]))


def test_one_step_without_imaginary_parts_is_a_plain_array() -> None:
    root = np.zeros((PARTS, 3, 5))
    root[:, :, 2] = 1.0
    x = Split(np.ones((3, 5)), root)

    assert isinstance(x[:, 1], np.ndarray)
    assert isinstance(x[:, 2], Split)
