"""The power of checks, written for people and for programs."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gradcheck.problem import Problem

if TYPE_CHECKING:
    from gradcheck.diagnose.power import Power

Found = Sequence[tuple[Problem, "Power"]]


def as_text(found: Found) -> str:
    """Write a paragraph for each problem, with a line for each fault that would go unseen."""
    return "\n".join("\n".join(_lines(problem, power)) + "\n" for problem, power in found)


def _lines(problem: Problem, power: "Power") -> Iterator[str]:
    yield (
        f"{problem.name} ({problem.target}): power {100 * power.share:.4g} %, "
        f"{power.visible} of {power.total} faults would be seen"
    )
    for hidden in power.hidden:
        yield f"  unseen: {hidden.plant.fault.code} {hidden.place}: {hidden.plant.fault.title}"
        yield f"          {hidden.reason}"
    if power.equivalent:
        yield f"  {power.equivalent} more would change nothing in this network"


def as_json(found: Found) -> str:
    """Write all figures; the keys are those of `diagnose.power.Power`."""
    problems = [
        {
            "name": problem.name,
            "target": problem.target,
            "power": power.share,
            "visible": power.visible,
            "equivalent": power.equivalent,
            "points_needed": power.needed,
            "hidden": [
                {
                    "code": hidden.plant.fault.code,
                    "title": hidden.plant.fault.title,
                    "place": hidden.place,
                    "reason": hidden.reason,
                }
                for hidden in power.hidden
            ],
        }
        for problem, power in found
    ]
    return json.dumps({"problems": problems}, indent=2) + "\n"
