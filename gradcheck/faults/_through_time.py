"""Backpropagation through time, in steps that faults can replace."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Site
from gradcheck.faults._probabilities import sigmoid
from gradcheck.op import Gradients

Step: TypeAlias = tuple[Array, Array, Array, Array]


class Through:
    """The gradients of a recurrent layer at one site; the kinds of cells say what a step is.

    `hidden` and `cells` are (n, t + 1, h), the initial states first; only an LSTM has cells.
    """

    gates = 1

    def __init__(self, site: Site) -> None:
        self.site = site
        self.x = site.inputs[0]
        self.steps = self.x.shape[1]
        self.w, self.u = site.parameters["weight_input"], site.parameters["weight_hidden"]
        self.hidden, self.cells = (np.stack([self._start(k)] * (self.steps + 1), 1) for k in "hc")
        self.made: dict[int, list[Array]] = {}
        self.entering = self.x @ self.w + site.parameters.get("bias", 0.0)
        for step in range(self.steps):
            self.forward(step)

    def _start(self, state: str) -> Array:
        zeros = np.zeros((len(self.x), len(self.u)))
        return np.asarray(zeros + self.site.parameters.get(f"{state}0", 0.0))

    def forward(self, step: int) -> None:
        """Fill in the states after a step."""
        raise NotImplementedError

    def cell(self, step: int, dh: Array, dc: Array) -> Step:
        """Return a step's gradients of x W + b, of h U, of the state before and of its cell.

        That of the state lacks what comes over U.
        """
        raise NotImplementedError

    def above(self) -> Array:
        """Return what arrives from the next layer at each hidden state: (n, t, h)."""
        dy, output = self.site.upstream, self.site.options["output"]
        if output == "steps":
            return dy
        last = np.zeros((len(dy), self.steps, len(self.u)))
        last[:, -1] = dy[:, : len(self.u)]
        return last

    def last_cell(self) -> Array:
        """Return what arrives from the next layer at the last cell."""
        dy, h = self.site.upstream, len(self.u)
        return dy[:, h:] if self.site.options["output"] == "states" else np.zeros((len(dy), h))

    def order(self) -> Iterable[int]:
        return reversed(range(self.steps))

    def received(self, step: int, dh: Array) -> Array:
        """Return all that arrives at a hidden state, `dh` of it from the step after it."""
        return np.asarray(self.above()[:, step] + dh)

    def returned(self, dv: Array) -> Array:
        """Return what comes over U."""
        return np.asarray(dv @ self.u.T)

    def entered(self, du: Array) -> Array:
        return np.asarray(du @ self.w.T)

    def before(self) -> Array:
        """Return the states that U has multiplied."""
        return self.hidden[:, :-1]

    def parts(self, z: Array) -> list[Array]:
        """Cut the last axis into the gates."""
        return np.split(z, self.gates, axis=-1)

    def joined(self, parts: Sequence[Array]) -> Array:
        return np.concatenate(parts, axis=-1)

    def run(self) -> Step:
        """Return the gradients of x W + b and of h U at all steps, and of both initial states."""
        du, dv = np.zeros(self.entering.shape), np.zeros(self.entering.shape)
        dh, dc = np.zeros(self.hidden[:, 0].shape), self.last_cell()
        for step in self.order():
            arrived = self.received(step, dh)
            du[:, step], dv[:, step], dh, dc = self.cell(step, arrived, dc)
            dh = dh + self.returned(dv[:, step])
        return du, dv, dh, dc

    def gradients(self) -> Gradients:
        du, dv, dh, dc = self.run()
        found = {
            "weight_input": np.einsum("ntd,ntk->dk", self.x, du),
            "weight_hidden": np.einsum("nth,ntk->hk", self.before(), dv),
            "bias": du.sum(axis=(0, 1)),
            "bias_hidden": dv.sum(axis=(0, 1)),
            "h0": dh.sum(axis=0),
            "c0": dc.sum(axis=0),
        }
        return Gradients(
            inputs=(self.entered(du),), parameters={k: found[k] for k in self.site.parameters}
        )


class Rnn(Through):
    def forward(self, step: int) -> None:
        z = self.entering[:, step] + self.hidden[:, step] @ self.u
        tanh = self.site.options["activation"] == "tanh"
        self.hidden[:, step + 1] = np.tanh(z) if tanh else np.maximum(z, 0)

    def slope(self, step: int) -> Array:
        h = self.hidden[:, step + 1]
        tanh = self.site.options["activation"] == "tanh"
        return np.asarray(1 - h**2 if tanh else np.where(h > 0, 1.0, 0.0))

    def cell(self, step: int, dh: Array, dc: Array) -> Step:
        dz = dh * self.slope(step)
        return dz, dz, np.zeros(dh.shape), dc


class Lstm(Through):
    gates = 4

    def forward(self, step: int) -> None:
        i, f, g, o = self.values(step)
        self.cells[:, step + 1] = f * self.cells[:, step] + i * g
        self.hidden[:, step + 1] = o * np.tanh(self.cells[:, step + 1])

    def values(self, step: int) -> list[Array]:
        """Return input gate, forget gate, candidate and output gate."""
        if step not in self.made:
            i, f, g, o = self.parts(self.entering[:, step] + self.hidden[:, step] @ self.u)
            self.made[step] = [sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)]
        return self.made[step]

    def slopes(self, step: int) -> list[Array]:
        i, f, g, o = self.values(step)
        return [i * (1 - i), f * (1 - f), 1 - g**2, o * (1 - o)]

    def of_cell(self, step: int) -> Array:
        """Return the derivative of tanh at the cell after a step."""
        return np.asarray(1 - np.tanh(self.cells[:, step + 1]) ** 2)

    def of_values(self, step: int, dh: Array, dc: Array) -> list[Array]:
        """Return the gradients of the gates' and the candidate's values."""
        i, _, g, _ = self.values(step)
        return [dc * g, dc * self.cells[:, step], dc * i, dh * np.tanh(self.cells[:, step + 1])]

    def kept(self, step: int, dc: Array) -> Array:
        """Return the gradient of the cell before a step."""
        return np.asarray(dc * self.values(step)[1])

    def cell(self, step: int, dh: Array, dc: Array) -> Step:
        dc = dc + dh * self.values(step)[3] * self.of_cell(step)
        ways = zip(self.of_values(step, dh, dc), self.slopes(step), strict=True)
        dz = self.joined([value * slope for value, slope in ways])
        return dz, dz, np.zeros(dh.shape), self.kept(step, dc)


class Gru(Through):
    gates = 3

    def forward(self, step: int) -> None:
        _, z, g = self.values(step)
        self.hidden[:, step + 1] = (1 - z) * g + z * self.hidden[:, step]

    def sent(self, step: int) -> list[Array]:
        """Return the three parts of h U + b'."""
        bias = self.site.parameters.get("bias_hidden", 0.0)
        return self.parts(self.hidden[:, step] @ self.u + bias)

    def values(self, step: int) -> list[Array]:
        """Return reset gate, update gate and candidate."""
        if step not in self.made:
            (ur, uz, ug), (vr, vz, vg) = self.parts(self.entering[:, step]), self.sent(step)
            r = sigmoid(ur + vr)
            self.made[step] = [r, sigmoid(uz + vz), np.tanh(ug + r * vg)]
        return self.made[step]

    def slopes(self, step: int) -> list[Array]:
        r, z, g = self.values(step)
        return [r * (1 - r), z * (1 - z), 1 - g**2]

    def of_update(self, step: int, dh: Array) -> Array:
        """Return the gradient of the update gate's value."""
        return np.asarray(dh * (self.hidden[:, step] - self.values(step)[2]))

    def of_candidate(self, step: int, dh: Array) -> Array:
        return np.asarray(dh * (1 - self.values(step)[1]))

    def of_reset(self, step: int, dg: Array) -> Array:
        """Return the gradient of the reset gate's value, `dg` being that of tanh's argument."""
        return np.asarray(dg * self.sent(step)[2])

    def of_sent(self, step: int, dg: Array) -> Array:
        """Return the gradient of the candidate's part of h U + b'."""
        return np.asarray(dg * self.values(step)[0])

    def direct(self, step: int, dh: Array) -> Array:
        """Return what the state before a step gets past U."""
        return np.asarray(dh * self.values(step)[1])

    def cell(self, step: int, dh: Array, dc: Array) -> Step:
        of_r, of_z, of_g = self.slopes(step)
        dg = self.of_candidate(step, dh) * of_g
        dz, dr = self.of_update(step, dh) * of_z, self.of_reset(step, dg) * of_r
        sent = self.of_sent(step, dg)
        return self.joined([dr, dz, dg]), self.joined([dr, dz, sent]), self.direct(step, dh), dc


KINDS: dict[str, type[Through]] = {"rnn": Rnn, "lstm": Lstm, "gru": Gru}


def several_steps(site: Site, ops: Iterable[str] = KINDS) -> bool:
    """Tell whether a site is a recurrent layer of such a kind, with more than one step."""
    return site.op.name in ops and site.inputs[0].shape[1] > 1


def spoiled(site: Site, mistake: type[Through]) -> Gradients:
    """Return the gradients of a recurrent layer of any kind with a mistake in common parts."""
    made: Through = type(mistake.__name__, (mistake, KINDS[site.op.name]), {})(site)
    return made.gradients()
