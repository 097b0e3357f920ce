"""Attention against a plain loop, what it may not see, and several heads against one."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array, Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred

N, T, S, D, E = 2, 5, 7, 3, 11
WIDTH, OTHER = 6, 5

Forward = Callable[..., Array]
Backward = Callable[..., Gradients]
Draw = Callable[..., dict[str, Array]]


def by_loops(q: Array, k: Array, v: Array, mask: Array, *, causal: bool) -> Array:
    """Weigh the values query by query; a query without keys gets zero."""
    y = np.zeros((*q.shape[:2], v.shape[2]))
    for n, t in np.ndindex(*q.shape[:2]):
        keys = [s for s in range(k.shape[1]) if mask[n, s] and (s <= t or not causal)]
        e = [math.exp((q[n, t] * k[n, s]).sum() / math.sqrt(q.shape[2])) for s in keys]
        for weight, s in zip(e, keys, strict=True):
            y[n, t] += weight / math.fsum(e) * v[n, s]
    return y


@pytest.fixture
def qkv(rng: np.random.Generator) -> list[Array]:
    return [rng.normal(size=shape) for shape in ((N, T, D), (N, S, D), (N, S, E))]


@pytest.fixture
def mask() -> Array:
    """Return a mask with padding in front for the first sample, behind for the second."""
    return np.array([[0, 0, 1, 1, 0, 1, 1], [1, 1, 1, 1, 1, 0, 0]], dtype=float)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_attention_is_that_of_a_loop(
    causal: bool, masked: bool, qkv: list[Array], mask: Array, forward: Forward
) -> None:
    found = forward("attention", *qkv, *[mask] * masked, causal=causal)
    q, k, v = qkv
    expected = by_loops(q, k, v, mask if masked else np.ones((N, S)), causal=causal)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def test_a_query_that_sees_no_key_gets_zero_and_passes_nothing_back(
    qkv: list[Array], mask: Array, rng: np.random.Generator, forward: Forward, backward: Backward
) -> None:
    assert np.all(forward("attention", *qkv, mask, causal=True)[0, :2] == 0)
    dy = rng.normal(size=(N, T, E))
    first, *_ = backward("attention", dy, *qkv, mask, causal=True).inputs
    assert first is not None
    assert np.all(first[0, :2] == 0)
    assert np.all(first[0, 3:] != 0)


def test_causal_attention_does_not_see_the_future(
    qkv: list[Array], rng: np.random.Generator, forward: Forward, backward: Backward
) -> None:
    q, k, v = qkv
    other = [np.concatenate([x[:, :3], rng.normal(size=x[:, 3:].shape)], axis=1) for x in (k, v)]
    before = forward("attention", q, k, v, causal=True)
    after = forward("attention", q, *other, causal=True)
    np.testing.assert_array_equal(after[:, :3], before[:, :3])
    assert np.all(after[:, 3:] != before[:, 3:])
    dy = np.concatenate([rng.normal(size=(N, 3, E)), np.zeros((N, T - 3, E))], axis=1)
    _, dk, dv = backward("attention", dy, q, k, v, causal=True).inputs
    assert dk is not None
    assert dv is not None
    assert np.all(dk[:, 3:] == 0)
    assert np.all(dv[:, 3:] == 0)
    assert np.all(dv[:, :3] != 0)


def test_masked_keys_might_as_well_not_be_there(
    qkv: list[Array], rng: np.random.Generator, forward: Forward, backward: Backward
) -> None:
    q, k, v = qkv
    mask = np.array([[1.0] * 5 + [0.0] * 2] * N)
    dy = rng.normal(size=(N, T, E))
    np.testing.assert_allclose(
        forward("attention", q, k, v, mask),
        forward("attention", q, k[:, :5], v[:, :5]),
        rtol=1e-13,
    )
    *masked, none = backward("attention", dy, q, k, v, mask).inputs
    short = backward("attention", dy, q, k[:, :5], v[:, :5]).inputs
    assert none is None
    for found, expected in zip(masked, short, strict=True):
        assert found is not None
        assert expected is not None
        np.testing.assert_allclose(found[:, :5], expected, rtol=1e-12, atol=1e-15)
        assert np.all(found[:, 5:] == 0)


def test_the_order_of_the_keys_does_not_matter(
    qkv: list[Array], rng: np.random.Generator, forward: Forward
) -> None:
    q, k, v = qkv
    order = rng.permutation(S)
    shuffled = forward("attention", q, k[:, order], v[:, order])
    np.testing.assert_allclose(shuffled, forward("attention", q, k, v), rtol=1e-12)


def test_scores_far_apart_neither_overflow_nor_lose_digits(
    qkv: list[Array],
    rng: np.random.Generator,
    forward: Forward,
    backward: Backward,
    complex_step: Callable[..., Array],
) -> None:
    q, k, v = qkv
    dy = rng.normal(size=(N, T, E))
    assert np.isfinite(forward("attention", 1e4 * q, k, v)).all()
    claimed = backward("attention", dy, 40 * q, k, v).inputs[0]
    numeric = complex_step(lambda z: forward("attention", z, k, v), 40 * q, dy)
    assert np.min(np.max(np.abs(numeric), axis=-1)) < 1e-9
    size = np.max(np.abs(numeric), axis=-1, keepdims=True)
    np.testing.assert_allclose(claimed / size, numeric / size, rtol=0, atol=1e-10)


@pytest.mark.parametrize("odd", [0.5, -1.0, np.nan])
@pytest.mark.parametrize("layer", ["attention", "multi_head_attention"])
def test_a_mask_of_other_numbers_than_0_and_1_is_refused(
    layer: str, odd: float, rng: np.random.Generator, draw: Draw, forward: Forward
) -> None:
    x, mask = rng.normal(size=(N, T, D)), np.ones((N, T))
    mask[1, 3] = odd
    inputs: list[Array] = [x, x, x, mask] if layer == "attention" else [x, mask]
    options = {} if layer == "attention" else {"mask": True}
    parameters = draw(layer, *inputs, **options)
    with pytest.raises(ShapeError, match=rf"needs 1 .* or 0 \(padding\) .* but holds {odd}"):
        forward(layer, *inputs, parameters=parameters, **options)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(2, 5, 3), (2, 7, 4), (2, 7, 11)], r"keys need shape \(2, 7, 3\), but have \(2, 7, 4\)"),
        ([(2, 5, 3), (3, 7, 3), (2, 7, 11)], r"keys need shape \(2, 7, 3\), but have \(3, 7, 3\)"),
        ([(2, 5, 3), (2, 7, 3), (2, 5, 11)], r"values need shape \(2, 7, 11\), but have"),
        ([(2, 5, 3), (2, 7, 3), (2, 7, 3), (2, 5)], r"mask need shape \(2, 7\), but have \(2, 5\)"),
        ([(2, 5, 3), (2, 7, 3)], r"needs queries .* but gets \(2, 5, 3\) and \(2, 7, 3\)"),
        ([(2, 5), (2, 5), (2, 5)], r"needs queries \(n, t, d\)"),
    ],
)
def test_attention_refuses_what_does_not_fit(
    shapes: list[Shape], message: str, infer: Callable[..., Inferred]
) -> None:
    with pytest.raises(ShapeError, match=message):
        infer("attention", *shapes)


@pytest.fixture
def x(rng: np.random.Generator) -> Array:
    return rng.normal(size=(N, T, WIDTH))


@pytest.fixture
def context(rng: np.random.Generator) -> Array:
    return rng.normal(size=(N, S, OTHER))


def projections(x: Array, context: Array, p: dict[str, Array]) -> list[Array]:
    sources = {"query": x, "key": context, "value": context}
    return [z @ p[f"{name}_weight"] + p[f"{name}_bias"] for name, z in sources.items()]


@pytest.mark.parametrize("heads", [1, 2, 3])
@pytest.mark.parametrize("causal", [False, True])
def test_each_head_is_attention_on_its_own_stretch_of_features(
    heads: int, causal: bool, x: Array, context: Array, mask: Array, draw: Draw, forward: Forward
) -> None:
    options: dict[str, Any] = {"heads": heads, "causal": causal, "mask": True}
    p = draw("multi_head_attention", x, context, mask, **options)
    stretches = (np.split(z, heads, axis=2) for z in projections(x, context, p))
    each = [forward("attention", *qkv, mask, causal=causal) for qkv in zip(*stretches, strict=True)]
    expected = np.concatenate(each, axis=2) @ p["output_weight"] + p["output_bias"]
    found = forward("multi_head_attention", x, context, mask, parameters=p, **options)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def test_one_head_without_projections_is_plain_attention(x: Array, forward: Forward) -> None:
    p = {f"{name}_weight": np.eye(WIDTH) for name in ("query", "key", "value", "output")}
    found = forward("multi_head_attention", x, parameters=p, bias=False)
    np.testing.assert_allclose(found, forward("attention", x, x, x), rtol=1e-13)


def test_self_attention_is_cross_attention_to_oneself(
    x: Array, rng: np.random.Generator, draw: Draw, forward: Forward, backward: Backward
) -> None:
    p = draw("multi_head_attention", x, heads=3)
    options: dict[str, Any] = {"parameters": p, "heads": 3}
    itself = forward("multi_head_attention", x, **options)
    np.testing.assert_array_equal(itself, forward("multi_head_attention", x, x, **options))
    dy = rng.normal(size=x.shape)
    (alone,) = backward("multi_head_attention", dy, x, **options).inputs
    first, second = backward("multi_head_attention", dy, x, x, **options).inputs
    assert alone is not None
    assert first is not None
    assert second is not None
    np.testing.assert_allclose(alone, first + second, rtol=1e-12, atol=1e-14)


def test_the_bias_of_the_keys_changes_nothing_and_has_no_gradient(
    x: Array, rng: np.random.Generator, draw: Draw, forward: Forward, backward: Backward
) -> None:
    p = draw("multi_head_attention", x, heads=2, causal=True)
    moved = {**p, "key_bias": p["key_bias"] + rng.normal(size=WIDTH)}
    options: dict[str, Any] = {"heads": 2, "causal": True}
    np.testing.assert_allclose(
        forward("multi_head_attention", x, parameters=moved, **options),
        forward("multi_head_attention", x, parameters=p, **options),
        rtol=1e-12,
    )
    dy = rng.normal(size=x.shape)
    found = backward("multi_head_attention", dy, x, parameters=p, **options).parameters
    assert np.max(np.abs(found["key_bias"])) < 1e-14
    assert np.min(np.abs(found["query_bias"])) > 1e-4


@pytest.mark.parametrize(
    ("shapes", "options", "message"),
    [
        ([(2, 5, 7)], {"heads": 3}, "7 features can't be shared out evenly among 3 heads"),
        ([(2, 5)], {}, r"sequences of shape \(n, t, d\) .* but gets \(2, 5\)"),
        ([(2, 5, 6), (3, 5, 6)], {}, r"the same n, but gets \(2, 5, 6\) and \(3, 5, 6\)"),
        ([(2, 5, 6)] * 3, {}, "a mask only with mask: true, but gets 3 inputs"),
        ([(2, 5, 6)], {"mask": True}, "and then the key mask, but gets 1 inputs"),
        (
            [(2, 5, 6), (2, 7, 6), (2, 5)],
            {"mask": True},
            r"need a mask of shape \(2, 7\), but the last input has shape \(2, 5\)",
        ),
    ],
)
def test_multi_head_attention_refuses_what_does_not_fit(
    shapes: list[Shape], options: dict[str, Any], message: str, infer: Callable[..., Inferred]
) -> None:
    with pytest.raises(ShapeError, match=message):
        infer("multi_head_attention", *shapes, **options)
