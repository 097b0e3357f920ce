"""Functions that pasted programs often use without showing them, by their customary names.

A derivative's name does not say at which value it is taken. Where the program hands over what an
activation has returned, the supplied derivative is in terms of that output, else of the input.
"""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.running.data import layers
from gradcheck.paste.running.words import words

Function: TypeAlias = Callable[..., Any]


def sigmoid(x: Array, derivative: bool = False) -> Array:
    """Return the logistic function, or its slope in terms of the input."""
    y: Array = 1.0 / (1.0 + np.exp(-np.asarray(x, dtype=float)))
    return y * (1 - y) if derivative else y


def tanh(x: Array, derivative: bool = False) -> Array:
    return 1 - np.tanh(x) ** 2 if derivative else np.tanh(x)


def relu(x: Array, derivative: bool = False) -> Array:
    return np.where(np.asarray(x) > 0, 1.0, 0.0) if derivative else np.maximum(0, x)


def leaky_relu(x: Array, alpha: float = 0.01) -> Array:
    return np.where(np.asarray(x) > 0, x, alpha * np.asarray(x))


def softplus(x: Array) -> Array:
    return np.logaddexp(0, x)


def softmax(x: Array, axis: int | None = None) -> Array:
    """Return the softmax of each row, or along another axis."""
    x = np.asarray(x, dtype=float)
    e = np.exp(x - x.max(axis=axis if axis is not None else -1, keepdims=True))
    return np.asarray(e / e.sum(axis=axis if axis is not None else -1, keepdims=True))


def softmax_of_columns(x: Array, axis: int = 0) -> Array:
    return softmax(x, axis)


def one_hot(labels: Array, classes: int | None = None) -> Array:
    """Return one row per label, of shape `(n, classes)`."""
    flat = np.asarray(labels).astype(int).ravel()
    return np.asarray(np.eye(classes or int(flat.max()) + 1)[flat])


def initial(*sizes: Any) -> dict[str, Array]:
    """Return weights and biases of dense layers of these sizes, given one by one or as a list."""
    flat = list(sizes[0]) if isinstance(sizes[0], list | tuple | np.ndarray) else list(sizes)
    numbers = [int(size) for size in flat if isinstance(size, int | np.integer)]
    return layers(np.random.default_rng(0), numbers, rows=False)


def identity(x: Array) -> Array:
    return x


def _ones(x: Array) -> Array:
    return np.ones_like(np.asarray(x, dtype=float))


_SLOPES_AT_INPUT: dict[str, Function] = {
    "sigmoid": lambda x: sigmoid(x, True),
    "tanh": lambda x: tanh(x, True),
    "relu": lambda x: relu(x, True),
    "leakyrelu": lambda x: np.where(np.asarray(x) > 0, 1.0, 0.01),
    "softplus": sigmoid,
    "linear": _ones,
}
_SLOPES_AT_OUTPUT: dict[str, Function] = {
    "sigmoid": lambda y: y * (1 - y),
    "tanh": lambda y: 1 - y**2,
    "softplus": lambda y: 1 - np.exp(-y),
}
_FUNCTIONS: dict[str, Function] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "leakyrelu": leaky_relu,
    "softplus": softplus,
    "softmax": softmax,
    "linear": identity,
}
_ALIASES = {
    "logistic": "sigmoid",
    "expit": "sigmoid",
    "sigm": "sigmoid",
    "sig": "sigmoid",
    "nonlin": "sigmoid",
    "hyperbolictangent": "tanh",
    "identity": "linear",
    "lrelu": "leakyrelu",
    "rectifier": "relu",
    "stablesoftmax": "softmax",
}
_ONE_HOT = words(
    "onehot onehotencode onehotencoder tocategorical onehotencoding converttoonehot "
    "onehotit toonehot"
)
_DERIVATIVE = re.compile(r"^(?:d|deriv|derivative|prime|grad|gradient|der)$")
INITIAL_WORDS = "random weights W1, ... of shape (out, in) and zero biases b1, ..."
_FILLER = frozenset({"function", "func", "fn", "activation", "act", "of", "forward"})


def supplied(
    name: str, at_output: bool = False, in_columns: bool = False
) -> tuple[Function, str] | None:
    """Return the function that `name` customarily means, and in words what it is.

    `at_output` says that the program hands a derivative what the activation returned,
    `in_columns` that each column of what it hands over is a sample.
    """
    words = _words(name)
    if "".join(words) in _ONE_HOT:
        return one_hot, "one row per label, with a one at the label"
    if words and words[-1] == "backward" and len(words) > 1:
        return _backward("".join(words[:-1]))
    slope = any(_DERIVATIVE.match(word) for word in words)
    stem = "".join(w for w in words if not _DERIVATIVE.match(w) and w not in _FILLER)
    if stem not in _FUNCTIONS and stem not in _ALIASES and stem[:1] == "d":
        stem, slope = stem[1:], True
    stem = _ALIASES.get(stem, stem)
    if stem == "softmax" and in_columns and not slope:
        return softmax_of_columns, "the usual softmax, of each column"
    if not slope:
        return (_FUNCTIONS[stem], f"the usual {stem}") if stem in _FUNCTIONS else None
    return _slope(stem, at_output)


def _slope(stem: str, at_output: bool) -> tuple[Function, str] | None:
    if at_output and stem in _SLOPES_AT_OUTPUT:
        return _SLOPES_AT_OUTPUT[stem], f"the slope of {stem}, in terms of its output"
    if stem in _SLOPES_AT_INPUT:
        return _SLOPES_AT_INPUT[stem], f"the slope of {stem} at its input"
    return None


def _backward(stem: str) -> tuple[Function, str] | None:
    slope = _SLOPES_AT_INPUT.get(_ALIASES.get(stem, stem))
    if slope is None:
        return None
    return (
        lambda d, z: d * slope(z),
        f"the upstream gradient times the slope of {stem} at its input",
    )


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return [word for word in re.split(r"[_\d]+", spaced.lower()) if word]
