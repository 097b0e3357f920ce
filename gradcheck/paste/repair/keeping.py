"""Weights kept as they were: a copy made before an update, for what reads them behind it.

It serves where no order of statements does, as in a loop over layers of which each reads weights
that the turn before has changed, or where an object's own method changes what another reads. What a
variable was to keep but is only a view of is copied.
"""

import ast
import re
from collections.abc import Iterator

from gradcheck.edits import Rewrite, apply
from gradcheck.edits.rewrite import span
from gradcheck.paste.repair.bench import Bench
from gradcheck.paste.repair.candidates import Edit, Part, text_of
from gradcheck.paste.repair.placing import COST, around, child, moved
from gradcheck.paste.repair.statements import Change, Changes, Statement

_COPY = "copy-value"
_FUNCTIONS = (ast.FunctionDef, ast.ClassDef)
_COPIES = ("{}.copy()", "[row[:] for row in {}]", "[each.copy() for each in {}]")
_WORD = re.compile(r"[^\W\d]\w*")


def kept(
    bench: Bench, changes: Changes, update: Statement, reader: Statement
) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with a reader that is given the weights of before an update."""
    text = text_of(reader, changes)
    if text is None:
        return
    for owner in _owners(update):
        name = _free(bench, f"{_WORD.findall(owner)[-1]}_before")
        new = _reading(text, owner, name)
        if new is None:
            continue
        for copy in _copies(update, owner):
            for body, at in _places(update):
                more = around(bench, changes, body, at, (f"{name} = {copy}",), behind=False)
                if more is None or (reader.number in more and reader.number not in changes):
                    continue
                what = f"read {owner} as it was before `{update.text}`"
                renamed = Change(number=reader.number, text=new)
                edit = moved(update, reader, what, update.text, new, cost=COST + 1)
                yield edit, {**more, reader.number: renamed}


def copied(changes: Changes, view: Statement) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with a copy of what a variable is only another name for, or a view of."""
    node, number, text = view.node, view.number, view.text
    if not isinstance(node, ast.Assign) or number in changes:
        return
    whole = ast.parse(text).body[0].value  # type: ignore[attr-defined]
    for value in whole.elts if isinstance(whole, ast.Tuple) else (whole,):
        if not isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
            continue
        start, end = span(text, value)
        for copy in _COPIES:
            new = copy.format(text[start:end])
            what = f"copy `{text[start:end]}`, which is changed in place"
            idea = Rewrite(start=start, end=end, new=new, kind=_COPY, cost=COST, what=what)
            edit = Edit(
                parts=(Part(number=number, idea=idea),),
                kind=_COPY,
                cost=COST,
                rank=COST,
                what=what,
                old=text[start:end],
                new=new,
                rewrites={number: (idea,)},
            )
            yield edit, {**changes, number: Change(number=number, text=apply(text, [idea]))}


def kept_by_owner(
    bench: Bench, changes: Changes, update: Statement, reader: Statement
) -> Iterator[tuple[Edit, Changes]]:
    """Yield the program with an object that keeps what its method changes, for a reader elsewhere.

    The reader has the object by another name, as a neuron that sums over those of the layer above.
    """
    text = text_of(reader, changes)
    if text is None or update.owner is None:
        return
    for owner in _owners(update):
        match ast.parse(owner, mode="eval").body:
            case ast.Attribute(value=ast.Name(id=self), attr=weight):
                kept_as = _free(bench, f"{weight}_before")
            case _:
                continue
        new = _reading_of(text, weight, kept_as)
        for copy in _copies(update, owner) if new is not None else ():
            for body, at in _places(update):
                put = f"{self}.{kept_as} = {copy}"
                more = around(bench, changes, body, at, (put,), behind=False)
                if more is None or (reader.number in more and reader.number not in changes):
                    continue
                what = f"read {weight} as it was before `{update.text}`"
                renamed = Change(number=reader.number, text=new)
                edit = moved(update, reader, what, update.text, new or "", cost=COST + 1)
                yield edit, {**more, reader.number: renamed}


def _reading_of(text: str, weight: str, name: str) -> str | None:
    """Return a statement that reads another attribute of what it reads one of."""
    (node,) = ast.parse(text).body
    value = getattr(node, "value", None)
    nodes = [] if value is None else [n for n in ast.walk(value) if isinstance(n, ast.Attribute)]
    ends = [span(text, n)[1] for n in nodes if n.attr == weight]
    made = [
        Rewrite(start=end - len(weight), end=end, new=name, kind="", cost=0.0, what="")
        for end in ends
    ]
    return apply(text, made) if made else None


def _owners(update: Statement) -> Iterator[str]:
    """Yield what an update changes, and what that is a part of."""
    node = update.node
    target: ast.expr | None = node.target if isinstance(node, ast.AugAssign) else None
    if isinstance(node, ast.Assign):
        target = node.targets[0]
    while isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
        yield ast.unparse(target)
        target = target.value if isinstance(target, ast.Subscript) else None


def _copies(update: Statement, owner: str) -> Iterator[str]:
    """Yield what may make a copy; of what is set anew it takes none."""
    node = update.node
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == owner:
        yield owner
    yield from (copy.format(owner) for copy in _COPIES)


def _reading(text: str, owner: str, name: str) -> str | None:
    """Return a statement that reads a name in the place of an owner; None where it reads none."""
    (node,) = ast.parse(text).body
    value = getattr(node, "value", None)
    whole = ast.Name | ast.Attribute | ast.Subscript
    nodes = [] if value is None else [n for n in ast.walk(value) if isinstance(n, whole)]
    spans = [span(text, n) for n in nodes if ast.unparse(n) == owner]
    made = [Rewrite(start=a, end=b, new=name, kind="", cost=0.0, what="") for a, b in spans]
    return apply(text, made) if made else None


def _places(update: Statement) -> Iterator[tuple[list[ast.stmt], int]]:
    """Yield the blocks around an update, and where it is in them, within its function."""
    for outer in reversed(update.parents):
        for _, body in ast.iter_fields(outer):
            at = child(body, update.node) if isinstance(body, list) else None
            if at is not None:
                yield body, at
        if isinstance(outer, _FUNCTIONS):
            return


def _free(bench: Bench, name: str) -> str:
    nodes = [*ast.walk(bench.machine.tree)]
    used = {n.id for n in nodes if isinstance(n, ast.Name)}
    used |= {n.attr for n in nodes if isinstance(n, ast.Attribute)}
    return name if name not in used else _free(bench, f"{name}_")
