"""Portraits: a parameter's entries as figures that a picture can show, however many there are."""

import numpy as np

from gradcheck.array import Array
from gradcheck.referee.glance import TINY, outside
from gradcheck.referee.judge import WRONG
from gradcheck.referee.tally import Shown, Tally
from gradcheck.report import Portrait

CELLS = 48
"""Rows and columns that a map has at most: more would be smaller than a letter's stroke."""

POINTS = 300
"""Entries that are shown as points, at most."""


def portrait(tally: Tally) -> Portrait | None:
    """Return the portrait of a parameter that is not right, from the probe that shows most."""
    look = max(tally.looks, key=lambda look: look.severity, default=None)
    if tally.verdict == "right" or look is None or look.shown is None:
        return None
    columns = tally.shape[-1] if tally.shape else 1
    rows = tally.verdicts.size // columns
    high, wide = min(rows, CELLS), min(columns, CELLS)
    entries = look.shown
    some = _sample(entries)
    return Portrait(
        parameter=tally.name,
        probe=look.probe,
        rows=high,
        columns=wide,
        cells=_cells(entries, (rows, columns), (high, wide)),
        claimed=tuple(entries.claimed[some].tolist()),
        numeric=tuple(entries.numeric.value[some].tolist()),
        wrong=tuple((entries.verdict[some] == WRONG).tolist()),
    )


def _cells(
    entries: Shown, shape: tuple[int, int], grid: tuple[int, int]
) -> tuple[float | None, ...]:
    """Return, for each cell of a grid over the matrix, the largest difference that is wrong.

    They are fractions of the largest of all; one that is not finite counts as that.
    """
    beyond = np.where(entries.verdict == WRONG, _difference(entries), 0.0)
    largest = np.max(beyond, initial=0.0, where=np.isfinite(beyond))
    share = np.where(np.isfinite(beyond), beyond / (largest or 1.0), 1.0)
    row, column = np.divmod(entries.numeric.places(np.arange(len(share))), shape[1])
    cell = (row * grid[0] // shape[0]) * grid[1] + column * grid[1] // shape[1]
    worst = np.full(grid[0] * grid[1], -1.0)
    np.maximum.at(worst, cell, share)
    return tuple(None if value < 0 else value for value in worst.tolist())


def _sample(entries: Shown) -> Array:
    """Choose entries evenly by how far off they are, the worst among them."""
    excess = _difference(entries) / np.maximum(entries.numeric.bar[:], TINY)
    order = np.argsort(-excess, kind="stable")
    if len(order) <= POINTS:
        return np.sort(order)
    return np.sort(order[np.linspace(0, len(order) - 1, POINTS).astype(int)])


def _difference(entries: Shown) -> Array:
    return outside(entries.claimed, *entries.numeric.range)
