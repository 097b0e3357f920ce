"""Portraits: a parameter's entries as figures that a picture can show, however many there are."""

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.record import record
from gradcheck.referee.glance import TINY, outside
from gradcheck.referee.judge import WRONG
from gradcheck.referee.tally import Tally
from gradcheck.report import Portrait

CELLS = 48
"""Rows and columns that a map has at most: more would be smaller than a letter's stroke."""

POINTS = 300
"""Entries that are shown as points, at most."""


@record
class Entries:
    """Entries of a gradient, by their flat `places`: what was claimed and measured, and how far
    `off` that is, in the gradient's own units as the `bar` is.
    """

    places: Array
    claimed: Array
    numeric: Array
    off: Array
    bar: Array
    wrong: Array


def portrait(tally: Tally) -> Portrait | None:
    """Return the portrait of a parameter that is not right, from the probe that shows most."""
    look = max(tally.looks, key=lambda look: look.severity, default=None)
    if tally.verdict == "right" or look is None or look.shown is None:
        return None
    shown = look.shown
    entries = Entries(
        places=shown.numeric.places(np.arange(len(shown.claimed))),
        claimed=shown.claimed,
        numeric=shown.numeric.value[:],
        off=outside(shown.claimed, *shown.numeric.range),
        bar=shown.numeric.bar[:],
        wrong=shown.verdict == WRONG,
    )
    return painted(tally.name, look.probe, tally.shape, entries)


def painted(parameter: str, probe: str, shape: Shape, entries: Entries) -> Portrait:
    """Return the portrait of a parameter of some shape by its entries at a probe."""
    columns = shape[-1] if shape else 1
    rows = int(np.prod(shape)) // columns
    high, wide = min(rows, CELLS), min(columns, CELLS)
    some = _sample(entries)
    return Portrait(
        parameter=parameter,
        probe=probe,
        rows=high,
        columns=wide,
        cells=_cells(entries, (rows, columns), (high, wide)),
        claimed=tuple(entries.claimed[some].tolist()),
        numeric=tuple(entries.numeric[some].tolist()),
        wrong=tuple(entries.wrong[some].tolist()),
    )


def _cells(
    entries: Entries, shape: tuple[int, int], grid: tuple[int, int]
) -> tuple[float | None, ...]:
    """Return, for each cell of a grid over the matrix, the largest difference that is wrong.

    They are fractions of the largest of all; one that is not finite counts as that.
    """
    beyond = np.where(entries.wrong, entries.off, 0.0)
    largest = np.max(beyond, initial=0.0, where=np.isfinite(beyond))
    share = np.where(np.isfinite(beyond), beyond / (largest or 1.0), 1.0)
    row, column = np.divmod(entries.places, shape[1])
    cell = (row * grid[0] // shape[0]) * grid[1] + column * grid[1] // shape[1]
    worst = np.full(grid[0] * grid[1], -1.0)
    np.maximum.at(worst, cell, share)
    return tuple(None if value < 0 else value for value in worst.tolist())


def _sample(entries: Entries) -> Array:
    """Choose entries evenly by how far off they are, the worst among them."""
    excess = entries.off / np.maximum(entries.bar, TINY)
    order = np.argsort(-excess, kind="stable")
    if len(order) <= POINTS:
        return np.sort(order)
    return np.sort(order[np.linspace(0, len(order) - 1, POINTS).astype(int)])
