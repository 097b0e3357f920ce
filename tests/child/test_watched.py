"""Watched arrays: what is analytic comes through exactly, what is not is refused or unwatched."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck.child.watched import NotAnalytic, imaginary_kept, is_watched, watch

H = 2.0**-100
W = np.random.default_rng(1).normal(size=(3, 11))

Function = Callable[[Any], Any]


def recurrent(x: Any) -> Any:
    state, outputs = np.zeros((len(x), 11)), []
    for step in range(x.shape[1]):
        state = np.tanh(x[:, step] @ W + state)
        outputs.append(state)
    return np.stack(outputs, axis=1)


def masked(x: Any) -> Any:
    y = x.copy()
    y[y < 0] = 0.0
    y += 1
    return y


def buffered(x: Any) -> Any:
    out = np.zeros_like(x)
    np.multiply(x, 3, out=out)
    return out


ANALYTIC: dict[str, Function] = {
    "recurrent": recurrent,
    "masked": masked,
    "buffered": buffered,
    "maximum": lambda x: np.maximum(0, x @ W),
    "where": lambda x: np.where(x > 0, x, 0.1 * x),
    "softmax": lambda x: np.exp(x - x.max(-1, keepdims=True)) / np.exp(x).sum(-1, keepdims=True),
    "centred": lambda x: (x - x.mean(axis=0)) ** 3,
    "einsum": lambda x: np.einsum("ntd,dk->ntk", x, W),
    "dot": lambda x: x.dot(W),
    "fancy": lambda x: x[np.arange(5), 0, np.array([0, 1, 2, 0, 1])] ** 2,
    "scalar": lambda x: x * x[0, 0, 0],
    "rows": lambda x: np.concatenate([row * 2 for row in x]),
    "reduced": lambda x: np.add.reduce(x, axis=0) * sum([x, x]),
    "moved": lambda x: np.pad(x.transpose(0, 2, 1).reshape(len(x), -1), 1).flatten() * 2,
}
REFUSED: dict[str, Function] = {
    "abs": lambda x: abs(x) @ W,
    "norm": lambda x: x / np.linalg.norm(x),
    "variance": lambda x: x / np.sqrt(x.var()),
    "deviation": lambda x: x / np.std(x),
    "sign": lambda x: x * np.sign(x),
    "real": lambda x: x * x.real,
    "conjugate": lambda x: x * x.conj(),
    "float": lambda x: x * float(x[0, 0, 0]),
    "item": lambda x: x * x.item(0),
    "cast": lambda x: x.astype(float) * 2,
    "escaped": lambda x: x + np.asarray(x),
    "plain buffer": lambda x: np.multiply(x, 2, out=np.empty(x.shape, complex)),
    "hypotenuse": lambda x: np.hypot(x, 1),
}


@pytest.fixture
def x() -> np.ndarray[Any, Any]:
    return np.random.default_rng(7).normal(size=(5, 2, 3))


@pytest.mark.parametrize("name", ANALYTIC)
def test_what_is_analytic_comes_through_with_the_right_derivative(
    name: str, x: np.ndarray[Any, Any]
) -> None:
    function = ANALYTIC[name]
    direction = np.random.default_rng(9).normal(size=x.shape)
    found = function(watch(x + 1j * H * direction))
    assert is_watched(found)
    step = 1e-6
    numeric = (function(x + step * direction) - function(x - step * direction)) / (2 * step)
    np.testing.assert_allclose(imaginary_kept(found).imag / H, numeric, rtol=1e-5, atol=1e-7)
    assert np.abs(numeric).max() > 0.1


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_is_refused(name: str, x: np.ndarray[Any, Any]) -> None:
    with pytest.raises(NotAnalytic):
        REFUSED[name](watch(x + 1j * H))


def test_what_was_made_plain_comes_out_unwatched(x: np.ndarray[Any, Any]) -> None:
    watched = watch(x + 1j * H)
    assert not is_watched(np.asarray(watched) ** 2)
    assert not is_watched(np.array([[float_free(row) for row in sample] for sample in watched]))


def float_free(row: Any) -> Any:
    return sum(value * value for value in row)


def test_a_buffer_of_real_numbers_takes_no_complex_ones(x: np.ndarray[Any, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        out = np.empty(x.shape)
        with pytest.raises(np.exceptions.ComplexWarning):
            out[:] = watch(x + 1j * H)
