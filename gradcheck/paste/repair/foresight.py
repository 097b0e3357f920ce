"""What edits promise: the changed formula alone, evaluated where the program stands before it.

A formula that fails there, or makes what it made before, needs no run of the whole program. One
that makes a derivative, where it made none or that by something else, is tried first.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType
from typing import Any, TypeAlias

from gradcheck.edits import Draft, Rewrite
from gradcheck.edits.rewrite import parsed
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known, text_of
from gradcheck.paste.repair.evaluating import Evaluation, Job
from gradcheck.paste.repair.origin import Origin, origin
from gradcheck.paste.repair.purity import Purity
from gradcheck.paste.repair.statements import Changes, Statement, put
from gradcheck.paste.repair.targets import Targets
from gradcheck.paste.understanding.paths import Path
from gradcheck.record import record

Key: TypeAlias = tuple[int, frozenset[int]]
"""A statement's number, and which ideas are to be put into it."""

_MOST = 12_000
"""How many edits are looked at at most."""


@record
class Outlook:
    """The statements as edits have them that are in vain, and those that make a derivative."""

    vain: frozenset[Key]
    promising: frozenset[Key]

    def is_vain(self, edit: Edit) -> bool:
        return all(key in self.vain for key in _drafts(edit))

    def promises(self, edit: Edit) -> bool:
        return all(key in self.promising for key in _drafts(edit))


def _drafts(edit: Edit) -> Mapping[Key, list[Draft | Rewrite]]:
    """Return what an edit puts into each of its statements."""
    found: dict[int, list[Draft | Rewrite]] = {}
    for part in edit.parts:
        found.setdefault(part.number, []).append(part.idea)
    return {(number, frozenset(map(id, ideas))): ideas for number, ideas in found.items()}


class Foresight:
    """Evaluates the formulas of many edits in one run of the program."""

    def __init__(self, bench: Bench, known: Known, targets: Targets) -> None:
        self._bench = bench
        self._known = known
        self._targets = targets
        self._purity = Purity(bench.machine.tree)
        self._formulas: dict[str, ast.expr | None] = {}
        self._sums = {n: last.number for n, last in targets.sums.items()}
        self._origins: dict[frozenset[Path], Origin | None] = {}
        self._near: dict[tuple[int, int], bool] = {}

    def origin(self, wrong: frozenset[Path]) -> Origin | None:
        """Return the statement at which the way back of the program as given first goes wrong."""
        if wrong not in self._origins:
            self._origins[wrong] = origin(self._targets, self._known.influences, wrong)
        return self._origins[wrong]

    def misses(self, changes: Changes, wrong: frozenset[Path]) -> bool:
        """Tell changes that are not made where the way back first goes wrong."""
        first = self.origin(wrong)
        return first is not None and not any(self.is_at(first, number) for number in changes)

    def is_at(self, first: Origin, number: int) -> bool:
        """Tell a statement that may be to blame for what goes wrong first, or that it calls."""
        key = (first.statement.number, number)
        if key not in self._near:
            own = self._known.statements.get(number)
            helps = own is not None and own.helps(first.statement)
            self._near[key] = number in first.numbers or helps
        return self._near[key]

    def is_late(self, changes: Changes, wrong: frozenset[Path]) -> bool:
        """Tell changes that only make good for what has gone wrong before them on the way back."""
        first = self.origin(wrong)
        order = {s.number: place for place, s in enumerate(self._targets.backward)}
        return first is not None and all(
            order.get(number, -1) > order[first.statement.number] for number in changes
        )

    def outlook(self, changes: Changes, edits: Sequence[Edit], late: Callable[[], bool]) -> Outlook:
        """Return what the edits promise on top of changes."""
        if not edits:
            return Outlook(vain=frozenset(), promising=frozenset())
        jobs = {job.number: job for job in self._jobs(changes, edits)}
        evaluation = Evaluation(self._bench, jobs, self._targets, self._sums, late)
        self._bench.watch(changes, jobs, evaluation.look)
        keys = [(number, idea) for number, job in jobs.items() for idea in job.ideas]
        vain = frozenset(key for key in keys if evaluation.is_vain(*key))
        promising = frozenset(
            key for key in keys if key not in vain and evaluation.is_promising(*key)
        )
        return Outlook(vain=vain, promising=promising)

    def _jobs(self, changes: Changes, edits: Sequence[Edit]) -> Iterator[Job]:
        wanted: dict[int, dict[frozenset[int], list[Draft]]] = {}
        for edit in edits[:_MOST]:
            for (number, key), ideas in _drafts(edit).items():
                drafts = [idea for idea in ideas if isinstance(idea, Draft)]
                if len(drafts) == len(ideas):
                    wanted.setdefault(number, {})[key] = drafts
        for last in [self._sums[number] for number in wanted if number in self._sums]:
            # What all parts of a sum come to is known when the last one is added.
            wanted.setdefault(last, {})
        for number, own in wanted.items():
            job = self._job(self._known.statements[number], changes, own)
            if job is not None:
                yield job

    def _job(
        self,
        statement: Statement,
        changes: Changes,
        wanted: Mapping[frozenset[int], list[Draft]],
    ) -> Job | None:
        if text_of(statement, changes) is None:
            return None
        tree: Any = self._known.parsed(statement, changes)
        if getattr(tree, "value", None) is None or not self._purity.pure(tree):
            return None
        roots = [*_roots(tree.value)]
        owners = {id(node): k for k, root in enumerate(roots) for node in ast.walk(root)}
        ideas: dict[frozenset[int], tuple[int, CodeType]] = {}
        for key, drafts in wanted.items():
            places = {owners.get(id(draft.node)) for draft in drafts}
            at = places.pop()
            code = None if at is None or places else self._changed(roots[at], drafts)
            if at is not None and code is not None:
                ideas[key] = at, code
        target, op = None, None
        if isinstance(tree, ast.AugAssign):
            target = compiled(ast.parse(ast.unparse(tree.target), mode="eval").body)
            op = type(tree.op)
        codes = [compiled(root) for root in roots]
        return Job(
            number=statement.number,
            codes=codes,
            ideas=ideas,
            target=target,
            op=op,
            returns=isinstance(tree, ast.Return),
        )

    def _changed(self, root: ast.expr, drafts: Sequence[Draft]) -> CodeType | None:
        for draft in drafts:
            new = self._formula(draft.new)
            if new is None:
                return None
            root = put(root, draft.node, new)
        try:
            return compiled(root)
        except (SyntaxError, ValueError):
            return None

    def _formula(self, text: str) -> ast.expr | None:
        """Parse a text, always to the same tree; None where it does more than to compute."""
        if text not in self._formulas:
            try:
                node = parsed(text)
            except SyntaxError:
                node = None
            pure = node is not None and ("(" not in text or self._purity.pure(node))
            self._formulas[text] = node if pure else None
        return self._formulas[text]


def compiled(node: ast.expr) -> CodeType:
    code: CodeType = compile(ast.Expression(body=node), "<formula>", "eval", dont_inherit=True)
    return code


def _roots(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the formulas of a value: itself, or the entries of a table or a tuple."""
    match node:
        case ast.Dict(values=entries) | ast.Tuple(elts=entries):
            for entry in entries:
                yield from _roots(entry)
        case _:
            yield node
