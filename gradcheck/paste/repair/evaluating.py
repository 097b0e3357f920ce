"""Formulas evaluated in passing, in the frames of a run, and what their values are."""

import ast
import operator
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from types import CodeType, FrameType
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.targets import Targets
from gradcheck.paste.understanding.values import operand, same
from gradcheck.record import record

_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.MatMult: operator.matmul,
}
_SUMS = (ast.Add, ast.Sub)

_LOOKED = 2
"""So many executions of a statement are compared with targets: the first, and the one behind."""

_MOST_SUMMED = 40
"""Statements that are executed more often are not summed up."""

_NEAR = 1e-4
_DIGITS = 9
_MOST = 60_000
"""How many formulas are evaluated at most."""

_HELD = 2**22
"""How many numbers are kept at most, until the sums that they are part of are complete."""


@record
class Job:
    """A statement's formulas as they are, and by ideas what becomes of one of them.

    `target` and `op` are those of an augmented assignment. What a function `returns` may be how
    steep another one is.
    """

    number: int
    codes: Sequence[CodeType]
    ideas: Mapping[frozenset[int], tuple[int, CodeType]]
    target: CodeType | None
    op: type[ast.operator] | None
    returns: bool = False


class _Seen:
    """What one formula made: at the first executions, and in all.

    What is part of a sum makes what the sum comes to as well.
    """

    def __init__(self) -> None:
        self.failed = False
        self.same = True
        self.matches: list[dict[int, float]] = []
        self.total: Any = None


@record
class _Share:
    """By how much a formula changes a sum that is complete later, and what it is found to match."""

    apart: Array
    matches: dict[int, float]


class Evaluation:
    """Looks at the statements of some jobs while a program runs."""

    def __init__(
        self,
        bench: Bench,
        jobs: Mapping[int, Job],
        targets: Targets,
        sums: Mapping[int, int],
        late: Callable[[], bool],
    ) -> None:
        self._runtime = bench.machine.runtime
        self._jobs = jobs
        self._sums = sums
        """The statements that make parts of sums, with those that complete them."""
        self._shares: dict[tuple[int, int], list[_Share]] = defaultdict(list)
        self._held = 0
        self._late = late
        self._left = _MOST
        self._gradients = targets.gradients
        self._table = targets.table
        self._steepness = targets.steepness
        self._others = targets.factors
        self._plain: dict[tuple[int, int], _Seen] = defaultdict(_Seen)
        self._seen: dict[tuple[int, frozenset[int]], _Seen] = defaultdict(_Seen)
        self._counts: dict[int, int] = defaultdict(int)
        self._summed = {target.directions.shape[1:] for target in self._gradients.targets}

    def look(self, number: int, execution: int, frame: FrameType) -> None:
        """Evaluate a statement's formulas in the frame that it is about to run in."""
        self._counts[number] = execution + 1
        job = self._jobs[number]
        if execution >= (_MOST_SUMMED if job.op in _SUMS else _LOOKED) or self._left <= 0:
            return
        begun = time.process_time()
        names = {**frame.f_globals, **frame.f_locals}
        with np.errstate(all="ignore"), suppress(NameError):
            before = None if job.target is None else _value(job.target, names)
            if job.target is None or before is not None:
                self._evaluate(job, execution, names, before)
        self._runtime.deadline += time.process_time() - begun

    def _evaluate(self, job: Job, execution: int, names: dict[str, Any], before: Any) -> None:
        plain = [_value(code, names) for code in job.codes]
        useful = [
            execution < _LOOKED or (value is not None and np.shape(value) in self._summed)
            for value in plain
        ]
        made: dict[int, Array] = {}
        for root, value in enumerate(plain):
            if value is not None and useful[root]:
                own = self._plain[job.number, root]
                made[root] = self._note(own, job, execution, before, value)
                self._share(own, job, execution, made[root], made[root])
        self._complete(job, execution, made)
        for idea, (root, code) in job.ideas.items():
            own = self._seen[job.number, idea]
            if plain[root] is None or own.failed or not useful[root]:
                own.same = False
                continue
            self._left -= 1
            if not self._left % 64 and self._late():
                self._left = 0
                return
            try:
                value = _value(code, names)
            except NameError:
                # It may be a variable of a function around, which only the program itself sees.
                own.same = False
                continue
            if value is None or not _fits(before, value):
                own.failed = True
                continue
            own.same = own.same and same(value, plain[root])
            new = self._note(own, job, execution, before, value)
            self._share(own, job, execution, made[root], new)

    def _note(self, seen: _Seen, job: Job, execution: int, before: Any, value: Any) -> Array:
        made = value if job.op is None else _OPERATORS.get(job.op, _nothing)(before, value)
        if job.op in _SUMS:
            share = -np.asarray(value) if job.op is ast.Sub else np.asarray(value)
            seen.total = np.asarray(made) if seen.total is None else _sum(seen.total, share)
        array = np.asarray(made)
        if execution < _LOOKED:
            slopes = self._steepness.matches(array).items() if job.returns else ()
            # A part of a sum is no derivative; the whole may be.
            own = {} if job.number in self._sums else self._table.matches(array)
            seen.matches.append({**own, **{-1 - k: factor for k, factor in slopes}})
            if not execution:
                seen.total = array if seen.total is None else seen.total
        return array

    def _share(self, seen: _Seen, job: Job, execution: int, old: Array, new: Array) -> None:
        """Keep by how much a formula changes what is part of a sum."""
        last = self._sums.get(job.number)
        if last is None or execution >= _LOOKED or old.shape != new.shape or self._held > _HELD:
            return
        self._held += new.size
        share = _Share(apart=new - old, matches=seen.matches[-1])
        self._shares[last, execution].append(share)

    def _complete(self, job: Job, execution: int, made: Mapping[int, Array]) -> None:
        """Compare what the sum that a statement completes would come to with targets."""
        whole = made.get(0)
        for share in self._shares.pop((job.number, execution), ()):
            self._held -= share.apart.size
            if whole is not None and whole.shape == share.apart.shape:
                share.matches.update(self._table.matches(whole + share.apart))

    def is_vain(self, number: int, idea: frozenset[int]) -> bool:
        """Tell what fails, or makes the same as before every time."""
        seen = self._seen[number, idea]
        if seen.failed:
            return True
        return seen.same and 0 < self._counts[number] <= _LOOKED and self._left > 0

    def is_promising(self, number: int, idea: frozenset[int]) -> bool:
        """Tell a changed formula that makes a derivative, and the old one did not make it.

        Its factor is 1, or one that others have.
        """
        root, _ = self._jobs[number].ideas[idea]
        old, new = self._plain[number, root], self._seen[number, idea]
        pairs = zip(old.matches, new.matches, strict=False)
        for before, after in (*pairs, (self._whole(number, old), self._whole(number, new))):
            if any(by not in before and self._is_usual(factor) for by, factor in after.items()):
                return True
            if before and not after:
                return False
        return False

    def _is_usual(self, factor: float) -> bool:
        return any(abs(factor / usual - 1) < _NEAR for usual in self._factors)

    @cached_property
    def _factors(self) -> Sequence[float]:
        """The factors of the derivatives that the program makes as it is."""
        made = [matches for seen in self._plain.values() for matches in seen.matches]
        own = (abs(factor) for matches in made for factor in matches.values())
        found = {round(factor, _DIGITS) for factor in (*self._others, *own)}
        return [sign * factor for factor in (1.0, *found - {0.0}) for sign in (1.0, -1.0)]

    def _whole(self, number: int, seen: _Seen) -> Mapping[int, float]:
        """Return the gradients of parameters that all executions together make."""
        count = self._counts[number]
        summed = self._jobs[number].op in _SUMS and count <= _MOST_SUMMED
        if seen.total is None or (count > 1 and not summed):
            return {}
        return dict(self._gradients.matches(seen.total))


def _value(code: CodeType, names: dict[str, Any]) -> Any:
    """Return a formula's value as numbers; None where it fails, or makes none.

    Raises NameError where it has a name that is not known.
    """
    try:
        value = operand(eval(code, names))  # noqa: S307  (the program's own, in the sandbox)
    except NameError:
        raise
    except Exception:
        return None
    return value if value is not None and np.all(np.isfinite(value)) else None


def _fits(before: Any, value: Any) -> bool:
    """Tell what can be added to an array in place."""
    if before is None or not np.ndim(before):
        return True
    try:
        return bool(np.broadcast_shapes(np.shape(before), np.shape(value)) == np.shape(before))
    except ValueError:
        return False


def _sum(total: Array, share: Array) -> Array | None:
    return total + share if total.shape == share.shape else None


def _nothing(before: Any, value: Any) -> Any:  # noqa: ARG001
    return np.zeros(())
