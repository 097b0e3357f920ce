"""What the tests of losses share: a loss by name, and randomness seeded by the test."""

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.catalogues import OPS
from gradcheck.op import Op


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(request.node.name.encode()))


def find(name: str) -> Op:
    op = OPS.find(name)
    assert op is not None, name
    return op


@pytest.fixture
def terms() -> Callable[..., Array]:
    """Return a function that gives the terms of a loss at a prediction and a target."""

    def evaluate(name: str, yhat: Any, y: Any, **options: Any) -> Array:
        op = find(name)
        inputs = (np.asarray(yhat), np.asarray(y))
        return op.forward(inputs, {}, {**op.defaults(), **options})[0]

    return evaluate


@pytest.fixture
def slopes() -> Callable[..., Array]:
    """Return a function that gives the gradient of a loss's prediction."""

    def evaluate(name: str, yhat: Any, y: Any, upstream: Any = None, **options: Any) -> Array:
        op = find(name)
        inputs = (np.asarray(yhat), np.asarray(y))
        output, cache = op.forward(inputs, {}, {**op.defaults(), **options})
        dy = np.ones(output.shape) if upstream is None else upstream
        gradient, constant = op.backward(dy, cache).inputs
        assert gradient is not None
        assert constant is None
        return gradient

    return evaluate


@pytest.fixture
def infer() -> Callable[..., Any]:
    """Return a function that gives the shape of a loss's terms."""

    def evaluate(name: str, yhat: tuple[int, ...], y: tuple[int, ...], **options: Any) -> Any:
        op = find(name)
        return op.infer([yhat, y], {**op.defaults(), **options}).output

    return evaluate


@pytest.fixture
def distances() -> Callable[..., Array]:
    """Return a function that gives the distances of a loss's prediction to its kinks."""

    def evaluate(name: str, yhat: Any, y: Any, **options: Any) -> Array:
        op = find(name)
        assert op.kinks is not None
        inputs = (np.asarray(yhat), np.asarray(y))
        return np.abs(op.kinks(inputs, {**op.defaults(), **options}))

    return evaluate
