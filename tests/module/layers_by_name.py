"""Layers, functions and a network for `gradcheck module`, all of them right."""

from typing import Any

import numpy as np

Array = Any


def _draw(*shape: int) -> Array:
    return np.random.default_rng(len(shape)).normal(size=shape)


class Dense:
    def __init__(self, inputs: int, outputs: int) -> None:
        self.W, self.b = _draw(inputs, outputs), _draw(outputs)

    def forward(self, x: Array) -> Array:
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy: Array) -> Array:
        self.dW, self.db = self.x.T @ dy, dy.sum(axis=0)
        return dy @ self.W.T


class Embedding:
    def __init__(self, vocabulary: int, width: int) -> None:
        self.table = _draw(vocabulary, width)

    def forward(self, ids: Array) -> Array:
        self.ids = ids
        return self.table[ids]

    def backward(self, dy: Array) -> None:
        self.dtable = np.zeros_like(self.table)
        np.add.at(self.dtable, self.ids, dy)


class LastRowOnly(Embedding):
    def backward(self, dy: Array) -> None:
        self.dtable = np.zeros_like(self.table)
        self.dtable[self.ids] += dy


class Recurrent:
    def __init__(self, inputs: int, hidden: int) -> None:
        self.Wx, self.Wh, self.b = _draw(inputs, hidden), _draw(hidden, hidden), _draw(hidden)

    def forward(self, x: Array) -> Array:
        states = [np.zeros((len(x), len(self.b)))]
        for t in range(x.shape[1]):
            states.append(np.tanh(x[:, t, :] @ self.Wx + states[-1] @ self.Wh + self.b))
        self.kept = x, states
        return np.stack(states[1:], axis=1)

    def backward(self, dy: Array) -> Array:
        x, states = self.kept
        self.dWx, self.dWh, self.db = (np.zeros_like(p) for p in (self.Wx, self.Wh, self.b))
        dx, dh = np.zeros_like(x), np.zeros_like(states[0])
        for t in reversed(range(x.shape[1])):
            dz = (dy[:, t] + dh) * (1 - states[t + 1] ** 2)
            self.dWx += x[:, t].T @ dz
            self.dWh += states[t].T @ dz
            self.db += dz.sum(axis=0)
            dx[:, t], dh = dz @ self.Wx.T, self.handed_back(dz)
        return dx

    def handed_back(self, dz: Array) -> Array:
        return dz @ self.Wh.T


class Forgetful(Recurrent):
    def handed_back(self, dz: Array) -> Array:
        return np.zeros_like(dz)


class MaxPool:
    size = 2

    def forward(self, x: Array) -> Array:
        n, c, h, w = x.shape
        rows, columns = h // self.size, w // self.size
        cut = x[:, :, : rows * self.size, : columns * self.size]
        parts = cut.reshape(n, c, rows, self.size, columns, self.size)
        windows = parts.transpose(0, 1, 2, 4, 3, 5).reshape(n, c, rows, columns, self.size**2)
        self.kept = x.shape, windows.argmax(axis=-1)
        return windows.max(axis=-1)

    def backward(self, dy: Array) -> Array:
        shape, best = self.kept
        dx = np.zeros(shape)
        n, c, i, j = np.indices(best.shape)
        dx[n, c, i * self.size + best // self.size, j * self.size + best % self.size] = dy
        return dx


def affine_forward(x: Array, w: Array, b: Array) -> Any:
    return x @ w + b, (x, w)


def affine_backward(dy: Array, cache: Any) -> Any:
    x, w = cache
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


def cost(p: Any) -> Any:
    return np.sum(p["w"] ** 3), {"w": 3 * p["w"] ** 2}


class Network:
    def __init__(self) -> None:
        self.w, self.rate = _draw(5, 2), 0.1

    def loss(self, x: Array, y: Array) -> Any:
        return 0.5 * np.sum((x @ self.w - y) ** 2)

    def train(self, x: Array, y: Array) -> None:
        self.w -= self.rate * x.T @ (x @ self.w - y)


ready = Dense(5, 3)
number = 7
