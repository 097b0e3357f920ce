"""Drawings in SVG: axes with round numbers, points, lines and maps, coloured by the page's CSS."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from math import ceil, floor, isfinite, log10
from sys import float_info

from gradcheck.record import record

WIDTH, HEIGHT = 340, 230
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 10, 38
"""Room around the plot for the axes' numbers and names, in pixels."""

TICKS = 5
"""Intervals that an axis has about."""

_TENS = float_info.min_10_exp, float_info.max_10_exp
"""The powers of ten that there are numbers for."""


@record
class Axis:
    """One axis: its range in what is drawn (logarithms, where `log`), and its name."""

    low: float
    high: float
    name: str
    log: bool = False

    def share(self, value: float) -> float:
        """Return how far along the axis a value lies, from 0 to 1."""
        at = log10(value) if self.log else value
        return (at - self.low) / (self.high - self.low)


def axis(values: Iterable[float], name: str, *, log: bool = False) -> Axis | None:
    """Return an axis for all the values that can be drawn; None where there is none."""
    shown = [log10(v) if log else v for v in values if isfinite(v) and (v > 0 or not log)]
    if not shown:
        return None
    low, high = min(shown), max(shown)
    if log:
        low, high = float(floor(low)), float(ceil(high))
    room = (high - low) * 0.04 or abs(high) * 0.1 or 1.0
    return Axis(low=low - room, high=high + room, name=name, log=log)


def ticks(scale: Axis) -> list[tuple[float, str]]:
    """Return round values along an axis, each with how it is written."""
    if scale.log:
        low, high = max(ceil(scale.low), _TENS[0]), min(floor(scale.high), _TENS[1])
        decades = range(low, high + 1)
        every = max(1, ceil(len(decades) / TICKS))
        return [(10.0**k, f"1e{k}" if k else "1") for k in decades if k % every == 0]
    unit = 10.0 ** floor(log10((scale.high - scale.low) / TICKS))
    step = next(unit * m for m in (1, 2, 5, 10) if unit * m * TICKS >= scale.high - scale.low)
    first, last = ceil(scale.low / step), floor(scale.high / step)
    return [(k * step, f"{k * step:.4g}") for k in range(first, last + 1)]


@record
class Plot:
    """Two axes, and what turns a pair of values into pixels."""

    x: Axis
    y: Axis

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self._across(x), self._down(y)

    def _across(self, x: float) -> float:
        return LEFT + self.x.share(x) * (WIDTH - LEFT - RIGHT)

    def _down(self, y: float) -> float:
        return HEIGHT - BOTTOM - self.y.share(y) * (HEIGHT - TOP - BOTTOM)

    def drawable(self, x: float, y: float) -> bool:
        return all(
            isfinite(v) and (v > 0 or not scale.log) for v, scale in ((x, self.x), (y, self.y))
        )

    def frame(self) -> str:
        """Draw the axes with their numbers and names."""
        parts = []
        for value, text in ticks(self.x):
            across = self._across(value)
            parts.append(_grid(across, TOP, across, HEIGHT - BOTTOM))
            parts.append(_label(across, HEIGHT - BOTTOM + 14, text, "middle"))
        for value, text in ticks(self.y):
            down = self._down(value)
            parts.append(_grid(LEFT, down, WIDTH - RIGHT, down))
            parts.append(_label(LEFT - 5, down + 3.5, text, "end"))
        middle = (TOP + HEIGHT - BOTTOM) / 2
        parts.append(_label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, self.x.name, "middle"))
        turned = f'<g transform="rotate(-90 10 {middle:.1f})">'
        parts.append(f"{turned}{_label(10, middle + 3, self.y.name, 'middle')}</g>")
        return "".join(parts)

    def points(self, pairs: Iterable[tuple[float, float]], kind: str) -> str:
        shown = (self.at(x, y) for x, y in pairs if self.drawable(x, y))
        return "".join(
            f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in shown
        )

    def line(self, pairs: Sequence[tuple[float, float]], kind: str) -> str:
        shown = (self.at(x, y) for x, y in pairs if self.drawable(x, y))
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in shown)
        return f'<polyline class="{kind}" points="{path}"/>'


def _grid(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="grid" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def grid(rows: int, columns: int, shade: Callable[[int], tuple[str, str]]) -> str:
    """Draw a map; `shade` gives the class and the words of each cell, row by row.

    Cells are square unless that makes the map too flat to be seen or too high.
    """
    wide = (WIDTH - 2) / columns
    high = min(max(wide, 6.0), 40.0, max(2.0, 400 / rows))
    wide = min(wide, 40.0)
    parts = []
    for number in range(rows * columns):
        row, column = divmod(number, columns)
        kind, words = shade(number)
        parts.append(
            f'<rect class="{kind}" x="{column * wide:.1f}" y="{row * high:.1f}" '
            f'width="{wide:.1f}" height="{high:.1f}"><title>{escape(words)}</title></rect>'
        )
    return picture("".join(parts), wide * columns, high * rows)


def picture(content: str, width: float = WIDTH, height: float = HEIGHT) -> str:
    return (
        f'<svg viewBox="0 0 {width:.1f} {height:.1f}" width="{width:.0f}" height="{height:.0f}" '
        f'role="img">{content}</svg>'
    )
