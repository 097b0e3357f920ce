"""Layers of activations in a forward pass, known by their values alone.

What equals the sigmoid, the tangent or the ReLU of something computed shortly before it is that,
however the program writes it. So are the softplus and the exponential, which have no two ends.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, Literal, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.steps import Point
from gradcheck.record import record

Kind: TypeAlias = Literal["sigmoid", "tanh", "relu", "softplus", "exponential"]

_NEAR = 1e-9
_APART = 1e-6
_SMALL = 1e-3
_RECENT = 8
_COMPARED = 2000
_DISTINCT = 3
_TRIED = 3
"""A place that has been no activation so often is none."""


@record
class Layer:
    """The activations of one place, with what they are of: a pair of arrays each time."""

    kind: Kind
    site: int
    sums: int
    """The site of what the activations are of."""
    before: Sequence[Array]
    after: Sequence[Array]

    @property
    def has_ends(self) -> bool:
        """Whether the units have two flat ends, at which they can be saturated."""
        return self.kind in ("sigmoid", "tanh")

    @property
    def slopes(self) -> Array:
        """The derivatives of all activations that have ends, flat."""
        a = np.concatenate([np.ravel(one) for one in self.after])
        return np.asarray(a * (1 - a) if self.kind == "sigmoid" else 1 - a * a)


_ACTIVATIONS: Mapping[Kind, Callable[[Array], Array]] = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "softplus": lambda z: np.logaddexp(0, z),
    "exponential": np.exp,
}


@lru_cache(maxsize=4)
def layers(stage: Stage) -> list[Layer]:
    """Return the layers of a few iterations where training starts."""
    return layers_at(stage, {})


def layers_at(stage: Stage, point: Point) -> list[Layer]:
    """Return the layers of a few iterations, with the parameters at a point.

    Which places are activations is learned at random weights: at others, all may be zero.
    """
    matched = partial(_known, _kinds(stage))
    groups: dict[Any, list[tuple[Array, Array]]] = defaultdict(list)
    for events in stage.forward(point):
        for one in _found(events, matched):
            groups[one.kind, one.site, one.sums, one.after.shape].append((one.before, one.after))
    return [
        Layer(
            kind=kind,
            site=site,
            sums=sums,
            before=[z for z, _ in pairs],
            after=[a for _, a in pairs],
        )
        for (kind, site, sums, shape), pairs in groups.items()
        if shape or len({float(a) for _, a in pairs}) >= _DISTINCT
    ]


@record
class _Match:
    """One activation: its kind, its outermost site, the site of its sums, and both values."""

    kind: Kind
    site: int
    sums: int
    before: Array
    after: Array


@lru_cache(maxsize=4)
def _kinds(stage: Stage) -> Mapping[int, tuple[Kind, set[int]]]:
    """Return what sites are activations of, at random weights, and the sites of their sums.

    Where inputs are large, small weights show what others can't.
    """
    kinds: dict[int, tuple[Kind, set[int]]] = {}
    small = {path: _SMALL * value for path, value in stage.anywhere.items()}
    for point in (stage.anywhere, small):
        failures: dict[int, int] = defaultdict(int)
        for events in stage.forward(point):
            for one in _found(events, partial(_learned, kinds, failures)):
                failures[one.site] = 0
    return kinds


def _learned(
    kinds: dict[int, tuple[Kind, set[int]]],
    failures: dict[int, int],
    event: Event,
    recent: Sequence[tuple[int, Array]],
) -> _Match | None:
    """Return what a value is an activation of, if it is and shows it; remember its site."""
    site, a = event.site, np.asarray(event.value)
    failures[site] += site not in kinds
    possible = (kinds[site][0],) if site in kinds else _possible(a)
    match = _matched(site, a, recent, possible) if failures[site] <= _TRIED else None
    if match is None or not _is_telling(match):
        return None
    kinds.setdefault(site, (match.kind, set()))[1].add(match.sums)
    return match


def _known(
    kinds: Mapping[int, tuple[Kind, set[int]]], event: Event, recent: Sequence[tuple[int, Array]]
) -> _Match | None:
    """Return what a value is an activation of, by what is known of its site."""
    kind, sums = kinds.get(event.site, (None, ()))
    near = [one for one in recent if one[0] in sums]
    return _matched(event.site, np.asarray(event.value), near, (kind,)) if kind else None


def _found(
    events: Sequence[Event],
    matched: Callable[[Event, Sequence[tuple[int, Array]]], _Match | None],
) -> Iterator[_Match]:
    """Yield each activation of an iteration once, as what it is called in the end."""
    recent: dict[Any, deque[tuple[int, Array]]] = defaultdict(lambda: deque(maxlen=_RECENT))
    known: dict[int, _Match] = {}
    last: Event | None = None
    for event in events:
        a = np.asarray(event.value)
        # A number that is returned, and then stored, is one.
        is_same = id(last) in known and last is not None and np.array_equal(last.value, a)
        key = id(event.thing) if a.ndim else id(last if is_same else event)
        if key in known:
            known[key] = replace(known[key], site=event.site)
            continue
        last = event
        match = matched(event, recent[a.shape])
        if match is not None:
            known[key] = match
        recent[a.shape].append((event.site, a))
    yield from known.values()


def _is_telling(match: _Match) -> bool:
    """Tell activations some of which are not at the ends, where one kind looks like another."""
    a, z = match.after, match.before
    away: Mapping[Kind, Array] = {
        "sigmoid": a * (1 - a),
        "tanh": (1 - a * a) * np.abs(a),
        "relu": np.ones(1),
        "softplus": a - np.maximum(z, 0),
        "exponential": a * np.abs(a - 1),
    }
    return bool(np.any(away[match.kind] > _APART))


def _possible(a: Array) -> tuple[Kind, ...]:
    """Return the kinds that values allow; what is all one number tells nothing."""
    low, high = float(a.min()), float(a.max())
    if a.size > 1 and low == high:
        return ()
    allowed: Mapping[Kind, bool] = {
        "sigmoid": low >= 0 and high <= 1,
        "tanh": low >= -1 and high <= 1,
        "relu": low == 0,
        "softplus": low > 0,
        "exponential": low > 0,
    }
    return tuple(kind for kind, fits in allowed.items() if fits)


def _matched(
    site: int, a: Array, recent: Sequence[tuple[int, Array]], kinds: Sequence[Kind]
) -> _Match | None:
    """Return what something is an activation of, if it is, of either sign."""
    few = slice(None, None, max(1, a.size // _COMPARED))
    some = np.ravel(a)[few]
    for sums, z in reversed(recent) if kinds else ():
        of = np.ravel(z)[few]
        for kind in kinds if not np.array_equal(some, of) else ():
            for sign in (1, -1):
                if np.all(np.abs(_ACTIVATIONS[kind](sign * of) - some) <= _NEAR):
                    return _Match(kind=kind, site=site, sums=sums, before=sign * z, after=a)
    return None
