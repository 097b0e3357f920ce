"""What the budget left out of a check, and how that is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gradcheck.report import Check
from gradcheck.settings import Budget

NAMED = 5
"""Parameters that are named; of more only the number is told."""


@dataclass(kw_only=True, eq=False, repr=False)
class Omissions:
    """Points at which nothing was checked, and at which points parameters were passed over."""

    points: list[str] = field(default_factory=list)
    parameters: dict[str, list[str]] = field(default_factory=dict)

    def skip(self, parameter: str, point: str) -> None:
        """Note that a parameter was passed over at a point."""
        self.parameters.setdefault(parameter, []).append(point)

    def told(
        self,
        budget: Budget,
        larger: str,
        points: Sequence[str],
        checks: Sequence[Check],
        partly: bool,
    ) -> Iterator[str]:
        """Say what was left out, if anything; `partly` if entries that are missing count.

        `larger` says how a larger budget is asked for. `points` are those at which something was
        checked.
        """
        unchecked = [c.parameter for c in checks if c.entries and not c.entries_checked]
        if checks and not points:
            facts = ["everything"]
        else:
            facts = [f"all of {_listed(unchecked)}"] if unchecked else []
            facts += _entries(checks) if partly else []
            facts += self._points(points, unchecked)
        if facts:
            yield f"the budget of {budget} left out {'; '.join(facts)}; {larger} allows it more"

    def _points(self, points: Sequence[str], unchecked: Sequence[str]) -> Iterator[str]:
        """Tell the points that were left out, as a whole or for some parameters."""
        by_point: dict[str, list[str]] = {point: [] for point in self.points}
        for parameter, where in self.parameters.items():
            for point in where:
                by_point.setdefault(point, []).append(parameter)
        for point, parameters in by_point.items():
            some = [name for name in parameters if name not in unchecked]
            if point not in points:
                yield f"the {point} point"
            elif some:
                yield f"{_listed(some)} at the {point} point"


def _entries(checks: Sequence[Check]) -> list[str]:
    partly = [c for c in checks if 0 < c.entries_checked < c.entries]
    told = [
        f"{c.entries - c.entries_checked} of the {c.entries} entries of {c.parameter}"
        for c in partly[:NAMED]
    ]
    return [*told, f"entries of {len(partly) - NAMED} more"] if len(partly) > NAMED else told


def _listed(names: Sequence[str]) -> str:
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
