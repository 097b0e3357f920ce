"""Plain forward passes, as a user would write them by hand, without anything of gradcheck's.

Each takes the array library (NumPy, torch or jax.numpy), the parameters and the data, and uses
only functions that the three libraries share.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Arrays: TypeAlias = Mapping[str, Any]
Forward: TypeAlias = Callable[[Any, Arrays, Arrays], Any]


def sigmoid(xp: Any, z: Any) -> Any:
    return 1 / (1 + xp.exp(-z))


def tanh(xp: Any, z: Any) -> Any:
    return xp.tanh(z)


def relu(xp: Any, z: Any) -> Any:
    return xp.where(z > 0, z, 0.0 * z)


def dense(p: Arrays, name: str, x: Any) -> Any:
    return x @ p[f"{name}.weight"] + p[f"{name}.bias"]


def cross_entropy(xp: Any, z: Any, y: Any) -> Any:
    """Return the mean over all rows of softmax and cross-entropy, `y` holding one-hot rows."""
    z = z - xp.amax(z, axis=-1, keepdims=True)
    terms = xp.log(xp.sum(xp.exp(z), axis=-1)) - xp.sum(y * z, axis=-1)
    return xp.sum(terms) / len(z)


def squared_error(xp: Any, yhat: Any, y: Any) -> Any:
    """Return half the squared error, the mean over the samples."""
    return 0.5 * xp.sum((yhat - y) ** 2) / len(y)


def perceptron(layers: list[str], activation: Callable[..., Any], loss: Any) -> Forward:
    """Make the forward pass of dense layers with one activation between them."""

    def forward(xp: Any, p: Arrays, d: Arrays) -> Any:
        x = d["x"]
        for name in layers[:-1]:
            x = activation(xp, dense(p, name, x))
        return loss(xp, dense(p, layers[-1], x), d["y"])

    return forward


def binary_classifier(xp: Any, p: Arrays, d: Arrays) -> Any:
    """One hidden layer of rectifiers, and the binary cross-entropy of a sigmoid's output."""
    hidden = relu(xp, dense(p, "hidden", d["x"]))
    prob, y = sigmoid(xp, dense(p, "output", hidden)), d["y"]
    return -xp.sum(y * xp.log(prob) + (1 - y) * xp.log(1 - prob)) / len(y)


def _bordered(xp: Any, x: Any) -> Any:
    rows, columns = 0.0 * x[:, :, :1], 0.0 * x[:, :, :, :1]
    x = xp.concatenate([columns, x, columns], axis=3)
    rows = xp.concatenate([rows[:, :, :, :1], rows, rows[:, :, :, :1]], axis=3)
    return xp.concatenate([rows, x, rows], axis=2)


def conv(xp: Any, p: Arrays, name: str, x: Any) -> Any:
    """Convolve images with 3 by 3 kernels, keeping their size."""
    n, c, h, w = x.shape
    weight, border = p[f"{name}.weight"], _bordered(xp, x)
    seen = [border[:, :, a : a + h, b : b + w] for a in range(3) for b in range(3)]
    columns = xp.stack(seen, axis=2).reshape(n, c * 9, h * w)
    y = weight.reshape(len(weight), c * 9) @ columns
    return y.reshape(n, len(weight), h, w) + p[f"{name}.bias"].reshape(1, -1, 1, 1)


def pool(xp: Any, x: Any) -> Any:
    """Take the largest of each two by two elements."""
    top = xp.maximum(x[:, :, ::2, ::2], x[:, :, ::2, 1::2])
    return xp.maximum(top, xp.maximum(x[:, :, 1::2, ::2], x[:, :, 1::2, 1::2]))


def convolutional(xp: Any, p: Arrays, d: Arrays) -> Any:
    """Two convolutions, one pooling, and a dense layer."""
    x = pool(xp, relu(xp, conv(xp, p, "first", d["x"])))
    x = relu(xp, conv(xp, p, "second", x))
    return cross_entropy(xp, dense(p, "output", x.reshape(len(x), -1)), d["y"])


def normalised(xp: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """Take off the mean and divide by the standard deviation, over some axes."""
    x = x - xp.mean(x, axis=axes, keepdims=True)
    return x / xp.sqrt(xp.mean(x * x, axis=axes, keepdims=True) + 1e-5)


def batch_normalised(xp: Any, p: Arrays, d: Arrays) -> Any:
    """A convolution, batch normalisation, pooling, and a dense layer."""
    x = normalised(xp, conv(xp, p, "first", d["x"]), (0, 2, 3))
    x = x * p["norm.weight"].reshape(1, -1, 1, 1) + p["norm.bias"].reshape(1, -1, 1, 1)
    x = pool(xp, relu(xp, x))
    return cross_entropy(xp, dense(p, "output", x.reshape(len(x), -1)), d["y"])


def lstm(xp: Any, p: Arrays, d: Arrays) -> Any:
    """One long short-term memory, judged by its last hidden state."""
    x = d["x"]
    u = p["memory.weight_hidden"]
    entering = x @ p["memory.weight_input"] + p["memory.bias"]
    k = len(u)
    h = c = 0.0 * entering[:, 0, :k]
    for step in range(x.shape[1]):
        z = entering[:, step] + h @ u
        i, f = sigmoid(xp, z[:, :k]), sigmoid(xp, z[:, k : 2 * k])
        c = f * c + i * xp.tanh(z[:, 2 * k : 3 * k])
        h = sigmoid(xp, z[:, 3 * k :]) * xp.tanh(c)
    return squared_error(xp, h, d["y"])


def _attention(xp: Any, p: Arrays, name: str, x: Any, heads: int) -> Any:
    n, t, width = x.shape

    def cut(what: str) -> Any:
        y = x @ p[f"{name}.{what}_weight"] + p[f"{name}.{what}_bias"]
        return y.reshape(n, t, heads, width // heads).swapaxes(1, 2)

    q, k, v = cut("query"), cut("key"), cut("value")
    scores = q @ k.swapaxes(-1, -2) / (width // heads) ** 0.5
    e = xp.exp(scores - xp.amax(scores, axis=-1, keepdims=True))
    mixed = (e / xp.sum(e, axis=-1, keepdims=True)) @ v
    mixed = mixed.swapaxes(1, 2).reshape(n, t, width)
    return mixed @ p[f"{name}.output_weight"] + p[f"{name}.output_bias"]


def _layer_norm(xp: Any, p: Arrays, name: str, x: Any) -> Any:
    return normalised(xp, x, (2,)) * p[f"{name}.weight"] + p[f"{name}.bias"]


def transformer(heads: int) -> Forward:
    """Make the forward pass of two transformer blocks and a dense layer."""

    def forward(xp: Any, p: Arrays, d: Arrays) -> Any:
        x = d["x"]
        for k in ("1", "2"):
            x = x + _attention(xp, p, f"attention{k}", _layer_norm(xp, p, f"norm{k}a", x), heads)
            inner = xp.tanh(dense(p, f"wide{k}", _layer_norm(xp, p, f"norm{k}b", x)))
            x = x + dense(p, f"narrow{k}", inner)
        return squared_error(xp, dense(p, "output", x), d["y"])

    return forward
