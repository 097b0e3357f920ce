"""What each statement of a step is for: the loss, or some parameters' updates, or neither.

Noise is added to the statement's value. A forward statement is one that the loss then feels;
a backward one changes only updates, and those of which parameters is what it is judged by.
"""

import ast
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, cached_property
from typing import Any, TypeAlias

import numpy as np

from gradcheck.chance import Chance
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.statements import Change, Statement
from gradcheck.paste.understanding.candidates import by_site, values
from gradcheck.paste.understanding.instrument import Plan
from gradcheck.paste.understanding.measure import Measured
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.sites import of
from gradcheck.paste.understanding.values import frozen, same
from gradcheck.record import record

_NOISE = 0.05
_ROUNDING = 1e-9
_ZERO = 1e-13
_OFFSET = "0.0173"
"""What is added where values can only be changed behind a statement."""


Shaking: TypeAlias = Callable[[float, Measured], "_Run | None"]


@record
class Influence:
    """The parameters whose updates a statement changes; `forward` says that the loss feels it.

    `known` is False where noise could not be added, and anything is possible.
    """

    forward: bool
    parameters: frozenset[Path]
    known: bool = True


@record
class _Run:
    loss: float
    changes: Mapping[Path, Any]
    """Each parameter's update, or the gradient variable where there is one."""


def influences(bench: Bench, executed: frozenset[int]) -> Mapping[int, Influence]:
    """Return what the executed statements are for, by number."""
    return _Influences(bench).all(executed)


_NONE: frozenset[Path] = frozenset()
_UNKNOWN = Influence(forward=False, parameters=_NONE, known=False)


class _Influences:
    """Runs of one step with noise at one statement after another."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._seen = frozenset(event.site for event in bench.inquiry.base.events)
        self._updates = {update.site for update in bench.inquiry.found.updates}
        inner = frozenset().union(*(self._places(s) for s in bench.statements.values()))
        self._plan = bench.step.plan(inner | bench.sites)
        self._made = by_site(bench.inquiry.base.events)
        self._still = self._run({}, 0.0, bench.points[0])
        self._plain = [self._run({}, 1.0, point) for point in bench.telling]
        first = self._plain[0]
        self._early = first is not None and self._same_loss(first)
        """Whether the loss is computed before the updates, so that one run tells both."""

    def all(self, executed: frozenset[int]) -> Mapping[int, Influence]:
        found = self._bench.statements.items()
        return {number: self._of(statement) for number, statement in found if number in executed}

    def _places(self, statement: Statement) -> frozenset[int]:
        """Return the sites whose values make up what a statement computes."""
        own = statement.sites & self._seen
        if own or statement.number in self._updates:
            return own
        return frozenset(_outermost(statement.node, self._seen))

    def _of(self, statement: Statement) -> Influence:
        updating = not self._updates.isdisjoint(of(node) for node in ast.walk(statement.node))
        shaking = self._shaking(statement)
        if shaking is None or self._counts(statement):
            return _UNKNOWN
        if not updating and not self._early:
            still = shaking(0.0, self._bench.points[0])
            if still is None or not self._same_loss(still):
                return _UNKNOWN if still is None else Influence(forward=True, parameters=_NONE)
        feel: set[Path] = set()
        for plain, point in zip(self._plain, self._bench.telling, strict=True):
            moved = shaking(1.0, point)
            if moved is None or plain is None:
                return _UNKNOWN
            if not updating and self._early and not same(moved.loss, plain.loss):
                return Influence(forward=True, parameters=_NONE)
            feel |= {p for p, c in moved.changes.items() if _differ(c, plain.changes[p])}
        return Influence(forward=False, parameters=frozenset(feel))

    def _counts(self, statement: Statement) -> bool:
        """Tell statements that only make whole numbers: sizes, indices, strides."""
        if _behind(statement.node) is not None:
            return False
        places = self._places(statement)
        # What weights of zero make may be whole by chance.
        return _are_whole(self._made, places) and _are_whole(self._elsewhere, places)

    @cached_property
    def _elsewhere(self) -> Mapping[int, list[Event]]:
        """What sites make at a random point."""
        bench, point = self._bench, self._bench.points[0]
        step = replace(bench.step, first=point.first)
        return by_site(step.trial(point.point, self._plan, rate=0.0).events)

    def _same_loss(self, run: _Run) -> bool:
        return self._still is not None and same(run.loss, self._still.loss)

    def _shaking(self, statement: Statement) -> Shaking | None:
        places = self._places(statement)
        after = _offset(statement.node, is_seen=bool(places))
        if after is not None:
            change = Change(number=statement.number, text=statement.text, after=(after,))
            return lambda rate, point: self._run_edited(change, rate, point)
        if not places:
            return None
        noise = dict.fromkeys(places, _noise)
        return lambda rate, point: self._run(noise, rate, point)

    def _run_edited(self, change: Change, rate: float, point: Measured) -> _Run | None:
        if not self._bench.edit({change.number: change}):
            return None
        return self._shown(rate, self._bench.plan, {}, point)

    def _run(self, inject: Mapping[int, Any], rate: float, point: Measured) -> _Run | None:
        plan = self._plan
        if self._bench.slow and inject:
            # Hooks of inner loops take longer than to compile the program once more.
            plan = self._bench.step.plan(frozenset(inject) | self._bench.sites)
        return self._shown(rate, plan, inject, point)

    def _shown(
        self, rate: float, plan: Plan, inject: Mapping[int, Any], point: Measured
    ) -> _Run | None:
        bench = self._bench
        step = replace(bench.step, first=point.first)
        trial = step.trial(point.point, plan, rate=rate, recorded=bench.sites, inject=inject)
        if trial.failed:
            return None
        (loss,) = values([bench.loss], trial.events)
        # What an optimizer makes of a gradient is no part of it.
        changes = {
            path: bench.noted(trial, path)
            if path in bench.claims
            else frozen(step.claim(trial, path))
            for path in bench.parameters
        }
        return _Run(loss=float(loss), changes=changes)


def _are_whole(made: Mapping[int, list[Event]], places: Iterable[int]) -> bool:
    values = [event.value for site in places for event in made.get(site, ())]
    return bool(values) and all(isinstance(v, float) and v.is_integer() for v in values)


def _offset(node: ast.stmt, *, is_seen: bool) -> str | None:
    """Return a statement that moves what one has made, where that can't be seen as it is made."""
    target = _behind(node)
    if target is not None:
        return f"{ast.unparse(target)} += {_OFFSET}"
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.ListComp()) if not is_seen:
            return f"{name} = [_ + {_OFFSET} for _ in {name}]"
    return None


def _behind(node: ast.stmt) -> ast.expr | None:
    """Return what is to be changed behind a statement, as its own value can't be."""
    match node:
        case ast.AugAssign(target=target, op=op) if not isinstance(op, ast.Add | ast.Sub):
            return target
        case ast.Assign(
            targets=[ast.Subscript(value=owner, slice=ast.Compare())], value=ast.Constant()
        ):
            return owner
    return None


def _differ(one: Any, other: Any) -> bool:
    """Tell whether two changes differ by more than rounding."""
    if one is None or other is None or np.shape(one) != np.shape(other):
        return not same(one, other)
    size = float(np.max(np.abs(other), initial=0.0))
    return bool(np.max(np.abs(np.subtract(one, other)), initial=0.0) > _ROUNDING * size)


def _outermost(node: ast.AST, seen: frozenset[int]) -> list[int]:
    """Return the outermost parts of a statement that have values."""
    found: list[int] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and of(child) in seen:
            found.append(of(child))
        else:
            found += _outermost(child, seen)
    return found


def _noise(value: Any) -> Any:
    array = np.asarray(frozen(value))
    size = float(np.sqrt(np.mean(array**2)))
    # What is smaller is a zero that was rounded.
    size = size if size > _ZERO else 1.0
    noise = _NOISE * size * _normal(array.shape)
    return noise if array.ndim else float(noise)


@cache
def _normal(shape: tuple[int, ...]) -> Any:
    return np.asarray(Chance([math.prod(shape)]).normal(size=shape))
