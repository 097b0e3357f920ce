"""The contract of a reporter: a pure function from a report to text."""

from collections.abc import Callable
from typing import Literal, TypeAlias

from gradcheck.record import record
from gradcheck.report import Report

Need: TypeAlias = Literal["rules", "pictures"]
"""What a report has only where a reporter asks for it."""


@record
class Style:
    """How a report is to look where that is a matter of taste: `width` in columns."""

    width: int = 80
    colour: bool = False
    verbosity: int = 0
    """-1 for the summary line alone, 0 for what needs attention, 1 for everything."""


@record
class Reporter:
    """An output format. Same report and style, same bytes."""

    name: str
    suffix: str
    doc: str | None
    render: Callable[[Report, Style], str]
    needs: frozenset[Need] = frozenset()

    @property
    def key(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        return (self.doc or "").strip().partition("\n")[0].rstrip(".")
