"""Code of changed programs: all but the changed statements is prepared once, and put together anew.

A form is the instrumented copy of a top-level statement with slots where statements change.
"""

import ast
import copy
from collections.abc import Iterable, Mapping, Sequence
from types import CodeType
from typing import Any

from gradcheck.edits.rewrite import source
from gradcheck.paste.repair.statements import Change, Changes, Statement, renewed
from gradcheck.paste.running.sites import PROGRAM
from gradcheck.paste.understanding.instrument import Plan, instrumented
from gradcheck.paste.understanding.sites import of
from gradcheck.record import record

_SLOT = "__gc_slot__"
_BEFORE = "<"
_AFTER = ">"


@record
class _Form:
    """A module to compile, and where each changed statement stands in it."""

    module: ast.Module
    slots: Mapping[str, tuple[list[ast.stmt], ast.stmt]]


class Forms:
    """Compiles changes of a program under one plan.

    Classes before the top-level statement `start` are defined already; of them only the functions
    that change are compiled.
    """

    def __init__(
        self, tree: ast.Module, known: Mapping[int, Statement], plan: Plan, flags: int, start: int
    ) -> None:
        self._tree = tree
        self._known = known
        self._plan = plan
        self._flags = flags
        self._start = start
        self._forms: dict[tuple[int, frozenset[int], frozenset[int]], _Form] = {}
        self._latest: dict[int, tuple[Change, Mapping[str, list[ast.stmt]]]] = {}

    def codes(self, changes: Changes) -> dict[int, CodeType]:
        """Return the code of each top-level statement that changes touch, by its index.

        Raises SyntaxError where there is none.
        """
        by_top: dict[int, list[Change]] = {}
        for number, change in changes.items():
            by_top.setdefault(self._known[number].top, []).append(change)
        moved = _moved(self._known, changes)
        return {top: self._code(top, own, moved) for top, own in by_top.items()}

    def _code(self, top: int, changes: Sequence[Change], moved: Mapping[str, ast.stmt]) -> CodeType:
        numbers = frozenset(change.number for change in changes)
        staying = frozenset(change.number for change in changes if self._stays(change))
        if (top, numbers, staying) not in self._forms:
            self._forms[top, numbers, staying] = self._form(top, numbers, staying)
        form = self._forms[top, numbers, staying]
        put = []
        try:
            for change in changes:
                for mark, new in self._instrumented(change, moved).items():
                    body, slot = form.slots[f"{change.number}{mark}"]
                    at = next(k for k, node in enumerate(body) if node is slot)
                    body[at : at + 1] = new
                    put.append((body, at, len(new), slot))
            flags = self._flags
            code: CodeType = compile(form.module, PROGRAM, "exec", flags=flags, dont_inherit=True)
            return code
        finally:
            for body, at, count, slot in reversed(put):
                body[at : at + count] = [slot]

    def _stays(self, change: Change) -> bool:
        """Tell a loop or branch that others are put around, and that may have changes in it."""
        statement = self._known[change.number]
        return hasattr(statement.node, "body") and change.text == statement.text

    def _instrumented(
        self, change: Change, moved: Mapping[str, ast.stmt]
    ) -> Mapping[str, list[ast.stmt]]:
        """Return a change's statements; one that stays from trial to trial is prepared once."""
        latest, ready = self._latest.get(change.number, (None, {}))
        if latest is not change:
            parts = self._prepared(change, moved)
            plan = self._plan
            ready = {k: instrumented(body or [ast.Pass()], plan).body for k, body in parts.items()}
            if not moved:
                self._latest[change.number] = (change, ready)
        return ready

    def _prepared(
        self, change: Change, moved: Mapping[str, ast.stmt]
    ) -> Mapping[str, list[ast.stmt]]:
        """Return what is put in the slots of a change, by their marks."""
        statement = self._known[change.number]
        before, after = _parsed(change.before, moved), _parsed(change.after, moved)
        if self._stays(change):
            return {_BEFORE: before, _AFTER: after}
        if change.node is not None:
            before.append(change.node)
        elif change.text is not None:
            before.append(renewed(statement.node, statement.text, change.text))
        return {"": [*before, *after]}

    def _form(self, top: int, numbers: frozenset[int], staying: frozenset[int]) -> _Form:
        cut = _Cut(numbers=numbers, staying=staying, prune=top < self._start)
        module = instrumented(cut.cut(self._tree.body[top]), self._plan)
        slots: dict[str, tuple[list[ast.stmt], ast.stmt]] = {}
        for node in ast.walk(module):
            for _, value in ast.iter_fields(node):
                if isinstance(value, list):
                    slots |= {name: (value, s) for s in value if (name := _slot(s)) is not None}
        return _Form(module=module, slots=slots)


@record
class _Cut:
    """Copies statements with slots in the places of some of their parts, or around these."""

    numbers: frozenset[int]
    staying: frozenset[int]
    prune: bool

    def cut(self, node: Any) -> list[Any]:
        number = of(node)
        if number in self.staying:
            return [_empty(f"{number}{_BEFORE}"), self._inner(node), _empty(f"{number}{_AFTER}")]
        return [_empty(str(number)) if number in self.numbers else self._inner(node)]

    def _inner(self, node: Any) -> Any:
        if all(inner is node or of(inner) not in self.numbers for inner in ast.walk(node)):
            return node
        new = copy.copy(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.AST):
                bodies = [self.cut(item) for item in value]
                if self.prune and isinstance(node, ast.ClassDef) and name == "body":
                    pairs = zip(bodies, value, strict=True)
                    bodies = [body for body, old in pairs if body != [old]]
                setattr(new, name, [item for body in bodies for item in body])
        return new


def _empty(name: str) -> ast.stmt:
    return ast.Expr(value=ast.Constant(f"{_SLOT}{name}"))


def _slot(node: object) -> str | None:
    match node:
        case ast.Expr(value=ast.Constant(value=str() as text)) if text.startswith(_SLOT):
            return text.removeprefix(_SLOT)
    return None


def _moved(known: Mapping[int, Statement], changes: Changes) -> dict[str, ast.stmt]:
    """Return the statements that go, and those in them, by text: elsewhere, they are the same."""
    gone = [known[number] for number, change in changes.items() if change.text is None]
    inner = {of(node) for one in gone for node in ast.walk(one.node)}
    found = {one.flush: one.node for number, one in known.items() if number in inner}
    return {**found, **{one.text: one.node for one in gone}}


def _parsed(texts: Iterable[str], moved: Mapping[str, ast.stmt]) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for text in texts:
        found += [moved[text]] if text in moved else _standing(ast.parse(text).body, text, moved)
    return found


def _standing(body: list[ast.stmt], text: str, moved: Mapping[str, ast.stmt]) -> list[ast.stmt]:
    """Return the statements of a block, with those that are moved as they stood before."""
    for node in body:
        inner = getattr(node, "body", None)
        if isinstance(inner, list):
            inner[:] = _standing(inner, text, moved)
    return [moved.get(source(text, node), node) for node in body]
