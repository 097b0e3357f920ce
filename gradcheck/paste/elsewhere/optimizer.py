"""An optimizer as a black box: gradients of our choice go in, and the steps that it makes come out.

The values of the gradient variables are replaced in the first iterations of all, so that what is
kept between steps starts as the program starts it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.elsewhere.stage import Place, Stage
from gradcheck.paste.understanding.claim import Claim
from gradcheck.paste.understanding.claims import claimed
from gradcheck.paste.understanding.optimizing import states
from gradcheck.paste.understanding.passages import Passage
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.values import frozen, number
from gradcheck.paste.understanding.words import RATES, says
from gradcheck.record import record

TURNS = 4
"""So many steps are looked at."""

_SLOW = 0.02
_SAME = 1e-9
_EQUAL = 1e-4

Sizes: TypeAlias = Sequence[float]
"""How large the gradient is to be in each of the first iterations."""


@record
class Answer:
    """What an optimizer made of its gradients: each step, and what it kept after each."""

    steps: tuple[Array, ...]
    kept: Mapping[Path, tuple[Array, ...]]


class Optimizer:
    """The optimizer of a stage; `claims` are the gradient variables that it is fed."""

    def __init__(self, stage: Stage, claims: Mapping[Path, Claim]) -> None:
        self.stage = stage
        self.claims = claims

    def direction(self, path: Path) -> Array:
        """Return a gradient whose entries differ, none of which is small or clipped."""
        shape = np.shape(self.stage.start[path])
        return np.linspace(0.2, 0.9, int(np.prod(shape, dtype=int))).reshape(shape)

    def kept(self, path: Path) -> list[Path]:
        """Return what is kept for a parameter, as far as its shape tells."""
        return [other for other, _ in states(self.stage.inquiry, path)]

    def answer(self, watched: Path, sizes: Mapping[Path, Sizes]) -> Answer | None:
        """Return the first steps of one parameter; None where gradients do not go in as given."""
        paths = (watched, *self.kept(watched))
        count = len(sizes[watched])
        before, held = np.asarray(frozen(self.stage.start[watched])), []
        for span in range(1, count + 1):
            values = self._after(span, paths, sizes)
            if values is None:
                return None
            held.append(values)
        positions = [before, *(values[watched] for values in held)]
        return Answer(
            steps=tuple(np.diff(positions, axis=0)),
            kept={path: tuple(values[path] for values in held) for path in paths[1:]},
        )

    def _after(
        self, span: int, paths: Sequence[Path], sizes: Mapping[Path, Sizes]
    ) -> dict[Path, Array] | None:
        sites = frozenset(self.claims[path].site for path in sizes)
        step = replace(self.stage.step, first=0, span=span, paths=tuple(paths))
        inject = {self.claims[path].site: self._given(path, own) for path, own in sizes.items()}
        trial = step.trial({}, step.plan(sites), recorded=sites, inject=inject)
        if trial.failed or not all(self._is_given(trial.events, p, s) for p, s in sizes.items()):
            return None
        values = {path: frozen(trial.after.values.get(path)) for path in paths}
        shape = np.shape(self.stage.start[paths[0]])
        if any(np.shape(v) != shape or not np.all(np.isfinite(v)) for v in values.values()):
            return None
        return {path: np.asarray(value, dtype=float) for path, value in values.items()}

    def _given(self, path: Path, sizes: Sizes) -> Callable[[Any], Any]:
        """Return what makes a site's values those of our choice, one iteration after another."""
        gradient, often, count = self.direction(path), self._often(path), 0

        def added(value: Any) -> Any:
            nonlocal count
            if np.shape(value) != gradient.shape:
                return 0.0
            turn = min(count // often, len(sizes) - 1)
            count += 1
            return sizes[turn] * gradient - np.asarray(frozen(value))

        return added

    def _often(self, path: Path) -> int:
        site, shape = self.claims[path].site, np.shape(self.stage.start[path])
        events = self.stage.base.events
        return max(1, len([e for e in events if e.site == site and np.shape(e.value) == shape]))

    def _is_given(self, events: Sequence[Any], path: Path, sizes: Sizes) -> bool:
        gradient, site = self.direction(path), self.claims[path].site
        seen = [e.value for e in events if e.site == site and np.shape(e.value) == gradient.shape]
        wanted = {round(size, 9): size * gradient for size in sizes}
        return bool(seen) and all(
            any(np.allclose(value, one, rtol=_SAME, atol=_SAME) for one in wanted.values())
            for value in seen
        )

    def place(self, path: Path) -> Place:
        """Return where a parameter is updated; empty where code outside of the program does it."""
        found = (u.site for u in self.stage.inquiry.found.updates if u.path == path and u.site >= 0)
        return next((self.stage.place(site) for site in found), {})

    @property
    def numbers(self) -> list[float]:
        """The single numbers of the program, such as its rates: kept, or written out."""
        values = self.stage.base.before.values.values()
        literals = (
            getattr(node, "value", None) for node in self.stage.inquiry.machine.nodes.values()
        )
        found = [number(value) for value in values]
        found += [float(v) for v in literals if isinstance(v, float | int)]
        return [abs(value) for value in found if value]

    @property
    def rates(self) -> list[float]:
        """Those of the numbers that are called a learning rate."""
        values = self.stage.base.before.values.items()
        found = [number(value) for path, value in values if says(path.last, RATES)]
        return [abs(value) for value in found if value]


@lru_cache(maxsize=1)
def optimizer(stage: Stage) -> Optimizer | None:
    """Return the optimizer of a stage; None where there is none, or it can't be fed."""
    step = stage.step
    if isinstance(step, Passage) or step.loop < 0 or not stage.is_right or not stage.start:
        return None
    if stage.is_plain or stage.base.failed or stage.seconds > _SLOW:
        return None
    claims = claimed(stage.inquiry, stage.chosen)
    fed = {path: claim for path, claim in claims.items() if path in stage.start and not claim.decay}
    return Optimizer(stage, fed) if fed else None


def is_one_of(value: float, numbers: Sequence[float]) -> bool:
    return any(abs(value - one) <= _EQUAL * one for one in numbers)
