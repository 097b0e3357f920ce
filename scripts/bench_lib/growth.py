"""Cost against width and depth, next to the operations that the method needs by count."""

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

import numpy as np

from bench_lib import own
from bench_lib.case import load
from bench_lib.speed import Limits
from bench_lib.timing import seconds
from bench_lib.workloads import HALF, Workload, perceptron
from gradcheck.referee.audit import ENTRIES

CHUNK = 2**17
"""Numbers in a stack of imaginary parts, as in the check itself."""

WIDTHS = (64, 128, 256, 512, 1024)
DEPTHS = (3, 4, 6, 8)
WIDTH, DEPTH, BATCH = 256, 4, 32
"""Width of the networks of several depths, depth of those of several widths."""

SMALL = 16
"""Width of the network that tells what a check takes whatever the width: all but its products."""


@dataclass
class Measured:
    """Seconds that checks took, and those that were predicted at the same time."""

    found: list[float] = field(default_factory=list)
    predicted: list[float] = field(default_factory=list)

    def add(self, found: float, predicted: float) -> None:
        self.found.append(found)
        self.predicted.append(predicted)

    def summary(self) -> dict[str, float]:
        """Return medians; that of the ratios is of each turn's own."""
        turns = zip(self.found, self.predicted, strict=True)
        return {
            "seconds": median(self.found),
            "predicted seconds": median(self.predicted),
            "of the prediction": median(found / predicted for found, predicted in turns),
        }


def operations(width: int, depth: int, batch: int) -> float:
    """Count the multiplications and additions of one structured gradient.

    Each of the `width` pre-activations of a layer is moved once, for all samples together. To the
    next layer that is a product with a single row; from there on its imaginary part goes through
    products of matrices.
    """
    row, product = 2.0 * batch * width, 2.0 * batch * width * width
    rows, products = depth - 1, sum(range(depth - 1))
    return width * (rows * row + products * product)


def numbers(width: int, depth: int, batch: int) -> float:
    """Count the numbers in stacks that are made of a single row and are read off in the loss.

    They take longer than the few operations on each, for they go through memory.
    """
    return (depth - 1.0) * width * batch * width


def audited(width: int, depth: int, batch: int) -> float:
    """Count the multiplications and additions of the audit's whole forward passes.

    Each weight and each bias is moved along a direction and in some of its entries by a complex
    step, which takes two real passes, and along the direction once to either side.
    """
    passes = 2 * depth * (2 * (1 + ENTRIES) + 2)
    return passes * depth * 2.0 * batch * width * width


def pace(width: int, batch: int) -> float:
    """Measure how many such numbers a second are made, and read: their sum and that of sizes."""
    count = max(1, CHUNK // (batch * width))
    column, row = np.ones((count * batch, 1)), np.ones((1, width))

    def made_and_read() -> None:
        stack = column * row
        _ = stack @ row[0], np.abs(stack) @ row[0]

    return count * batch * width / max(median(seconds(made_and_read) for _ in range(7)), 1e-9)


def rate(width: int, batch: int) -> float:
    """Measure how many operations a second go into one layer: slopes and a product of matrices."""
    count = max(1, CHUNK // (batch * width))
    stack, matrix = np.ones((count * batch, width)), np.ones((width, width))
    spent = median(seconds(lambda: (stack * 0.5) @ matrix) for _ in range(7))
    return 2.0 * stack.size * width / max(spent, 1e-9)


def passing(width: int, batch: int) -> float:
    """Measure how many operations a second go into one layer of a forward pass."""
    rows, matrix = np.ones((batch, width)), np.ones((width, width))
    spent = median(seconds(lambda: np.tanh(rows @ matrix)) for _ in range(7))
    return 2.0 * rows.size * width / max(spent, 1e-9)


def naive_operations(width: int, depth: int, batch: int) -> float:
    """Count those of two forward passes for every weight and bias."""
    return 2.0 * depth * (width * width + width) * depth * 2.0 * batch * width * width


def series(repeats: int, limits: Limits, *, tiny: bool) -> dict[str, list[dict[str, Any]]]:
    """Measure the checks of networks of growing width and of growing depth."""
    widths, depths, width = ((5, 7), (2, 3), 5) if tiny else (WIDTHS, DEPTHS, WIDTH)
    return {
        "width": _grown([(w, DEPTH) for w in widths], repeats, limits),
        "depth": _grown([(width, d) for d in depths], repeats, limits),
    }


def _grown(sizes: list[tuple[int, int]], repeats: int, limits: Limits) -> list[dict[str, Any]]:
    """Measure one size after the other, as long as the next one is expected in time."""
    rows: list[dict[str, Any]] = []
    each = 0.0
    for width, depth in sizes:
        count = operations(width, depth, BATCH)
        if not limits.full and each * count > limits.whole:
            break
        rows.append(_row(width, depth, repeats))
        each = rows[-1]["with audit"]["seconds"] / count
    return rows


def _row(width: int, depth: int, repeats: int) -> dict[str, Any]:
    """Measure one network; the machine's speed, which changes, is measured in the same turns."""
    case, small = load(_network(width, depth)), load(_network(SMALL, depth))
    count, others = operations(width, depth, BATCH), numbers(width, depth, BATCH)
    plain, whole = Measured(), Measured()
    for _ in range(repeats):
        method = count / rate(width, BATCH) + others / pace(width, BATCH)
        passes = audited(width, depth, BATCH) / passing(width, BATCH)
        plain.add(
            seconds(lambda: own.checked(case, audit=False)),
            seconds(lambda: own.checked(small, audit=False)) + method,
        )
        whole.add(
            seconds(lambda: own.checked(case)),
            seconds(lambda: own.checked(small)) + method + passes,
        )
    return {
        "width": width,
        "depth": depth,
        "parameters": case.size,
        "without audit": plain.summary(),
        "with audit": whole.summary(),
        "operations": count,
        "naive operations": naive_operations(width, depth, BATCH),
        "accounts": asdict(own.accounts(case)),
    }


def _network(width: int, depth: int) -> Workload:
    return perceptron("growth", "growth", [width] * (depth + 1), "tanh", HALF, BATCH)
