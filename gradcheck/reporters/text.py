"""The report for a person at a terminal.

The worst parameters come first, then what is wrong with them and what to write instead.
With colour it says the same, letter by letter.
"""

from collections.abc import Callable

from gradcheck.report import Report
from gradcheck.reporter import Reporter, Style
from gradcheck.reporters._layout import Span
from gradcheck.reporters._outline import outline

STYLES = {
    "right": "green",
    "wrong": "bold red",
    "undecided": "yellow",
    "accepted": "cyan",
    "error": "bold red",
    "warning": "bold yellow",
    "note": "bold cyan",
    "help": "bold green",
    "place": "cyan",
    "strong": "bold",
    "quiet": "dim",
    "added": "green",
    "removed": "red",
}


def render(report: Report, style: Style) -> str:
    paint = _painter() if style.colour else _plain
    return "".join("".join(map(paint, line)) + "\n" for line in outline(report, style))


def _plain(span: Span) -> str:
    return span.text


def _painter() -> Callable[[Span], str]:
    """Return a writer of colour; it asks neither the terminal nor the environment."""
    # Rich is slow to import, and is not needed without colour.
    from rich.color import ColorSystem
    from rich.style import Style as Paint

    paints = {name: Paint.parse(paint) for name, paint in STYLES.items()}

    def paint(span: Span) -> str:
        if not span.style:
            return span.text
        return paints[span.style].render(span.text, color_system=ColorSystem.STANDARD)

    return paint


REPORTER = Reporter(name="text", suffix=".txt", doc=__doc__, render=render)
