"""Random training programs as people paste them: from one whole number everything follows.

Their gradients are right, in whatever style: with an optimizer between gradient and update,
batches of unlike sizes, biases with or without an axis for the samples, a loss written in the
step, behind it, or nowhere. Sizes are pairwise distinct primes, but for a single output.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

NAMES = ("W1", "b1", "W2", "b2")

_FORWARD: Mapping[str, tuple[str, str]] = {
    "tanh": ("np.tanh(z1)", "(1 - h ** 2)"),
    "sigmoid": ("1 / (1 + np.exp(-z1))", "h * (1 - h)"),
    "relu": ("np.maximum(z1, 0)", "(z1 > 0)"),
    "leaky relu": ("np.where(z1 > 0, z1, 0.1 * z1)", "np.where(z1 > 0, 1, 0.1)"),
}
_RULES: Mapping[str, Sequence[str]] = {
    "plain": ("lr * {g}",),
    "schedule": ("lr * {g}",),
    "momentum": ("{v} = 0.9 * {v} + lr * {g}", "{v}"),
    "momentum from zero": ("{v} = 0.9 * {v} + lr * {g}", "{v}"),
    "nesterov": ("old = {v}", "{v} = 0.9 * {v} + lr * {g}", "(1.9 * {v} - 0.9 * old)"),
    "rmsprop": ("{v} = 0.9 * {v} + 0.1 * {g} ** 2", "lr * {g} / (np.sqrt({v}) + 1e-8)"),
    "adagrad": ("{v} = {v} + {g} ** 2", "lr * {g} / (np.sqrt({v}) + 1e-8)"),
    "adam": (
        "{m} = 0.9 * {m} + 0.1 * {g}",
        "{v} = 0.999 * {v} + 0.001 * {g} ** 2",
        "lr * ({m} / (1 - 0.9 ** t)) / (np.sqrt({v} / (1 - 0.999 ** t)) + 1e-8)",
    ),
    "clipped": ("lr * np.clip({g}, -0.5, 0.5)",),
    "scaled": ("lr * share * {g}",),
    "noise": ("lr * ({g} + 0.01 * rng.normal(size={g}.shape))",),
    "rates": ("{rate} * {g}",),
}
"""What each optimizer does, and at last by what the parameter changes."""

_DECAY = "adam, decay apart"
_OPTIMIZERS = (*_RULES, _DECAY)


@dataclass(frozen=True, kw_only=True)
class Style:
    """What a program is like; `uphill` ones add what they compute from target less prediction."""

    sizes: tuple[int, int, int, int]
    activation: str
    loss: str
    optimizer: str
    batches: str
    bias: str
    written: str
    rate: float
    guard: str
    uphill: bool
    rebinding: bool
    tabled: bool
    shuffled: bool
    seed: int

    @property
    def rules(self) -> Sequence[str]:
        return _RULES["adam" if self.optimizer == _DECAY else self.optimizer]

    def name(self, parameter: str) -> str:
        return f"P['{parameter}']" if self.tabled else parameter

    def kept(self, what: str, parameter: str) -> str:
        return f"{what}['{parameter}']" if self.tabled else f"{what}_{parameter}"


def style(seed: int) -> Style:
    """Draw the style that belongs to a seed."""
    rng = random.Random(seed)
    loss = rng.choice(("binary cross-entropy", "cross-entropy", "sigmoid squared", "squared"))
    samples, inputs, hidden, outputs = rng.choice(((23, 3, 5, 2), (29, 5, 7, 3), (31, 3, 11, 2)))
    if loss == "binary cross-entropy" or (loss != "cross-entropy" and rng.random() < 0.5):
        outputs = 1
    return Style(
        sizes=(samples, inputs, hidden, outputs),
        activation=rng.choice(tuple(_FORWARD)),
        loss=loss,
        optimizer=rng.choice(_OPTIMIZERS),
        batches=rng.choice(("all", "some", "some", "one by one")),
        bias=rng.choice(("flat", "row", "row from flat")),
        written=rng.choice(("step", "step", "epoch", "nowhere")),
        rate=rng.choice((0.1, 0.05, 0.01)),
        guard=rng.choice(("", " + 1e-12")),
        uphill=rng.random() < 0.3,
        rebinding=rng.random() < 0.3,
        tabled=rng.random() < 0.5,
        shuffled=rng.random() < 0.3,
        seed=rng.randrange(100),
    )


def text(seed: int) -> str:
    """Write the program that belongs to a seed."""
    own = style(seed)
    return "\n".join((*_start(own), *_indented(_epoch(own), "for epoch in range(100):"), ""))


def _start(own: Style) -> Iterator[str]:
    samples, inputs, hidden, outputs = own.sizes
    row = "({},)" if own.bias == "flat" else "(1, {})"
    shapes = (
        f"({inputs}, {hidden})",
        row.format(hidden),
        f"({hidden}, {outputs})",
        row.format(outputs),
    )
    yield from ("import numpy as np", "", f"rng = np.random.default_rng({own.seed})")
    yield f"X = rng.normal(size=({samples}, {inputs}))"
    yield {
        "binary cross-entropy": "Y = (X[:, :1] * X[:, 1:2] > 0).astype(float)",
        "cross-entropy": f"Y = np.eye({outputs})[rng.integers(0, {outputs}, {samples})]",
        "sigmoid squared": f"Y = rng.uniform(size=({samples}, {outputs}))",
        "squared": f"Y = rng.normal(size=({samples}, {outputs}))",
    }[own.loss]
    if own.tabled:
        yield "P = {}"
    for name, shape in zip(NAMES, shapes, strict=True):
        drawn = f"rng.normal(size={shape}) * 0.5" if "W" in name else f"np.zeros({shape})"
        yield f"{own.name(name)} = {drawn}"
    yield f"lr = {own.rate}"
    rules = "".join(own.rules)
    for what in ("v", "m"):
        if f"{{{what}}}" in rules:
            yield from _memory(own, what)
    if "** t" in rules:
        yield "t = 0"


def _memory(own: Style, what: str) -> Iterator[str]:
    if own.tabled:
        yield f"{what} = {{}}"
    empty = "0" if own.optimizer == "momentum from zero" else "np.zeros_like({})"
    for name in NAMES:
        yield f"{own.kept(what, name)} = {empty.format(own.name(name))}"


def _epoch(own: Style) -> Iterator[str]:
    if own.shuffled:
        yield from ("order = rng.permutation(len(X))", "X, Y = X[order], Y[order]")
    if own.optimizer == "schedule":
        yield f"lr = {own.rate} / (1 + 0.01 * epoch)"
    if own.batches == "all":
        yield from ("x, y = X, Y", *_step(own))
    else:
        size = 1 if own.batches == "one by one" else 8
        batch = f"x, y = X[s:s + {size}], Y[s:s + {size}]"
        yield from _indented((batch, *_step(own)), f"for s in range(0, len(X), {size}):")
    if own.written == "epoch":
        yield from ("x, y = X, Y", *_pass(own), f"print(epoch, {_loss(own)})")


def _pass(own: Style) -> Iterator[str]:
    yield f"z1 = x @ {own.name('W1')} + {own.name('b1')}"
    yield f"h = {_FORWARD[own.activation][0]}"
    yield f"z2 = h @ {own.name('W2')} + {own.name('b2')}"
    if own.loss == "cross-entropy":
        yield "e = np.exp(z2 - z2.max(axis=1, keepdims=True))"
        yield "p = e / e.sum(axis=1, keepdims=True)"
    else:
        yield "p = z2" if own.loss == "squared" else "p = 1 / (1 + np.exp(-z2))"


def _loss(own: Style) -> str:
    likely = f"y * np.log(p{own.guard})"
    return {
        "binary cross-entropy": f"-np.sum({likely} + (1 - y) * np.log(1 - p{own.guard})) / len(x)",
        "cross-entropy": f"-np.sum({likely}) / len(x)",
        "sigmoid squared": "0.5 * np.sum((p - y) ** 2) / len(x)",
        "squared": "0.5 * np.sum((p - y) ** 2) / len(x)",
    }[own.loss]


def _step(own: Style) -> Iterator[str]:
    yield from _pass(own)
    if own.written == "step":
        yield f"loss = {_loss(own)}"
    slope = " * p * (1 - p)" if own.loss == "sigmoid squared" else ""
    yield f"d2 = {'(y - p)' if own.uphill else '(p - y)'}{slope} / len(x)"
    yield f"d1 = d2 @ {own.name('W2')}.T * {_FORWARD[own.activation][1]}"
    summed = ".sum(axis=0, keepdims=True)" if own.bias == "row" else ".sum(axis=0)"
    yield from ("gW2 = h.T @ d2", f"gb2 = d2{summed}", "gW1 = x.T @ d1", f"gb1 = d1{summed}")
    if own.optimizer == "scaled":
        yield "size = np.sqrt(sum(np.sum(g ** 2) for g in (gW1, gb1, gW2, gb2)))"
        yield "share = min(1, 0.5 / size)"
    if "** t" in "".join(own.rules):
        yield "t += 1"
    for name in NAMES:
        yield from _update(own, name)


def _update(own: Style, name: str) -> Iterator[str]:
    """Yield how a parameter is updated from its gradient, with all that an optimizer keeps."""
    parameter, is_weight = own.name(name), "W" in name
    *before, change = (
        rule.format(
            g=f"g{name}",
            v=own.kept("v", name),
            m=own.kept("m", name),
            rate="lr" if is_weight else "0.02",
        )
        for rule in own.rules
    )
    yield from before
    sign = "+" if own.uphill else "-"
    plain = f"{parameter} {sign}= {change}"
    yield f"{parameter} = {parameter} {sign} {change}" if own.rebinding else plain
    if own.optimizer == _DECAY and is_weight:
        yield f"{parameter} *= 1 - 0.01 * lr"


def _indented(lines: Iterator[str] | Sequence[str], head: str) -> Iterator[str]:
    yield head
    yield from (f"    {line}" for line in lines)
