"""What each statement of a step is for: the loss, or some parameters' updates, or neither.

Noise is added to the statement's value. A forward statement is one that the loss then feels;
a backward one changes only updates, and those of which parameters is what it is judged by.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.chance import Chance
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.statements import Change, Statement
from gradcheck.paste.understanding.candidates import values
from gradcheck.paste.understanding.instrument import Plan
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.sites import of
from gradcheck.paste.understanding.values import frozen, same
from gradcheck.record import record

_NOISE = 0.05
_ROUNDING = 1e-9
_OFFSET = "0.0173"
"""What is added where values can only be changed behind a statement."""


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


def influences(bench: Bench, executed: frozenset[int]) -> Mapping[int, Influence]:
    """Return what the executed statements are for, by number."""
    return _Influences(bench).all(executed)


class _Influences:
    """Runs of one step with noise at one statement after another."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._seen = frozenset(event.site for event in bench.inquiry.base.events)
        self._updates = {update.site for update in bench.inquiry.found.updates}
        inner = frozenset().union(*(self._places(s) for s in bench.statements.values()))
        self._plan = bench.step.plan(inner | bench.sites)
        self._still = self._run({}, 0.0)
        self._plain = self._run({}, 1.0)

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
        if shaking is None:
            return Influence(forward=False, parameters=frozenset(), known=False)
        if not updating:
            still = shaking(0.0)
            if still is None:
                return Influence(forward=False, parameters=frozenset(), known=False)
            if not self._same_loss(still):
                return Influence(forward=True, parameters=frozenset())
        moved = shaking(1.0)
        if moved is None or self._plain is None:
            return Influence(forward=False, parameters=frozenset(), known=False)
        plain = self._plain.changes
        feel = {p for p, change in moved.changes.items() if _differ(change, plain[p])}
        return Influence(forward=False, parameters=frozenset(feel))

    def _same_loss(self, run: _Run) -> bool:
        return self._still is not None and same(run.loss, self._still.loss)

    def _shaking(self, statement: Statement) -> Callable[[float], _Run | None] | None:
        node = statement.node
        if isinstance(node, ast.AugAssign) and not isinstance(node.op, ast.Add | ast.Sub):
            after = f"{ast.unparse(node.target)} += {_OFFSET}"
            change = Change(number=statement.number, text=statement.text, after=(after,))
            return lambda rate: self._run_edited(change, rate)
        places = self._places(statement)
        if not places:
            return None
        return lambda rate: self._run(dict.fromkeys(places, _noise), rate)

    def _run_edited(self, change: Change, rate: float) -> _Run | None:
        if not self._bench.edit({change.number: change}):
            return None
        return self._shown(rate, self._bench.plan, {})

    def _run(self, inject: Mapping[int, Any], rate: float) -> _Run | None:
        return self._shown(rate, self._plan, inject)

    def _shown(self, rate: float, plan: Plan, inject: Mapping[int, Any]) -> _Run | None:
        bench = self._bench
        point = bench.points[0]
        step = replace(bench.step, first=point.first)
        trial = step.trial(point.point, plan, rate=rate, recorded=bench.sites, inject=inject)
        if trial.failed:
            return None
        (loss,) = values([bench.loss], trial.events)
        claims = {p: frozen(step.claim(trial, p)) for p in bench.parameters}
        return _Run(loss=float(loss), changes=claims)


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
    noise = Chance([array.size]).normal(size=array.shape)
    size = float(np.sqrt(np.mean(array**2))) or 1.0
    return _NOISE * size * noise if array.ndim else float(_NOISE * size * noise)
