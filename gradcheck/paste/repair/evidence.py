"""What is known of edits by running their program: what their values are, and what they change."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import FrameType
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.edits import apply
from gradcheck.edits.rewrite import parsed, span
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Known
from gradcheck.paste.repair.purity import Purity
from gradcheck.paste.repair.roles import Roles
from gradcheck.paste.repair.scope import evaluated
from gradcheck.paste.understanding.values import operand
from gradcheck.record import record

_SAME = 1e-9
_TELLING = 2
"""So many entries that change show what they are multiples of."""


@record
class _Seen:
    """What an edit's texts are worth where its statement first runs, and what it adds there."""

    values: Mapping[str, Any]
    names: Sequence[str]
    """What the statement is made from."""
    added: Sequence[Array] | None


class Evidence:
    """The evidence on some edits of one program, from a run in which nothing is edited."""

    def __init__(self, bench: Bench, known: Known, edits: Iterable[Edit]) -> None:
        self._known = known
        self._pure = Purity(bench.machine.tree).pure
        self._weights = [np.asarray(operand(v)) for v in bench.points[0].point.values()]
        self._entries = frozenset().union(*(weight.ravel().tolist() for weight in self._weights))
        self._roles = Roles(bench, known.influences)
        self._seen = self._looked(bench, edits)

    def of(self, edit: Edit) -> dict[str, Any]:
        """Return the `roles` of an edit's values, by their texts, and what it does.

        `link` tells whether the new value is an `activation` of the old, or the `sum` that this is
        one of; `decays` whether the edit changes the share of a penalty and nothing else, `begins`
        whether nothing in the statement is a derivative. None is for what can't be told.
        """
        seen = self._seen.get(id(edit))
        if seen is None:
            return {"roles": {}, "link": None, "decays": None, "begins": None}
        roles = {text: self._role(edit, text, value) for text, value in seen.values.items()}
        made = [roles[name] for name in seen.names if name in roles]
        return {
            "roles": {text: role for text, role in roles.items() if role is not None},
            "link": self._roles.link(seen.values.get(edit.old), seen.values.get(edit.new)),
            "decays": self._decays(edit, seen),
            "begins": "derivative" not in made if made else None,
        }

    @property
    def biases(self) -> list[str]:
        """The parameters that are added to something on the way to the loss."""
        return sorted(str(path) for path in self._roles.biases)

    def _looked(self, bench: Bench, edits: Iterable[Edit]) -> dict[int, _Seen]:
        by_number: dict[int, list[Edit]] = {}
        for edit in edits:
            by_number.setdefault(edit.parts[0].number, []).append(edit)
        found: dict[int, _Seen] = {}

        def look(number: int, execution: int, frame: FrameType) -> None:
            for edit in by_number[number] if not execution else ():
                found[id(edit)] = self._seen_in(frame, edit)

        bench.watch({}, by_number.keys() & self._known.scopes.keys(), look)
        return found

    def _seen_in(self, frame: FrameType, edit: Edit) -> _Seen:
        statement = self._known.statements[edit.parts[0].number]
        names = [*_named(statement.node.value)]
        texts = {*names}
        for text in (edit.old, edit.new):
            node = _expression(text)
            if node is not None and self._pure(node):
                texts |= {text, *_named(node)}
        values = {text: operand(evaluated(text, frame)) for text in texts}
        values = {text: value for text, value in values.items() if value is not None}
        return _Seen(values=values, names=names, added=self._added(frame, edit))

    def _added(self, frame: FrameType, edit: Edit) -> list[Array] | None:
        """Return by how much a statement's values differ after an edit of it alone."""
        number = edit.parts[0].number
        text, own = self._known.statements[number].text, edit.rewrites.get(number, ())
        before, after = (self._made(one, frame) for one in (text, apply(text, own)))
        if before is None or after is None or len(before) != len(after):
            return None
        pairs = list(zip(before, after, strict=True))
        alike = all(np.shape(one) == np.shape(other) for one, other in pairs)
        return [np.asarray(new - old) for old, new in pairs] if alike else None

    def _made(self, text: str, frame: FrameType) -> list[Array] | None:
        """Return what a statement's text makes: one value, or those of a tuple."""
        try:
            (node,) = ast.parse(text).body
        except (SyntaxError, ValueError):
            return None
        value = getattr(node, "value", None)
        if not isinstance(value, ast.expr) or not self._pure(value):
            return None
        parts = value.elts if isinstance(value, ast.Tuple) else [value]
        made = [operand(evaluated(ast.unparse(part), frame)) for part in parts]
        if any(one is None for one in made):
            return None
        falls = isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub)
        return [-np.asarray(one) if falls else np.asarray(one) for one in made]

    def _role(self, edit: Edit, text: str, value: Any) -> str | None:
        if self._is_parameter(value):
            return "parameter"
        scope, found = self._known.scopes[edit.parts[0].number], self._roles.role(value)
        if found is None and text in scope.arrays and text not in scope.moving:
            return "data"
        return found

    def _is_parameter(self, value: Any) -> bool:
        """Tell whether all of a value's entries are parameters'; whole numbers may be anything."""
        own = np.ravel(value)
        return bool(np.any(own != np.round(own))) and self._entries.issuperset(own.tolist())

    def _decays(self, edit: Edit, seen: _Seen) -> bool | None:
        """Tell whether an edit is within a term of parameters alone, or adds a multiple of one."""
        term = self._term(edit)
        if term is not None and self._is_kept(edit, seen, term):
            return True
        added = [one for one in seen.added or () if np.any(one)]
        if not added or any(np.count_nonzero(one) < _TELLING for one in added):
            return None if term is None else False
        return all(map(self._is_penalty, added))

    def _is_kept(self, edit: Edit, seen: _Seen, term: ast.expr) -> bool:
        """Tell whether a term is made of parameters, and of numbers that stay as they are."""
        moving = self._known.scopes[edit.parts[0].number].moving
        named = {name: seen.values.get(name, np.nan) for name in _named(term)}
        kept = {name for name, value in named.items() if self._is_parameter(value)}
        rest = named.keys() - kept
        return bool(kept) and all(np.ndim(named[n]) == 0 and n not in moving for n in rest)

    def _is_penalty(self, added: Array) -> bool:
        return any(
            _is_multiple(added, of)
            for weight in self._weights
            if weight.shape == added.shape
            for of in (weight, np.sign(weight))
        )

    def _term(self, edit: Edit) -> ast.expr | None:
        """Return the term of a sum that an edit of a statement as it stands is within.

        A mere call makes none.
        """
        number = edit.parts[0].number
        text, own = self._known.statements[number].text, edit.rewrites.get(number)
        if not own or text[own[0].start : own[0].end] != edit.old:
            return None
        whole = ast.parse(text).body[0]
        value = getattr(whole, "value", None)
        term = value and _term_of(text, value, (own[0].start, own[0].end))
        return None if isinstance(whole, ast.Expr) and term is value else term


def _term_of(text: str, value: ast.expr, at: tuple[int, int]) -> ast.expr:
    """Return the smallest term of a value's sums that has the characters of its text in it."""
    node = term = value
    while True:
        parts = [n for n in ast.iter_child_nodes(node) if isinstance(n, ast.expr)]
        inner = [n for n in parts if span(text, n)[0] <= at[0] and at[1] <= span(text, n)[1]]
        if not inner:
            return term
        is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
        node = inner[0]
        term = node if is_sum else term


def _expression(text: str) -> ast.expr | None:
    try:
        return parsed(text)
    except (SyntaxError, ValueError):
        return None


def _named(node: ast.AST) -> Iterator[str]:
    """Yield the values that an expression names: whole ones, and none that are called."""
    match node:
        case ast.Call(func=func, args=args, keywords=keywords):
            yield from _named(func.value) if isinstance(func, ast.Attribute) else ()
            for inner in (*args, *(keyword.value for keyword in keywords)):
                yield from _named(inner)
        case ast.Name() | ast.Attribute() | ast.Subscript():
            yield ast.unparse(node)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _named(child)


def _is_multiple(added: Array, of: Array) -> bool:
    """Tell whether something is a multiple of something else where it is not zero."""
    where = np.ravel(added) != 0
    one, other = np.ravel(added)[where], np.ravel(of)[where]
    factor = float(one @ other) / (float(other @ other) or 1.0)
    return float(np.linalg.norm(one - factor * other)) <= _SAME * float(np.linalg.norm(one))
