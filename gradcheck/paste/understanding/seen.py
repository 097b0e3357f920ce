"""What a step computes in the shapes of its parameters: among that are their gradients."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.candidates import by_site
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.measure import Measured
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.values import fills


class Seen:
    """The values that sites of some parameter's shape have, at each point: the last few of each.

    `order` has the sites as they were last seen.
    """

    def __init__(self, inquiry: Inquiry) -> None:
        self._shapes = {np.shape(inquiry.points[0].point[path]) for path in inquiry.parameters}
        whole = {e.site for e in inquiry.base.events if self._filled(np.shape(e.value))}
        runs = Counter(e.site for e in inquiry.base.events if not np.shape(e.value))
        sizes = [size for shape in self._shapes if (size := int(np.prod(shape, dtype=int))) > 1]
        parts = {site for site, count in runs.items() if any(count % size == 0 for size in sizes)}
        self.sites = frozenset(whole | parts)
        self.order: list[int] = []
        self.values = [self._at(inquiry, point) for point in inquiry.points]

    def _at(self, inquiry: Inquiry, point: Measured) -> dict[tuple[int, Any], list[Array]]:
        step = replace(inquiry.step, first=point.first, paths=inquiry.parameters)
        trial = step.trial(point.point, step.plan(self.sites), recorded=self.sites)
        found: dict[tuple[int, Any], dict[int, Array]] = defaultdict(dict)
        most = len(inquiry.parameters)
        runs = Counter(event.site for event in trial.events)
        for event in trial.events:
            node = inquiry.machine.nodes[event.site]
            serves = _serves_several(node) or (_is_passing(node) and runs[event.site] <= most)
            thing = id(event.thing) if serves else 0
            for shape in self._filled(np.shape(event.value)):
                own = found[event.site, shape]
                own.pop(thing, None)
                own[thing] = np.reshape(event.value, shape) if shape else event.value
        self.order = list(dict.fromkeys(event.site for event in reversed(trial.events)))[::-1]
        last = {key: list(own.values())[-most:] for key, own in found.items()}
        for site, events in by_site(trial.events).items():
            for shape in self._shapes:
                if (site, shape) not in last and (value := joined(events, shape)) is not None:
                    last[site, shape] = [value]
        return last

    def _filled(self, own: tuple[int, ...]) -> list[tuple[int, ...]]:
        return [shape for shape in self._shapes if fills(own, shape)]

    def of(self, shape: Any) -> Iterator[tuple[int, int, list[Array]]]:
        """Yield each site with its values at all points, and how far back they are, the last last.

        A site has no more of them than there are parameters, each of which it may serve in turn;
        of each thing that it changes, the last. An expression that is evaluated more often than
        there are parameters has but one.
        """
        for site in self.order:
            rows = [one[site, shape] for one in self.values if (site, shape) in one]
            if len(rows) == len(self.values):
                for back in range(min(map(len, rows)), 0, -1):
                    yield site, back, [row[-back] for row in rows]


@lru_cache(maxsize=2)
def computed(inquiry: Inquiry) -> Seen:
    """Return what a step computes as it was measured; it is run for that but once."""
    return Seen(inquiry)


def joined(events: Sequence[Event], shape: tuple[int, ...]) -> Array | None:
    """Return the last numbers of a site as one array, where it computes them one by one."""
    size = int(np.prod(shape, dtype=int))
    if size < 2 or not events or len(events) % size or any(np.shape(e.value) for e in events):
        return None
    return np.array([event.value for event in events[-size:]], dtype=float).reshape(shape)


def nth_back(events: Sequence[Event], back: int) -> int | None:
    """Return the index of the event that last changed a thing, the last but so many of these."""
    last = {id(event.thing): index for index, event in enumerate(events)}
    if back == 1:
        return len(events) - 1 if events else None
    return sorted(last.values())[-back] if back <= len(last) else None


def _is_passing(node: ast.AST) -> bool:
    """Tell a part of an expression: a list that is made of such keeps every one of its values.

    So does a loop over the parameters, of what has but one name in all its turns.
    """
    match node:
        case ast.Assign(targets=[ast.Name()]):
            return True
    return isinstance(node, ast.expr)


def _serves_several(node: ast.AST) -> bool:
    """Tell what is stored in entries of a collection: `grads[name] += ...`, each time in another.

    What is stored there once more is what counts.
    """
    match node:
        case ast.AugAssign(target=ast.Subscript(slice=key)):
            return not isinstance(key, ast.Constant)
        case ast.Assign(targets=[ast.Subscript(slice=key)]):
            return not isinstance(key, ast.Constant)
    return False
