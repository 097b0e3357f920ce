"""What the values of a step are to each other: sums and their activations, biases, derivatives.

Told by what the step computes and in which order, whatever names and formulas a program has. What
rises with an earlier value, entry by entry, but not in a straight line, is its activation. A
parameter that is added to others on the way to the loss is a bias.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.influence import Influence
from gradcheck.paste.repair.scope import summing
from gradcheck.paste.repair.statements import Statement
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.sites import of
from gradcheck.paste.understanding.values import frozen, same

_FEW = 6
"""So many different entries rise with others, if they do, by more than chance."""

_BENT = 3
"""So many different values has an activation, at least: a threshold's derivative has two."""

_MOST = 2000
"""So many entries of two values are compared."""

_STRAIGHT = 1e-6
_SAME = 1e-9

Place: TypeAlias = tuple[int, int]
"""A site, and which of its values."""


class Roles:
    """The roles of values in one run of a step, at a random point, that moves no parameter."""

    def __init__(self, bench: Bench, influences: Mapping[int, Influence]) -> None:
        self._bench = bench
        own = bench.statements
        self._behind = _sites(own[n] for n, one in influences.items() if one.parameters)
        self._updates = _sites(bench.updating)

    @cached_property
    def _events(self) -> list[Event]:
        point = self._bench.points[0]
        step = replace(self._bench.step, first=point.first)
        return step.trial(point.point, step.plan(None), rate=0.0).events

    @cached_property
    def _columns(self) -> Mapping[int, list[tuple[int, Any]]]:
        """The values of each site, with their places in time."""
        found: dict[int, list[tuple[int, Any]]] = {}
        for time, event in enumerate(self._events):
            found.setdefault(event.site, []).append((time, event.value))
        return found

    @cached_property
    def biases(self) -> frozenset[Path]:
        """The parameters that are added to something on the way to the loss."""
        point = self._bench.points[0]
        sums = [*self._added()]
        return frozenset(
            path
            for path, value in point.point.items()
            if _is_added(np.asarray(frozen(value), dtype=float), point.claims[path], sums)
        )

    def _added(self) -> Iterator[Any]:
        """Yield what is added to other things, or taken off them, but not on the way back."""
        for event in self._events:
            if event.right is not None and event.site not in self._behind | self._updates:
                yield event.right
                if event.adds and event.left is not None:
                    yield event.left

    def link(self, old: Any, new: Any) -> str | None:
        """Tell whether of two values the new is an activation of the old, or the reverse."""
        earlier, later = self._places(old), self._places(new)
        if self._leads(earlier, later):
            return "activation"
        return "sum" if self._leads(later, earlier) else None

    def role(self, value: Any) -> str | None:
        """Return what a value that the step computes is; None for one that it does not."""
        places = self._places(value)
        if not places:
            return None
        if all(site in self._behind for site, _ in places):
            return "derivative"
        others = [(site, turn) for site in self._columns for turn in {turn for _, turn in places}]
        if self._leads(others, places):
            return "activation"
        if self._leads(places, others):
            return "sum"
        # What begins the way back may be a part of the loss as well.
        return "derivative" if any(site in self._behind for site, _ in places) else None

    def _places(self, value: Any) -> list[Place]:
        """Return where a value is computed; whole numbers may be anything."""
        if value is None or (np.ndim(value) == 0 and value == np.round(value)):
            return []
        return [
            (site, turn)
            for site, column in self._columns.items()
            for turn, (_, own) in enumerate(column)
            if same(own, value)
        ]

    def _leads(self, earlier: Iterable[Place], later: Iterable[Place]) -> bool:
        """Tell whether a later value is an activation of an earlier one."""
        later = [*later]
        return any(self._activates(one, other) for one in earlier for other in later)

    def _activates(self, one: Place, other: Place) -> bool:
        before, after = (self._columns[site] for site, _ in (one, other))
        turn = one[1]
        if len(before) != len(after) or turn != other[1] or before[turn][0] >= after[turn][0]:
            return False
        pairs = [(x, y) for (_, x), (_, y) in zip(before, after, strict=True)]
        pairs = [(x, y) for x, y in pairs if np.shape(x) == np.shape(y)]
        if not pairs or np.shape(before[turn][1]) != np.shape(after[turn][1]):
            return False
        if _is_softmax(before[turn][1], after[turn][1]):
            return True
        x, y = (
            np.concatenate([np.ravel(v) for v in column]) for column in zip(*pairs, strict=True)
        )
        return _follows(x, y)


def _sites(statements: Iterable[Statement]) -> frozenset[int]:
    """Return the numbers of the places in some statements that compute something."""
    nodes = (node for one in statements for node in ast.walk(one.node))
    plain = (ast.Name, ast.Attribute, ast.Subscript)
    made = (n for n in nodes if not isinstance(getattr(n, "value", n), plain))
    return frozenset(of(node) for node in made) - {-1}


def _is_added(value: Array, claim: Any, sums: Iterable[Any]) -> bool:
    """Tell whether a value is an operand of sums: as a whole, or each entry that was updated."""
    seen: set[float] = set()
    for one in sums:
        if np.shape(one) == value.shape and np.array_equal(one, value):
            return True
        if np.ndim(one) == 0:
            seen.add(float(one))
    used = value[np.asarray(claim) != 0] if np.shape(claim) == value.shape else value.ravel()
    return value.ndim == 1 and used.size > 0 and seen.issuperset(map(float, used))


def _follows(x: Array, y: Array) -> bool:
    """Tell whether one value rises with another, entry by entry, but not in a straight line."""
    few = slice(None, None, max(1, x.size // _MOST))
    x, y = x[few], y[few]
    if len(set(x.tolist())) < _FEW or len(set(y.tolist())) < _BENT:
        return False
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(y))):
        return False
    size = float(np.ptp(y))
    if np.any(np.diff(y[np.lexsort((y, x))]) < -_SAME * size):
        return False
    x, y = x - x.mean(), y - y.mean()
    rest = y - x * float(x @ y) / float(x @ x)
    return float(np.linalg.norm(rest)) > _STRAIGHT * float(np.linalg.norm(y))


def _is_softmax(x: Any, y: Any) -> bool:
    """Tell whether positive values that add up to 1 are a softmax of others."""
    if not np.ndim(y):
        return False
    return any(np.all(np.ptp(np.log(y) - x, axis=axis) < _SAME) for axis in summing(y))
