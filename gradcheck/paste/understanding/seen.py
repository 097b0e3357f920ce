"""What a step computes in the shapes of its parameters: among that are their gradients."""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.measure import Measured


class Seen:
    """The values that sites of some parameter's shape have, at each point: the last few of each.

    `order` has the sites as they were last seen.
    """

    def __init__(self, inquiry: Inquiry) -> None:
        shapes = {np.shape(inquiry.points[0].point[path]) for path in inquiry.parameters}
        self.sites = frozenset(
            event.site for event in inquiry.base.events if np.shape(event.value) in shapes
        )
        self.order: list[int] = []
        self.values = [self._at(inquiry, point) for point in inquiry.points]

    def _at(self, inquiry: Inquiry, point: Measured) -> dict[tuple[int, Any], deque[Array]]:
        step = replace(inquiry.step, first=point.first, paths=inquiry.parameters)
        trial = step.trial(point.point, step.plan(self.sites), recorded=self.sites)
        most = len(inquiry.parameters)
        found: dict[tuple[int, Any], deque[Array]] = defaultdict(lambda: deque(maxlen=most))
        for event in trial.events:
            found[event.site, np.shape(event.value)].append(event.value)
        self.order = list(dict.fromkeys(event.site for event in reversed(trial.events)))[::-1]
        return dict(found)

    def of(self, shape: Any) -> Iterator[tuple[int, int, list[Array]]]:
        """Yield each site with its values at all points, and how far back they are, the last last.

        A site has no more of them than there are parameters, each of which it may serve in turn.
        """
        for site in self.order:
            rows = [one[site, shape] for one in self.values if (site, shape) in one]
            if len(rows) == len(self.values):
                for back in range(min(map(len, rows)), 0, -1):
                    yield site, back, [row[-back] for row in rows]
