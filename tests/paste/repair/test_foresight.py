"""Repairs that only derivatives of single executions, or of parts without a name, point at."""

import ast
from collections.abc import Callable
from typing import Any

import pytest

from gradcheck.paste.repair.purity import Purity

Repaired = Callable[[str], "dict[str, Any] | None"]

GATED = """\
import numpy as np

gen = np.random.default_rng(31)
size, wide = 4, 6
seq = [gen.normal(size=(2, 1)) for _ in range(4)]
goal = [gen.normal(size=(1, 1)) for _ in range(4)]
par = {'V' + k: 0.4 * gen.normal(size=(size, wide)) for k in 'fig'}
par['out'] = gen.normal(size=(1, size))
past = {k: np.zeros_like(v) for k, v in par.items()}


def squash(v):
    return 1 / (1 + np.exp(-v))


def learn(memory, state):
    kept, loss = [], 0.0
    for t in range(len(seq)):
        both = np.vstack((state, seq[t]))
        f = squash(par['Vf'] @ both)
        i = squash(par['Vi'] @ both)
        g = np.tanh(par['Vg'] @ both)
        before = memory
        memory = f * before + i * g
        state = np.tanh(memory)
        off = par['out'] @ state - goal[t]
        loss += 0.5 * off.item() ** 2
        kept.append((both, f, i, g, before, state, off))
    grad = {k: np.zeros_like(v) for k, v in par.items()}
    dmemory, dstate = np.zeros((size, 1)), np.zeros((size, 1))
    for t in reversed(range(len(seq))):
        both, f, i, g, before, state, off = kept[t]
        grad['out'] += off @ state.T
        ds = par['out'].T @ off + dstate
        dm = dmemory + ds * (1 - state ** 2)
        df = dm * before * f * (1 - f)
        di = dm * g * i * (1 - i)
        dg = dm * i * (1 - g ** 2)
        dboth = 0
        for k, d in (('f', df), ('i', di), ('g', dg)):
            grad['V' + k] += d @ both.T
            dboth = dboth + par['V' + k].T @ d
        dstate = dboth[:size]
        dmemory = dm * f
    return loss, grad


for epoch in range(40):
    loss, grad = learn(np.zeros((size, 1)), np.zeros((size, 1)))
    for k in par:
        past[k] += grad[k] ** 2
        par[k] -= 0.1 * grad[k] / np.sqrt(past[k] + 1e-8)
"""

RECURRENT = """\
import numpy as np

gen = np.random.default_rng(12)
xs = gen.normal(size=(5, 3, 1))
target = gen.normal(size=(2, 1))
U, R, O = gen.normal(size=(4, 3)), 0.5 * gen.normal(size=(4, 4)), gen.normal(size=(2, 4))
for epoch in range(30):
    hs = {-1: np.zeros((4, 1))}
    loss = 0.0
    ps = {}
    for t in range(5):
        hs[t] = np.tanh(U @ xs[t] + R @ hs[t - 1])
        ps[t] = O @ hs[t]
        loss += 0.5 * np.sum((ps[t] - target) ** 2)
    dU, dR, dO = np.zeros_like(U), np.zeros_like(R), np.zeros_like(O)
    later = np.zeros((4, 1))
    for t in reversed(range(5)):
        dp = ps[t] - target
        dO += dp @ hs[t].T
        dh = O.T @ dp + later
        draw = (1 - hs[t] * hs[t]) * dh
        dU += draw @ xs[t].T
        dR += draw @ hs[t - 1].T
        later = R.T @ draw
    U -= 0.02 * dU
    R -= 0.02 * dR
    O -= 0.02 * dO
"""

NORMED = """\
import numpy as np

gen = np.random.default_rng(4)
X, y = gen.normal(size=(12, 3)), gen.normal(size=(12, 2))
W, V = gen.normal(size=(3, 5)), gen.normal(size=(5, 2))
for epoch in range(30):
    n = X.shape[0]
    u = np.tanh(X @ W)
    mid = u.mean(axis=0)
    spread = u.var(axis=0) + 0.01
    hat = (u - mid) / np.sqrt(spread)
    off = hat @ V - y
    loss = 0.5 * np.sum(off ** 2)
    dV = hat.T @ off
    dhat = off @ V.T
    inverse = 1 / np.sqrt(spread)
    dspread = np.sum(dhat * (u - mid), axis=0) * -0.5 * inverse ** 3
    dmid = np.sum(dhat * -inverse, axis=0)
    du = dhat * inverse + dspread * 2 * (u - mid) / n + dmid / n
    dW = X.T @ (du * (1 - u ** 2))
    W -= 0.01 * dW
    V -= 0.01 * dV
"""

LINE = """\
xs = [0.5, 1.5, 2.5, 3.0, 4.5]
ys = [1.4, 3.1, 5.3, 5.8, 9.2]
a, b = 0.1, 0.2
for epoch in range(100):
    guess = [a * x + b for x in xs]
    loss = sum((g - y) ** 2 for g, y in zip(guess, ys)) / 5
    da = 2 / 5 * sum((g - y) * x for g, y, x in zip(guess, ys, xs))
    db = 2 / 5 * sum(g - y for g, y in zip(guess, ys))
    a -= 0.01 * da
    b -= 0.01 * db
"""

THINNED = """\
import numpy as np

np.random.seed(6)
keep, best = 0.8, float("inf")
X, Y = np.random.randn(20, 3), np.random.randn(20, 2)
A, B = np.random.randn(3, 6), np.random.randn(6, 2)


def ahead():
    hidden = np.tanh(X @ A)
    mask = np.random.rand(*hidden.shape) < keep
    thin = hidden * mask
    thin /= keep
    return hidden, mask, thin, thin @ B


def back(hidden, mask, thin, out):
    delta = out - Y
    dthin = delta @ B.T
    dhidden = dthin * mask / keep
    return X.T @ (dhidden * (1 - hidden ** 2)), thin.T @ delta


for epoch in range(50):
    hidden, mask, thin, out = ahead()
    loss = 0.5 * np.sum((out - Y) ** 2)
    dA, dB = back(hidden, mask, thin, out)
    A -= 0.01 * dA
    B -= 0.01 * dB
"""

RATED = """\
import numpy as np

gen = np.random.default_rng(3)
seen = [(u, v, gen.normal()) for u in range(3) for v in range(4)]
left, right = gen.normal(size=(3, 2)), gen.normal(size=(4, 2))
calm = 0.1
for epoch in range(5):
    for u, v, value in seen:
        off = left[u] @ right[v] - value
        cost = 0.5 * off ** 2 + 0.5 * calm * (left[u] @ left[u] + right[v] @ right[v])
        dleft = off * right[v] + calm * left[u]
        dright = off * left[u] + calm * right[v]
        left[u] -= 0.05 * dleft
        right[v] -= 0.05 * dright
"""

PAIRED = """\
import numpy as np

gen = np.random.default_rng(14)
own, other = gen.normal(0, 0.4, (9, 3)), gen.normal(0, 0.4, (9, 3))
pairs = gen.integers(0, 9, (12, 2))


def squash(z):
    return 1 / (1 + np.exp(-z))


for epoch in range(4):
    score = 0.0
    for a, b in pairs:
        far = gen.integers(0, 9, 3)
        v, near, away = own[a], other[b], other[far]
        score += -np.log(squash(near @ v)) - np.log(squash(-away @ v)).sum()
        pull = squash(near @ v) - 1
        push = squash(away @ v)
        dv = pull * near + away.T @ push
        dnear, daway = pull * v, np.outer(push, v)
        own[a] -= 0.1 * dv
        other[b] -= 0.1 * dnear
        np.subtract.at(other, far, 0.1 * daway)
"""

CELLS = """\
import numpy as np


class Cell:
    def __init__(self, d, h):
        gen = np.random.default_rng(15)
        self.par = {k: 0.5 * gen.normal(size=(h, d + h)) for k in ("keep", "cut", "new")}
        self.size = h

    def turn(self, x, h):
        both = np.concatenate([x, h])
        k = 1 / (1 + np.exp(-(self.par["keep"] @ both)))
        c = 1 / (1 + np.exp(-(self.par["cut"] @ both)))
        part = np.concatenate([x, c * h])
        new = np.tanh(self.par["new"] @ part)
        return (1 - k) * h + k * new, (both, part, h, k, c, new)

    def back(self, dout, tape):
        both, part, h, k, c, new = tape
        dn = dout * k * (1 - new ** 2)
        dk = dout * (new - h) * k * (1 - k)
        dpart = (self.par["new"].T @ dn)[-self.size:]
        dc = dpart * h * c * (1 - c)
        self.grad["new"] += np.outer(dn, part)
        self.grad["keep"] += np.outer(dk, both)
        self.grad["cut"] += np.outer(dc, both)
        dboth = self.par["keep"].T @ dk + self.par["cut"].T @ dc
        total = dout * (1 - k) + dboth[-self.size:] + dpart * c
        return total


gen = np.random.default_rng(16)
xs, ts = gen.normal(size=(9, 2)), gen.normal(size=(9, 4))
cell = Cell(2, 4)
for epoch in range(20):
    h, tapes, outs = gen.normal(size=4), [], []
    for x in xs:
        h, tape = cell.turn(x, h)
        tapes.append(tape)
        outs.append(h)
    loss = 0.5 * np.sum((np.array(outs) - ts) ** 2)
    cell.grad = {k: np.zeros_like(v) for k, v in cell.par.items()}
    dh = np.zeros(4)
    for i in range(len(xs) - 1, -1, -1):
        dh = cell.back(dh + outs[i] - ts[i], tapes[i])
    for k in cell.par:
        cell.par[k] -= 0.02 * cell.grad[k]
"""

STORED = """\
import numpy as np


class Memory:
    def __init__(self, d, h):
        gen = np.random.default_rng(17)
        self.wf, self.wi, self.wg = (0.5 * gen.normal(size=(h, d + h)) for _ in range(3))
        self.n = h

    def __call__(self, x, h, c):
        z = np.concatenate([h, x])
        f = 1 / (1 + np.exp(-self.wf @ z))
        i = 1 / (1 + np.exp(-self.wi @ z))
        g = np.tanh(self.wg @ z)
        c_new = f * c + i * g
        return np.tanh(c_new), c_new, (z, f, i, g, c, np.tanh(c_new))

    def back(self, dh, dc_new, kept):
        z, f, i, g, c, tc = kept
        dc = dc_new + dh * (1 - tc ** 2)
        df = dc * c * f * (1 - f)
        di = dc * g * i * (1 - i)
        dg = dc * i * (1 - g ** 2)
        self.df += np.outer(df, z)
        self.di += np.outer(di, z)
        self.dg += np.outer(dg, z)
        dz = self.wf.T @ df + self.wi.T @ di + self.wg.T @ dg
        return dz[:self.n], f * dc


gen = np.random.default_rng(18)
xs, ts = gen.normal(size=(8, 2)), gen.normal(size=(8, 5))
net = Memory(2, 5)
for epoch in range(20):
    h, c, kept, outs = np.zeros(5), gen.normal(size=5), [], []
    for x in xs:
        h, c, one = net(x, h, c)
        kept.append(one)
        outs.append(h)
    loss = 0.5 * np.sum((np.array(outs) - ts) ** 2)
    net.df, net.di, net.dg = (np.zeros_like(w) for w in (net.wf, net.wi, net.wg))
    dh, dc = np.zeros(5), np.zeros(5)
    for t in reversed(range(8)):
        dh, dc = net.back(dh + outs[t] - ts[t], dc, kept[t])
    net.wf -= 0.02 * net.df
    net.wi -= 0.02 * net.di
    net.wg -= 0.02 * net.dg
"""

CASES = [
    (CELLS, " + dpart * c\n", "\n"),
    (STORED, "dz[:self.n], f * dc", "dz[:self.n], i * dc"),
    (PAIRED, "push = squash(away @ v)", "push = squash(-away @ v)"),
    (GATED, "dmemory = dm * f", "dmemory = dm"),
    (RECURRENT, "(1 - hs[t] * hs[t]) * dh", "(1 - hs[t - 1] * hs[t - 1]) * dh"),
    (NORMED, " / n + dmid / n", " / n"),
    (LINE, "sum((g - y) * x for g, y, x", "sum(g - y for g, y, x"),
    (THINNED, "dthin * mask / keep", "dthin * mask"),
    (RATED, "dleft = off * right[v] + calm", "dleft = calm"),
]


@pytest.mark.parametrize(("text", "right", "wrong"), CASES)
def test_what_is_missing_is_found_where_it_is_missing(
    repaired: Repaired, text: str, right: str, wrong: str
) -> None:
    assert text.count(right) == 1
    line = text[: text.index(right)].count("\n") + 1
    found = repaired(text.replace(right, wrong))
    assert found is not None
    assert found["done"], "nothing was found"
    assert [change["line"] for change in found["done"][0]["changes"]] == [line]


@pytest.mark.parametrize(
    "text", [GATED, RECURRENT, NORMED, LINE, THINNED, RATED, PAIRED, CELLS, STORED]
)
def test_right_programs_are_left_in_peace(repaired: Repaired, text: str) -> None:
    assert repaired(text) is None


def test_the_first_execution_that_is_wrong_is_pointed_at(repaired: Repaired) -> None:
    broken = RECURRENT.replace("draw = (1 - hs[t] * hs[t]) * dh", "draw = np.sign(dh) * 0.3 + dh")
    found = repaired(broken)
    assert found is not None
    assert found["first"]["line"] == RECURRENT[: RECURRENT.index("draw =")].count("\n") + 1
    assert "makes no derivative" in found["first"]["fact"]


@pytest.mark.parametrize(
    ("formula", "pure"),
    [
        ("np.dot(a, b.T) * scale(z)", True),
        ("layer.backward(grad)", False),
        ("note(z)", False),
        ("counted(z)", False),
        ("rng.normal(size=3)", False),
        ("np.random.rand(3)", False),
        ("np.multiply(a, b, out=a)", False),
    ],
)
def test_only_formulas_that_change_nothing_are_evaluated_in_passing(
    formula: str, pure: bool
) -> None:
    program = """
def scale(z):
    out = np.zeros(3)
    out[0] = z
    return out

def note(z):
    seen.append(z)
    return z

def counted(z):
    box.count += 1
    return z

class Layer:
    def backward(self, grad):
        self.grad = grad
        return grad
"""
    assert Purity(ast.parse(program)).pure(ast.parse(formula, mode="eval").body) is pure
