"""Sites to plant faults at, built by hand: a loss, layers and activations, hidden and not."""

import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.catalogues import OPS
from gradcheck.fault import Site

M, I, O = 7, 5, 3  # noqa: E741
"""Samples, inputs and outputs."""


def build(
    op_name: str,
    *inputs: Array,
    parameters: Mapping[str, Array] | None = None,
    upstream: Array | None = None,
    averaged: float = M,
    hidden: bool = False,
    target: str | None = None,
    **options: Any,
) -> Site:
    """Run one op forward and backward; without `upstream` the gradient arriving is random."""
    op = OPS.find(op_name)
    assert op is not None, op_name
    settings = {**op.defaults(), **options}
    output, cache = op.forward(inputs, parameters or {}, settings)
    if upstream is None:
        upstream = random(op_name, "upstream").standard_normal(output.shape)
    return Site(
        node=op_name,
        op=op,
        options=settings,
        inputs=inputs,
        parameters=parameters or {},
        output=output,
        cache=cache,
        upstream=upstream,
        gradients=op.backward(upstream, cache),
        batch=M,
        averaged=averaged,
        hidden=hidden,
        target=target,
    )


def random(*seed: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(" ".join(seed).encode()))


def loss(name: str = "squared_error", averaged: float = M, **options: Any) -> Site:
    rng = random(name)
    yhat, shape = rng.standard_normal((M, O)), (M,) if name == "cross_entropy" else (M, O)
    y = rng.integers(0, 2, shape)
    upstream = np.full(shape, 1 / averaged)
    return build(name, yhat, y, upstream=upstream, averaged=averaged, **options)


def dense(bias: bool = True, **kept: Any) -> Site:
    rng = random("dense")
    parameters = {"weight": rng.standard_normal((I, O))}
    if bias:
        parameters["bias"] = rng.standard_normal(O)
    x = rng.standard_normal((M, I))
    return build("dense", x, parameters=parameters, units=O, bias=bias, **kept)


def activation(name: str, hidden: bool = True, units: int = I, **options: Any) -> Site:
    z = 1.5 * random(name, str(units)).standard_normal((M, units))
    return build(name, z, hidden=hidden, **options)


SITES: Mapping[str, Callable[[], Site]] = {
    "mean loss": loss,
    "summed loss": lambda: loss(averaged=1.0),
    "cross-entropy": lambda: loss("cross_entropy"),
    "dense": dense,
    "dense, its bias targeted": lambda: dense(target="bias"),
    "dense in a summed loss": lambda: dense(averaged=1.0),
    "dense without bias": lambda: dense(bias=False),
    "hidden sigmoid": lambda: activation("sigmoid"),
    "hidden tanh": lambda: activation("tanh"),
    "hidden relu": lambda: activation("relu"),
    "hidden leaky relu": lambda: activation("leaky_relu", negative_slope=0.3),
    "hidden softmax": lambda: activation("softmax"),
    "one hidden sigmoid": lambda: activation("sigmoid", units=1),
    "output sigmoid": lambda: activation("sigmoid", hidden=False),
}


@pytest.fixture
def sites() -> Mapping[str, Site]:
    """Return every site, newly built."""
    return {name: make() for name, make in SITES.items()}


@pytest.fixture
def make_loss() -> Callable[..., Site]:
    return loss


@pytest.fixture
def make_dense() -> Callable[..., Site]:
    return dense


@pytest.fixture
def make_activation() -> Callable[..., Site]:
    return activation
