"""Portraits: a parameter's entries as figures that a picture can show, however many there are."""

import numpy as np

from gradcheck.array import Array
from gradcheck.referee.judge import WRONG
from gradcheck.referee.tally import Look, Tally, excess_of
from gradcheck.report import Portrait

CELLS = 48
"""Rows and columns that a map has at most: more would be smaller than a letter's stroke."""

POINTS = 300
"""Entries that are shown as points, at most."""


def portrait(tally: Tally) -> Portrait | None:
    """Return the portrait of a parameter that is not right, from the probe that shows most."""
    if tally.verdict == "right" or not tally.looks:
        return None
    look = max(tally.looks, key=lambda look: look.severity)
    columns = tally.shape[-1] if tally.shape else 1
    rows = tally.verdicts.size // columns
    high, wide = min(rows, CELLS), min(columns, CELLS)
    shown = _sample(look)
    return Portrait(
        parameter=tally.name,
        probe=look.probe,
        rows=high,
        columns=wide,
        cells=_cells(look, (rows, columns), (high, wide)),
        claimed=tuple(look.claimed[shown].tolist()),
        numeric=tuple(look.numeric[shown].tolist()),
        wrong=tuple((look.judged.verdict[shown] == WRONG).tolist()),
    )


def _cells(look: Look, shape: tuple[int, int], grid: tuple[int, int]) -> tuple[float | None, ...]:
    """Return, for each cell of a grid over the matrix, the largest difference beyond its bar.

    They are fractions of the largest of all; one that is not finite counts as that.
    """
    judged = look.judged
    beyond = np.where(judged.difference > judged.bar, judged.difference, 0.0)
    largest = np.max(beyond, initial=0.0, where=np.isfinite(beyond))
    share = np.where(np.isfinite(beyond), beyond / (largest or 1.0), 1.0)
    row, column = np.divmod(look.entries, shape[1])
    cell = (row * grid[0] // shape[0]) * grid[1] + column * grid[1] // shape[1]
    worst = np.full(grid[0] * grid[1], -1.0)
    np.maximum.at(worst, cell, share)
    return tuple(None if value < 0 else value for value in worst.tolist())


def _sample(look: Look) -> Array:
    """Choose entries evenly by how far off they are, the worst among them."""
    order = np.argsort(-excess_of(look.judged), kind="stable")
    if len(order) <= POINTS:
        return np.sort(order)
    return np.sort(order[np.linspace(0, len(order) - 1, POINTS).astype(int)])
