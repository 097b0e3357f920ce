"""Cost against width and depth, next to the operations that the method needs by count."""

from dataclasses import asdict
from statistics import median
from typing import Any

import numpy as np

from bench_lib import own
from bench_lib.case import load
from bench_lib.speed import Limits
from bench_lib.timing import seconds
from bench_lib.workloads import HALF, Workload, perceptron

CHUNK = 2**17
"""Numbers in a stack of imaginary parts, as in the check itself."""

WIDTHS = (64, 128, 256, 512, 1024)
DEPTHS = (3, 4, 6, 8)
WIDTH, DEPTH, BATCH = 256, 4, 32
"""Width of the networks of several depths, depth of those of several widths."""


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
    rate = 0.0
    for width, depth in sizes:
        count = operations(width, depth, BATCH)
        if not limits.full and rate * count > limits.whole:
            break
        rows.append(_row(width, depth, repeats))
        rate = rows[-1]["seconds"] / count
    return rows


def _row(width: int, depth: int, repeats: int) -> dict[str, Any]:
    """Measure one network; the machine's speed, which changes, is measured in the same turns."""
    case, single = load(_network(width, depth)), load(_network(1, depth))
    count, others = operations(width, depth, BATCH), numbers(width, depth, BATCH)
    spent, alone, predicted = [], [], []
    for _ in range(repeats):
        spent.append(seconds(lambda: own.checked(case)))
        alone.append(seconds(lambda: own.checked(case, audit=False)))
        # Whatever the width, a check takes as long as that of a network of single units.
        fixed = seconds(lambda: own.checked(single, audit=False))
        predicted.append(fixed + count / rate(width, BATCH) + others / pace(width, BATCH))
    return {
        "width": width,
        "depth": depth,
        "parameters": case.size,
        "seconds": median(spent),
        "seconds without audit": median(alone),
        "operations": count,
        "predicted seconds": median(predicted),
        "of the prediction": median(a / p for a, p in zip(alone, predicted, strict=True)),
        "naive operations": naive_operations(width, depth, BATCH),
        "accounts": asdict(own.accounts(case)),
    }


def _network(width: int, depth: int) -> Workload:
    return perceptron("growth", "growth", [width] * (depth + 1), "tanh", HALF, BATCH)
