"""What the tests of layers share: a layer run by its name, and randomness seeded by the test."""

import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.catalogues import OPS
from gradcheck.op import Gradients, Inferred, Op

H = 2.0**-100


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(request.node.name.encode()))


def find(name: str) -> Op:
    op = OPS.find(name)
    assert op is not None, name
    return op


@pytest.fixture
def infer() -> Callable[..., Inferred]:
    """Return a function that infers a layer's output and parameters from its inputs' shapes."""

    def evaluate(name: str, *shapes: tuple[int, ...], **options: Any) -> Inferred:
        op = find(name)
        return op.infer(shapes, {**op.defaults(), **options})

    return evaluate


@pytest.fixture
def draw(rng: np.random.Generator, infer: Callable[..., Inferred]) -> Callable[..., Any]:
    """Return a function that draws a layer's parameters for some inputs."""

    def evaluate(name: str, *inputs: Array, **options: Any) -> dict[str, Array]:
        specs = infer(name, *(np.shape(x) for x in inputs), **options).parameters
        return {key: 0.7 * rng.normal(size=spec.shape) for key, spec in specs.items()}

    return evaluate


@pytest.fixture
def forward() -> Callable[..., Array]:
    """Return a function that gives a layer's output."""

    def evaluate(
        name: str, *inputs: Any, parameters: Mapping[str, Any] | None = None, **options: Any
    ) -> Array:
        op = find(name)
        arrays = [np.asarray(x) for x in inputs]
        return op.forward(arrays, parameters or {}, {**op.defaults(), **options})[0]

    return evaluate


@pytest.fixture
def backward() -> Callable[..., Gradients]:
    """Return a function that gives a layer's gradients for an upstream gradient."""

    def evaluate(
        name: str,
        dy: Array,
        *inputs: Any,
        parameters: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Gradients:
        op = find(name)
        arrays = [np.asarray(x) for x in inputs]
        _, cache = op.forward(arrays, parameters or {}, {**op.defaults(), **options})
        return op.backward(dy, cache)

    return evaluate


@pytest.fixture
def complex_step() -> Callable[..., Array]:
    """Return a function that differentiates the sum of dy times a function's output."""

    def evaluate(function: Callable[[Array], Array], at: Array, dy: Array) -> Array:
        gradient = np.empty(at.shape)
        for index in np.ndindex(at.shape):
            moved = at.astype(complex)
            moved[index] += 1j * H
            gradient[index] = (dy * function(moved)).sum().imag / H
        return gradient

    return evaluate
